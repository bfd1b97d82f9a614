"""Every robot that `gevinst demo --all` runs has lists to work on, and a truth that a test holds it to."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.runs import PERIOD, shipped_run
from gevinst import bootstrap
from gevinst.app.robot_check import Mark, _readme
from gevinst.demo import flows
from gevinst.domain.flows import FLOW_IDS
from gevinst.domain.robot import Robot

NOW = datetime(2026, 11, 2, tzinfo=UTC)
ROBOTS = bootstrap.robots(bootstrap.office())
OURS = [one.id for one in ROBOTS if one.flow in FLOW_IDS]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    flows.lay_out_flows(folder, PERIOD)
    return folder


@pytest.mark.parametrize("robot", OURS)
def test_a_robots_lists_can_be_read_and_its_truth_is_laid_out(data: Path, robot: str) -> None:
    run = shipped_run(robot, data, now=NOW)

    run.read_all()
    run.check_input()

    optional = {name for name, shape in run.shapes.items() if shape.optional}
    assert {name for name, read in run.reads.items() if len(read.rows)} >= set(run.shapes) - optional
    assert (data / "facit" / f"{robot}_{PERIOD}.json").is_file()


def test_small_differences_come_out_as_their_truth_says(data: Path) -> None:
    truth = json.loads((data / "facit" / f"smaadifferencer_{PERIOD}.json").read_text("utf-8"))
    run = shipped_run("smaadifferencer", data, now=NOW)

    run.read_all()
    result = run.work_out()

    assert result.holds
    assert [[one.cause, one.amount] for one in result.cases] == truth["cases"]
    lists = {one.key: one.rows["amount"].tolist() for one in result.tables}
    assert lists == {name: truth[name] for name in ("proposed", "other")}


@pytest.mark.parametrize("robot", ROBOTS, ids=lambda one: one.id)
def test_a_robots_readme_says_before_after_gain_risk_and_how_to_stop(robot: Robot) -> None:
    checked = _readme(bootstrap.office().robots / robot.id)

    assert (checked.mark, checked.facts) == (Mark.FINE, {})
