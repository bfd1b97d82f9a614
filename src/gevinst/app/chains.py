"""Robots that run after others: offered by the leading clock, once when all of them have ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gevinst.app.ports import RunStore
from gevinst.app.queue_port import ClockBook, Decided, RunQueue, Seen
from gevinst.app.start_run import new_run_id
from gevinst.domain.chain import After
from gevinst.domain.occurrence import Occurrence, OccurrenceState, Reason
from gevinst.domain.queue import Order, lane_of
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import Environment, Run, Trigger
from gevinst.texts import OFFICE_ZONE


@dataclass(frozen=True, kw_only=True)
class Chains:
    """Looks at what has ended, and offers what comes after it."""

    book: ClockBook
    queue: RunQueue
    store: RunStore
    robots: Callable[[], Sequence[Robot]]
    paused: Callable[[str], bool]  #: whether a person has paused a robot, by id
    now: Callable[[], datetime]  #: UTC

    def look(self, fence: int) -> Sequence[Occurrence]:
        """Offer each robot whose predecessors have all ended since it was last offered; what is new.

        What a pause leaves out is noted, and not made up for.

        Raises:
            LostLeadError: another clock leads.
        """
        chained = [
            robot for robot in self.robots() if robot.after and robot.phase in (Phase.TRIAL, Phase.PRODUCTION)
        ]
        known = self.book.seen() if chained else {}
        new = [one for robot in chained for one in self._look_at(robot, known.get(robot.id), fence)]
        if new:
            self.queue.nudge()
        return new

    def _look_at(self, robot: Robot, known: Seen | None, fence: int) -> Sequence[Occurrence]:
        assert robot.after is not None  # noqa: S101 - only chained robots are looked at
        if known is None or known.schedule != robot.after.words:  # a new chain: from now on, not before
            seen = Seen(schedule=robot.after.words, until=self.now())
            self.book.record(fence, Decided(robot=robot.id, seen=seen))
            return []
        runs = self._ended(robot, robot.after, known.until)
        if not runs:
            return []
        until = max(run.ended for run in runs if run.ended)
        occurrence = _occurrence(robot.id, until, paused=self.paused(robot.id))
        offered = occurrence.state is OccurrenceState.OFFERED
        decided = Decided(
            robot=robot.id,
            seen=Seen(schedule=robot.after.words, until=until),
            occurrences=[occurrence],
            orders=[_order(robot, occurrence, runs[0].period)] if offered else [],
        )
        return self.book.record(fence, decided)

    def _ended(self, robot: Robot, after: After, since: datetime) -> list[Run]:
        """The newest run of each predecessor for one month, when all have ended well since; else none.

        A robot in production waits for runs in production: the trial of another starts none of its runs.
        """
        of = Environment.PRODUCTION if robot.phase is Phase.PRODUCTION else None
        first = self.store.latest(after.robots[0], None, after.states, environment=of)
        if first is None:
            return []
        runs = [self.store.latest(one, first.period, after.states, environment=of) for one in after.robots]
        ended = [run for run in runs if run is not None and run.ended is not None and run.ended > since]
        return ended if len(ended) == len(after.robots) else []


def _occurrence(robot: str, at: datetime, *, paused: bool) -> Occurrence:
    return Occurrence(
        robot=robot,
        nominal=at,
        planned=at.astimezone(OFFICE_ZONE).date(),
        state=OccurrenceState.SKIPPED if paused else OccurrenceState.OFFERED,
        reason=Reason.PAUSED if paused else Reason.ON_TIME,
        run_id="" if paused else new_run_id(robot, at),
    )


def _order(robot: Robot, occurrence: Occurrence, period: str) -> Order:
    assert robot.after is not None  # noqa: S101 - as above
    return Order(
        key=f"after:{robot.id}@{occurrence.nominal.isoformat()}",
        robot=robot.id,
        period=period,
        run_id=occurrence.run_id,
        trigger=Trigger.AFTER,
        triggered_by=", ".join(robot.after.robots),
        due=occurrence.nominal,
        lane=lane_of(robot.id, robot.people.erp_user),
    )
