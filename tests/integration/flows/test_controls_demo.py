"""The demo's six control robots come out as their truth says, over the robots' own folders."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.runs import flow_run
from gevinst.app.flow_run import FlowRun
from gevinst.demo.flows_controls import lay_out_controls
from gevinst.domain.flows import flow_of
from gevinst.formats.robot_folder import find_office, load_robot

ROOT = Path(__file__).parents[3]
PERIOD = "2026-10"
ROBOTS = (
    "loenafstemning",
    "momskontrol",
    "stamdatakontrol",
    "maalerkontrol",
    "mellemkommunal",
    "aabne_indkoeb",
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with the robots and their demo input."""
    folder = tmp_path_factory.mktemp("kontor")
    for part in ("robots", "tasks", "resources"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "gevinst.toml").write_text('[office]\nname = "Prøve"\ndata = "data"\n', encoding="utf-8")
    lay_out_controls(folder / "data", PERIOD)
    return folder


def run_of(office: Path, name: str) -> FlowRun:
    robot = load_robot(find_office(office), name)
    made = flow_run(
        flow_of(robot.flow),
        office / "data",
        settings=dict(robot.settings),
        now=datetime(2026, 11, 2, tzinfo=UTC),
    )
    made.robot = replace(made.robot, sources=robot.sources)
    return made


@pytest.mark.parametrize("name", ROBOTS)
def test_a_robot_finds_what_was_laid_out_and_nothing_else(office: Path, name: str) -> None:
    truth = json.loads((office / "data" / "facit" / f"{name}_{PERIOD}.json").read_text("utf-8"))
    run = run_of(office, name)

    run.read_all()
    result = run.work_out()

    assert result.holds
    assert sorted(case.cause for case in result.cases) == truth["causes"]
    assert dict(result.facts) == truth["facts"]
    assert sum(map(len, result.done.values())) == truth["handled"]


def test_the_same_period_is_laid_out_the_same(tmp_path: Path) -> None:
    for name in ("a", "b"):
        lay_out_controls(tmp_path / name, PERIOD)

    first, second = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("a", "b")
    )
    assert first == second
    assert len(first) > len(ROBOTS)
