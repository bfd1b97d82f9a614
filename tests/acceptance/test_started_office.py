"""`gevinst start` with robots that a file's arrival and another robot's end start."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acceptance.offices import TestOffice
from acceptance.test_deliveries import BANK, LEDGER
from acceptance.test_work_items import HANDLES, SPLITS, add_robot

SECONDS = 100
ARRIVAL = '[arrival]\nfolder = "indbakke"\nsource = "bank"\npattern = "*.csv"\n'
AFTER = '[schedule]\nafter = ["opdeler"]\n'


@pytest.fixture
def office(tmp_path: Path) -> Iterator[TestOffice]:
    """An office that has been started."""
    made = TestOffice(tmp_path / "office").furnish()
    add_robot(made, "opdeler", "split_invoices", SPLITS)
    add_robot(made, "behandler", "handle_invoices", HANDLES + AFTER)
    made.add_robot("konto", more=ARRIVAL)
    made.put("konto", "ledger", LEDGER.format(amount="1.250,00"))
    started = made.start("start", "--no-console")
    wait_for((made.data / "indbakke" / "ind").is_dir)
    yield made
    started.send_signal(signal.SIGTERM)
    assert started.wait(60) == 0


def wait_for(has_come: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not has_come():
        assert time.monotonic() < until, "it has not come"
        time.sleep(0.3)


@pytest.mark.slow
def test_a_file_and_the_end_of_a_robot_each_start_one_run(office: TestOffice) -> None:
    inbox = office.data / "indbakke"
    (inbox / "ind" / "udtog_2026-10.csv").write_text(BANK, encoding="utf-8")
    office.run("opdeler")

    wait_for(lambda: office.states("behandler") == ["open_items"])
    wait_for(lambda: list((inbox / "arkiv").rglob("*.csv")))

    assert office.states("konto") == ["agreed"]
    rows = office.database('SELECT robot, "trigger", triggered_by, period FROM ticket ORDER BY robot')
    assert rows == [
        ("behandler", "after", "opdeler", "2026-10"),
        ("konto", "file", "gevinst", "2026-10"),
    ]
    shown = office.gevinst("runs").out
    assert "behandler" in shown
    assert office.gevinst("audit", "verify").code == 0
