"""What every report is made from: one run, its files, its result, what went before and what it gained."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from gevinst.domain.decision import Decision
from gevinst.domain.finding import Finding, Severity
from gevinst.domain.reconciliation import Outcome, Reconciliation, Side
from gevinst.domain.run import Run, RunState
from gevinst.domain.source import Assumption, RowCounts, SourceRead

#: States that say the run did not come to a result, whatever else is known.
_ENDED_EARLY = frozenset({RunState.FAILED, RunState.STOPPED, RunState.MISSED})


class SideNames(StrEnum):
    """What the two sides are called (report.side.<names>.<side>)."""

    BANK_LEDGER = "bank_ledger"  #: bank account and ledger account
    FILES = "files"  #: any two files


@dataclass(frozen=True, kw_only=True)
class SourceFact:
    """What is known of one file, without its rows."""

    side: Side
    file: str  #: name without folder
    sha256: str
    received: datetime | None = None  #: UTC; when the file came
    first: date | None = None  #: first booking day
    last: date | None = None  #: last booking day
    rows: RowCounts
    debit: int = 0  #: øre, sum of the items over 0
    credit: int = 0  #: øre, sum of the items under 0
    opening: int | None = None  #: øre
    closing: int | None = None  #: øre
    layout: str = ""
    layout_version: int | None = None  #: None where it has none
    assumptions: tuple[Assumption, ...] = ()
    findings: tuple[Finding, ...] = ()
    skipped: tuple[tuple[int, str], ...] = ()  #: (line, reason key) of each row skipped by rule


@dataclass(frozen=True, kw_only=True)
class PreviousRun:
    """The run to compare with: the same robot's run before this one."""

    run_id: str
    period: str
    as_of: date
    state: RunState
    open_ids: frozenset[tuple[Side, str]] = frozenset()  #: open and proposed items
    read: int = 0  #: items of both sides
    matched: int = 0


@dataclass(frozen=True, kw_only=True)
class CaseTypeGain:
    """Minutes of one case type, with the measurement behind them."""

    title: str
    items: int  #: credited now
    baseline_minutes: Decimal  #: mean minutes per item by hand
    measured: int = 0  #: n, how many were timed
    grade: str = "D"  #: A timed n >= 30, B n 10-29, C expert estimate, D guess
    minutes: Decimal = Decimal(0)  #: credited now


@dataclass(frozen=True, kw_only=True)
class GainFact:
    """What the run gained and how it was counted."""

    credited_items: int = 0
    already_credited: int = 0  #: items an earlier run was credited for
    minutes_gross: Decimal = Decimal(0)
    minutes_net: Decimal = Decimal(0)
    case_types: tuple[CaseTypeGain, ...] = ()
    note: str = (
        ""  #: why nothing was credited, a key report.gain.note.<note>: trial, test, no_baseline, nothing_new
    )


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """Everything that the page, the workbook and the JSON of one run show.

    A run that was rejected or broke down before matching has no `result`; what is known of it is still shown.
    """

    run: Run
    robot_title: str  #: Danish
    robot_title_en: str = ""  #: "" takes the Danish title
    account_title: str = ""
    office: str = ""  #: name of the authority; "" for none
    sides: SideNames = SideNames.BANK_LEDGER
    process_owner: str = ""
    benefit_owner: str = ""
    controller_group: str = ""  #: who handles open items
    sources: tuple[SourceFact, ...] = ()
    result: Reconciliation | None = None
    findings: tuple[Finding, ...] = ()  #: what rejected the input before matching
    failure: str = ""  #: why the run broke down: a key of the catalogue, or a sentence without data
    previous: PreviousRun | None = None
    gain: GainFact | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    as_of: date  #: the day that ages are counted to
    deadline: date | None = None  #: when the open items should be handled
    log: str = ""  #: file name of the technical log beside the page; "" for none
    decisions: tuple[Decision, ...] = ()  #: of people, in force, with ids as the result has them

    @property
    def rejected(self) -> tuple[Finding, ...]:
        """Findings that made the input unusable, each once."""
        of_result = self.result.rejected if self.result else ()
        errors = [f for source in self.sources for f in source.findings if f.severity is Severity.ERROR]
        return _each_once((*self.findings, *of_result, *errors))

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that a person is told of though the file was used, each once."""
        of_result = self.result.warnings if self.result else ()
        told = [f for source in self.sources for f in source.findings if f.severity is Severity.WARNING]
        return _each_once((*of_result, *told))

    @property
    def state(self) -> RunState:
        """The state that the facts give."""
        if self.run.state in _ENDED_EARLY:
            return self.run.state
        if self.rejected:
            return RunState.REJECTED
        if self.result is None:
            return RunState.FAILED
        return RunState.AGREED if self.result.outcome is Outcome.AGREED else RunState.OPEN_ITEMS

    @property
    def currency(self) -> str:
        """Currency of the items; DKK when there are none."""
        frames = (self.result.left, self.result.right) if self.result else ()
        return next((str(f["currency"].iloc[0]) for f in frames if len(f) and f["currency"].iloc[0]), "DKK")


def source_fact(side: Side, read: SourceRead, *, received: datetime | None = None) -> SourceFact:
    """The facts of a file that was read."""
    amounts = read.items["amount"]
    booked = read.items["booked"]
    return SourceFact(
        side=side,
        file=read.file,
        sha256=read.sha256,
        received=received,
        first=booked.min().date() if len(booked) else None,
        last=booked.max().date() if len(booked) else None,
        rows=read.rows,
        debit=int(amounts[amounts > 0].sum()),
        credit=int(amounts[amounts < 0].sum()),
        opening=read.statements[0].opening if read.statements else None,
        closing=read.statements[-1].closing if read.statements else None,
        layout=read.layout,
        layout_version=read.layout_version,
        assumptions=read.assumptions,
        findings=read.findings,
        skipped=read.skipped,
    )


def _each_once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    seen: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        seen.setdefault((finding.code, str(finding.place), finding.found), finding)
    return tuple(seen.values())
