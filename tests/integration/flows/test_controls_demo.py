"""The demo's six control robots come out as their truth says, with their own robot.toml."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.runs import PERIOD, shipped_run
from gevinst.demo.flows_controls import lay_out_controls

ROBOTS = (
    "loenafstemning",
    "momskontrol",
    "stamdatakontrol",
    "maalerkontrol",
    "mellemkommunal",
    "aabne_indkoeb",
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    lay_out_controls(folder, PERIOD)
    return folder


@pytest.mark.parametrize("name", ROBOTS)
def test_a_robot_finds_what_was_laid_out_and_nothing_else(data: Path, name: str) -> None:
    truth = json.loads((data / "facit" / f"{name}_{PERIOD}.json").read_text("utf-8"))
    run = shipped_run(name, data, now=datetime(2026, 11, 2, tzinfo=UTC))

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
