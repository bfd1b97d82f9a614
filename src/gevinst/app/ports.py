"""What the use cases need from outside, as small protocols, with the values and errors that pass through."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from gevinst.domain.audit import AuditAnchor, AuditEvent, AuditRow
from gevinst.domain.case import Case
from gevinst.domain.decision import Decision
from gevinst.domain.file_profile import FileProfile
from gevinst.domain.gains import GainEntry
from gevinst.domain.place import Place
from gevinst.domain.refusal import RefusedError
from gevinst.domain.run import Environment, Run, RunState
from gevinst.domain.side import Side

#: States of a run that did its work: its open items and statements stand.
DONE_STATES = frozenset({RunState.AGREED, RunState.OPEN_ITEMS})
#: States that a run leaves no more.
FINAL_STATES = DONE_STATES | {RunState.REJECTED, RunState.FAILED, RunState.STOPPED, RunState.MISSED}
#: In the evidence of a run: which rows of the input stand in which file that it made.
OUTPUT_LINES = "linjer_i_filer.json"


@dataclass(frozen=True, kw_only=True)
class CarriedItem:
    """An open item that goes on to the next period."""

    side: Side
    item_id: str
    account: str
    booked: date
    amount: int  #: øre, money in > 0
    currency: str
    reference: str = ""
    text: str = ""  #: may name a person: stays in the database, never in log or audit trail
    counterparty: str = ""
    document: str = ""
    first_period: str  #: the period in which it was first open
    place: Place  #: where it stood in its file
    cause: str = ""  #: why it is open, a key of the catalogue (cause.<key>)


@dataclass(frozen=True, kw_only=True)
class SeenStatement:
    """A statement that a run has used; balances in øre."""

    account: str
    currency: str
    number: str
    opening: int | None
    closing: int | None
    first: date | None
    last: date | None
    period: str
    run_id: str


@dataclass(frozen=True, kw_only=True)
class SeenInput:
    """A file that a run has read."""

    source: str  #: name of the source in the robot's passport
    file: str  #: name without folder
    sha256: str  #: of its bytes, hex
    rows: int


@dataclass(frozen=True, kw_only=True)
class KeptGroup:
    """A match of an earlier run, as its evidence has it."""

    left: tuple[str, ...]  #: item ids
    right: tuple[str, ...]  #: item ids
    made_by: str  #: id of the pass, or `decision` for people
    amount: int  #: øre, of the left side, or of the right where the left has no item
    difference: int  #: øre


@dataclass(frozen=True, kw_only=True)
class KeptProfile:
    """The profile of a file that a standing run has read."""

    period: str  #: of that run
    profile: FileProfile


class TableFaultKind(StrEnum):
    """What has happened to rows that the audit trail knows."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"  #: rows that the trail has never seen


@dataclass(frozen=True, kw_only=True)
class TableFault:
    """Rows of a table that are not as the audit trail knows them: edited by hand, past the program."""

    table: str
    key: str  #: run id, number of a decision, or first and last entry of the ledger
    kind: TableFaultKind


class StoreError(RefusedError):
    """Something the store refuses; each kind has a class, with its code."""

    def __init__(self, **facts: str | int) -> None:
        super().__init__(self.code, **facts)


class AlreadyRunningError(StoreError):
    """A run of the same robot and period has not ended."""

    code = "STO-001"

    def __init__(self, *, running: Run, holder: str, seen: datetime) -> None:
        self.running = running
        self.holder = holder  #: who holds it, as given to start()
        self.seen = seen  #: its last sign of life, UTC; hand it to abandon()
        super().__init__(
            run_id=running.run_id, robot=running.robot, period=running.period, user=running.triggered_by
        )


class FinishedRunError(StoreError):
    """A run that has ended is never changed."""

    code = "STO-002"

    def __init__(self, *, run_id: str, state: RunState) -> None:
        super().__init__(run_id=run_id, state=str(state))


class UnknownRunError(StoreError):
    """There is no such run."""

    code = "STO-003"

    def __init__(self, *, run_id: str) -> None:
        super().__init__(run_id=run_id)


class RunExistsError(StoreError):
    """There is a run of this id already."""

    code = "STO-004"

    def __init__(self, *, run_id: str) -> None:
        super().__init__(run_id=run_id)


class StoreVersionError(StoreError):
    """The database is of a version that this program does not know."""

    code = "STO-005"

    def __init__(self, *, database: str, found: str, known: str) -> None:
        super().__init__(database=database, found=found, known=known)


class StorePlaceError(StoreError):
    """The database cannot be used: it cannot be opened, has no room, or does not answer."""

    code = "STO-006"

    def __init__(self, *, database: str, cause: str) -> None:
        super().__init__(database=database, cause=cause)


class StoreDamagedError(StoreError):
    """The file is no database, or a damaged one."""

    code = "STO-007"

    def __init__(self, *, database: str, cause: str) -> None:
        super().__init__(database=database, cause=cause)


class StoreShareError(StoreError):
    """A SQLite file would lie on a network share, where its locks do not hold."""

    code = "STO-008"

    def __init__(self, *, database: str) -> None:
        super().__init__(database=database)


class DecidedMeanwhileError(StoreError):
    """Someone else has decided something of the same robot since this person looked."""

    code = "STO-009"

    def __init__(self, *, robot: str, number: int) -> None:
        super().__init__(robot=robot, number=number)


class RunStore(Protocol):
    """Runs and what they leave behind: open items, statements, inputs, gains and the audit trail.

    A method is one transaction: it has happened wholly or not at all when it returns or raises. All moments
    carry a zone and come back in UTC. A robot's *standing run* of a period is its latest run that is done
    (agreed or open items): of production, or of trial when production has none; never a test.
    """

    def close(self) -> None:
        """Let go of files and connections."""

    def start(self, run: Run, *, holder: str = "") -> None:
        """Add a running run.

        Args:
            run: in state running.
            holder: who holds it, such as host, boot and process id; comes back in AlreadyRunningError.

        Raises:
            AlreadyRunningError: a run of the same robot and period is running.
            RunExistsError: the run id is taken.
        """

    def renew(self, run_id: str, *, at: datetime) -> bool:
        """Note a sign of life of a running run; False when it runs no more and its worker must stop."""

    def abandon(
        self, run_id: str, *, not_seen_since: datetime | None = None, at: datetime, summary: str
    ) -> bool:
        """Close a running run, which does not end by itself, as failed, and reverse what it has credited.

        Args:
            run_id: of the run.
            not_seen_since: its last sign of life that is known, of one whose worker seems gone; None of one
                that has certainly come to its end, whatever the clock has been set to since it began.
            at: now, UTC.
            summary: key of the reason.

        Returns:
            Whether it was closed: False when it has ended, or gave a sign of life after `not_seen_since`.
        """

    def finish(self, run: Run) -> None:
        """Write a run's final state. A done run that `replaces` another is noted at that one.

        Raises:
            FinishedRunError: the run has ended before (or was abandoned).
            UnknownRunError: it was never started.
        """

    def find(self, run_id: str) -> Run | None:
        """The run of this id."""

    def replaced_by(self, run_id: str) -> str:
        """Id of the done run that replaced this one; "" for none."""

    def latest(
        self,
        robot: str,
        period: str | None = None,
        states: Collection[RunState] = (),
        *,
        environment: Environment | None = None,
    ) -> Run | None:
        """The robot's newest run by start; ties: higher run id.

        Of one period, some states and one environment, where these are given.
        """

    def save_cases(self, run: Run, cases: Sequence[Case]) -> None:
        """Keep what a running run leaves for people to finish; as save_open_items."""

    def save_open_items(self, run: Run, items: Sequence[CarriedItem]) -> None:
        """Keep the open items of both sides of a running run; they count once it is the standing run.

        Saving again replaces what the same run saved before.

        Raises:
            FinishedRunError, UnknownRunError: the run is not running.
        """

    def open_items(self, robot: str, period: str) -> list[CarriedItem]:
        """The open items as the standing run of the period left them, in the order they were saved."""

    def save_statements(self, run: Run, statements: Sequence[SeenStatement]) -> None:
        """Keep the statements that a running run has used; as save_open_items."""

    def seen_statements(self, account: str, currency: str) -> list[SeenStatement]:
        """The account's statements in the standing runs of all robots, by first day, then as saved."""

    def save_inputs(self, run: Run, inputs: Sequence[SeenInput]) -> None:
        """Keep names and hashes of the files that a running run has read; as save_open_items."""

    def runs_with_input(self, robot: str, sha256: str) -> list[str]:
        """Ids of the robot's done runs, tests left out, that read a file of this hash; newest first."""

    def inputs(self, run_id: str) -> Sequence[SeenInput]:
        """The files that a run has read, in the order they were saved."""

    def standing_runs(self, robot: str) -> Sequence[Run]:
        """The robot's standing runs, one for each period, oldest period first."""

    def kept_items(self, run_id: str) -> Sequence[CarriedItem]:
        """The open items as this run left them, whether it stands or not, in the order they were saved."""

    def save_profiles(self, run: Run, profiles: Sequence[FileProfile]) -> None:
        """Keep the profiles of the files that a running run has read; as save_open_items."""

    def profiles(self, robot: str, *, before: str, periods: int = 12) -> Sequence[KeptProfile]:
        """Profiles in the robot's standing runs of the last periods before one, newest period first."""

    def decide(self, decision: Decision, *, seen: int) -> Decision:
        """Keep a decision, and note it in the audit trail.

        Args:
            decision: without a number.
            seen: number of the robot's last decision that the person's answer takes into account; 0 for none.

        Returns:
            The decision with its number.

        Raises:
            DecidedMeanwhileError: the robot has a later decision.
        """

    def decisions(self, robot: str) -> Sequence[Decision]:
        """The robot's decisions by number."""

    def credit(self, entries: Sequence[GainEntry]) -> int:
        """Add credits (sign +1) and costs (sign -1) to the gain ledger, each item key once, whichever robot.

        An item key that stands in the ledger is left out; after a reversal it may be credited again.

        Returns:
            How many were new.

        Raises:
            UnknownRunError: an entry's run is not known.
            FinishedRunError: an entry's run was rejected, failed or stopped.
        """

    def reverse(
        self, robot: str, item_keys: Collection[str], *, run_id: str, reason: str, at: datetime
    ) -> int:
        """Undo what stands of these item keys by new entries of the opposite sign, in the same period.

        Returns:
            How many were undone; keys that do not stand, or stand for another robot, are left out.
        """

    def gain_minutes(self, robot: str, period: str | None = None) -> Decimal:
        """Credits less reversals and costs, in minutes with two decimals."""

    def gain_entries(self, robot: str, period: str | None = None) -> list[GainEntry]:
        """The ledger's entries in the order they were written."""

    def append_audit(self, event: AuditEvent) -> AuditRow:
        """Add an event to the end of the audit trail; one at a time, whoever writes."""

    def audit_rows(self) -> Iterator[AuditRow]:
        """The audit trail from its first row."""

    def audit_head(self) -> AuditAnchor | None:
        """The last row of the audit trail, to be kept elsewhere; None for an empty trail."""

    def audit_of(self, what: Collection[str], subject: str = "") -> Sequence[AuditRow]:
        """Rows of these acts, on one subject if it is given, oldest first."""

    def table_faults(self) -> Sequence[TableFault]:
        """Rows of other tables that are not as the audit trail knows them; see docs/reference/evidence.md."""

    def forget_items(self, run_ids: Collection[str], events: Sequence[AuditEvent]) -> int:
        """Delete the open items of runs and note it in the audit trail, in one step; how many there were."""

    # Last, since inside the class its name hides the type `list` from what follows.
    def list(self, robot: str | None = None, limit: int = 50) -> list[Run]:
        """Runs, newest first: of one robot or of all."""
