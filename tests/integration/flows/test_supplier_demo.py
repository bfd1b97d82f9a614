"""The supplier and debtor robots find in the demo office's lists what their truth says, and nothing else."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.runs import PERIOD, shipped_run
from gevinst.app.flow_run import FlowRun
from gevinst.demo.flows_supplier import lay_out_supplier

IDS = (
    "bilagsafstemning",
    "dubletfakturaer",
    "leverandoerudtog",
    "debitorkontrol",
    "gaeldssortering",
    "advisdubletter",
    "fakturafordeling",
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("supplier")
    lay_out_supplier(folder, PERIOD)
    return folder


def worked_out(robot: str, office: Path) -> FlowRun:
    run = shipped_run(robot, office, now=datetime(2026, 11, 2, tzinfo=UTC))
    run.read_all()
    run.work_out()
    return run


@pytest.mark.parametrize("robot", IDS)
def test_a_robot_finds_each_fault_and_nothing_else(robot: str, office: Path) -> None:
    truth = json.loads((office / "facit" / f"{robot}_{PERIOD}.json").read_text("utf-8"))

    result = worked_out(robot, office).result

    assert result is not None
    assert result.holds
    assert sorted([one.cause, one.amount] for one in result.cases) == truth["cases"]
    assert [len(keys) for keys in result.done.values()] == [truth["done"]]
    assert len({one.item_id for one in result.cases}) == len(result.cases)


@pytest.mark.parametrize("robot", ["bilagsafstemning", "leverandoerudtog", "debitorkontrol"])
def test_the_cases_sum_to_the_difference_that_the_conclusion_tells(robot: str, office: Path) -> None:
    result = worked_out(robot, office).result

    assert result is not None
    told = [one.amount for one in result.cases if one.cause != "document_other_day"]
    assert sum(told) == result.facts["difference"]


def test_the_same_month_is_written_alike(office: Path, tmp_path: Path) -> None:
    lay_out_supplier(tmp_path, PERIOD)

    files = sorted(path.relative_to(office) for path in office.rglob("*") if path.is_file())

    assert files
    assert [path.relative_to(tmp_path) for path in sorted(tmp_path.rglob("*")) if path.is_file()] == files
    assert all((office / path).read_bytes() == (tmp_path / path).read_bytes() for path in files)
