"""Occurrences: the moments at which a robot is due, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

#: After a long stop, at most so many missed moments of a robot get a row each; the older ones share one.
MOST_ROWS = 50


class MissedPolicy(StrEnum):
    """What happens with moments that passed while nothing ran."""

    ONCE = "once"  #: one late run, for the newest
    EACH = "each"  #: one late run for each, none of them older than a week
    SKIP = "skip"  #: none; they stay missed


class ClosedDay(StrEnum):
    """What happens when a schedule names a day on which banks are closed."""

    RUN = "run"  #: it runs all the same
    BEFORE = "before"  #: the bank day before
    AFTER = "after"  #: the bank day after
    SKIP = "skip"  #: it does not run


class RunMonth(StrEnum):
    """Which month a run is for when nobody says."""

    BEFORE = "before"  #: the one before the day of the run: it is closed
    CURRENT = "current"  #: that of the last closed bank day, for a robot that runs through the month


class OccurrenceState(StrEnum):
    """What became of a moment."""

    OFFERED = "offered"  #: a worker may take it
    MISSED = "missed"  #: it was not run, and will not be
    SKIPPED = "skipped"  #: the schedule leaves it out


class Reason(StrEnum):
    """Why an occurrence is as it is; the catalogue has `occurrence.<reason>`."""

    ON_TIME = "on_time"
    LATE = "late"  #: nothing ran at its moment
    MOVED = "moved"  #: the day that the schedule names is closed
    COVERED = "covered"  #: the newest late run stands for it
    POLICY = "policy"  #: the robot's policy is to skip what was missed
    TOO_OLD = "too_old"  #: more than a week
    CLOSED_DAY = "closed_day"  #: the schedule skips closed days
    PAUSED = "paused"  #: a person has paused the robot
    MOVED_BY_HAND = "moved_by_hand"  #: a person has moved it here


@dataclass(frozen=True, kw_only=True)
class Firing:
    """A moment of a schedule."""

    nominal: datetime  #: UTC
    planned: date  #: the local day that the schedule names, before it was moved
    moved: bool = False
    skipped: bool = False
    changed: bool = False  #: skipped or moved by a person, not by the schedule


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """A moment of a robot, unique by robot and nominal moment."""

    robot: str
    nominal: datetime  #: UTC
    planned: date
    state: OccurrenceState
    reason: Reason
    late_minutes: int = 0
    count: int = 1  #: moments that this row stands for
    run_id: str = ""  #: of the run that was offered or noted as missed


@dataclass(frozen=True, kw_only=True)
class LatePolicy:
    """How a robot wants its late moments treated."""

    missed: MissedPolicy = MissedPolicy.ONCE
    grace: timedelta = timedelta(minutes=5)  #: a moment is on time so long
    oldest: timedelta = timedelta(days=7)  #: what is older is never made up for by EACH


def judge(
    robot: str, firings: Sequence[Firing], *, now: datetime, policy: LatePolicy
) -> tuple[Occurrence, ...]:
    """What becomes of the moments that have passed since the clock last looked.

    Args:
        robot: its id.
        firings: oldest first, none after `now`.
        now: UTC.
        policy: of the robot.
    """
    judged = [_judged(robot, firing, firings, now=now, policy=policy) for firing in firings]
    return _shortened(judged)


def _judged(
    robot: str, firing: Firing, firings: Sequence[Firing], *, now: datetime, policy: LatePolicy
) -> Occurrence:
    late = now - firing.nominal
    state, reason = _fate(firing, late, newest=_newest(firings) is firing, policy=policy)
    return Occurrence(
        robot=robot,
        nominal=firing.nominal,
        planned=firing.planned,
        state=state,
        reason=reason,
        late_minutes=int(late / timedelta(minutes=1)) if late > policy.grace else 0,
    )


def _newest(firings: Sequence[Firing]) -> Firing | None:
    return next((one for one in reversed(firings) if not one.skipped), None)


def _fate(
    firing: Firing, late: timedelta, *, newest: bool, policy: LatePolicy
) -> tuple[OccurrenceState, Reason]:
    if firing.skipped:
        return OccurrenceState.SKIPPED, Reason.PAUSED if firing.changed else Reason.CLOSED_DAY
    if late <= policy.grace:
        return OccurrenceState.OFFERED, _on_time(firing)
    if policy.missed is MissedPolicy.SKIP:
        return OccurrenceState.MISSED, Reason.POLICY
    if policy.missed is MissedPolicy.ONCE:
        return (OccurrenceState.OFFERED, Reason.LATE) if newest else (OccurrenceState.MISSED, Reason.COVERED)
    if late > policy.oldest:
        return OccurrenceState.MISSED, Reason.TOO_OLD
    return OccurrenceState.OFFERED, Reason.LATE


def _on_time(firing: Firing) -> Reason:
    if not firing.moved:
        return Reason.ON_TIME
    return Reason.MOVED_BY_HAND if firing.changed else Reason.MOVED


def _shortened(judged: Sequence[Occurrence]) -> tuple[Occurrence, ...]:
    """The same, with the oldest of very many missed moments in one row."""
    missed = [one for one in judged if one.state is OccurrenceState.MISSED]
    if len(missed) <= MOST_ROWS:
        return tuple(judged)
    folded = missed[:-MOST_ROWS]
    last = folded[-1]
    one = Occurrence(
        robot=last.robot,
        nominal=last.nominal,
        planned=last.planned,
        state=last.state,
        reason=last.reason,
        late_minutes=last.late_minutes,
        count=len(folded),
    )
    gone = {each.nominal for each in folded}
    return tuple(sorted([one, *(each for each in judged if each.nominal not in gone)], key=_moment))


def _moment(one: Occurrence) -> datetime:
    return one.nominal
