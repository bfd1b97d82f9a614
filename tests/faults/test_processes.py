"""The commands as an office runs them, over a demo office and real robots."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from acceptance.offices import ROOT, TestOffice
from gevinst.domain.queue import TicketState
from gevinst.domain.run import RunState
from gevinst.store import open_parts
from gevinst.store.opening import StoreParts
from unattended import an_order

SECONDS = 90
ROBOT = "skattekonto"
POSIX = pytest.mark.skipif(os.name == "nt", reason="kills as Unix does")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> TestOffice:
    """Give a demo office whose robots have not run."""
    return TestOffice(tmp_path_factory.mktemp("kontor æøå")).furnish(demo=True)


@pytest.fixture
def parts(demo: TestOffice) -> Iterator[StoreParts]:
    """Give the office's database."""
    opened = open_parts(f"sqlite:///{(demo.data / 'gevinst.db').as_posix()}")
    yield opened
    opened.runs.close()


def offer(parts: StoreParts, name: str) -> None:
    order = replace(an_order(1, robot=ROBOT), key=name, run_id=name, due=datetime.now(UTC))
    assert parts.queue.offer(order)


def gevinst(demo: TestOffice, *words: str) -> subprocess.Popen[str]:
    environment = os.environ | {"GEVINST_OFFICE": str(demo.folder), "GEVINST_LANGUAGE": "en"}
    command = [sys.executable, "-m", "gevinst.cli", *words]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=-1, stderr=-1, text=True)


def said(process: subprocess.Popen[str]) -> str:
    return "".join(process.communicate(timeout=SECONDS))


def wait_until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


def children_of(folder: Path) -> list[int]:
    """Robots that run in a run's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"-m\x00robot" in words and str(folder).encode() in words:
            found.append(int(process.name))
    return found


def test_a_worker_runs_what_waits_and_its_evidence_is_sealed(demo: TestOffice, parts: StoreParts) -> None:
    offer(parts, "drained")

    said(gevinst(demo, "worker", "--drain"))

    run = parts.runs.find("drained")
    assert run is not None
    assert (run.state, parts.queue.find("drained").state) == (RunState.OPEN_ITEMS, TicketState.DONE)
    assert (demo.data / "koersler" / run.folder / "SHA256SUMS").is_file()


@POSIX
def test_fault_01_a_killed_workers_robot_ends_and_its_run_is_made_up_for(
    demo: TestOffice, parts: StoreParts
) -> None:
    offer(parts, "killed")
    worker = gevinst(demo, "worker")
    wait_until(lambda: parts.runs.find("killed"))
    folder = demo.data / "koersler" / ROBOT
    wait_until(lambda: children_of(folder))
    time.sleep(0.7)  # the robot has loaded its listener

    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    wait_until(lambda: not children_of(folder))
    said(gevinst(demo, "worker", "--drain"))

    first, second = parts.runs.find("killed"), parts.runs.find("killed-2")
    assert first is not None
    if first.state is RunState.FAILED:  # the kill came before the robot had closed its run
        assert second is not None
        assert (first.summary, second.state) == ("failure.gone", RunState.OPEN_ITEMS)
        assert (demo.data / "koersler" / first.folder / "koersel.html").is_file()
    assert parts.queue.find("killed").state is TicketState.DONE


@POSIX
def test_start_runs_what_waits_and_stops_when_asked(demo: TestOffice, parts: StoreParts) -> None:
    offer(parts, "started")
    process = gevinst(demo, "start", "--no-console")
    wait_until(lambda: parts.queue.find("started").state is TicketState.DONE)

    process.send_signal(signal.SIGINT)

    assert "Stopped." in said(process)
    assert process.returncode == 0
    assert (demo.data / "livstegn.json").is_file()


@POSIX
def test_fault_25_a_run_is_stopped_by_a_person_and_its_robot_ends(
    demo: TestOffice, parts: StoreParts
) -> None:
    offer(parts, "unwanted")
    worker = gevinst(demo, "worker")
    folder = demo.data / "koersler" / ROBOT
    wait_until(lambda: children_of(folder))

    answer = said(gevinst(demo, "stop", "unwanted"))
    wait_until(lambda: parts.queue.find("unwanted").state not in (TicketState.WAITING, TicketState.CLAIMED))
    worker.send_signal(signal.SIGTERM)
    said(worker)

    assert "unwanted" in answer
    assert children_of(folder) == []
    assert parts.queue.find("unwanted").state in (TicketState.STOPPED, TicketState.DONE)


def test_a_run_that_waits_is_stopped_at_once_and_can_be_tried_again(
    demo: TestOffice, parts: StoreParts
) -> None:
    offer(parts, "waiting")

    said(gevinst(demo, "stop", "waiting"))
    said(gevinst(demo, "retry", "waiting"))

    again, old = parts.queue.tickets()[:2]
    assert (old.state, again.state, again.order.robot) == (TicketState.STOPPED, TicketState.WAITING, ROBOT)
    assert [row.what for row in parts.runs.audit_rows()][-2:] == ["run.stop", "run.retry"]
    parts.queue.stop(again.number, by="test")


def test_the_schedule_shows_what_comes_and_what_waits(demo: TestOffice, parts: StoreParts) -> None:
    offer(parts, "shown")

    shown = said(gevinst(demo, "schedule"))

    assert "shown" in shown
    assert "hver bankdag kl. 06.00" in shown
    parts.queue.stop(parts.queue.find("shown").number, by="test")
