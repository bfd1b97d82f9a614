"""Rows of a text that are kept by column: most have one width, a few have another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from gevinst.formats.grid import Cell, Row, blank_row, is_blank
from gevinst.formats.text_column import AT_ONCE, TextColumn

HEAD = 200  # rows that are looked at again and again while the header is sought


@dataclass(frozen=True, kw_only=True, eq=False)
class ColumnRows(Sequence[Row]):
    """A window on such rows, from `start` to before `stop`."""

    columns: tuple[TextColumn, ...]  #: the cells of all rows; "" where a row is short
    sizes: NDArray[np.int32] | None = None  #: number of cells by row; None when each row fills the columns
    wide: Mapping[int, Row] = field(default_factory=dict)  #: row number → a row with more cells, all of them
    start: int
    stop: int
    head: list[Row] = field(default_factory=list, repr=False)  #: the first rows of all, once they were made

    def __len__(self) -> int:
        return self.stop - self.start

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            start, stop, step = at.indices(len(self))
            window = replace(self, start=self.start + start, stop=self.start + max(start, stop))
            return window if step == 1 else list(window)[::step]
        number = self.start + at if at >= 0 else self.stop + at
        if not self.start <= number < self.stop:
            raise IndexError(at)
        return self._row(number)

    def _row(self, number: int) -> Row:
        if number >= HEAD:
            return next(self._made(number, number + 1))
        if not self.head:
            self.head.extend(self._made(0, min(HEAD, len(self.columns[0]))))
        return self.head[number]

    def __iter__(self) -> Iterator[Row]:
        yield from (self._row(number) for number in range(self.start, min(self.stop, HEAD)))
        for start in range(max(self.start, HEAD), self.stop, AT_ONCE):
            yield from self._made(start, min(start + AT_ONCE, self.stop))

    def _made(self, start: int, stop: int) -> Iterator[Row]:
        """The rows from one number to before another."""
        cells = zip(*(list(column[start:stop]) for column in self.columns), strict=True)
        if self.sizes is None:
            yield from map(list, cells)
            return
        for number, (size, row) in enumerate(zip(self.sizes[start:stop].tolist(), cells, strict=True), start):
            yield self.wide[number] if number in self.wide else list(row[:size])

    def column(self, index: int) -> TextColumn:
        """The cells of one column; "" where a row is short."""
        if index < len(self.columns):
            return self.columns[index][self.start : self.stop]
        places = np.zeros(len(self), dtype=np.int64)
        cells = [""]
        for number, row in self.wide.items():
            if self.start <= number < self.stop and index < len(row):
                places[number - self.start] = len(cells)
                cells.append(str(row[index]))
        return TextColumn.of(cells).ordered(places)

    def widths(self) -> NDArray[np.int64]:
        """Number of cells by row."""
        if self.sizes is None:
            return np.full(len(self), len(self.columns), dtype=np.int64)
        return self.sizes[self.start : self.stop].astype(np.int64)


def widths_of(rows: Sequence[Row]) -> NDArray[np.int64]:
    """Number of cells by row."""
    if isinstance(rows, ColumnRows):
        return rows.widths()
    return np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))


def filled_at(rows: Sequence[Row], column: int) -> NDArray[np.bool_]:
    """Which rows hold something that a person would see in a column."""
    if isinstance(rows, ColumnRows):
        return rows.column(column).filled()
    found = (len(row) > column and not is_blank(row[column]) for row in rows)
    return np.fromiter(found, dtype=np.bool_, count=len(rows))


def filled_rows(rows: Sequence[Row]) -> NDArray[np.bool_]:
    """Which rows hold something that a person would see."""
    return filled_behind(rows, 0)


def filled_behind(rows: Sequence[Row], width: int) -> NDArray[np.bool_]:
    """Which rows hold something behind their first `width` cells."""
    if not isinstance(rows, ColumnRows):
        found = (not blank_row(row[width:]) for row in rows)
        return np.fromiter(found, dtype=np.bool_, count=len(rows))
    filled = np.zeros(len(rows), dtype=np.bool_)
    for index in range(width, len(rows.columns)):
        filled |= rows.column(index).filled()
    for number, row in rows.wide.items():
        if rows.start <= number < rows.stop:
            filled[number - rows.start] = not blank_row(row[width:])
    return filled


def columns_of(rows: Sequence[Row], width: int, *, texts: bool) -> list[Sequence[Cell]]:
    """The cells by column; "" where a row is short. Fields behind the last column are left out.

    Args:
        rows: the rows.
        width: number of columns.
        texts: every cell is a text.
    """
    if isinstance(rows, ColumnRows):
        return [rows.column(index) for index in range(width)]
    columns = columns_padded(rows, width)
    return [TextColumn.of(map(str, one)) if texts or set(map(type, one)) <= {str} else one for one in columns]


def columns_padded(rows: Sequence[Row], width: int) -> list[Sequence[Cell]]:
    """The cells of rows by column; "" where a row is short, what is behind the last column left out."""
    padded = [row if len(row) == width else (*row[:width], *[""] * (width - len(row))) for row in rows]
    return list(zip(*padded, strict=True)) if padded else [[] for _ in range(width)]
