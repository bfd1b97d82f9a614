"""The supplier and debtor robots find in the demo office's lists what their truth says, and nothing else."""

import json
import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.runs import PERIOD, flow_run
from gevinst.app.flow_run import FlowRun
from gevinst.demo.flows_supplier import lay_out_supplier
from gevinst.domain.flows import flow_of

ROBOTS = Path(__file__).parents[3] / "robots"
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


def run_of(robot: str, office: Path, case: Path) -> FlowRun:
    """A run of the shipped robot's settings over the demo office's files."""
    passport = tomllib.loads((ROBOTS / robot / "robot.toml").read_text("utf-8"))
    for name, source in passport["sources"].items():
        path = source["path"].replace("{period}", PERIOD)
        if "*" in path:
            shutil.copytree((office / path).parent, case / name)
        else:
            shutil.copy(office / path, case / f"{name}.csv")
    settings = passport.get("settings", {})
    run = flow_run(flow_of(passport["flow"]), case, settings=settings, now=datetime(2026, 11, 2, tzinfo=UTC))
    run.read_all()
    run.work_out()
    return run


@pytest.mark.parametrize("robot", IDS)
def test_a_robot_finds_each_fault_and_nothing_else(robot: str, office: Path, tmp_path: Path) -> None:
    truth = json.loads((office / "facit" / f"{robot}_{PERIOD}.json").read_text("utf-8"))

    result = run_of(robot, office, tmp_path).result

    assert result is not None
    assert result.holds
    assert sorted([one.cause, one.amount] for one in result.cases) == truth["cases"]
    assert [len(keys) for keys in result.done.values()] == [truth["done"]]
    assert len({one.item_id for one in result.cases}) == len(result.cases)


@pytest.mark.parametrize("robot", ["bilagsafstemning", "leverandoerudtog", "debitorkontrol"])
def test_the_cases_sum_to_the_difference_that_the_conclusion_tells(
    robot: str, office: Path, tmp_path: Path
) -> None:
    result = run_of(robot, office, tmp_path).result

    assert result is not None
    told = [one.amount for one in result.cases if one.cause != "document_other_day"]
    assert sum(told) == result.facts["difference"]


def test_the_same_month_is_written_alike(office: Path, tmp_path: Path) -> None:
    lay_out_supplier(tmp_path, PERIOD)

    files = sorted(path.relative_to(office) for path in office.rglob("*") if path.is_file())

    assert files
    assert [path.relative_to(tmp_path) for path in sorted(tmp_path.rglob("*")) if path.is_file()] == files
    assert all((office / path).read_bytes() == (tmp_path / path).read_bytes() for path in files)
