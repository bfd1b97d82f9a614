"""Reconcile any two files: no robot, no store, one result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from gevinst.app.robot_run import closing_balance
from gevinst.app.run_report import RunReport, SideNames, source_fact
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Rules
from gevinst.domain.matching.signs import SignVerdict, compare_signs
from gevinst.domain.place import Place
from gevinst.domain.reconciliation import Reconciliation, Side
from gevinst.domain.run import Environment, Run, RunState, Trigger
from gevinst.domain.source import Assumption, SourceRead

AD_HOC = "afstemning"
EMPTY = "FIL-001"


@dataclass(frozen=True, kw_only=True)
class AdHoc:
    """Who asks for a reconciliation of two files, when, and with what."""

    user: str
    started: datetime
    rules: Rules
    versions: Mapping[str, str]
    title: str
    title_en: str


def reconcile_files(left: SourceRead, right: SourceRead, ask: AdHoc, *, same_sign: bool = False) -> RunReport:
    """Reconcile two files that were read.

    When most equal amounts have opposite signs, the right side is turned and the report says so; `same_sign`
    keeps the signs as they are.
    """
    nothing = [
        Finding(code=EMPTY, place=Place(file=read.file)) for read in (left, right) if _says_nothing(read)
    ]
    if len(nothing) == len(Side):
        return files_report([left, right], ask, findings=nothing)
    if not same_sign:
        right = _turned(right, compare_signs(left.items["amount"], right.items["amount"]))
    balances = _balances(left, right)
    sides = [
        SideInput(
            items=read.items,
            balance=balance,
            rows_in_file=read.rows.in_file,
            skipped=read.rows.skipped,
            rejected=read.rows.rejected,
            findings=read.findings,
        )
        for read, balance in zip((left, right), balances, strict=True)
    ]
    try:
        result = reconcile(sides[0], sides[1], rules=ask.rules, calendar=BankCalendar())
    except InputRejectedError as error:
        return files_report([left, right], ask, findings=error.findings)
    return files_report([left, right], ask, result=result)


def _says_nothing(read: SourceRead) -> bool:
    """Whether a file has neither a movement nor a balance: two such agree about nothing."""
    return not len(read.items) and not read.statements


def files_report(
    reads: Sequence[SourceRead | None],
    ask: AdHoc,
    *,
    result: Reconciliation | None = None,
    findings: Sequence[Finding] = (),
) -> RunReport:
    """The report of two files, also of two that could not be reconciled (`result` None)."""
    facts = tuple(source_fact(side, read) for side, read in zip(Side, reads, strict=True) if read is not None)
    run = Run(
        run_id=f"{ask.started:%Y%m%dT%H%M%S}-{AD_HOC}",
        robot=AD_HOC,
        robot_version=ask.versions["gevinst"],
        period="",
        environment=Environment.TRIAL,
        trigger=Trigger.MANUAL,
        triggered_by=ask.user,
        state=RunState(str(result.outcome)) if result else RunState.REJECTED,
        started=ask.started,
        ended=ask.started,
    )
    return RunReport(
        run=run,
        robot_title=ask.title,
        robot_title_en=ask.title_en,
        sides=SideNames.FILES,
        sources=facts,
        result=result,
        findings=tuple(findings),
        versions={**ask.versions, "rules": ask.rules.version},
        as_of=_last_day(reads, ask.started.date()),
    )


def _last_day(reads: Sequence[SourceRead | None], otherwise: date) -> date:
    days = [read.items["booked"].max() for read in reads if read is not None and len(read.items)]
    return max(days).date() if days else otherwise


def _turned(right: SourceRead, verdict: SignVerdict) -> SourceRead:
    if not verdict.reversed:
        return right
    told = Assumption(
        subject="sign",
        taken="reversed",
        because="assumption.sign.compared",
        facts={"same": verdict.same, "opposite": verdict.opposite},
    )
    statements = tuple(
        replace(
            one,
            opening=None if one.opening is None else -one.opening,
            closing=None if one.closing is None else -one.closing,
            movements=-one.movements,
        )
        for one in right.statements
    )
    items = right.items.assign(amount=-right.items["amount"])
    return replace(right, items=items, statements=statements, assumptions=(*right.assumptions, told))


def _balances(left: SourceRead, right: SourceRead) -> tuple[int | None, int | None]:
    """Closing balances, where both files have them and begin from the same one; else the sums must do."""
    opening = [read.statements[0].opening if read.statements else None for read in (left, right)]
    if opening[0] is None or opening[0] != opening[1]:
        return None, None
    return closing_balance(left), closing_balance(right)
