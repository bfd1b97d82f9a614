"""Files that should have come by their deadline and have not: one alarm for each file and month."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gevinst.app.queue_port import AlarmBook
from gevinst.app.start_run import period_due
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.occurrence import Firing
from gevinst.domain.robot import Phase, Robot, Source

LOOKED_BACK = timedelta(days=5)  # a clock that stood still over a long weekend still tells


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """Goes round and looks for files that are late."""

    alarms: AlarmBook
    robots: Callable[[], Sequence[Robot]]
    firings: Callable[
        [str, datetime, datetime], Sequence[Firing]
    ]  #: of words, after one moment, up to another
    has_come: Callable[
        [Robot, Source, str], bool
    ]  #: whether a source's file of a month is there, or was used
    now: Callable[[], datetime]  #: UTC

    def look(self) -> None:
        """Ring for each file whose deadline has passed without it; once, also after someone closed it."""
        wanted = [
            (robot, source)
            for robot in self.robots()
            if robot.phase in (Phase.TRIAL, Phase.PRODUCTION)
            for source in robot.sources.values()
            if source.deadline
        ]
        if not wanted:
            return
        rung = {
            one.subject for one in self.alarms.alarms(also_closed=True) if one.kind is AlarmKind.FILE_LATE
        }
        for robot, source in wanted:
            self._look_at(robot, source, rung)

    def _look_at(self, robot: Robot, source: Source, rung: set[str]) -> None:
        now = self.now()
        passed = self.firings(source.deadline, now - LOOKED_BACK, now)
        if not passed:
            return
        period = period_due(robot, passed[-1].planned)
        subject = f"{robot.id}:{source.name}:{period}"
        if subject not in rung and not self.has_come(robot, source, period):
            detail = f"{source.name} {period}"
            self.alarms.ring(AlarmKind.FILE_LATE, subject, robot=robot.id, detail=detail, at=now)
