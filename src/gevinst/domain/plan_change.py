"""What people have changed in a robot's plan: it is paused, goes on, or one of its runs is moved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PlanChangeKind(StrEnum):
    """What was changed."""

    PAUSE = "pause"  #: its planned runs are left out from then on
    RESUME = "resume"  #: they are run again
    MOVE = "move"  #: one planned run comes at another moment


@dataclass(frozen=True, kw_only=True)
class PlanChange:
    """One change, with its reason; never changed or removed itself."""

    robot: str
    kind: PlanChangeKind
    nominal: datetime | None = None  #: of a move: the moment that it was planned for; UTC
    until: datetime | None = None  #: of a pause: its end, None for none; of a move: the new moment; UTC
    who: str
    at: datetime  #: UTC; a pause holds from here on
    why: str


def pause_at(changes: Iterable[PlanChange], moment: datetime) -> PlanChange | None:
    """The pause that holds at a moment; None when the robot runs by its plan.

    Args:
        changes: of one robot, oldest first.
        moment: UTC.
    """
    turns = [one for one in changes if one.kind is not PlanChangeKind.MOVE and one.at <= moment]
    last = turns[-1] if turns else None
    if last is None or last.kind is PlanChangeKind.RESUME:
        return None
    return last if last.until is None or moment < last.until else None


def moved_moments(changes: Iterable[PlanChange]) -> Mapping[datetime, datetime]:
    """Where moments of the schedule have been moved to, also when one was moved twice or back; UTC."""
    now: dict[datetime, datetime] = {}
    for one in changes:
        if one.kind is PlanChangeKind.MOVE and one.nominal and one.until:
            first = next((start for start, end in now.items() if end == one.nominal), one.nominal)
            now[first] = one.until
    return {start: end for start, end in now.items() if start != end}
