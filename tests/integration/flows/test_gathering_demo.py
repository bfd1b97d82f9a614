"""The demo office's reports, refunds, hours and spool come out as their truth says."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.runs import shipped_run
from gevinst.app.flow_run import FlowRun
from gevinst.demo.flows_gathering import (
    lay_out_hours,
    lay_out_project_spool,
    lay_out_refunds,
    lay_out_reports,
)

PERIODS = ("2026-10", "2027-01")
LAY_OUT = {
    "rapportsamling": lay_out_reports,
    "ydelsesrefusion": lay_out_refunds,
    "maanedsrapporter": lay_out_hours,
    "projektposteringer": lay_out_project_spool,
}


def worked_out(robot: str, folder: Path, period: str) -> tuple[FlowRun, dict[str, Any]]:
    LAY_OUT[robot](folder, period)
    run = shipped_run(robot, folder, now=datetime(2027, 2, 2, tzinfo=UTC), period=period)
    run.read_all()
    run.work_out()
    return run, json.loads((folder / "facit" / f"{robot}_{period}.json").read_text("utf-8"))


def rows_of(run: FlowRun, key: str) -> Any:
    assert run.result is not None
    return next(one.rows for one in run.result.tables if one.key == key)


def causes(run: FlowRun) -> list[str]:
    assert run.result is not None
    assert run.result.holds
    return sorted(one.cause for one in run.result.cases)


@pytest.mark.parametrize("period", PERIODS)
def test_units_reports_are_gathered_and_a_row_sent_again_counts_once(tmp_path: Path, period: str) -> None:
    run, truth = worked_out("rapportsamling", tmp_path, period)
    rows = rows_of(run, "all_rows")

    assert (len(rows), int(rows["amount"].sum())) == (truth["rows"], truth["amount"])
    assert len(rows_of(run, "left_out")) == truth["left"]
    assert causes(run) == truth["cases"]


@pytest.mark.parametrize("period", PERIODS)
def test_refunds_are_what_was_told_last(tmp_path: Path, period: str) -> None:
    run, truth = worked_out("ydelsesrefusion", tmp_path, period)
    table = rows_of(run, "refunds")
    sums = {
        f"{row['week']} {row['benefit']}": [int(row[key]) for key in ("persons", "paid", "refund")]
        for row in table.to_dict("records")
    }

    assert sums == truth["sums"]
    assert causes(run) == truth["cases"]


@pytest.mark.parametrize("period", PERIODS)
def test_days_in_two_reports_count_once(tmp_path: Path, period: str) -> None:
    run, truth = worked_out("maanedsrapporter", tmp_path, period)
    rows = rows_of(run, "merged")

    assert (len(rows), int(rows["hours"].sum())) == (truth["rows"], truth["hours"])
    assert len(rows_of(run, "merged_left_out")) == truth["left"]
    assert causes(run) == truth["cases"]


@pytest.mark.parametrize("period", PERIODS)
def test_records_that_are_moved_are_read_where_they_belong(tmp_path: Path, period: str) -> None:
    run, truth = worked_out("projektposteringer", tmp_path, period)
    rows = rows_of(run, "project_rows")

    assert (len(rows), int(rows["amount"].sum())) == (truth["rows"], truth["amount"])
    assert causes(run) == truth["cases"]
