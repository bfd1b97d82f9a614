"""Deleting by rule: what is due, what a hold stops, and carrying it out so that the proof stays."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from gevinst.app.ports import FINAL_STATES, RunStore
from gevinst.domain.audit import AuditEvent
from gevinst.domain.retention import DataKind, RetentionWordsError, deletable_from, retention_rule
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import Run

HOLD, RELEASE, DELETED = "retention.hold", "retention.release", "retention.deleted"
ALL_RUNS = 1_000_000_000


class Keep(StrEnum):
    """Why data that are due stay."""

    HELD = "held"  #: by a hold
    NEWEST = "newest"  #: the next run carries on from this one's open items


@dataclass(frozen=True, kw_only=True)
class Due:
    """Data of a run whose time is over."""

    run: Run
    kind: DataKind
    since: date  #: from which they may be deleted
    keep: Keep | None = None  #: why they stay all the same


@dataclass(frozen=True, kw_only=True)
class RetentionPlan:
    """What is due, and the robots of which nobody can say."""

    due: Sequence[Due]
    unclear: Sequence[str]  #: robots without a rule that can be computed, or whose folder cannot be read


@dataclass(frozen=True, kw_only=True)
class RetentionTools:
    """What deleting needs from outside."""

    store: RunStore
    delete: Callable[[Run, Collection[DataKind]], tuple[int, str]]  #: gives files deleted, hash of the note
    now: Callable[[], datetime]
    who: str


def plan(store: RunStore, robots: Iterable[Robot], today: date) -> RetentionPlan:
    """What may be deleted on a day, oldest first; nothing of a robot without a clear rule."""
    known = {robot.id: robot for robot in robots}
    held, done = holds(store), _deleted(store)
    runs = [run for run in store.list(limit=ALL_RUNS) if run.state in FINAL_STATES]
    unclear = {run.robot for run in runs if not _is_clear(known.get(run.robot))}
    goes_on = [robot.id for robot in known.values() if robot.phase is not Phase.RETIRED]
    newest = {found[-1].run_id for robot in goes_on if (found := store.standing_runs(robot))}
    due = [
        Due(run=run, kind=kind, since=since, keep=_keep(run, held, newest))
        for run in runs
        if run.robot not in unclear
        for kind, since in _dates(known[run.robot], run.period)
        if since <= today and kind not in done.get(run.run_id, frozenset())
    ]
    order = sorted(due, key=lambda one: (one.since, one.run.run_id, one.kind))
    return RetentionPlan(due=order, unclear=sorted(unclear))


def carry_out(due: Sequence[Due], tools: RetentionTools) -> list[AuditEvent]:
    """Delete what is due and not kept, run by run; each run's deletion is a row of the audit trail.

    A run whose files cannot be deleted stops it: what was noted before stays done.

    Raises:
        OSError: a folder cannot be written.
    """
    events = []
    by_run: dict[str, list[Due]] = {}
    for one in due:
        if one.keep is None:
            by_run.setdefault(one.run.run_id, []).append(one)
    for run_id, parts in by_run.items():
        kinds = {one.kind for one in parts}
        files, note = tools.delete(parts[0].run, kinds)
        detail: dict[str, str | int] = {str(kind): 1 for kind in sorted(kinds)}
        detail |= {"robot": parts[0].run.robot, "files": files, "note": note}
        event = AuditEvent(at=tools.now(), who=tools.who, what=DELETED, subject=run_id, detail=detail)
        tools.store.forget_items([run_id] if DataKind.ITEMS in kinds else [], [event])
        events.append(event)
    return events


def holds(store: RunStore) -> dict[str, str]:
    """Robots and runs that are held, with the reason."""
    held: dict[str, str] = {}
    for row in store.audit_of([HOLD, RELEASE]):
        if row.what == HOLD:
            held[row.subject] = row.why
        else:
            held.pop(row.subject, None)
    return held


def note_hold(store: RunStore, what: str, subject: str, *, why: str, who: str, at: datetime) -> None:
    """Hold the data of a robot or of one run, or release them."""
    store.append_audit(AuditEvent(at=at, who=who, what=what, subject=subject, why=why))


def _is_clear(robot: Robot | None) -> bool:
    if robot is None or robot.passport is None:
        return False
    try:
        list(_dates(robot, "2026-01"))
    except RetentionWordsError:
        return False
    return True


def _dates(robot: Robot, period: str) -> Iterator[tuple[DataKind, date]]:
    passport = robot.passport
    if passport is None:
        return
    for kind in DataKind:
        yield kind, deletable_from(retention_rule(passport.keep.get(kind, passport.deletion)), period)


def _keep(run: Run, held: Collection[str], newest: Collection[str]) -> Keep | None:
    if run.robot in held or run.run_id in held:
        return Keep.HELD
    return Keep.NEWEST if run.run_id in newest else None


def _deleted(store: RunStore) -> dict[str, set[DataKind]]:
    done: dict[str, set[DataKind]] = {}
    for row in store.audit_of([DELETED]):
        done.setdefault(row.subject, set()).update(kind for kind in DataKind if row.detail.get(kind))
    return done
