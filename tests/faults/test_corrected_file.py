"""A corrected file comes when its month is done: it waits for a person, and replaces nothing by itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from acceptance.offices import CASES, TestOffice
from gevinst import bootstrap
from gevinst.app.corrected import held_files, take_held
from gevinst.app.request_run import RequestError
from gevinst.app.start_run import new_run
from gevinst.bootstrap.triggers import watchers
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.arrival import ARCHIVE, REFUSED, WORK
from gevinst.domain.run import RunState, Trigger
from gevinst.store.opening import StoreParts

CASE = CASES / "agreed"
NAME = "konto_bank_2026-10.csv"
ARRIVAL = '[arrival]\nfolder = "indbakke"\nsource = "bank"\nagain = "{again}"\n'
CORRECTED = (CASE / "bank.csv").read_text("utf-8").replace("6.125,00;16.975,00", "6.152,00;17.002,00")


@pytest.fixture
def office(tmp_path: Path) -> TestOffice:
    """Give an office whose robot has a corrected file for October."""
    made = TestOffice(tmp_path / "kontor").furnish()
    made.add_robot("konto", more=ARRIVAL.format(again="ask"))
    for source in ("bank", "ledger"):
        made.put("konto", source, (CASE / f"{source}.csv").read_text("utf-8"))
    taken = made.data / "indbakke" / WORK / NAME  # it has stood still, and the clock has taken it
    taken.parent.mkdir(parents=True)
    taken.write_text(CORRECTED, encoding="utf-8", newline="\n")
    return made


def done_before(office: TestOffice) -> None:
    """October is done, as far as the database knows."""
    of = bootstrap.office(str(office.folder))
    opened, at = bootstrap.parts(of), bootstrap.now()
    [robot] = [one for one in bootstrap.robots(of) if one.id == "konto"]
    run = new_run(robot, period="2026-10", trial=False, trigger=Trigger.MANUAL, user="controller", now=at)
    opened.runs.start(run, holder="test")
    opened.runs.finish(replace(run, state=RunState.AGREED, ended=at))


@pytest.fixture
def look(office: TestOffice) -> Callable[[], StoreParts]:
    """Let the clock look at the drop folder, as it does each other second."""
    of = bootstrap.office(str(office.folder))
    opened = bootstrap.parts(of)
    _, arrivals = watchers(
        of,
        opened,
        lambda: [one for one in bootstrap.robots(of) if one.id == "konto"],
        queue=opened.queue,
        paused=lambda _: False,
        told=lambda *_: None,
    )
    fence = opened.clock.lead("clock", lease=bootstrap.now() - datetime(2026, 1, 1, tzinfo=UTC))
    assert fence is not None

    def looked() -> StoreParts:
        arrivals(fence)
        return opened

    return looked


def test_fault_08_a_corrected_file_replaces_a_run_when_a_person_has_looked(
    office: TestOffice, look: Callable[[], StoreParts]
) -> None:
    assert office.run("konto").facts["state"] == "agreed"
    opened = look()
    [first] = opened.runs.standing_runs("konto")
    [alarm] = look().alarms.alarms()
    assert (alarm.kind, alarm.count, opened.queue.tickets()) == (AlarmKind.CORRECTED, 1, [])

    [waits] = json.loads(office.gevinst("files", "--json").out)
    assert waits["replaces"] == first.run_id
    assert waits["only_new"] == {"rows": 1, "sum": "6152.00"}
    assert waits["only_old"] == {"rows": 1, "sum": "6125.00"}
    said = office.gevinst("files", "take", "konto", NAME, "--why", "Banken har rettet en linje")

    assert (said.code, opened.alarms.alarms()) == (0, []), said.said
    office.gevinst("worker", "--drain")
    look()
    [second] = opened.runs.standing_runs("konto")
    assert (str(second.state), second.replaces) == ("open_items", first.run_id)
    entries = opened.runs.gain_entries("konto", "2026-10")
    assert [one.sign for one in entries] == [1, 1, 1, -1]
    assert {(entries[-1].run_id, entries[-1].reason)} == {(second.run_id, "reopened")}
    assert [path.name for path in (office.data / "indbakke" / ARCHIVE).rglob("*.csv")] == [NAME]
    [noted] = [row for row in opened.runs.audit_rows() if row.what == "file.corrected"]
    assert (noted.subject, noted.why) == (first.run_id, "Banken har rettet en linje")


def test_fault_08_a_file_that_a_person_refuses_changes_nothing(
    office: TestOffice, look: Callable[[], StoreParts]
) -> None:
    done_before(office)
    opened = look()

    said = office.gevinst("files", "refuse", "konto", NAME, "--why", "Forkert konto")
    again = office.gevinst("files", "take", "konto", NAME, "--why", "Alligevel")

    assert (said.code, again.code) == (0, 2), said.said + again.said
    assert (office.data / "indbakke" / REFUSED / NAME).read_text("utf-8") == CORRECTED
    assert (look().alarms.alarms(), opened.queue.tickets()) == ([], [])
    assert len(opened.runs.list("konto")) == 1


def test_fault_08_a_robot_may_say_that_its_file_grows(
    office: TestOffice, look: Callable[[], StoreParts]
) -> None:
    file = office.folder / "robots" / "konto" / "robot.toml"
    file.write_text(file.read_text("utf-8").replace('again = "ask"', 'again = "run"'), encoding="utf-8")

    done_before(office)
    opened = look()

    assert [one.order.robot for one in opened.queue.tickets()] == ["konto"]
    assert opened.alarms.alarms() == []


def test_fault_08_a_second_file_waits_until_the_first_has_been_used(
    office: TestOffice, look: Callable[[], StoreParts]
) -> None:
    first = office.data / "indbakke" / WORK / NAME
    (first.parent / "rettet_2026-10.csv").write_text("Dato;Tekst\n", encoding="utf-8")

    opened = look()

    assert len(opened.queue.tickets()) == 1
    assert [Path(one.path) for one in opened.arrivals.arrivals("konto")] == [first]
    assert opened.alarms.alarms() == []


def test_fault_08_a_file_for_a_signed_month_starts_nothing(
    office: TestOffice, look: Callable[[], StoreParts]
) -> None:
    done_before(office)
    of, opened = bootstrap.office(str(office.folder)), look()
    signed = replace(bootstrap.held_tools(of, opened), locked=lambda *_: True)
    [one] = held_files([robot for robot in bootstrap.robots(of) if robot.id == "konto"], signed)

    with pytest.raises(RequestError, match="REQ-001"):
        take_held(one, signed, who="controller", why="Ny fra banken")

    assert opened.queue.tickets() == []
    assert len(opened.alarms.alarms()) == 1
