"""Thirty departments' workbooks come out as their truth says."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.runs import PERIOD, shipped_run
from gevinst.app.flow_run import FlowRun
from gevinst.demo.flows_consolidation import lay_out_budget
from gevinst.domain.flow import FlowResult


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("budget")
    lay_out_budget(folder, PERIOD)
    return folder


@pytest.fixture(scope="module")
def run(office: Path) -> FlowRun:
    made = shipped_run("budgetopfoelgning", office, now=datetime(2026, 11, 2, tzinfo=UTC))
    made.read_all()
    made.work_out()
    return made


@pytest.fixture(scope="module")
def result(run: FlowRun) -> FlowResult:
    assert run.result is not None
    return run.result


@pytest.fixture(scope="module")
def truth(office: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        (office / "facit" / f"budgetopfoelgning_{PERIOD}.json").read_text("utf-8")
    )
    return told


def test_every_fault_is_a_case_and_nothing_else_is(result: FlowResult, truth: dict[str, Any]) -> None:
    assert sorted([one.cause, one.amount] for one in result.cases) == truth["cases"]


def test_the_workbook_holds_what_the_erp_holds_to_the_oere(result: FlowResult, truth: dict[str, Any]) -> None:
    lines = next(one for one in result.tables if one.key == "budget_lines").rows

    assert int(lines["budget"].sum()) == truth["budget"]
    assert lines.groupby("unit")["spent"].sum().to_dict() == truth["units"]


def test_what_departments_tell_is_shown_beside_the_erp(result: FlowResult, truth: dict[str, Any]) -> None:
    told = next(one for one in result.controls if one.key == "spent_told")

    assert (told.expected, told.found) == (truth["spent"], truth["told"])


def test_a_department_without_a_file_has_no_forecast(result: FlowResult, truth: dict[str, Any]) -> None:
    table = next(one for one in result.tables if one.key == "departments").rows
    given = table.dropna(subset=["forecast"])

    assert given.set_index("unit")["forecast"].astype("int64").to_dict() == truth["forecast"]


def test_deviations_beyond_the_limit_are_listed(result: FlowResult, truth: dict[str, Any]) -> None:
    listed = next(one for one in result.tables if one.key == "deviations").rows

    assert sorted(listed["unit"]) == truth["deviations"]


def test_the_cases_tell_of_all_that_departments_and_erp_differ_by(run: FlowRun) -> None:
    assert run.ended().unexplained == 0
