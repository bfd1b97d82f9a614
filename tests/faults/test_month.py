"""A month of an office in seconds, with kills, break-downs and a machine that is off for a weekend."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from gevinst.app.work import judge_dead
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.queue import TicketState, claim_of
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from gevinst.texts import OFFICE_ZONE
from invariants import broken_laws, history, record_history
from unattended import Installation, SetClock, a_robot

START = datetime(2026, 10, 1, tzinfo=UTC)
STEP = timedelta(minutes=15)
STEPS = 31 * 24 * 4
OFF = range(16 * 96, 19 * 96)  # from Saturday 17 October 2026 to Monday evening


class KilledError(BaseException):
    """The worker is killed."""


@pytest.mark.parametrize("seed", [1, 2])
def test_a_month_with_kills_is_complete_and_explains_each_irregularity(
    office: Installation, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("gevinst.app.work.wait_before", lambda failures: timedelta(0) * failures)
    chance, now = random.Random(seed), SetClock(START)  # noqa: S311 - no secret
    office.now, database = now, office.parts.queue._database
    record_history(database)
    office.robots = [
        a_robot("main", "weekdays 06:00", erp_user="RPA-01"),
        a_robot("cards", "weekdays 06:15", erp_user="RPA-01"),
        a_robot("tax", "3rd bank day 06:00"),
        a_robot("night", "cron: 30 2 * * *"),
    ]

    def run(started: Run, robot: Robot, stopping: Callable[[], bool]) -> Run:
        del robot, stopping
        fate = chance.random()
        if fate < 0.1:
            office.parts.runs.start(started, holder="killed")
            raise KilledError
        if fate < 0.2:
            return office.run_as(started, RunState.FAILED, "failure.broke_down")
        return office.run_as(started, RunState.AGREED)

    clock, kills = office.clock(), 0
    clock.tick()
    for step in range(STEPS):
        now.moment += STEP
        if step in OFF:
            continue
        clock.tick()
        for _ in range(20):
            try:
                office.worker(run).drain()
                break
            except KilledError:
                kills += 1
                judge_the_dead(office)

    assert kills > 0
    assert broken_laws(office.parts, history(database)) == []
    seen = office.parts.clock.occurrences(limit=10_000)
    days = {one.nominal.astimezone(OFFICE_ZONE).date() for one in seen if one.robot == "main"}
    october = [START.date() + timedelta(days=n) for n in range(31)]
    assert days == {day for day in october if BankCalendar().is_bank_day(day)}
    assert Counter(one.robot for one in seen)["night"] == 31
    late = [one for one in seen if one.late_minutes]
    assert {str(one.reason) for one in late} == {"late", "covered"}
    told = {(alarm.kind, alarm.robot) for alarm in office.parts.alarms.alarms()}
    given_up = [one for one in office.queue.tickets() if one.state is TicketState.FAILED]
    assert {("failed", one.order.robot) for one in given_up} <= {(str(kind), robot) for kind, robot in told}


def judge_the_dead(office: Installation) -> None:
    """Judge what killed workers held, without the wait for their leases to end."""
    for ticket in office.queue.tickets([TicketState.CLAIMED]):
        judge_dead(claim_of(ticket), office.work_tools())
