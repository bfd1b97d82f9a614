"""`gevinst start` runs the console too: it greets, answers, ends with its parent; its port may be taken."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest

from acceptance.offices import TestOffice

POSIX = pytest.mark.skipif(os.name == "nt", reason="signals")
SECONDS = 60


@pytest.fixture
def office(tmp_path: Path) -> TestOffice:
    return TestOffice(tmp_path / "office").furnish()


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def started(office: TestOffice, port: int, told: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gevinst.cli", "start", "--port", str(port)]
    with told.open("wb") as err:
        return subprocess.Popen(command, cwd=office.folder, stderr=err)


def wait_for(has_come: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not has_come():
        assert time.monotonic() < until, "it has not come"
        time.sleep(0.3)


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/livstegn")
        return connection.getresponse().status == 200
    except OSError:
        return False


@POSIX
def test_the_console_is_there_with_clock_and_worker_and_stops_with_them(
    office: TestOffice, port: int, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    process = started(office, port, told)
    wait_for(lambda: answers(port))

    said = told.read_text("utf-8")
    assert re.search(rf"http://127\.0\.0\.1:{port}/opsaetning\?kode=\S+", said), said

    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0
    assert not answers(port)


@POSIX
def test_the_console_ends_when_its_parent_is_killed(office: TestOffice, port: int, tmp_path: Path) -> None:
    process = started(office, port, tmp_path / "told")
    wait_for(lambda: answers(port))

    process.kill()
    process.wait()
    wait_for(lambda: not answers(port))


@POSIX
def test_a_port_that_is_taken_is_told_and_the_robots_go_on(
    office: TestOffice, port: int, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        process = started(office, port, told)
        wait_for(lambda: "--port" in told.read_text("utf-8"))
        assert process.poll() is None

    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0
