"""What a robot of the demo found is held against its truth, part by part."""

import json
from pathlib import Path
from typing import Any

import pytest

from gevinst.demo.held_to_truth import SIDES, differences

TRUTH: dict[str, Any] = {
    "groups": [{"left": ["B1"], "right": ["L1"]}, {"left": ["B2"], "right": ["L2"]}],
    "open": [{"side": "left", "id": "B3"}],
    "proposals": [],
    "balances": {"statement_closing": 300, "ledger_closing": 200},
    "bridge": {"open_left": 100, "open_right": 0, "accepted": 0},
}
FOUND: dict[str, Any] = {
    "state": "open_items",
    "groups": [{"left": ["B1"], "right": ["L2"]}, {"left": ["B2"], "right": ["L1"]}],  # alike: they may swap
    "open": [{"side": "left", "id": "B3"}],
    "proposals": [],
    "bridge": {**TRUTH["bridge"], "left_balance": 300, "right_balance": 200, "difference": 0},
}
CASES: dict[str, Any] = {
    "state": "open_items",
    "cases": [{"id": "T2", "cause": "late", "amount": 75}, {"id": "T1", "cause": "again", "amount": 50}],
    "done": {"line": 3, "document": 1},
    "controls": [{"key": "sum", "difference": 5, "explained": 5}],
}


def of(folder: Path, truth: dict[str, Any], found: dict[str, Any]) -> list[str]:
    (folder / "result.json").write_text(json.dumps(found), encoding="utf-8")
    for mark, name in zip("BL", SIDES.values(), strict=True):
        rows = (
            "".join(f"{mark}{number};01-10-2026;1,00;Ø\n" for number in (1, 2))
            + f"{mark}3;02-10-2026;1,00;Å\n"
        )
        (folder / name).write_text(f"Post;Bogført;Beløb;Modpart\n{rows}", encoding="utf-8-sig")
    return differences(truth, folder)


def test_matches_of_items_that_look_alike_may_change_places(tmp_path: Path) -> None:
    assert of(tmp_path, TRUTH, FOUND) == []


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("groups", [{"left": ["B3"], "right": ["L1"]}, {"left": ["B2"], "right": ["L2"]}]),
        ("open", []),
        ("open", [{"side": "right", "id": "B3"}]),
        ("proposals", [{"left": ["B3"], "right": ["L3"]}]),
        ("bridge", FOUND["bridge"] | {"left_balance": 301}),
        ("bridge", FOUND["bridge"] | {"difference": 1}),
    ],
)
def test_a_part_that_is_not_true_is_named(tmp_path: Path, part: str, found: object) -> None:
    assert of(tmp_path, TRUTH, FOUND | {part: found}) == [part]


@pytest.mark.parametrize(
    ("truth", "off"),
    [
        ({"cases": [["again", 50], ["late", 75]], "done": 4}, []),
        ({"causes": ["again", "late"], "handled": 4}, []),
        ({"cases": ["again", "late"]}, []),
        ({"cases": [["again", 50], ["late", 76]], "done": 4}, ["cases"]),
        ({"causes": ["again"], "handled": 5}, ["cases", "done"]),
        ({"lines": {"T1": ["no_rule"]}, "counts": {"posted": 4}}, ["cases"]),
    ],
)
def test_lists_are_held_to_their_cases_and_what_was_done(
    tmp_path: Path, truth: dict[str, Any], off: list[str]
) -> None:
    assert of(tmp_path, truth, CASES) == off


def test_each_bank_line_that_waits_is_held_to_its_reason(tmp_path: Path) -> None:
    truth = {"lines": {"T1": ["no_rule"], "T9": ["posted"]}, "counts": {"posted": 4}}
    waits = CASES | {"cases": [{"id": "T1", "cause": "no_posting_rule", "amount": 1}]}

    assert of(tmp_path, truth, waits) == []


@pytest.mark.parametrize(
    "truth", [{"causes": ["again", "late"]}, {"lines": {"T1": ["no_rule"]}, "counts": {"posted": 4}}]
)
def test_a_control_that_no_case_explains_is_not_the_truth(tmp_path: Path, truth: dict[str, Any]) -> None:
    off = CASES | {"controls": [{"key": "sum", "difference": 5, "explained": 4}]}

    assert [one for one in of(tmp_path, truth, off) if one != "cases"] == ["controls"]


@pytest.mark.parametrize("found", [{"state": "rejected"}, FOUND | {"state": "failed"}])
def test_a_run_that_came_to_nothing_is_not_true(tmp_path: Path, found: dict[str, Any]) -> None:
    assert of(tmp_path, TRUTH, found) == ["result"]
    assert differences(TRUTH, tmp_path / "ingen") == ["result"]
