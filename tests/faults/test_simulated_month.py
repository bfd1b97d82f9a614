"""Some days of a simulated month: the program's own processes, killed and switched off; two machines too."""

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from acceptance.offices import CASES, TestOffice
from faults.month import Month, Plan
from faults.month_record import record_of, words_of
from gevinst.texts import OFFICE_ZONE

POSIX = pytest.mark.skipif(os.name == "nt", reason="kills as Unix does")
LONG = pytest.mark.skipif(
    not os.environ.get("GEVINST_LONG_TESTS"),
    reason="a minute each; set GEVINST_LONG_TESTS, or run a whole month: python tests/faults month",
)
SCHEDULE = '[schedule]\nwhen = "hver bankdag kl. {at}"\n'
SUNDAY = datetime(2026, 11, 1, 18, 0, tzinfo=OFFICE_ZONE)
SPEED = 10_000  # a day in nine seconds


@pytest.fixture
def small(tmp_path: Path) -> TestOffice:
    """Give an office of two robots with three lines each."""
    office = TestOffice(tmp_path / "kontor").furnish()
    shutil.rmtree(office.folder / "robots")
    (office.folder / "robots").mkdir()
    case = CASES / "agreed"
    for robot, at in (("first", "06.00"), ("second", "06.15")):
        office.add_robot(robot, more=SCHEDULE.format(at=at))
        for source in ("bank", "ledger"):
            office.put(robot, source, (case / f"{source}.csv").read_text(encoding="utf-8"))
    return office


@POSIX
@LONG
@pytest.mark.slow
@pytest.mark.parametrize("hosts", [1, 2])
def test_days_with_kills_and_a_night_off_are_complete_and_explained(
    small: TestOffice, request: pytest.FixtureRequest, hosts: int
) -> None:
    file = f"sqlite:///{(small.data / 'gevinst.db').as_posix()}"
    plan = Plan(
        speed=SPEED,
        start=SUNDAY,
        days=4,
        kills=1,
        hosts=["vaert-a", "vaert-b"][:hosts],
        off=2,
        missing={4: "ind/first_bank_2026-10.csv"},
        broken={},
        by_hand={},
    )
    url = file if hosts == 1 else request.getfixturevalue("postgres_url")
    month = Month(office=small, url=url, plan=plan)

    month.live()
    record = record_of(month)

    assert record.problems == [], words_of(record, month)
    off = "machine off" if hosts == 1 else "one machine off"
    assert {one.what for one in month.done} >= {off, "file missing", "clock killed"}
    assert sum(counted["planned"] for counted in record.by_robot.values()) >= 8
