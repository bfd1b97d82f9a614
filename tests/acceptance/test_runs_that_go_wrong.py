"""Runs that are doubled, killed, stopped, too long, too loud or without room: each is closed and says so."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.offices import PERIOD, Ran, TestOffice
from acceptance.processes import alive, kill, robots_in, wait_until
from gevinst import bootstrap
from gevinst.app.start_run import new_run
from gevinst.domain.run import Run, Trigger
from gevinst.formats.robot_folder import load_robot

BANK = "Dato;Tekst;Beløb;Saldo;Reference\n05-10-2026;Faktura 1;-250,00;750,00;F1\n"
LEDGER = "Bilag;Dato;Tekst;Beløb;Reference\n4001;05-10-2026;Faktura 1;-250,00;F1\n"
GEVINST = (sys.executable, "-m", "gevinst.cli")
WAIT = "    Evaluate    time.sleep(120)\n"


@pytest.fixture
def waiting(office: TestOffice) -> Iterator[TestOffice]:
    """An office whose flow waits where it has begun; what is left running is ended."""
    add_step(office, WAIT)
    yield office
    kill([process for process in robots_in(office.data) if alive(process)])


def add_step(office: TestOffice, step: str) -> None:
    """Let the flow take a step when its run has begun."""
    words = office.folder / "resources" / "reconciliation.resource"
    text = words.read_text(encoding="utf-8")
    [begun] = [line for line in text.splitlines(keepends=True) if "Begin Run    ${payload}" in line]
    words.write_text(text.replace(begun, begun + step), encoding="utf-8")


def account(office: TestOffice, **parts: str) -> str:
    robot = office.add_robot("konto", **parts)
    office.put(robot, "bank", BANK)
    office.put(robot, "ledger", LEDGER)
    return robot


def started(office: TestOffice, robot: str, **settings: str) -> subprocess.Popen[str]:
    """Start a run and wait until its flow has begun."""
    running = office.start("run", robot, "--period", PERIOD, **settings)

    def begun() -> bool:
        assert running.poll() is None, running.communicate()
        journals = office.data.glob("koersler/*/*/*/journal.jsonl")
        return any('"Begin Run"' in journal.read_text(encoding="utf-8") for journal in journals)

    wait_until(begun)
    return running


def latest(office: TestOffice) -> Ran:
    """The office's latest run, as `gevinst runs` shows it."""
    done = office.gevinst("runs", "--json", "--limit", "1")
    [facts] = json.loads(done.out)
    return Ran(code=facts["exit_code"], out=done.out, err=done.err, facts=facts)


def evidence_is_whole(ran: Ran) -> bool:
    """Whether the evidence is sealed, and every file of it is as it was."""
    sums = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    return subprocess.run(sums, cwd=ran.folder, capture_output=True, check=False).returncode == 0


def test_a_twin_is_turned_away_and_told_which_run_is_on(waiting: TestOffice) -> None:
    robot = account(waiting)
    first = started(waiting, robot)

    twin = waiting.gevinst("run", robot, "--period", PERIOD)

    assert twin.code == 5
    assert latest(waiting).facts["run_id"] in twin.err
    assert "kører allerede" in twin.err
    assert "Traceback" not in twin.err
    first.kill()
    first.communicate()


def test_fault_26_27_a_robot_that_is_killed_leaves_a_failed_run_with_page_seal_and_memory(
    waiting: TestOffice,
) -> None:
    running = started(waiting, account(waiting))

    kill(robots_in(waiting.data))
    out, err = running.communicate(timeout=60)

    ran = latest(waiting)
    assert (running.returncode, ran.facts["state"]) == (1, "failed")
    assert "slået ned af maskinen" in ran.text("koersel.html")
    assert "was killed by the machine" in ran.text("koersel.en.html")
    [used] = re.findall(r"its process had (\d+) MB of memory at most", ran.text("robot-konsol.txt"))
    assert int(used) > 20
    assert evidence_is_whole(ran)
    assert "slået ned af maskinen" in out
    assert "Traceback" not in err


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_person_who_stops_a_run_gets_a_stopped_one(waiting: TestOffice, sent: signal.Signals) -> None:
    running = started(waiting, account(waiting))
    children = robots_in(waiting.data)

    running.send_signal(sent)
    out, err = running.communicate(timeout=60)

    ran = latest(waiting)
    assert (running.returncode, ran.facts["state"], ran.facts["exit_code"]) == (130, "stopped", 130)
    assert "afbrudt af en person" in ran.text("koersel.html")
    assert evidence_is_whole(ran)
    assert [process for process in children if alive(process)] == []
    assert "afbrudt af en person" in out + err
    assert "Traceback" not in err


def test_a_run_whose_process_is_gone_is_closed_and_the_new_one_starts(waiting: TestOffice) -> None:
    robot = account(waiting)
    running = started(waiting, robot)
    gone = latest(waiting)
    running.kill()
    running.communicate()
    kill(robots_in(waiting.data))
    assert waiting.states(robot) == ["running"]
    unslowed = waiting.folder / "resources" / "reconciliation.resource"
    unslowed.write_text(unslowed.read_text(encoding="utf-8").replace(WAIT, ""), encoding="utf-8")

    ran = waiting.run(robot)

    assert (ran.code, waiting.states(robot)) == (0, ["failed", "agreed"])
    assert "forsvandt" in gone.text("koersel.html")
    assert evidence_is_whole(gone)


def test_a_run_held_on_another_machine_is_left_alone(waiting: TestOffice) -> None:
    robot = account(waiting)
    running = started(waiting, robot)
    running.kill()
    running.communicate()
    kill(robots_in(waiting.data))
    with sqlite3.connect(waiting.data / "gevinst.db") as connection:
        connection.execute(
            "UPDATE run SET holder = 'anden-maskine:' || substr(holder, instr(holder, ':') + 1)"
        )

    assert waiting.gevinst("run", robot, "--period", PERIOD).code == 5
    assert waiting.states(robot) == ["running"]


def test_a_run_over_its_time_is_ended_with_all_that_it_started(office: TestOffice, tmp_path: Path) -> None:
    stubborn = f"trap '' TERM; echo $$ > '{tmp_path}/grandchild'; sleep 120 & wait; sleep 120"
    add_step(office, f"    Evaluate    subprocess.run(['bash', '-c', $COMMAND])\n{WAIT}")
    script = office.folder / "tasks" / "bank_reconciliation.robot"
    variables = f"*** Variables ***\n${{COMMAND}}    {stubborn}\n\n\n*** Tasks ***"
    script.write_text(script.read_text("utf-8").replace("*** Tasks ***", variables), encoding="utf-8")
    robot = account(office)

    ended = run_for(office, robot, seconds=6)

    ran = latest(office)
    assert (str(ended.state), ran.facts["state"]) == ("failed", "failed")
    assert "længere end tilladt" in ran.text("koersel.html")
    assert evidence_is_whole(ran)
    grandchild = int((tmp_path / "grandchild").read_text(encoding="utf-8"))
    assert not alive(grandchild)


def run_for(office: TestOffice, robot_id: str, *, seconds: float) -> Run:
    """Run a robot in this process, with a time-out shorter than its file may say."""
    opened = bootstrap.office(str(office.folder))
    robot = replace(load_robot(opened, robot_id), timeout_minutes=seconds / 60)  # type: ignore[arg-type]
    run = new_run(robot, period=PERIOD, trial=False, trigger=Trigger.MANUAL, user="test", now=bootstrap.now())
    return bootstrap.run_robot(opened, run, robot, files={})


def test_a_folder_that_cannot_be_written_is_named_and_the_run_closed(office: TestOffice) -> None:
    robot = account(office)
    (office.data / "koersler").write_text("en fil, hvor mappen skulle være", encoding="utf-8")

    done = office.gevinst("run", robot, "--period", PERIOD)

    assert (done.code, office.states(robot)) == (1, ["failed"])
    assert "mappe kan ikke skrives" in done.out
    assert "koersler" in done.err
    assert "Traceback" not in done.said


def run_with_room(office: TestOffice, robot: str, *, kilobytes: int) -> subprocess.CompletedProcess[str]:
    """Run a robot where no file can grow beyond a size, as on a disk that is nearly full."""
    return subprocess.run(
        ["bash", "-c", f'ulimit -f {kilobytes}; exec "$@" --period 2026-10', "bash", *GEVINST, "run", robot],
        cwd=office.folder,
        env=office.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_full_disk_fails_the_run_and_says_so(office: TestOffice) -> None:
    robot = account(office, phase="trial")
    rows = range(1, 4001)
    lines = (f"{row};05-10-2026;Faktura med en lang tekst;-{row},00;F{row}\n" for row in rows)
    office.put(robot, "bank", "Nr;Dato;Tekst;Beløb;Reference\n" + "".join(lines))
    lines = (f"{row};05-10-2026;Faktura med en lang tekst;-{row},00;F{row}\n" for row in rows)
    office.put(robot, "ledger", "Bilag;Dato;Tekst;Beløb;Reference\n" + "".join(lines))
    office.gevinst("runs")  # the database is there

    done = run_with_room(office, robot, kilobytes=180)

    assert (done.returncode, office.states(robot)) == (1, ["failed"])
    assert "File too large" in done.stderr
    with suppress(FileNotFoundError):
        assert "Afstemt." not in latest(office).text("koersel.html")


def test_a_database_without_room_is_said_plainly(office: TestOffice) -> None:
    robot = account(office)
    office.gevinst("runs")  # the database is there

    done = run_with_room(office, robot, kilobytes=40)

    assert done.returncode == 6
    assert done.stderr.startswith("STO-006: Databasen ")
    assert "kan ikke bruges: " in done.stderr
    assert "der er plads på disken" in done.stderr
    assert "Traceback" not in done.stderr
    assert office.run(robot).facts["state"] == "agreed"


LOUD = "sys.__stdout__.writelines(f'linje {row:06} {chr(46) * 88}' + chr(10) for row in range(500_000))"


def test_a_robot_that_prints_50_megabytes_fills_no_disk(office: TestOffice) -> None:
    add_step(office, f"    Evaluate    {LOUD}\n    Log    ${{{{ 'y' * 50_000_000 }}}}\n")

    ran = office.run(account(office))

    assert (ran.code, ran.facts["state"]) == (0, "agreed")
    console = ran.text("robot-konsol.txt")
    assert len(console) < 1_100_000
    assert "linje 000000 " in console
    assert "linje 499999 " in console
    assert "[… " in console
    sizes = [path.stat().st_size for path in ran.folder.rglob("*") if path.is_file()]
    assert sum(sizes) < 3_000_000
