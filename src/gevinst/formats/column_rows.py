"""Rows of a text that are kept by column: most have one width, a few have another."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import overload

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gevinst.formats.grid import Cell, Row, blank_row, is_blank
from gevinst.formats.text_column import AT_ONCE, TEXT, TextColumn

HEAD = 200  # rows that are looked at again and again while the header is sought


@dataclass(frozen=True, kw_only=True, eq=False)
class ColumnRows(Sequence[Row]):
    """A window on such rows, from `start` to before `stop`."""

    columns: tuple[TextColumn, ...]  #: the cells of the even rows
    odd: Mapping[int, Sequence[str]]  #: row number → a row of another width; in order
    start: int
    stop: int
    head: list[Row] = field(default_factory=list, repr=False)  #: the first rows of all, once they were made

    @classmethod
    def of(cls, columns: Sequence[TextColumn], odd: Mapping[int, Sequence[str]]) -> "ColumnRows":
        """All rows of a text."""
        return cls(columns=tuple(columns), odd=odd, start=0, stop=len(columns[0]) + len(odd))

    @cached_property
    def places(self) -> list[int]:
        """The numbers of the odd rows."""
        return list(self.odd)

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
        if number < HEAD:
            if not self.head:
                whole = replace(self, start=0, stop=len(self.columns[0]) + len(self.odd))
                self.head.extend(whole._made(0, min(HEAD, whole.stop)))  # noqa: SLF001 - the same class
            return self.head[number]
        if number in self.odd:
            return self.odd[number]
        even = number - bisect_left(self.places, number)
        return [column[even] for column in self.columns]

    def __iter__(self) -> Iterator[Row]:
        yield from (self._row(number) for number in range(self.start, min(self.stop, HEAD)))
        for start in range(max(self.start, HEAD), self.stop, AT_ONCE):
            yield from self._made(start, min(start + AT_ONCE, self.stop))

    def _made(self, start: int, stop: int) -> Iterator[Row]:
        """The rows from one number to before another."""
        first, last = (number - bisect_left(self.places, number) for number in (start, stop))
        even = zip(*(list(column[first:last]) for column in self.columns), strict=True)
        for number in range(start, stop):
            yield self.odd[number] if number in self.odd else next(even)

    def column(self, index: int) -> TextColumn:
        """The cells of one column; "" where a row is short."""
        odd = self.places[bisect_left(self.places, self.start) : bisect_left(self.places, self.stop)]
        if not odd:
            return self._even(index, self.start, self.stop)
        parts: list[pa.Array] = []
        at = self.start
        for number in [*odd, self.stop]:
            parts += self._even(index, at, number).texts.chunks
            if number < self.stop:
                row = self.odd[number]
                parts.append(pa.array([row[index] if index < len(row) else ""], type=TEXT))
            at = number + 1
        return TextColumn(pa.chunked_array([pa.concat_arrays(parts)], type=TEXT))

    def _even(self, index: int, start: int, stop: int) -> TextColumn:
        """The cells of even rows from one row number to before another, with no odd row between."""
        if index >= len(self.columns):
            return TextColumn.repeated("", stop - start)
        before = bisect_left(self.places, start)
        return self.columns[index][start - before : stop - before]

    def widths(self) -> NDArray[np.int64]:
        """Number of cells by row."""
        widths = np.full(len(self), len(self.columns), dtype=np.int64)
        for number, row in self.odd.items():
            if self.start <= number < self.stop:
                widths[number - self.start] = len(row)
        return widths


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
    most = max(widths_of(rows), default=0)
    behind = [rows.column(index).filled() for index in range(width, most)]
    return np.logical_or.reduce(behind) if behind else np.zeros(len(rows), dtype=np.bool_)


def columns_of(rows: Sequence[Row], width: int, *, texts: bool) -> list[Sequence[Cell]]:
    """The cells by column; "" where a row is short. Fields behind the last column are left out.

    Args:
        rows: the rows.
        width: number of columns.
        texts: every cell is a text.
    """
    if isinstance(rows, ColumnRows):
        return [rows.column(index) for index in range(width)]
    padded = [row if len(row) == width else (*row[:width], *[""] * (width - len(row))) for row in rows]
    columns = zip(*padded, strict=True) if padded else ([] for _ in range(width))
    return [
        TextColumn.of(map(str, column)) if texts or all(type(cell) is str for cell in column) else list(column)
        for column in columns
    ]
