"""Read a file by a known layout, or by finding its table, its columns and their style."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.source import Assumption, SourceRead
from gevinst.formats.assembling import assemble
from gevinst.formats.assembly import Assembly
from gevinst.formats.bank_files import bank_title, read_bank_file
from gevinst.formats.choosing import Wishes, alternatives, choose_plan, doubts, missing_role
from gevinst.formats.columns import column_finding
from gevinst.formats.currency import currency_of
from gevinst.formats.delimited import read_delimited
from gevinst.formats.encoding import decode
from gevinst.formats.grid import Grid, Syntax
from gevinst.formats.intake import Intake
from gevinst.formats.kinds import Kind, head_text, kind_of
from gevinst.formats.layouts import Layout, columns_of, packaged_layouts, recognised, table_of
from gevinst.formats.mapping import check_keys, wishes_for
from gevinst.formats.plan import Plan, Role, assume
from gevinst.formats.serial_dates import with_days
from gevinst.formats.splitting import UnclosedQuoteError
from gevinst.formats.spool import is_list, read_list
from gevinst.formats.table import Table, find_table
from gevinst.formats.titles import account_above, short_rows

#: What a column is called where a file lacks it.
MISSING = {Role.DATE: "Dato", Role.AMOUNT: "Beløb"}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A sheet whose table and columns were found."""

    table: Table
    plan: Plan


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is known of a file before it is read."""

    mapping: Mapping[str, str]
    layout: Layout | None = None
    known: Mapping[str, Layout] = field(default_factory=packaged_layouts)  #: those to recognise a file by


def read_known_or_unknown(intake: Intake, told: Told) -> SourceRead:
    """Read a file of any kind.

    Raises:
        InputRejectedError: FIL-*, LAY-001 to LAY-003.
    """
    check_keys(told.mapping)
    kind = kind_of(intake)
    _refuse_other_syntax(intake, kind, told.layout)
    if kind is Kind.CAMT:
        from gevinst.formats.camt import read_camt  # noqa: PLC0415 - only statements need lxml

        detail = told.layout is not None and told.layout.detail
        return read_camt(intake, detail=detail, account=told.mapping.get("account", ""))
    if kind is Kind.SAFT:
        from gevinst.formats.saft import read_saft  # noqa: PLC0415 - as above

        return read_saft(intake, account=told.mapping.get("account", ""))
    if kind is Kind.BANK:
        return read_bank_file(
            intake,
            head_text(intake.head),
            wanted=told.layout.id if told.layout else None,
            encoding=told.mapping.get("encoding"),
        )
    assembly, findings = table_assembly(intake, kind, told)
    read = assemble(assembly)
    return replace(read, findings=(*findings, *read.findings)) if findings else read


def table_assembly(intake: Intake, kind: Kind, told: Told) -> tuple[Assembly, tuple[Finding, ...]]:
    """The table of a text or a workbook with its plan, and what was found in the letters.

    Raises:
        InputRejectedError: see read_known_or_unknown.
    """
    grids, assumptions, findings = grids_of(intake, kind, told)
    return _assembly(intake, grids, assumptions, told), findings


def grids_of(
    intake: Intake, kind: Kind, told: Told
) -> tuple[Sequence[Grid], tuple[Assumption, ...], tuple[Finding, ...]]:
    """The visible sheets of a workbook, or the one grid of a text, with what was assumed and found.

    Raises:
        InputRejectedError: see read_known_or_unknown.
    """
    if kind is Kind.WORKBOOK:
        from gevinst.formats.workbook import read_workbook  # noqa: PLC0415 - text files need no calamine

        return read_workbook(intake, told.mapping.get("sheet")), (), ()
    grid, assumptions, findings = _read_text(intake, told)
    return [grid], assumptions, findings


def _refuse_other_syntax(intake: Intake, kind: Kind, layout: Layout | None) -> None:
    """A layout of statements reads no workbook, and so on: the file is another than expected."""
    if layout is None:
        return
    wanted = {Syntax.CAMT: Kind.CAMT, Syntax.BANK: Kind.BANK, Syntax.WORKBOOK: Kind.WORKBOOK}.get(
        layout.syntax, Kind.TEXT
    )
    if kind is not wanted:
        raise intake.rejected("FIL-002", kind=bank_title(head_text(intake.head)) or kind.value)


def _read_text(intake: Intake, told: Told) -> tuple[Grid, tuple[Assumption, ...], tuple[Finding, ...]]:
    """A text file as a grid, with what was assumed about its letters and separator."""
    layout = told.layout
    decoded = decode(intake, told.mapping.get("encoding") or (layout.encoding if layout else None))
    separator = told.mapping.get("separator") or (layout.separator if layout else None)
    if separator is None and is_list(decoded.head):
        grid, syntax = read_list(decoded.text)
        return grid, (decoded.assumption, syntax), decoded.findings
    try:
        grid, reason = read_delimited(decoded.utf8, separator)
    except UnclosedQuoteError as error:
        raise intake.rejected("FIL-004", line=error.line) from error
    return grid, (decoded.assumption, reason), decoded.findings


def _assembly(
    intake: Intake, grids: Sequence[Grid], assumptions: Sequence[Assumption], told: Told
) -> Assembly:
    candidates: list[Candidate] = []
    refused: list[InputRejectedError] = []
    for grid in grids:
        try:
            found = _candidate(intake, grid, told)
        except InputRejectedError as error:
            refused.append(error)  # another sheet may have the columns that this one lacks
            continue
        candidates += [found] if found else []
    if not candidates:
        raise refused[0] if refused else _no_table(intake, grids)
    best = max(candidates, key=lambda candidate: len(candidate.table.rows))
    sheet = _sheet_reason(candidates, best, told)
    plan = replace(
        best.plan,
        assumptions=(*assumptions, *sheet, *best.plan.assumptions),
        findings=(*doubts(sheet, file=intake.name, table=best.table), *best.plan.findings),
    )
    return Assembly(intake=intake, table=best.table, plan=plan, id_told="id" in told.mapping)


def _no_table(intake: Intake, grids: Sequence[Grid]) -> InputRejectedError:
    """What a file lacks: the date or the amount under a header that names the rest, or a table altogether."""
    tables = [table for grid in grids if (table := find_table(grid)) and table.header is not None]
    findings = [
        column_finding(table, wanted=MISSING[role], found=(), file=intake.name)
        for table in tables
        if table.rows and (role := missing_role(table))
    ]
    return InputRejectedError(findings[:1]) if findings else intake.rejected("LAY-003")


def _candidate(intake: Intake, grid: Grid, told: Told) -> Candidate | None:
    if told.layout:
        return _by_layout(intake, grid, told.layout, told.mapping, because="layout.told")
    found = recognised(grid, told.known) if not _columns_told(told) else None
    if found:
        because = "layout.records" if found[0].starts else "layout.anchors"
        return _by_layout(intake, grid, found[0], told.mapping, because=because)
    table = find_table(grid)
    if table is None:
        return None
    table, serial = with_days(table)
    plan = choose_plan(table, intake.name, wishes_for(intake, table, told.mapping))
    if plan is None:
        return None
    assumptions = (*plan.assumptions, *serial)
    return _finished(table, replace(plan, short_rows=short_rows(table), assumptions=assumptions))


def _columns_told(told: Told) -> bool:
    """Whether a person names columns; then those count, and no layout."""
    return bool(told.mapping.keys() & set(Role))


def _by_layout(
    intake: Intake, grid: Grid, layout: Layout, mapping: Mapping[str, str], *, because: str
) -> Candidate | None:
    table = table_of(grid, layout)
    if table is None:
        return None
    table, serial = with_days(table)
    person = wishes_for(intake, table, mapping)
    columns = {**columns_of(layout, table, intake.name), **person.columns}
    wishes = Wishes(
        columns=columns,
        date_order=person.date_order or layout.date_order,
        number_style=person.number_style or layout.number_style,
        reversed_sign=layout.reversed_sign or None if person.reversed_sign is None else person.reversed_sign,
        because="layout",
        only=True,
    )
    plan = choose_plan(table, intake.name, wishes)
    if plan is None:
        return None
    title = assume(subject="layout", taken=layout.id, because=because, facts={"layout": layout.id})
    return _finished(
        table,
        replace(
            plan,
            layout=layout.id,
            short_rows=layout.short_rows or short_rows(table),
            document_with_position=layout.document_with_position,
            currency=layout.currency,
            skip=tuple((rule.column - 1, rule.starts) for rule in layout.skip),
            assumptions=(title, *plan.assumptions, *serial),
        ),
    )


def _finished(table: Table, plan: Plan) -> Candidate:
    account = "" if plan.has(Role.ACCOUNT) else account_above(table)
    plan = replace(plan, account=account)
    if plan.has(Role.CURRENCY) or plan.currency:
        return Candidate(table=table, plan=plan)
    currency, reason = currency_of(table, dict(plan.columns))
    return Candidate(
        table=table, plan=replace(plan, currency=currency, assumptions=(*plan.assumptions, reason))
    )


def _sheet_reason(candidates: Sequence[Candidate], best: Candidate, told: Told) -> tuple[Assumption, ...]:
    name = best.table.grid.sheet
    if best.table.grid.syntax is not Syntax.WORKBOOK:
        return ()
    if len(candidates) == 1:
        because = "sheet.told" if "sheet" in told.mapping else "sheet.only"
        return (assume(subject="sheet", taken=name, because=because, facts={"sheet": name}),)
    others = [candidate.table.grid.sheet for candidate in candidates if candidate is not best]
    facts: dict[str, str | int] = {"sheet": name, "alternatives": alternatives([name, *others])}
    return (assume(subject="sheet", taken=name, because="sheet.undecided", facts=facts, sure=False),)
