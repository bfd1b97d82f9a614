"""The clock: decides what becomes of each moment at which a robot is due, once, whoever looks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gevinst.app.queue_port import AlarmBook, ClockBook, Decided, LostLeadError, RunQueue, Seen
from gevinst.app.start_run import new_run_id, period_due
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.occurrence import Firing, Occurrence, OccurrenceState, judge
from gevinst.domain.queue import Order, lane_of
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import Environment, Run, RunState, Trigger

LEASE = timedelta(seconds=30)
SCHEDULER = "gevinst"  #: who starts what is due
JUMP = timedelta(minutes=10)  # more than a tick, a slow disk or a busy machine explains
MISSED = "failure.missed"
AT_A_TIME = 50  # robots that one commit writes down: a burst waits for few, and nobody waits long for it


@dataclass(frozen=True, kw_only=True)
class ClockTools:
    """What the clock needs from outside."""

    book: ClockBook
    queue: RunQueue
    alarms: AlarmBook
    robots: Callable[[], Sequence[Robot]]  #: those whose folders can be read
    firings: Callable[[Robot, datetime, datetime], Sequence[Firing]]  #: after one moment, up to another; UTC
    upcoming: Callable[[Robot, datetime], Firing | None]  #: the first after a moment
    now: Callable[[], datetime]  #: UTC
    owner: str
    gone: Callable[[str], bool]  #: whether an owner is a process of this host that lives no more


@dataclass(kw_only=True)
class _Watch:
    """What the clock remembers of a robot, so that it need not ask the database at each tick."""

    robot: Robot
    seen: Seen
    new: bool  #: it is not written down yet how far it was looked at
    next: datetime | None


@dataclass(kw_only=True)
class Clock:
    """Leads, or waits to; a tick decides everything that has come due since the last."""

    tools: ClockTools
    fence: int | None = None
    last_tick: datetime | None = None
    _watches: dict[str, _Watch] = field(default_factory=dict)

    def tick(self) -> Sequence[Occurrence]:
        """Lead if nobody does, and decide what has come due; what is new of it.

        Returns:
            Nothing while another clock leads.
        """
        before, self.fence = self.fence, self._lead()
        if self.fence is None:
            self._watches.clear()
            return []
        if before != self.fence:
            self.reload()
        now = self._now()
        try:
            return self._decide(now)
        except LostLeadError:
            self.fence = None
            self._watches.clear()
            return []

    def _lead(self) -> int | None:
        """Lead if nobody does; a clock that died on this machine is not waited for."""
        book = self.tools.book
        fence = book.lead(self.tools.owner, lease=LEASE)
        if fence is None and self.tools.gone(dead := book.leader()):
            book.resign(dead)
            fence = book.lead(self.tools.owner, lease=LEASE)
        return fence

    def reload(self) -> None:
        """Read the robots again: a new one, or one with another schedule, is due from now on, not before."""
        known, now = self.tools.book.seen(), self.tools.now()
        self._watches = {
            robot.id: self._watched(robot, known.get(robot.id), now)
            for robot in self.tools.robots()
            if robot.schedule and robot.phase in (Phase.TRIAL, Phase.PRODUCTION)
        }

    def next_moment(self) -> datetime | None:
        """When the first robot is due next; UTC."""
        return min((watch.next for watch in self._watches.values() if watch.next), default=None)

    def _watched(self, robot: Robot, known: Seen | None, now: datetime) -> _Watch:
        if known is not None and known.schedule == robot.schedule:
            return _Watch(robot=robot, seen=known, new=False, next=self._next_after(robot, known.until))
        seen = Seen(schedule=robot.schedule, until=now)
        watch = _Watch(robot=robot, seen=seen, new=True, next=self._next_after(robot, now))
        if watch.next is None:
            self.tools.alarms.ring(
                AlarmKind.NEVER_DUE, robot.id, robot=robot.id, detail=robot.schedule, at=now
            )
        return watch

    def _next_after(self, robot: Robot, moment: datetime) -> datetime | None:
        found = self.tools.upcoming(robot, moment)
        return found.nominal if found else None

    def _now(self) -> datetime:
        """The moment; a jump of the machine's clock is told, and what it jumped over counts as late."""
        now = self.tools.now()
        if self.last_tick is not None and not -JUMP < now - self.last_tick < JUMP:
            self.tools.alarms.ring(
                AlarmKind.CLOCK_JUMPED,
                self.last_tick.isoformat(timespec="minutes"),
                robot="",
                detail=now.isoformat(timespec="minutes"),
                at=now,
            )
        self.last_tick = now
        return now

    def _decide(self, now: datetime) -> Sequence[Occurrence]:
        watches = self._watches.values()
        due = [one for one in watches if one.new or (one.next is not None and one.next <= now)]
        new: list[Occurrence] = []
        for first in range(0, len(due), AT_A_TIME):
            new += self._decide_some(due[first : first + AT_A_TIME], now)
        return new

    def _decide_some(self, watches: Sequence[_Watch], now: datetime) -> Sequence[Occurrence]:
        assert self.fence is not None  # noqa: S101 - only the leader decides
        decided = [self._decided(watch, now) for watch in watches]
        new = self.tools.book.record(self.fence, *decided)
        if any(one.state is OccurrenceState.OFFERED for one in new):
            self.tools.queue.nudge()
        for watch, one in zip(watches, decided, strict=True):
            watch.seen, watch.new = one.seen, False
            watch.next = self._next_after(watch.robot, one.seen.until)
        for missed in new:
            if missed.state is OccurrenceState.MISSED:
                self._tell_missed(missed, now)
        return new

    def _decided(self, watch: _Watch, now: datetime) -> Decided:
        robot, until = watch.robot, max(now, watch.seen.until)  # never back, as a clock may go
        firings = self.tools.firings(robot, watch.seen.until, until) if watch.next else []
        found = [_named(one) for one in judge(robot.id, firings, now=until, policy=robot.late)]
        return Decided(
            robot=robot.id,
            seen=Seen(schedule=robot.schedule, until=until),
            occurrences=found,
            orders=[_order(robot, one) for one in found if one.state is OccurrenceState.OFFERED],
            missed=[_missed(robot, one) for one in found if one.state is OccurrenceState.MISSED],
        )

    def _tell_missed(self, one: Occurrence, now: datetime) -> None:
        self.tools.alarms.ring(AlarmKind.MISSED, one.robot, robot=one.robot, detail=one.run_id, at=now)


def _named(one: Occurrence) -> Occurrence:
    if one.state is OccurrenceState.SKIPPED:
        return one
    return replace(one, run_id=new_run_id(one.robot, one.nominal))


def _order(robot: Robot, one: Occurrence) -> Order:
    return Order(
        key=f"{robot.id}@{one.nominal.isoformat()}",
        robot=robot.id,
        period=period_due(robot, one.planned),
        run_id=one.run_id,
        trigger=Trigger.SCHEDULE,
        triggered_by=SCHEDULER,
        due=one.nominal,
        lane=lane_of(robot.id, robot.people.erp_user),
    )


def _missed(robot: Robot, one: Occurrence) -> Run:
    return Run(
        run_id=one.run_id,
        robot=robot.id,
        robot_version=robot.version,
        period=period_due(robot, one.planned),
        environment=Environment.PRODUCTION if robot.phase is Phase.PRODUCTION else Environment.TRIAL,
        trigger=Trigger.SCHEDULE,
        triggered_by=SCHEDULER,
        state=RunState.MISSED,
        started=one.nominal,
        ended=one.nominal,
        summary=MISSED,
    )
