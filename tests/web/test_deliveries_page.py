"""Deliveries in the console: what waits for a second person, and what that person does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gevinst import bootstrap
from gevinst.app.queue_port import DeliveryState
from gevinst.domain.account import REAUTHENTICATE_AFTER
from gevinst.web.console import Console
from runs import a_run, ended
from unattended import SetClock
from web.offices import PASSWORD, Reader, reader

KEY = "hovedkonto:2026-10:afstemning.xlsx"


@pytest.fixture
def held(console: Console) -> Path:
    """The file that comes of a delivery held for a second person; a controller started the run."""
    run = replace(a_run(), triggered_by="controller")
    console.parts.runs.start(run)
    target = console.office.data / "ud" / "afstemning.xlsx"
    target.parent.mkdir()
    tools = bootstrap.delivery_tools(console.office)
    assert tools.sender.deliver(b"PK", target, key=KEY, run_id=run.run_id, control_total=250_00, held=True)
    console.parts.runs.finish(ended(run))
    return target


@pytest.fixture
def approver(console: Console) -> Reader:
    return reader(console, "approver")


def test_a_held_delivery_stands_on_the_overview_and_on_its_page(approver: Reader, held: Path) -> None:
    page = approver.get("/leverancer").text

    assert "1 leverance venter" in approver.get("/").text
    assert KEY in page
    assert "250,00" in page
    assert str(held.parents[2]) not in page  # no path of the machine
    assert not held.exists()


def test_the_second_person_lets_it_leave(console: Console, approver: Reader, held: Path) -> None:
    done = approver.post("/leverancer", key=KEY, act="approve", hvorfor="Set på den")

    assert done.headers["location"] == "/leverancer?told=approve"
    assert held.read_bytes() == b"PK"
    [row] = console.parts.runs.audit_of(["delivery.approve"])
    assert (row.who, row.why) == ("approver", "Set på den")
    assert "venter på en anden" not in approver.get("/").text


def test_who_started_the_run_is_not_the_second_person(console: Console, held: Path) -> None:
    run = console.parts.runs.find("run-1")
    assert run is not None
    assert run.triggered_by == "controller"
    assert reader(console, "controller").post("/leverancer", key=KEY, act="approve").status_code == 403
    assert not held.exists()


def test_a_held_delivery_is_withdrawn_so_that_the_next_run_delivers(
    console: Console, approver: Reader, held: Path
) -> None:
    approver.post("/leverancer", key=KEY, act="redo", hvorfor="Ret først")

    assert not held.exists()
    assert [one.state for one in console.parts.deliveries.deliveries()] == [DeliveryState.DROPPED]
    assert approver.post("/leverancer", key=KEY, act="approve", hvorfor="x").status_code == 409


@pytest.mark.parametrize(
    ("act", "why", "status"),
    [("approve", "", 409), ("confirm", "x", 409), ("steal", "x", 400), ("", "x", 400)],
)
def test_what_cannot_be_done_changes_nothing(
    console: Console, approver: Reader, held: Path, act: str, why: str, status: int
) -> None:
    answer = approver.post("/leverancer", key=KEY, act=act, hvorfor=why)

    assert answer.status_code == status
    assert not held.exists()
    assert [one.state for one in console.parts.deliveries.deliveries()] == [DeliveryState.HELD]


def test_an_approver_who_has_not_proved_it_lately_gives_the_password(console: Console, held: Path) -> None:
    clock = SetClock(datetime.now(UTC))
    someone = reader(replace(console, now=clock), "approver")
    clock.moment += REAUTHENTICATE_AFTER + timedelta(minutes=1)

    asked = someone.get("/leverancer").text
    without = someone.post("/leverancer", key=KEY, act="approve", hvorfor="x")
    given = someone.post("/leverancer", key=KEY, act="approve", hvorfor="x", password=PASSWORD)

    assert 'name="password"' in asked
    assert (without.status_code, given.status_code) == (409, 303)
    assert held.exists()
