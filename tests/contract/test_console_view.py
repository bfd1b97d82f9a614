"""What the console's pages list of runs, on SQLite and PostgreSQL."""

from collections.abc import Iterator

import pytest

from gevinst.domain.run import Environment, RunState
from gevinst.store import open_parts
from gevinst.store.opening import StoreParts
from runs import a_run, kept


@pytest.fixture
def parts(database_url: str) -> Iterator[StoreParts]:
    opened = open_parts(database_url)
    yield opened
    opened.runs.close()


def test_the_standing_run_is_the_latest_done_one_of_the_latest_period(parts: StoreParts) -> None:
    kept(parts.runs, a_run("old", period="2026-09", after=9))
    kept(parts.runs, a_run("first", after=1))
    kept(parts.runs, a_run("again", after=2))
    kept(parts.runs, a_run("failed", after=3), RunState.FAILED)
    kept(parts.runs, a_run("test", after=4, environment=Environment.TEST))
    kept(parts.runs, a_run("failed-later", period="2026-11", after=5), RunState.REJECTED)
    kept(parts.runs, a_run("other", robot="lån", after=1), RunState.OPEN_ITEMS)

    found = parts.view.standing_each(["hovedkonto", "lån", "ukendt"])

    assert {robot: run.run_id for robot, run in found.items()} == {"hovedkonto": "again", "lån": "other"}
    september = parts.view.standing("hovedkonto", "2026-09")
    assert september is not None
    assert september.run_id == "old"
    assert parts.view.standing("hovedkonto", "2026-08") is None


def test_a_production_run_stands_before_a_later_trial(parts: StoreParts) -> None:
    kept(parts.runs, a_run("real", after=1))
    kept(parts.runs, a_run("trial", after=2, environment=Environment.TRIAL))

    standing = parts.view.standing("hovedkonto")

    assert standing is not None
    assert standing.run_id == "real"


def test_each_robot_has_its_own_latest_runs_newest_first(parts: StoreParts) -> None:
    for minute in range(3):
        kept(parts.runs, a_run(f"main{minute}", after=minute))
    kept(parts.runs, a_run("other", robot="lån", after=9))

    found = parts.view.latest_each(["hovedkonto", "lån", "ukendt"], limit=2)

    ids = {robot: [run.run_id for run in runs] for robot, runs in found.items()}
    assert ids == {"hovedkonto": ["main2", "main1"], "lån": ["other"]}


def test_each_of_the_latest_months_has_its_standing_run(parts: StoreParts) -> None:
    for minute, period in enumerate(("2026-07", "2026-08", "2026-09", "2026-09", "2026-10")):
        kept(parts.runs, a_run(f"r{minute}", period=period, after=minute))

    months = parts.view.months("hovedkonto", limit=3)

    assert [(run.period, run.run_id) for run in months] == [
        ("2026-08", "r1"),
        ("2026-09", "r3"),
        ("2026-10", "r4"),
    ]
