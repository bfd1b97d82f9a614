"""The store in memory: for tests, and for a reconciliation outside an office."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import RLock

from gevinst.app.ports import (
    DONE_STATES,
    AlreadyRunningError,
    CarriedItem,
    DecidedMeanwhileError,
    FinishedRunError,
    KeptProfile,
    RunExistsError,
    SeenInput,
    SeenStatement,
    TableFault,
    UnknownRunError,
)
from gevinst.domain.audit import AuditAnchor, AuditEvent, AuditRow, sealed
from gevinst.domain.case import Case
from gevinst.domain.decision import Decision, audit_event
from gevinst.domain.file_profile import FileProfile
from gevinst.domain.gains import GainEntry, credited_minutes
from gevinst.domain.run import Environment, Run, RunState


@dataclass(kw_only=True)
class _Kept:
    """A run and what was saved with it."""

    run: Run
    holder: str
    seen: datetime
    replaced_by: str = ""
    items: tuple[CarriedItem, ...] = ()
    cases: tuple[Case, ...] = ()
    statements: tuple[SeenStatement, ...] = ()
    inputs: tuple[SeenInput, ...] = ()
    profiles: tuple[FileProfile, ...] = ()


@dataclass(kw_only=True)
class _Gains:
    """The gain ledger with its index: the entry that stands, by item key."""

    entries: list[GainEntry] = field(default_factory=list)
    standing: dict[str, GainEntry] = field(default_factory=dict)


class MemoryRunStore:
    """Keeps everything in this process, under one lock."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._kept: dict[str, _Kept] = {}
        self._gains = _Gains()
        self._audit: list[AuditRow] = []
        self._decisions: list[Decision] = []

    def close(self) -> None:
        """See RunStore."""

    def start(self, run: Run, *, holder: str = "") -> None:
        """See RunStore."""
        with self._lock:
            if run.run_id in self._kept:
                raise RunExistsError(run_id=run.run_id)
            for kept in self._kept.values():
                same = (kept.run.robot, kept.run.period) == (run.robot, run.period)
                if same and kept.run.state is RunState.RUNNING:
                    raise AlreadyRunningError(running=kept.run, holder=kept.holder, seen=kept.seen)
            utc = _in_utc(run)
            self._kept[run.run_id] = _Kept(run=utc, holder=holder, seen=utc.started)

    def renew(self, run_id: str, *, at: datetime) -> bool:
        """See RunStore."""
        with self._lock:
            kept = self._kept.get(run_id)
            if kept is None or kept.run.state is not RunState.RUNNING:
                return False
            kept.seen = at.astimezone(UTC)
            return True

    def abandon(
        self, run_id: str, *, not_seen_since: datetime | None = None, at: datetime, summary: str
    ) -> bool:
        """See RunStore."""
        with self._lock:
            kept = self._kept.get(run_id)
            if kept is None or kept.run.state is not RunState.RUNNING:
                return False
            if not_seen_since is not None and kept.seen > not_seen_since:
                return False
            kept.run = _in_utc(replace(kept.run, state=RunState.FAILED, ended=at, summary=summary))
            keys = {entry.item_key for entry in self._gains.standing.values() if entry.run_id == run_id}
            self.reverse(kept.run.robot, keys, run_id=run_id, reason="abandoned", at=at)
            return True

    def finish(self, run: Run) -> None:
        """See RunStore."""
        with self._lock:
            kept = self._running(run.run_id)
            kept.run = _in_utc(run)
            if run.replaces in self._kept and run.state in DONE_STATES:
                self._kept[run.replaces].replaced_by = run.run_id

    def find(self, run_id: str) -> Run | None:
        """See RunStore."""
        kept = self._kept.get(run_id)
        return kept.run if kept else None

    def replaced_by(self, run_id: str) -> str:
        """See RunStore."""
        kept = self._kept.get(run_id)
        return kept.replaced_by if kept else ""

    def latest(
        self,
        robot: str,
        period: str | None = None,
        states: Collection[RunState] = (),
        *,
        environment: Environment | None = None,
    ) -> Run | None:
        """See RunStore."""
        return next(
            (
                run
                for run in self._newest_first(robot)
                if period in (None, run.period)
                and (not states or run.state in states)
                and environment in (None, run.environment)
            ),
            None,
        )

    def save_cases(self, run: Run, cases: Sequence[Case]) -> None:
        """See RunStore."""
        with self._lock:
            self._running(run.run_id).cases = tuple(cases)

    def save_open_items(self, run: Run, items: Sequence[CarriedItem]) -> None:
        """See RunStore."""
        with self._lock:
            self._running(run.run_id).items = tuple(items)

    def open_items(self, robot: str, period: str) -> list[CarriedItem]:
        """See RunStore."""
        standing = self._standing().get((robot, period))
        return list(standing.items) if standing else []

    def save_statements(self, run: Run, statements: Sequence[SeenStatement]) -> None:
        """See RunStore."""
        with self._lock:
            kept = self._running(run.run_id)
            kept.statements = tuple(replace(one, run_id=run.run_id) for one in statements)

    def seen_statements(self, account: str, currency: str) -> list[SeenStatement]:
        """See RunStore."""
        seen = [
            statement
            for kept in sorted(self._standing().values(), key=lambda kept: kept.run.run_id)
            for statement in kept.statements
            if (statement.account, statement.currency) == (account, currency)
        ]
        return sorted(seen, key=lambda statement: statement.first or date.min)

    def save_inputs(self, run: Run, inputs: Sequence[SeenInput]) -> None:
        """See RunStore."""
        with self._lock:
            self._running(run.run_id).inputs = tuple(inputs)

    def runs_with_input(self, robot: str, sha256: str) -> list[str]:
        """See RunStore."""
        return [
            run.run_id
            for run in self._newest_first(robot)
            if _counts(run) and any(read.sha256 == sha256 for read in self._kept[run.run_id].inputs)
        ]

    def inputs(self, run_id: str) -> Sequence[SeenInput]:
        """See RunStore."""
        return self._kept[run_id].inputs if run_id in self._kept else ()

    def standing_runs(self, robot: str) -> Sequence[Run]:
        """See RunStore."""
        runs = [kept.run for (of, _), kept in self._standing().items() if of == robot]
        return sorted(runs, key=lambda run: run.period)

    def kept_items(self, run_id: str) -> Sequence[CarriedItem]:
        """See RunStore."""
        return self._kept[run_id].items if run_id in self._kept else ()

    def save_profiles(self, run: Run, profiles: Sequence[FileProfile]) -> None:
        """See RunStore."""
        with self._lock:
            self._running(run.run_id).profiles = tuple(profiles)

    def profiles(self, robot: str, *, before: str, periods: int = 12) -> Sequence[KeptProfile]:
        """See RunStore."""
        earlier = [run for run in self.standing_runs(robot) if run.period < before][-periods:]
        return [
            KeptProfile(period=run.period, profile=profile)
            for run in reversed(earlier)
            for profile in self._kept[run.run_id].profiles
        ]

    def decide(self, decision: Decision, *, seen: int) -> Decision:
        """See RunStore."""
        with self._lock:
            self._known(decision.run_id)
            last = max((one.number for one in self.decisions(decision.robot)), default=0)
            if last != seen:
                raise DecidedMeanwhileError(robot=decision.robot, number=last)
            at = decision.at.astimezone(UTC)
            numbered = replace(decision, number=len(self._decisions) + 1, at=at)
            self._decisions.append(numbered)
            self.append_audit(audit_event(numbered))
            return numbered

    def decisions(self, robot: str) -> Sequence[Decision]:
        """See RunStore."""
        return [one for one in self._decisions if one.robot == robot]

    def credit(self, entries: Sequence[GainEntry]) -> int:
        """See RunStore."""
        with self._lock:
            for run_id in {entry.run_id for entry in entries}:
                run = self._known(run_id).run
                if run.state is not RunState.RUNNING and run.state not in DONE_STATES:
                    raise FinishedRunError(run_id=run_id, state=run.state)
            before = len(self._gains.entries)
            for entry in entries:
                if entry.item_key not in self._gains.standing:
                    self._gains.entries.append(replace(entry, at=entry.at.astimezone(UTC)))
                    self._gains.standing[entry.item_key] = entry
            return len(self._gains.entries) - before

    def reverse(
        self, robot: str, item_keys: Collection[str], *, run_id: str, reason: str, at: datetime
    ) -> int:
        """See RunStore."""
        with self._lock:
            self._known(run_id)
            standing = self._gains.standing
            found = [
                key for key in sorted(set(item_keys)) if key in standing and standing[key].robot == robot
            ]
            for key in found:
                entry = standing.pop(key)
                undone = replace(entry, sign=-entry.sign, run_id=run_id, reason=reason, at=at.astimezone(UTC))
                self._gains.entries.append(undone)
            return len(found)

    def gain_minutes(self, robot: str, period: str | None = None) -> Decimal:
        """See RunStore."""
        return credited_minutes(self.gain_entries(robot, period))

    def gain_entries(self, robot: str, period: str | None = None) -> list[GainEntry]:
        """See RunStore."""
        return [
            entry for entry in self._gains.entries if entry.robot == robot and period in (None, entry.period)
        ]

    def append_audit(self, event: AuditEvent) -> AuditRow:
        """See RunStore."""
        with self._lock:
            row = sealed(event, self.audit_head())
            self._audit.append(row)
            return row

    def audit_rows(self) -> Iterator[AuditRow]:
        """See RunStore."""
        return iter(tuple(self._audit))

    def audit_head(self) -> AuditAnchor | None:
        """See RunStore."""
        last = self._audit[-1] if self._audit else None
        return AuditAnchor(number=last.number, hash=last.hash) if last else None

    def audit_of(self, what: Collection[str], subject: str = "") -> Sequence[AuditRow]:
        """See RunStore."""
        return [row for row in self._audit if row.what in what and subject in ("", row.subject)]

    def table_faults(self) -> Sequence[TableFault]:
        """See RunStore; nobody edits memory by hand."""
        return []

    def forget_items(self, run_ids: Collection[str], events: Sequence[AuditEvent]) -> int:
        """See RunStore."""
        with self._lock:
            found = [self._kept[run_id] for run_id in run_ids if run_id in self._kept]
            count = sum(len(kept.items) for kept in found)
            for kept in found:
                kept.items = ()
            for event in events:
                self.append_audit(event)
            return count

    def _known(self, run_id: str) -> _Kept:
        if run_id not in self._kept:
            raise UnknownRunError(run_id=run_id)
        return self._kept[run_id]

    def _running(self, run_id: str) -> _Kept:
        kept = self._known(run_id)
        if kept.run.state is not RunState.RUNNING:
            raise FinishedRunError(run_id=run_id, state=kept.run.state)
        return kept

    def _newest_first(self, robot: str | None) -> Sequence[Run]:
        runs = [kept.run for kept in self._kept.values() if robot in (None, kept.run.robot)]
        return sorted(runs, key=lambda run: (run.started, run.run_id), reverse=True)

    def _standing(self) -> Mapping[tuple[str, str], _Kept]:
        standing: dict[tuple[str, str], _Kept] = {}
        chances: dict[tuple[str, str], list[Run]] = defaultdict(list)
        for run in self._newest_first(None):
            if _counts(run):
                chances[run.robot, run.period].append(run)
        for name, runs in chances.items():
            production = [run for run in runs if run.environment is Environment.PRODUCTION]
            standing[name] = self._kept[(production or runs)[0].run_id]
        return standing

    # Last, since inside the class its name hides the type `list` from what follows.
    def list(self, robot: str | None = None, limit: int = 50) -> list[Run]:
        """See RunStore."""
        return list(self._newest_first(robot)[:limit])


def _counts(run: Run) -> bool:
    return run.state in DONE_STATES and run.environment is not Environment.TEST


def _in_utc(run: Run) -> Run:
    ended = run.ended.astimezone(UTC) if run.ended else None
    return replace(run, started=run.started.astimezone(UTC), ended=ended)
