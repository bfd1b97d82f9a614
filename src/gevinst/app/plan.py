"""The plan as people have changed it: pause a robot, let it go on, move one of its runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from gevinst.domain.access import Action, Person, require
from gevinst.domain.audit import AuditEvent
from gevinst.domain.occurrence import Firing, Occurrence
from gevinst.domain.plan_change import PlanChange, PlanChangeKind, moved_moments, pause_at
from gevinst.domain.refusal import RefusedError
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run
from gevinst.texts import OFFICE_ZONE

LONGEST_MOVE = timedelta(days=62)  # a run that comes later than two months is another month's

Firings = Callable[[Robot, datetime, datetime], Sequence[Firing]]
Upcoming = Callable[[Robot, datetime], Firing | None]


class PlanError(RefusedError):
    """A change of a plan that cannot be."""


class PlanBook(Protocol):
    """Where changes are kept, and what the calendar shows beside them. Each method is one transaction."""

    def changes(self) -> Sequence[PlanChange]:
        """All changes, oldest first."""

    def count(self) -> int:
        """How many changes there are; grows with each."""

    def change(self, one: PlanChange, event: AuditEvent) -> None:
        """Keep a change, and note it in the trail."""

    def occurrences_between(self, first: datetime, until: datetime, *, limit: int) -> Sequence[Occurrence]:
        """What became of moments from one on and before another, oldest first."""

    def runs_between(self, first: datetime, until: datetime, *, limit: int) -> Sequence[Run]:
        """Runs that started from a moment on and before another, newest first."""


@dataclass(kw_only=True)
class Plans:
    """The robots' moments, with what people have changed; reads the changes again when there are more."""

    book: PlanBook
    plain_firings: Firings  #: by the schedules alone
    plain_upcoming: Upcoming  #: by the schedules alone
    _known: int = -1
    _changes: dict[str, list[PlanChange]] = field(default_factory=dict)

    def changed(self) -> bool:
        """Whether someone has changed a plan since the last call."""
        count = self.book.count()
        if count == self._known:
            return False
        self._known, self._changes = count, {}
        for one in self.book.changes():
            self._changes.setdefault(one.robot, []).append(one)
        return True

    def changes(self, robot: str) -> Sequence[PlanChange]:
        """A robot's changes, oldest first."""
        if self._known < 0:
            self.changed()
        return self._changes.get(robot, ())

    def firings(self, robot: Robot, after: datetime, until: datetime) -> Sequence[Firing]:
        """The moments after one and up to another, oldest first; paused ones are among them, as skipped."""
        changes = self.changes(robot.id)
        plain = self.plain_firings(robot, after, until)
        if not changes:
            return plain
        moved = moved_moments(changes)
        stay = [one for one in plain if one.nominal not in moved]
        taken = {one.nominal for one in stay}
        come = [
            _moved(start, end) for start, end in moved.items() if after < end <= until and end not in taken
        ]
        return [_paused(one, changes) for one in sorted([*stay, *come], key=lambda one: one.nominal)]

    def upcoming(self, robot: Robot, after: datetime) -> Firing | None:
        """The first moment after one; a paused one too, as skipped."""
        changes = self.changes(robot.id)
        plain = self.plain_upcoming(robot, after)
        if not changes:
            return plain
        moved = moved_moments(changes)
        while plain is not None and plain.nominal in moved:
            plain = self.plain_upcoming(robot, plain.nominal)
        come = [_moved(start, end) for start, end in moved.items() if end > after]
        first = min([*come, *([plain] if plain else [])], key=lambda one: one.nominal, default=None)
        return _paused(first, changes) if first else None


def _moved(start: datetime, end: datetime) -> Firing:
    return Firing(nominal=end, planned=start.astimezone(OFFICE_ZONE).date(), moved=True, changed=True)


def _paused(one: Firing, changes: Sequence[PlanChange]) -> Firing:
    return replace(one, skipped=True, changed=True) if pause_at(changes, one.nominal) else one


def pause(plans: Plans, robot: Robot, *, until: datetime | None, why: str, by: Person, now: datetime) -> None:
    """Leave the robot's planned runs out, to a moment or until someone lets it go on.

    Raises:
        NotAllowedError: the person may not.
        PlanError: PLN-001 no reason; PLN-002 the end has passed; PLN-005 it is paused already.
    """
    require(by, Action.PAUSE)
    if until is not None and until <= now:
        raise PlanError("PLN-002")
    if until is None and (held := pause_at(plans.changes(robot.id), now)) and held.until is None:
        raise PlanError("PLN-005", robot=robot.id)
    change = PlanChange(
        robot=robot.id, kind=PlanChangeKind.PAUSE, until=until, who=by.user, at=now, why=_reason(why)
    )
    _keep(plans, change)


def resume(plans: Plans, robot: Robot, *, why: str, by: Person, now: datetime) -> None:
    """Run by the plan again; what was left out meanwhile is not made up for.

    Raises:
        NotAllowedError: the person may not.
        PlanError: PLN-001 no reason; PLN-006 it is not paused.
    """
    require(by, Action.PAUSE)
    if pause_at(plans.changes(robot.id), now) is None:
        raise PlanError("PLN-006", robot=robot.id)
    _keep(
        plans,
        PlanChange(robot=robot.id, kind=PlanChangeKind.RESUME, who=by.user, at=now, why=_reason(why)),
    )


def move(
    plans: Plans, robot: Robot, *, nominal: datetime, to: datetime, why: str, by: Person, now: datetime
) -> None:
    """Let one planned run come at another moment; it keeps the period of the day it was planned for.

    Raises:
        NotAllowedError: the person may not.
        PlanError: PLN-001 no reason; PLN-002 a moment has passed; PLN-003 the robot is not due at `nominal`;
            PLN-004 it is due at the new moment already; PLN-007 more than two months away.
    """
    require(by, Action.PAUSE)
    if min(nominal, to) <= now:
        raise PlanError("PLN-002")
    if abs(to - nominal) > LONGEST_MOVE:
        raise PlanError("PLN-007", days=LONGEST_MOVE.days)
    if not _is_due(plans, robot, nominal):
        raise PlanError("PLN-003", robot=robot.id)
    if _is_due(plans, robot, to):
        raise PlanError("PLN-004", robot=robot.id)
    change = PlanChange(
        robot=robot.id,
        kind=PlanChangeKind.MOVE,
        nominal=nominal,
        until=to,
        who=by.user,
        at=now,
        why=_reason(why),
    )
    _keep(plans, change)


def _is_due(plans: Plans, robot: Robot, moment: datetime) -> bool:
    before = moment - timedelta(microseconds=1)
    return any(one.nominal == moment for one in plans.firings(robot, before, moment))


def _reason(why: str) -> str:
    if not why.strip():
        raise PlanError("PLN-001")
    return why.strip()


def _keep(plans: Plans, one: PlanChange) -> None:
    named = {"nominal": one.nominal, "until": one.until}
    detail = {name: moment.isoformat(timespec="minutes") for name, moment in named.items() if moment}
    event = AuditEvent(
        at=one.at, who=one.who, what=f"plan.{one.kind}", subject=one.robot, detail=detail, why=one.why
    )
    plans.book.change(one, event)
    plans.changed()
