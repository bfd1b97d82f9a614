"""The small cases with known answers, through the real readers and the engine."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Key, MatchPass, PassKind, Rules
from gevinst.domain.reconciliation import Outcome, Reconciliation
from gevinst.formats.reading import read_source
from unit.matching.builders import Pair, causes, groups, open_ids, proposed

CASES = Path(__file__).parents[2] / "fixtures" / "bank_reconciliation"
OUTCOMES = {"agreed": Outcome.AGREED, "open_items": Outcome.OPEN_ITEMS}


def expected(case: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((case / "expected.json").read_text("utf-8"))
    return answer


USABLE = sorted(case for case in CASES.iterdir() if case.is_dir() and expected(case)["state"] in OUTCOMES)
each_case = pytest.mark.parametrize("case", USABLE, ids=lambda case: case.name)


def reconciled(case: Path) -> Reconciliation:
    answer = expected(case)
    right = [read_source(case / answer["right"]).items]
    if "carried" in answer:
        right.append(read_source(case / answer["carried"]).items.assign(carried_from="2026-09"))
    own = [
        MatchPass(**{**one, "kind": PassKind(one["kind"]), "key": Key(one["key"])})
        for one in answer.get("passes", [])
    ]
    return reconcile(
        SideInput(items=read_source(case / answer["left"]).items),
        SideInput(items=pd.concat(right, ignore_index=True)),
        rules=Rules(passes=(*own, *Rules().passes)),
        calendar=BankCalendar(),
    )


def pairs(answers: list[list[list[str]]]) -> list[Pair]:
    return sorted((tuple(sorted(left)), tuple(sorted(right))) for left, right in answers)


def looks(answers: Iterable[Pair], stand_in: Mapping[str, str]) -> list[Pair]:
    """The pairs with one name for all items of a kind that any pairing of is as right."""

    def named(end: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(stand_in.get(item, item) for item in end)

    return sorted((named(left), named(right)) for left, right in answers)


@each_case
def test_a_case_is_matched_as_its_answer_says(case: Path) -> None:
    answer, result = expected(case), reconciled(case)
    stand_in = {item: end[0] for end in answer.get("alike", ()) for item in end}

    assert looks(groups(result), stand_in) == looks(pairs(answer["matched"]), stand_in)
    assert proposed(result) == pairs(answer["proposals"])
    assert int(result.groups["difference"].sum()) == answer.get("accepted", 0)


@each_case
def test_a_case_leaves_open_what_its_answer_says(case: Path) -> None:
    answer, result = expected(case), reconciled(case)

    assert open_ids(result) == {item["id"] for item in answer["open"]}
    assert result.outcome is OUTCOMES[answer["state"]]


@each_case
def test_a_case_names_the_suspect(case: Path) -> None:
    found = causes(reconciled(case))
    suspects = {item["id"]: item["suspect"] for item in expected(case)["open"] if item.get("suspect")}

    assert {item: found[item][1] for item in suspects} == suspects
