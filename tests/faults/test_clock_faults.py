"""Faults of time: two clocks, a machine that was off, clocks that change or jump."""

from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest

from gevinst.app.clock import LEASE
from gevinst.app.queue_port import Decided, LostLeadError, Seen
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.occurrence import ClosedDay, MissedPolicy, Occurrence, OccurrenceState, Reason
from gevinst.domain.queue import TicketState
from gevinst.domain.run import RunState
from gevinst.domain.schedule import parse_timing
from gevinst.runner.triggers import firings
from gevinst.runner.worker import owner_id
from gevinst.texts import OFFICE_ZONE
from unattended import Installation, SetClock, a_robot

SIX = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)  # 06.00 in Copenhagen


def set_clock(office: Installation) -> SetClock:
    assert isinstance(office.now, SetClock)
    return office.now


def local_times(words: str, day: str, *, hours: int) -> list[str]:
    start = datetime.fromisoformat(day).replace(tzinfo=OFFICE_ZONE).astimezone(UTC) - timedelta(seconds=1)
    found = firings(
        parse_timing(words),
        start,
        start + timedelta(hours=hours),
        closed=ClosedDay.RUN,
        calendar=BankCalendar(),
    )
    return [one.nominal.astimezone(OFFICE_ZONE).strftime("%H:%M%z") for one in found]


def test_a_due_robot_is_offered_once_however_often_the_clock_looks(office: Installation) -> None:
    office.robots, now, clock = [a_robot()], set_clock(office), office.clock()
    clock.tick()
    now.moment = SIX

    offered = [clock.tick(), clock.tick()]

    [[one], nothing] = offered
    assert (one.robot, one.nominal, one.state, nothing) == ("hovedkonto", SIX, OccurrenceState.OFFERED, [])
    assert [ticket.order.period for ticket in office.queue.tickets()] == ["2026-10"]


def test_a_new_robot_is_not_due_for_moments_before_it_came(office: Installation) -> None:
    set_clock(office).moment = SIX + timedelta(minutes=1)
    office.robots = [a_robot()]

    assert office.clock().tick() == []


def test_fault_03_two_clocks_over_one_database_offer_500_moments_once_each(either: Installation) -> None:
    either.robots, now = [a_robot(f"r{n}", "every 1 minutes") for n in range(5)], set_clock(either)
    clocks = [either.clock("a"), either.clock("b")]
    for clock in clocks:
        clock.tick()
    for minute in range(100):
        now.forward(minutes=1)
        if minute == 50:
            either.parts.clock.resign("a")  # the other takes over
        for clock in clocks[:: 1 if minute % 2 else -1]:
            clock.tick()

    tickets = either.queue.tickets(limit=1000)
    assert Counter((one.order.robot, one.order.due) for one in tickets).most_common(1)[0][1] == 1
    assert len(tickets) == 500


def test_fault_03_a_clock_that_was_relieved_writes_nothing(either: Installation) -> None:
    book = either.parts.clock
    old = book.lead("a", lease=LEASE)
    assert old is not None
    assert book.lead("b", lease=LEASE) is None
    book.resign("a")
    assert book.lead("b", lease=LEASE) == old + 1

    with pytest.raises(LostLeadError):
        book.record(old, Decided(robot="hovedkonto", seen=Seen(schedule="weekdays 06:00", until=SIX)))
    assert book.seen() == {}


def test_fault_03_a_clock_that_died_on_this_machine_is_not_waited_for(either: Installation) -> None:
    host, process, began, *rest = owner_id().split(":")
    elsewhere, dead = f"other-{host}:1:1", ":".join([host, "4194303", began, *rest])
    either.robots, now = [a_robot()], set_clock(either)
    either.clock(dead).tick()
    now.moment = SIX

    assert [one.robot for one in either.clock(f"{host}:{process}:{began}").tick()] == ["hovedkonto"]

    either.parts.clock.resign(either.parts.clock.leader())
    either.clock(elsewhere).tick()
    assert either.clock(dead).tick() == []
    assert either.parts.clock.leader() == elsewhere


@pytest.mark.parametrize(
    ("missed", "offered", "reasons"),
    [
        (MissedPolicy.ONCE, 1, {Reason.LATE: 1, Reason.COVERED: 2}),
        (MissedPolicy.EACH, 3, {Reason.LATE: 3}),
        (MissedPolicy.SKIP, 0, {Reason.POLICY: 3}),
    ],
)
def test_fault_05_a_machine_that_was_off_makes_up_by_the_robots_policy_and_never_in_silence(
    office: Installation, missed: MissedPolicy, offered: int, reasons: dict[Reason, int]
) -> None:
    office.robots, now = [a_robot(missed=missed)], set_clock(office)
    office.clock().tick()
    now.moment = SIX + timedelta(days=2, hours=3)  # three bank days at six have passed

    decided = office.clock("after the restart").tick() or office.clock("clock1").tick()

    assert Counter(one.reason for one in decided) == reasons
    assert len(office.queue.tickets()) == offered
    missed_runs = [run for run in office.parts.runs.list() if run.state is RunState.MISSED]
    assert len(missed_runs) == 3 - offered
    rung = {alarm.kind for alarm in office.parts.alarms.alarms()}
    assert (AlarmKind.MISSED in rung) == (offered < 3)
    assert decided[-1].late_minutes == 180


@pytest.mark.parametrize(
    ("words", "day", "expected"),
    [
        ("cron: 30 2 * * *", "2027-03-28", ["03:00+0200"]),
        ("cron: 30 2 * * *", "2026-10-25", ["02:30+0200"]),
        ("weekdays 06:00", "2027-03-29", []),  # Easter Monday
    ],
)
def test_fault_11_a_daily_robot_runs_once_when_clocks_change(
    words: str, day: str, expected: list[str]
) -> None:
    assert local_times(words, day, hours=23) == expected


@pytest.mark.parametrize(
    ("words", "day", "hours", "count"),
    [
        ("cron: 0 * * * *", "2027-03-28", 23, 23),
        ("cron: 0 * * * *", "2026-10-25", 25, 25),
        ("cron: */30 * * * *", "2027-03-28", 23, 46),
        ("cron: */30 * * * *", "2026-10-25", 25, 50),
        ("every 30 minutes", "2027-03-28", 23, 46),
        ("every 30 minutes", "2026-10-25", 25, 50),
    ],
)
def test_fault_11_an_hourly_robot_runs_23_and_25_times_when_clocks_change(
    words: str, day: str, hours: int, count: int
) -> None:
    found = local_times(words, day, hours=hours)

    assert len(found) == len(set(found)) == count


@pytest.mark.parametrize("hours", [-2, 24])
def test_fault_19_a_clock_that_jumps_offers_nothing_twice_and_is_told(
    office: Installation, hours: int
) -> None:
    office.robots, now, clock = [a_robot(schedule="every 30 minutes")], set_clock(office), office.clock()
    clock.tick()
    now.forward(minutes=31)
    clock.tick()

    now.forward(hours=hours)
    clock.tick()
    for _ in range(200):
        now.forward(minutes=5)
        clock.tick()

    tickets = office.queue.tickets(limit=1000)
    assert len({one.order.due for one in tickets}) == len(tickets)
    assert AlarmKind.CLOCK_JUMPED in {alarm.kind for alarm in office.parts.alarms.alarms()}


def test_fault_20_ten_years_of_bank_days_are_each_offered_once(tmp_path: Path) -> None:
    now = SetClock(datetime(2026, 12, 30, 12, 0, tzinfo=UTC))
    words = {"every": "weekdays 06:00", "last": "last bank day 06:00", "leap": "cron: 0 6 29 2 *"}
    office = Installation(
        f"sqlite:///{(tmp_path / 'store.db').as_posix()}",
        tmp_path,
        [a_robot(name, schedule) for name, schedule in words.items()],
        now,
    )
    with closing(office.parts.queue._database.engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA synchronous = OFF")  # the calendar is tested, not the disk
    clock, begun = office.clock(), process_time()
    clock.tick()
    while now.moment.year < 2037:
        moment = clock.next_moment()
        assert moment is not None
        now.moment, clock.last_tick = moment, None  # the years pass; the machine's clock does not jump
        clock.tick()

    due: dict[str, list[date]] = {name: [] for name in words}
    for one in office.queue.tickets(limit=10_000)[::-1]:
        local = one.order.due.astimezone(OFFICE_ZONE)
        assert (local.hour, local.minute) == (6, 0)
        if local.year < 2037:
            due[one.order.robot].append(local.date())
    days = [date(2026, 12, 31) + timedelta(days=n) for n in range(3653)]
    bank_days = [day for day in days if BankCalendar().is_bank_day(day)]
    assert due["every"] == bank_days
    assert due["last"] == [
        day
        for day, later in zip(bank_days, [*bank_days[1:], date(2037, 1, 2)], strict=True)
        if later.month != day.month
    ]
    assert due["leap"] == [date(2028, 2, 29), date(2032, 2, 29), date(2036, 2, 29)]
    assert process_time() - begun < 20


def test_fault_42_a_week_of_missed_minutes_is_one_late_run_and_few_rows(office: Installation) -> None:
    office.robots, now = [a_robot(schedule="every 1 minutes")], set_clock(office)
    office.clock().tick()
    now.forward(days=7)

    decided = office.clock().tick()

    offered = [one for one in decided if one.state is OccurrenceState.OFFERED]
    assert [one.nominal for one in offered][-1] == now.moment
    assert sum(one.count for one in decided) == 7 * 24 * 60
    assert len(decided) <= 60
    now.forward(minutes=1)
    assert len(office.clock().tick()) == 1


@pytest.mark.parametrize(
    ("closed_day", "due", "state"),
    [
        (ClosedDay.RUN, "2026-12-24", OccurrenceState.OFFERED),
        (ClosedDay.BEFORE, "2026-12-23", OccurrenceState.OFFERED),
        (ClosedDay.AFTER, "2026-12-28", OccurrenceState.OFFERED),
        (ClosedDay.SKIP, "2026-12-24", OccurrenceState.SKIPPED),
    ],
)
def test_a_day_on_which_banks_are_closed_is_treated_as_the_robot_says(
    office: Installation, closed_day: ClosedDay, due: str, state: OccurrenceState
) -> None:
    office.robots = [a_robot(schedule="day 24 06:00", closed_day=closed_day)]
    now, clock = set_clock(office), office.clock()
    now.moment = datetime(2026, 12, 20, tzinfo=UTC)
    clock.tick()
    decided: list[Occurrence] = []
    for _ in range(10 * 24):
        now.forward(hours=1)
        decided += clock.tick()

    [one] = decided
    assert (one.nominal.astimezone(OFFICE_ZONE).date().isoformat(), one.state) == (due, state)
    assert one.planned == date(2026, 12, 24)


@pytest.mark.parametrize("words", ["cron: 0 6 31 2 *", "cron: 99 6 * * *"])
def test_a_schedule_that_names_no_moment_is_told_and_the_others_go_on(
    office: Installation, words: str
) -> None:
    office.robots, now, clock = [a_robot("r1", words), a_robot("r2")], set_clock(office), office.clock()
    clock.tick()
    now.moment = SIX

    assert [one.robot for one in clock.tick()] == ["r2"]
    assert (AlarmKind.NEVER_DUE, "r1") in [(one.kind, one.robot) for one in office.parts.alarms.alarms()]


def test_fault_30_a_robot_that_runs_longer_than_its_interval_never_overlaps_itself(
    office: Installation,
) -> None:
    office.robots, now, clock = [a_robot(schedule="every 1 minutes")], set_clock(office), office.clock()
    clock.tick()
    for _ in range(3):
        now.forward(minutes=1)
        clock.tick()

    first = office.queue.claim("w1", capabilities=(), lease=LEASE)

    assert first is not None
    assert office.queue.claim("w2", capabilities=(), lease=LEASE) is None
    assert len(office.queue.tickets([TicketState.WAITING])) == 2
