"""Table: where the header of a grid is, what its columns are called, and which rows are under it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gevinst.domain.money import NumberStyle
from gevinst.formats.amounts import looks_like_amount
from gevinst.formats.column_rows import columns_of, filled_at, widths_of
from gevinst.formats.dates import looks_like_date
from gevinst.formats.grid import Cell, Grid, Row, Syntax, blank_row, cell_text, column_letter, is_blank
from gevinst.formats.headings import roles_of
from gevinst.formats.value_columns import OreColumn

# Exports put at most some ten title lines above the header; a spool its page head.
HEADER_WITHIN = 40
PROBE_ROWS = 40
MOST_ROWS = 0.5
FEWEST_NAMES = 2
MOST_COLUMNS = 1000  # of a list without header
DATE_ROLES = frozenset({"date", "value_date"})
MONEY_ROLES = frozenset({"amount", "debit", "credit", "balance", "paid_in", "paid_out"})


@dataclass(frozen=True, kw_only=True)
class Table:
    """A grid whose header is known."""

    grid: Grid
    header: int | None  #: index of the header in the grid's rows; None when the file has no header
    first: int  #: index of the first row under it
    names: tuple[str, ...]  #: as written; "" for an unnamed column

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.names)

    @cached_property
    def rows(self) -> Sequence[Row]:
        """The rows under the header, as read."""
        return self.grid.rows[self.first :]

    @cached_property
    def lines(self) -> Sequence[int]:
        """The physical line of each row under the header."""
        return self.grid.lines[self.first :]

    @cached_property
    def line_numbers(self) -> NDArray[np.int64]:
        """The same as an array."""
        lines = self.lines
        if isinstance(lines, range):  # as most texts have, and numpy takes one by one
            return np.arange(lines.start, lines.stop, lines.step, dtype=np.int64)
        return np.asarray(lines, dtype=np.int64)

    @cached_property
    def columns(self) -> list[Sequence[Cell]]:
        """The cells by column; "" where a row is short. Fields behind the last column are left out."""
        return columns_of(self.rows, self.width, texts=self.grid.syntax is not Syntax.WORKBOOK)

    @cached_property
    def ore(self) -> dict[tuple[int, NumberStyle], OreColumn]:
        """Columns that were read as amounts, by style; each is read once."""
        return {}

    def label(self, index: int) -> str:
        """The column's name as a person finds it: its header, or its letter."""
        return self.names[index] or column_letter(index)

    def key(self, index: int) -> str:
        """What names this column and no other: its header, or its letter where two have the same."""
        return self.names[index] if len(self.same_name(index)) == 1 else column_letter(index)

    @property
    def header_line(self) -> int:
        """Physical line of the header, 0 when there is none."""
        return 0 if self.header is None else self.grid.lines[self.header]

    def same_name(self, index: int) -> list[int]:
        """The columns that have the same name as this one, itself included."""
        name = _plain(self.names[index])
        return [other for other, given in enumerate(self.names) if name and _plain(given) == name]


def _plain(name: str) -> str:
    """A name without case and spaces; unlike fold, "Beløb" and "Beløb (DKK)" stay two."""
    return "".join(name.split()).casefold()


def find_table(grid: Grid) -> Table | None:
    """Find the header by its words, then by what stands under it; else take a file without header.

    Returns:
        None when no row holds a date and an amount and no header names them.
    """
    header = _by_words(grid)
    if header is None:
        header = _by_content(grid)
    if header is not None:
        return table_at(grid, header)
    first = _first_record(grid)
    return None if first is None else headless(grid, first)


def table_at(grid: Grid, header: int) -> Table:
    """The table whose header is at this row."""
    names = [cell_text(cell) for cell in grid.rows[header]]
    if grid.syntax is not Syntax.DELIMITED:
        names += [""] * (_widest(grid, header + 1) - len(names))
    return Table(grid=grid, header=header, first=header + 1, names=tuple(_without_tail(grid, header, names)))


def headless(grid: Grid, first: int) -> Table:
    """The table of a file without header, from this row on."""
    width = _widest(grid, first)
    if width > MOST_COLUMNS:  # a broken record, not a list
        width = _commonest(grid.rows[first : first + PROBE_ROWS])
    return Table(grid=grid, header=None, first=first, names=("",) * width)


def _without_tail(grid: Grid, header: int, names: list[str]) -> list[str]:
    """Drop unnamed columns at the end that hold nothing: a separator ending each line, formatted cells."""
    end = len(names)
    while end and not names[end - 1] and not _holds_anything(grid, header, end - 1):
        end -= 1
    return names[:end]


def _holds_anything(grid: Grid, header: int, column: int) -> bool:
    return bool(filled_at(grid.rows[header + 1 :], column).any())


def _widest(grid: Grid, first: int) -> int:
    return int(max(widths_of(grid.rows[first:]), default=0))


def _commonest(rows: Sequence[Row]) -> int:
    return Counter(len(row) for row in rows if not blank_row(row)).most_common(1)[0][0]


def _by_words(grid: Grid) -> int | None:
    """The row that names the most roles, a date or an amount among them."""
    best, most = None, 0
    for index, row in enumerate(grid.rows[:HEADER_WITHIN]):
        roles = _named_roles(row)
        if len(roles) >= FEWEST_NAMES and roles & (DATE_ROLES | MONEY_ROLES) and len(roles) > most:
            best, most = index, len(roles)
    return best


def _named_roles(row: Row) -> set[str]:
    names = [cell for cell in row if isinstance(cell, str) and not is_blank(cell)]
    if any(looks_like_date(name) for name in names):
        return set()
    found = [roles_of(name) for name in names]
    return {roles[0][0] for roles in found if roles}


def _by_content(grid: Grid) -> int | None:
    """A row of texts whose next rows hold a date and an amount in columns that it names."""
    for index, row in enumerate(grid.rows[:HEADER_WITHIN]):
        if sum(not is_blank(cell) for cell in row) < FEWEST_NAMES or _has_values(row):
            continue
        below = _probe(grid, index + 1)
        typed = typed_columns(below)
        if typed and all(column < len(row) and not is_blank(row[column]) for column in typed):
            return index
    return None


def _has_values(row: Row) -> bool:
    return any(
        not isinstance(cell, str) or looks_like_date(cell) or looks_like_amount(cell)
        for cell in row
        if not is_blank(cell)
    )


def _first_record(grid: Grid) -> int | None:
    """The first row of the commonest width, when most rows hold a date and an amount."""
    for index in range(min(HEADER_WITHIN, len(grid.rows))):
        below = _probe(grid, index)
        if typed_columns(below):
            width = _commonest(below)
            return next(
                at
                for at in range(index, len(grid.rows))
                if len(grid.rows[at]) == width and not blank_row(grid.rows[at])
            )
    return None


def _probe(grid: Grid, first: int) -> list[Row]:
    return [row for row in grid.rows[first : first + PROBE_ROWS] if not blank_row(row)]


def typed_columns(rows: Sequence[Row]) -> tuple[int, int] | None:
    """The first column of dates and the first other column of amounts, when most rows have both."""
    width = max((len(row) for row in rows), default=0)
    need = max(1, len(rows) * MOST_ROWS)
    dates = [c for c in range(width) if _count(rows, c, looks_like_date) >= need]
    if not dates:
        return None
    amounts = [c for c in range(width) if c not in dates and _count(rows, c, looks_like_amount) >= need]
    return (dates[0], amounts[0]) if amounts else None


def _count(rows: Sequence[Row], column: int, test: Callable[[Cell], bool]) -> int:
    return sum(column < len(row) and bool(test(row[column])) for row in rows)
