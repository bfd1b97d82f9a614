"""Pausing robots and moving runs: the clock keeps to it, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gevinst import bootstrap
from gevinst.app.clock import Clock
from gevinst.app.plan import PlanError, Plans, move, pause, resume
from gevinst.domain.access import NotAllowedError, Person, Role
from gevinst.domain.occurrence import OccurrenceState, Reason
from unattended import Installation, SetClock, a_robot

OPERATOR = Person(user="operator", roles=frozenset({Role.OPERATOR}))
READER = Person(user="auditor", roles=frozenset({Role.AUDITOR}))
ROBOT = a_robot()  # weekdays 06:00
SUNDAY = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)  # 06.00 in Copenhagen
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def office(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(
        url=database_url, folder=tmp_path_factory.mktemp("plan"), robots=[ROBOT], now=SetClock(SUNDAY)
    )
    yield made
    made.close()


@pytest.fixture
def plans(office: Installation) -> Plans:
    return bootstrap.plans(office.parts)


def clock_by(office: Installation, plans: Plans) -> Clock:
    clock = office.clock()
    clock.tools = replace(clock.tools, firings=plans.firings, upcoming=plans.upcoming)
    clock.tick()
    return clock


def decided_at(office: Installation, clock: Clock, moment: datetime) -> list[tuple[datetime, str, str]]:
    assert isinstance(office.now, SetClock)
    office.now.moment = moment
    clock.reload()
    return [(one.nominal, str(one.state), str(one.reason)) for one in clock.tick()]


def test_a_paused_robot_is_left_out_and_it_is_written_down_why(office: Installation, plans: Plans) -> None:
    clock = clock_by(office, plans)
    pause(plans, ROBOT, until=None, why="Banken skifter filformat", by=OPERATOR, now=SUNDAY)

    assert decided_at(office, clock, MONDAY) == [(MONDAY, OccurrenceState.SKIPPED, Reason.PAUSED)]
    assert office.queue.tickets() == []


def test_a_pause_with_an_end_ends_by_itself(office: Installation, plans: Plans) -> None:
    clock = clock_by(office, plans)
    pause(plans, ROBOT, until=MONDAY + HOUR, why="Ferie", by=OPERATOR, now=SUNDAY)

    decided_at(office, clock, MONDAY)
    assert decided_at(office, clock, MONDAY + DAY) == [
        (MONDAY + DAY, OccurrenceState.OFFERED, Reason.ON_TIME)
    ]


def test_a_robot_that_goes_on_runs_by_its_plan_again(office: Installation, plans: Plans) -> None:
    clock = clock_by(office, plans)
    pause(plans, ROBOT, until=None, why="Ferie", by=OPERATOR, now=SUNDAY)
    resume(plans, ROBOT, why="Klar igen", by=OPERATOR, now=SUNDAY + HOUR)

    assert decided_at(office, clock, MONDAY) == [(MONDAY, OccurrenceState.OFFERED, Reason.ON_TIME)]


def test_a_moved_run_comes_once_at_its_new_moment_for_its_own_month(
    office: Installation, plans: Plans
) -> None:
    clock = clock_by(office, plans)
    later = MONDAY + 3 * HOUR
    move(plans, ROBOT, nominal=MONDAY, to=later, why="Filen kommer sent", by=OPERATOR, now=SUNDAY)

    assert decided_at(office, clock, MONDAY + HOUR) == []
    assert decided_at(office, clock, later) == [(later, OccurrenceState.OFFERED, Reason.MOVED_BY_HAND)]
    assert [one.order.period for one in office.queue.tickets()] == ["2026-10"]


def test_a_run_that_is_moved_forward_comes_before_its_time(office: Installation, plans: Plans) -> None:
    clock = clock_by(office, plans)
    earlier = MONDAY - 2 * HOUR
    move(plans, ROBOT, nominal=MONDAY, to=earlier, why="Møde kl. 8", by=OPERATOR, now=SUNDAY)

    assert [one[0] for one in decided_at(office, clock, MONDAY + HOUR)] == [earlier]


def test_a_run_that_is_moved_back_is_as_if_it_had_not_been(plans: Plans) -> None:
    later = MONDAY + HOUR
    move(plans, ROBOT, nominal=MONDAY, to=later, why="Sent", by=OPERATOR, now=SUNDAY)
    move(plans, ROBOT, nominal=later, to=MONDAY, why="Alligevel ikke", by=OPERATOR, now=SUNDAY)

    assert [(one.nominal, one.moved) for one in plans.firings(ROBOT, SUNDAY, MONDAY + DAY)] == [
        (MONDAY, False),
        (MONDAY + DAY, False),
    ]


@pytest.mark.parametrize(
    ("nominal", "to", "why", "code"),
    [
        (MONDAY, MONDAY + HOUR, " ", "PLN-001"),
        (MONDAY, SUNDAY - HOUR, "x", "PLN-002"),
        (MONDAY + HOUR, MONDAY + 2 * HOUR, "x", "PLN-003"),
        (MONDAY, MONDAY + DAY, "x", "PLN-004"),
        (MONDAY, MONDAY + 70 * DAY, "x", "PLN-007"),
    ],
)
def test_a_move_that_cannot_be_is_refused(
    office: Installation, plans: Plans, nominal: datetime, to: datetime, why: str, code: str
) -> None:
    with pytest.raises(PlanError, match=code):
        move(plans, ROBOT, nominal=nominal, to=to, why=why, by=OPERATOR, now=SUNDAY)
    assert office.parts.plans.changes() == []


def test_only_who_may_changes_a_plan_and_the_trail_tells_of_it(office: Installation, plans: Plans) -> None:
    with pytest.raises(NotAllowedError):
        pause(plans, ROBOT, until=None, why="x", by=READER, now=SUNDAY)
    pause(plans, ROBOT, until=None, why="Ferie", by=OPERATOR, now=SUNDAY)
    with pytest.raises(PlanError, match="PLN-005"):
        pause(plans, ROBOT, until=None, why="x", by=OPERATOR, now=SUNDAY)

    noted = [(row.what, row.subject, row.why) for row in office.parts.runs.audit_rows()]
    assert noted == [("plan.pause", "hovedkonto", "Ferie")]
    assert office.parts.runs.table_faults() == []


def test_a_plan_that_was_not_changed_is_not_read_again(office: Installation, plans: Plans) -> None:
    assert plans.changed()
    assert not plans.changed()
    pause(bootstrap.plans(office.parts), ROBOT, until=None, why="Ferie", by=OPERATOR, now=SUNDAY)
    assert plans.changed()
