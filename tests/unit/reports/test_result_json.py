import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no annotations

from gevinst.app.run_report import RunReport
from gevinst.domain.run import RunState
from gevinst.reports.result_json import result_json, result_schema, result_text
from unit.reports.sample import (
    agreed,
    broken_bridge,
    rejected_report,
    sample_report,
    sample_result,
    sample_run,
)


def text_of(report: RunReport) -> str:
    return "".join(result_text(report))


def failed_report() -> RunReport:
    return sample_report(run=sample_run(state=RunState.FAILED))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(result_schema())


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(sample_report(), id="open"),
        pytest.param(sample_report(agreed()), id="agreed"),
        pytest.param(sample_report(broken_bridge()), id="unexplained"),
        pytest.param(rejected_report(), id="rejected"),
        pytest.param(failed_report(), id="failed"),
    ],
)
def test_every_result_keeps_the_contract(report: RunReport) -> None:
    document = json.loads(text_of(report))

    assert [error.message for error in Draft202012Validator(result_schema()).iter_errors(document)] == []


def test_the_same_report_gives_the_same_bytes() -> None:
    assert text_of(sample_report(sample_result())) == text_of(sample_report(sample_result()))


def test_each_source_has_its_layout_and_the_layouts_version() -> None:
    sources = result_json(sample_report())["sources"]

    assert [(one["layout"], one["layout_version"]) for one in sources] == [("camt", 3), ("detected", None)]


def test_another_run_over_the_same_input_differs_only_in_the_run() -> None:
    first, second = (result_json(sample_report(run=sample_run(run_id=name))) for name in ("a", "b"))

    assert {key for key in first if first[key] != second[key]} == {"run"}


@pytest.mark.parametrize("side", ["left", "right"])
def test_every_item_is_in_exactly_one_place(side: str) -> None:
    result = sample_result()
    document = result_json(sample_report(result))
    matched = [item for group in document["groups"] for item in group[side]]
    proposed = [item for proposal in document["proposals"] for item in proposal[side]]
    still_open = [item["id"] for item in document["open"] if item["side"] == side]

    frame = result.left if side == "left" else result.right
    assert sorted(matched + proposed + still_open) == sorted(frame["item_id"])


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_totals_account_for_every_row_and_every_ore(side: str) -> None:
    totals: dict[str, Any] = result_json(sample_report())["totals"][side]
    places = ("matched", "open", "proposed", "rejected", "excluded", "duplicate")

    assert totals["rows_read"] == sum(totals[place]["count"] for place in places)
    assert totals["sum"] == sum(totals[place]["sum"] for place in places)
    assert totals["unplaced"] == {"count": 0, "sum": 0}


def test_the_bridge_can_be_recomputed_from_the_lists() -> None:
    document = result_json(sample_report())
    bridge = document["bridge"]
    accepted = sum(group["difference"] for group in document["groups"])

    assert bridge["accepted"] == accepted
    apart = bridge["left_balance"] - bridge["right_balance"]
    assert apart == bridge["open_left"] - bridge["open_right"] + accepted
    assert bridge["holds"] is True


def test_each_group_stands_on_a_line_of_its_own() -> None:
    lines = text_of(sample_report()).splitlines()

    assert sum(line.lstrip(" ,").startswith('{"left": [') and '"pass"' in line for line in lines) == len(
        sample_result().groups
    )


def test_a_rejected_run_gives_its_findings_and_nothing_else() -> None:
    document = result_json(rejected_report())

    assert document["state"] == "rejected"
    assert [finding["code"] for finding in document["rejected"]] == ["CEL-001", "CEL-002"]
    assert document["rejected"][0]["found"] == "1.234,5O"


def test_no_cpr_number_is_written() -> None:
    assert "010180-1234" not in text_of(sample_report())
