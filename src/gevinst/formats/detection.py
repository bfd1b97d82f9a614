"""Read a file that no layout describes: find its table, its columns and their style."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gevinst.domain.finding import Finding
from gevinst.domain.source import Assumption, SourceRead
from gevinst.formats.assembling import Assembly, assemble
from gevinst.formats.choosing import alternatives, choose_plan, doubts
from gevinst.formats.delimited import UnclosedQuoteError, read_delimited
from gevinst.formats.encoding import decode
from gevinst.formats.grid import Grid, Syntax
from gevinst.formats.intake import Intake
from gevinst.formats.kinds import Kind, kind_of
from gevinst.formats.mapping import wishes_for
from gevinst.formats.plan import Plan, Role, assume
from gevinst.formats.spool import is_list, read_list
from gevinst.formats.table import Table, find_table
from gevinst.formats.titles import account_above, short_rows


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A sheet whose table and columns were found."""

    table: Table
    plan: Plan


def read_unknown(intake: Intake, told: Mapping[str, str]) -> SourceRead:
    """Read a file by detection, with what a person has told about it.

    Raises:
        InputRejectedError: FIL-*, LAY-001 to LAY-003.
    """
    kind = kind_of(intake)
    if kind is Kind.CAMT:
        from gevinst.formats.camt import read_camt  # noqa: PLC0415 - only statements need lxml

        return read_camt(intake)
    if kind is Kind.WORKBOOK:
        from gevinst.formats.workbook import read_workbook  # noqa: PLC0415 - text files need no calamine

        return _read_grids(intake, read_workbook(intake, told.get("sheet")), (), told)
    grid, assumptions, findings = read_text(intake, told)
    read = _read_grids(intake, [grid], assumptions, told)
    return replace(read, findings=(*findings, *read.findings)) if findings else read


def read_text(
    intake: Intake, told: Mapping[str, str]
) -> tuple[Grid, tuple[Assumption, ...], tuple[Finding, ...]]:
    """A text file as a grid, with what was assumed about its letters and separator."""
    decoded = decode(intake, told.get("encoding"))
    if "separator" not in told and is_list(decoded.text):
        grid, syntax = read_list(decoded.text)
        return grid, (decoded.assumption, syntax), decoded.findings
    try:
        grid, separator = read_delimited(decoded.text, told.get("separator"))
    except UnclosedQuoteError as error:
        raise intake.rejected("FIL-004", line=error.line) from error
    return grid, (decoded.assumption, separator), decoded.findings


def _read_grids(
    intake: Intake, grids: Sequence[Grid], assumptions: Sequence[Assumption], told: Mapping[str, str]
) -> SourceRead:
    candidates = [found for grid in grids if (found := _candidate(intake, grid, told))]
    if not candidates:
        raise intake.rejected("LAY-003")
    best = max(candidates, key=lambda candidate: len(candidate.table.rows))
    sheet = _sheet_reason(intake, candidates, best)
    plan = best.plan
    plan = replace(
        plan,
        assumptions=(*assumptions, *sheet, *plan.assumptions),
        findings=(*doubts(sheet, file=intake.name, table=best.table), *plan.findings),
    )
    return assemble(Assembly(intake=intake, table=best.table, plan=plan, id_told="id" in told))


def _candidate(intake: Intake, grid: Grid, told: Mapping[str, str]) -> Candidate | None:
    table = find_table(grid)
    if table is None:
        return None
    plan = choose_plan(table, intake.name, wishes_for(intake, table, told))
    if plan is None:
        return None
    plan = replace(
        plan, short_rows=short_rows(table), account="" if plan.has(Role.ACCOUNT) else account_above(table)
    )
    return Candidate(table=table, plan=plan)


def _sheet_reason(intake: Intake, candidates: Sequence[Candidate], best: Candidate) -> tuple[Assumption, ...]:
    name = best.table.grid.sheet
    if best.table.grid.syntax is not Syntax.WORKBOOK:
        return ()
    if len(candidates) == 1:
        return (assume(subject="sheet", taken=name, because="sheet.only", facts={"sheet": name}),)
    others = [candidate.table.grid.sheet for candidate in candidates if candidate is not best]
    facts: dict[str, str | int] = {"sheet": name, "alternatives": alternatives([name, *others])}
    return (assume(subject="sheet", taken=name, because="sheet.undecided", facts=facts, sure=False),)
