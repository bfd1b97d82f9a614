"""What is wrong with a row that cannot be used: one finding for each cell."""

from collections.abc import Iterator
from dataclasses import replace

from gevinst.domain.finding import Finding, Severity
from gevinst.domain.masking import shown_value
from gevinst.domain.money import NumberStyle
from gevinst.domain.place import Place
from gevinst.formats.assembly import Assembly
from gevinst.formats.dates import DateOrder
from gevinst.formats.grid import Cell, Syntax, blank_row, cell_text, column_letter, is_blank
from gevinst.formats.money_columns import mark_key
from gevinst.formats.plan import Role
from gevinst.formats.rows import SortedRow

AMOUNT_EXAMPLES = {NumberStyle.COMMA: "1.234,50", NumberStyle.POINT: "1,234.50"}
DATE_EXAMPLES = {DateOrder.DMY: "31-12-2026", DateOrder.MDY: "12/31/2026", DateOrder.YMD: "2026-12-31"}


def row_findings(assembly: Assembly, row: SortedRow) -> Iterator[Finding]:
    """The findings of a faulty row, at least one."""
    cells = assembly.table.rows[row.index]
    fits = len(cells) >= assembly.table.width or assembly.plan.short_rows
    if not fits or not blank_row(cells[assembly.table.width :]):
        yield _field_count(assembly, row.index)
        return
    found = [*_date_finding(assembly, row.index), *_amount_findings(assembly, row.index)]
    yield from found
    if not found:
        yield _finding(assembly, "CEL-007", row.index, assembly.plan.columns[Role.DATE])


def trouble_findings(assembly: Assembly) -> Iterator[Finding]:
    """A warning for each error value in a text, a reference or an id of a row that can be used otherwise."""
    grid = assembly.table.grid
    if not grid.errors and not grid.formulas:
        return
    columns = sorted(set(assembly.plan.columns.values()))
    for index in assembly.items:
        for column in columns:
            found = _special(assembly, index, column, blank_counts=False)
            if found:
                yield replace(found, severity=Severity.WARNING)


def _field_count(assembly: Assembly, index: int) -> Finding:
    table = assembly.table
    last = index == len(table.rows) - 1
    cut = last and table.grid.cut_last and len(table.rows[index]) < table.width
    return Finding(
        code="FIL-004" if cut else "CEL-005",
        place=_place(assembly, index, None),
        facts={"fields": len(table.rows[index]), "wanted": table.width},
    )


def _date_finding(assembly: Assembly, index: int) -> Iterator[Finding]:
    column = assembly.plan.columns[Role.DATE]
    if (special := _special(assembly, index, column)) is not None:
        yield special
    elif assembly.dates[index] is None:
        yield _finding(assembly, "CEL-002", index, column, example=DATE_EXAMPLES[assembly.plan.date_order])


def _amount_findings(assembly: Assembly, index: int) -> Iterator[Finding]:
    columns = [
        c
        for role in (Role.AMOUNT, Role.DEBIT, Role.CREDIT)
        if (c := assembly.plan.columns.get(role)) is not None
    ]
    example = AMOUNT_EXAMPLES[assembly.plan.number_style]
    specials = [
        found
        for column in columns
        if (found := _special(assembly, index, column, blank_counts=len(columns) == 1))
    ]
    if specials or assembly.amounts[index] is not None:
        yield from specials
        return
    unread = [
        c
        for c in columns
        if assembly.reader.column(c)[index] is None and not is_blank(assembly.table.columns[c][index])
    ]
    for column in unread:
        yield _finding(assembly, "CEL-001", index, column, example=example)
    if not unread:
        yield _indicator_or_blank(assembly, index, columns[0])


def _indicator_or_blank(assembly: Assembly, index: int, column: int) -> Finding:
    """The amount reads, but its D/K cell does not; or both sides are blank."""
    marker = assembly.plan.columns.get(Role.INDICATOR)
    if marker is not None and mark_key(assembly.table.columns[marker][index]) not in assembly.plan.indicator:
        return _finding(assembly, "CEL-007", index, marker)
    return _finding(assembly, "CEL-007", index, column)


def _special(assembly: Assembly, index: int, column: int, *, blank_counts: bool = True) -> Finding | None:
    """An error value, a formula without value, or a blank."""
    grid, at = assembly.table.grid, (assembly.table.lines[index], column)
    cell = assembly.table.columns[column][index]
    if at in grid.errors or (isinstance(cell, str) and cell.startswith("#") and cell.rstrip("?!").isupper()):
        return _finding(assembly, "CEL-003", index, column, found=grid.errors.get(at, cell_text(cell)))
    if at in grid.formulas:
        return _finding(assembly, "CEL-004", index, column)
    if is_blank(cell) and blank_counts and at in grid.merged:
        return _finding(assembly, "CEL-008", index, column)
    if is_blank(cell) and blank_counts:
        return _finding(assembly, "CEL-007", index, column)
    return None


def _finding(
    assembly: Assembly, code: str, index: int, column: int, *, found: str = "", **facts: str
) -> Finding:
    cell: Cell = assembly.table.columns[column][index]
    return Finding(
        code=code,
        place=_place(assembly, index, column),
        found=found or shown_value(cell_text(cell)),
        facts={"column": assembly.table.label(column), **facts},
    )


def _place(assembly: Assembly, index: int, column: int | None) -> Place:
    grid, line = assembly.table.grid, assembly.table.lines[index]
    cell = "" if column is None or grid.syntax is Syntax.LIST else f"{column_letter(column)}{line}"
    return Place(file=assembly.intake.name, sheet=grid.sheet, line=line, cell=cell)
