"""Alarms that nobody else rings: what is late or stuck, and telling someone until they close it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gevinst.app.queue_port import AlarmBook, RunQueue
from gevinst.domain.alarm import Alarm, AlarmKind
from gevinst.domain.queue import Ticket, TicketState
from gevinst.domain.robot import Robot

STUCK_AFTER = timedelta(minutes=15)  # beyond a robot's time-out, which ends its run
DEFAULT_GRACE = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Watchman:
    """Goes round and looks at what waits too long."""

    queue: RunQueue
    alarms: AlarmBook
    robots: Callable[[], Sequence[Robot]]
    tell: Callable[[Alarm], bool]  #: mail or hook; False when it could not be told now
    now: Callable[[], datetime]  #: UTC

    def look(self) -> None:
        """Ring for what is late or stuck, and tell what was not told yet."""
        robots = {robot.id: robot for robot in self.robots()}
        now = self.now()
        for ticket in self.queue.tickets([TicketState.WAITING]):
            self._look_at_waiting(ticket, robots.get(ticket.order.robot), now)
        for ticket in self.queue.tickets([TicketState.CLAIMED]):
            self._look_at_claimed(ticket, robots.get(ticket.order.robot), now)
        self._tell_all(now)

    def _look_at_waiting(self, ticket: Ticket, robot: Robot | None, now: datetime) -> None:
        grace = robot.late.grace if robot else DEFAULT_GRACE
        if ticket.attempt == 0 and now - ticket.offered > grace:
            self._ring(AlarmKind.LATE, ticket, now)

    def _look_at_claimed(self, ticket: Ticket, robot: Robot | None, now: datetime) -> None:
        limit = timedelta(minutes=robot.timeout_minutes if robot else 30) + STUCK_AFTER
        if ticket.started is not None and now - ticket.started > limit:
            self._ring(AlarmKind.STUCK, ticket, now)

    def _ring(self, kind: AlarmKind, ticket: Ticket, now: datetime) -> None:
        order = ticket.order
        self.alarms.ring(kind, order.run_id, robot=order.robot, detail=ticket.run_id, at=now)

    def _tell_all(self, now: datetime) -> None:
        for alarm in self.alarms.alarms():
            if alarm.told is None and self.tell(alarm):
                self.alarms.mark_told(alarm.number, at=now)
