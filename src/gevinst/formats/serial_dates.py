"""Days that a workbook holds as plain numbers under the heading of a date: 46308 is 13 October 2026."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from gevinst.domain.source import Assumption
from gevinst.formats.dates import FIRST_YEAR, LAST_YEAR
from gevinst.formats.grid import Cell, Row, Syntax, is_blank
from gevinst.formats.headings import roles_of
from gevinst.formats.plan import assume
from gevinst.formats.profile import MOST
from gevinst.formats.table import DATE_ROLES, Table

DAY_ZERO = date(1899, 12, 30)
DAY_ZERO_1904 = date(1904, 1, 1)
FIRST, LAST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


def with_days(table: Table) -> tuple[Table, tuple[Assumption, ...]]:
    """The table with such numbers as days, and what was taken for a day."""
    grid = table.grid
    if grid.syntax is not Syntax.WORKBOOK or table.header is None:
        return table, ()
    zero = DAY_ZERO_1904 if grid.days_from_1904 else DAY_ZERO
    columns = [index for index in range(table.width) if _is_serial(table, index, zero)]
    if not columns:
        return table, ()
    under = [_row_with_days(row, columns, zero) for row in table.rows]
    rows = [*grid.rows[: table.first], *under]
    return replace(table, grid=replace(grid, rows=rows)), tuple(_reason(table, one, zero) for one in columns)


def _is_serial(table: Table, index: int, zero: date) -> bool:
    roles = roles_of(table.names[index])
    if not roles or roles[0][0] not in DATE_ROLES:
        return False
    cells = table.columns[index]
    if not {int, float} & set(map(type, cells)):
        return False
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    days = sum(_day(cell, zero) is not None for cell in numbers)
    return days >= MOST * sum(not is_blank(cell) for cell in cells)


def _day(cell: Cell, zero: date) -> date | None:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    if not (FIRST - zero).days <= cell <= (LAST - zero).days:
        return None
    return zero + timedelta(days=int(cell))


def _row_with_days(row: Row, columns: Sequence[int], zero: date) -> Row:
    cells = list(row)
    for index in columns:
        if index < len(cells) and (day := _day(cells[index], zero)):
            cells[index] = day
    return cells


def _reason(table: Table, index: int, zero: date) -> Assumption:
    number, day = next((cell, day) for cell in table.columns[index] if (day := _day(cell, zero)))
    label = table.label(index)
    facts: dict[str, str | int] = {"column": label, "number": str(number).removesuffix(".0"), "day": str(day)}
    return assume(subject="serial_date", taken=label, because="date.serial", facts=facts)
