"""Texts of one column, kept as Arrow: a few bytes a cell instead of a Python object each."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, overload

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gevinst.formats.grid import cell_text, is_blank

TEXT = pa.large_string()
AT_ONCE = 50_000  # cells that are Python objects at a time, while a column is gone through


class TextColumn(Sequence[str]):
    """A column of texts that reads as a sequence of str; most work is done on all of its cells at once."""

    def __init__(self, texts: Any) -> None:
        """Take a chunked Arrow array of `TEXT` without nulls."""
        self.texts = texts

    @classmethod
    def of(cls, texts: Iterable[str]) -> "TextColumn":
        """The column of these texts, of which only some are Python objects at a time."""
        rest = iter(texts)
        parts = iter(lambda: list(islice(rest, AT_ONCE)), [])
        return cls(pa.chunked_array([pa.array(part, type=TEXT) for part in parts], type=TEXT))

    @classmethod
    def repeated(cls, text: str, count: int) -> "TextColumn":
        """The same text in each row."""
        return cls(pa.chunked_array([pa.repeat(pa.scalar(text, type=TEXT), count)], type=TEXT))

    @classmethod
    def chained(cls, columns: Sequence["TextColumn"]) -> "TextColumn":
        """The columns one after the other."""
        return cls(pa.chunked_array([chunk for one in columns for chunk in one.texts.chunks], type=TEXT))

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> "TextColumn": ...
    def __getitem__(self, at: int | slice) -> "str | TextColumn":
        if not isinstance(at, slice):
            return str(self.texts[int(at)].as_py())
        start, stop, step = at.indices(len(self))
        if step == 1:
            return TextColumn(self.texts.slice(start, max(stop - start, 0)))
        rows = np.arange(start, stop, step)
        return self._ascending(rows) if step > 0 else self.ordered(rows)

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), AT_ONCE):
            yield from self.texts.slice(start, AT_ONCE).to_pylist()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TextColumn):
            return bool(self.texts.equals(other.texts))
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as for a list

    def taken(self, rows: NDArray[np.int64]) -> "TextColumn":
        """The cells of these rows, which ascend; a part of the column itself where they are one run."""
        if len(rows) == len(self):
            return self
        if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
            return TextColumn(self.texts.slice(rows[0], len(rows)))
        return self._ascending(rows)

    def _ascending(self, rows: NDArray[np.int64]) -> "TextColumn":
        """The cells of rows that ascend, chunk by chunk: Arrow would lay out the whole column first."""
        ends = np.cumsum([len(chunk) for chunk in self.texts.chunks], dtype=np.int64)
        parts = np.split(rows, np.searchsorted(rows, ends))
        starts = [0, *ends[:-1].tolist()]
        chunks = [
            chunk.take(pa.array(part - start))
            for chunk, part, start in zip(self.texts.chunks, parts, starts, strict=False)
            if len(part)
        ]
        return TextColumn(pa.chunked_array(chunks, type=TEXT))

    def ordered(self, rows: NDArray[np.int64]) -> "TextColumn":
        """The cells of these rows, in any order and as often as they are named."""
        return TextColumn(pc.take(self.texts, pa.array(rows)))

    def stripped(self) -> "TextColumn":
        """Without white space at both ends; the same cells in memory where there is none."""
        return self._bare or self

    @cached_property
    def _bare(self) -> "TextColumn | None":
        """None where nothing changes: a column that holds itself would outlive its use."""
        bare = pc.utf8_trim_whitespace(self.texts)
        return None if bare.equals(self.texts) else TextColumn(bare)

    def filled(self) -> NDArray[np.bool_]:
        """Which cells hold something that a person would see."""
        return truths(pc.not_equal(self.stripped().texts, ""))

    def without_start(self, characters: str) -> "TextColumn":
        """Without these characters at the beginning of a cell."""
        return TextColumn(pc.utf8_ltrim(self.texts, characters))

    def with_blanks_as(self, text: str) -> "TextColumn":
        """The column with this text in each empty cell."""
        empty = pc.equal(self.texts, "")
        return TextColumn(pc.if_else(empty, text, self.texts)) if pc.any(empty).as_py() else self

    def or_else(self, other: "TextColumn", chosen: NDArray[np.bool_]) -> "TextColumn":
        """This column's cell where chosen, else the other's."""
        return TextColumn(pc.if_else(pa.chunked_array([pa.array(chosen)]), self.texts, other.texts))

    def unique(self) -> "TextColumn":
        """Each text once, in the order of first appearance."""
        found = pc.unique(self.texts)
        return TextColumn(pa.chunked_array([found], type=TEXT))

    def coded(self) -> tuple[list[str], NDArray[np.int64]]:
        """The different texts, and for each row which of them it holds."""
        coded = pc.dictionary_encode(self.texts).combine_chunks()
        if isinstance(coded, pa.ChunkedArray):  # an empty column stays in chunks
            return [], np.zeros(0, dtype=np.int64)
        return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)

    def matches(self, pattern: str, *, ignore_case: bool = False) -> NDArray[np.bool_]:
        """Which cells hold a match of a pattern in RE2's syntax, whose classes know ASCII only."""
        return truths(pc.match_substring_regex(self.texts, pattern, ignore_case=ignore_case))

    def integers(self, without: str) -> NDArray[np.int64]:
        """The cells as whole numbers, each of these characters left out; all cells must be such."""
        marks = np.frombuffer(without.encode("ascii"), dtype=np.uint8)
        numbers = [_without_marks(chunk, marks).cast(pa.int64()) for chunk in self.texts.chunks]
        return np.asarray(pa.chunked_array(numbers, type=pa.int64()).to_numpy(), dtype=np.int64)

    def starting(self, start: str) -> NDArray[np.bool_]:
        """Which cells begin so."""
        return truths(pc.starts_with(self.texts, start))

    def ending(self, end: str) -> NDArray[np.bool_]:
        """Which cells end so."""
        return truths(pc.ends_with(self.texts, end))

    def replaced(self, pattern: str, replacement: str) -> "TextColumn":
        """Each match of a pattern in RE2's syntax replaced."""
        return TextColumn(pc.replace_substring_regex(self.texts, pattern, replacement))

    def joined(self, mark: str, other: "TextColumn") -> "TextColumn":
        """Row by row this cell, the mark and the other's cell."""
        between = pa.scalar(mark, type=TEXT)
        return TextColumn(pc.binary_join_element_wise(self.texts, other.texts, between))

    @classmethod
    def numbered(cls, start: str, numbers: NDArray[np.int64]) -> "TextColumn":
        """A word and a number in each row, such as D17."""
        texts = pc.cast(pa.chunked_array([pa.array(numbers)]), TEXT)
        return cls(pc.binary_join_element_wise(pa.scalar(start, type=TEXT), texts, pa.scalar("", type=TEXT)))

    def ascends(self) -> bool:
        """Whether each text is greater than the one before it; then they are all different."""
        earlier, later = self.texts.slice(0, max(len(self) - 1, 0)), self.texts.slice(1)
        return pc.all(pc.less(earlier, later)).as_py() is not False

    def distinct(self) -> int:
        """How many different texts there are."""
        return len(pc.unique(self.texts))

    def frame_column(self) -> Any:
        """The column as pandas keeps texts; the cells are not copied."""
        return pd.array(self.texts, dtype="str")

    def where(self, chosen: NDArray[np.bool_]) -> "TextColumn":
        """The chosen cells."""
        return self if chosen.all() else TextColumn(pc.filter(self.texts, pa.array(chosen)))


def _without_marks(texts: Any, marks: NDArray[np.uint8]) -> Any:
    """An Arrow array of `TEXT` without these bytes, which are ASCII."""
    _, ends, content = texts.buffers()
    ends = np.frombuffer(ends, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(content, dtype=np.uint8)[ends[0] : ends[-1]]
    gone = np.zeros(len(letters) + 1, dtype=np.bool_)
    for mark in marks:
        gone[1:] |= letters == mark
    kept = letters[~gone[1:]]
    ends = ends - ends[0] - np.cumsum(gone)[ends - ends[0]]
    return pa.Array.from_buffers(TEXT, len(texts), [None, pa.py_buffer(ends), pa.py_buffer(kept)])


def truths(found: Any) -> NDArray[np.bool_]:
    """An Arrow array of truth values as numpy."""
    return np.asarray(found.to_numpy(), dtype=np.bool_)


def rows_where(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The rows, from 0, of true values."""
    return np.flatnonzero(chosen).astype(np.int64, copy=False)


def unique_cells(cells: Sequence[Any]) -> Sequence[Any]:
    """Each cell once, in the order of first appearance; 1, 1.0 and True count as one."""
    return cells.unique() if isinstance(cells, TextColumn) else list(dict.fromkeys(cells))


def coded_cells(cells: Sequence[Any]) -> tuple[list[Any], NDArray[np.int64]]:
    """The different cells, and for each row which of them it holds."""
    if isinstance(cells, TextColumn):
        return cells.coded()
    numbers: dict[Any, int] = {}
    codes = (numbers.setdefault(cell, len(numbers)) for cell in cells)
    rows = np.fromiter(codes, dtype=np.int64, count=len(cells))
    return list(numbers), rows


def filled_cells(cells: Sequence[Any]) -> NDArray[np.bool_]:
    """Which cells hold something that a person would see."""
    if isinstance(cells, TextColumn):
        return cells.filled()
    return np.fromiter((not is_blank(cell) for cell in cells), dtype=np.bool_, count=len(cells))


def texts_at(cells: Sequence[Any], rows: NDArray[np.int64]) -> TextColumn:
    """The cells of these rows as texts without outer spaces."""
    if isinstance(cells, TextColumn):
        return cells.stripped().taken(rows)
    return TextColumn.of(cell_text(cells[row]) for row in rows)


def matching(cells: Sequence[Any], pattern: str, *, ignore_case: bool) -> NDArray[np.bool_]:
    """Which cells begin with a pattern, in RE2's syntax; what is no text never does."""
    texts = cells if isinstance(cells, TextColumn) else TextColumn.of(_text_or_blank(cells))
    return texts.matches(f"^(?:{pattern})", ignore_case=ignore_case)


def beginning(cells: Sequence[Any], start: str) -> NDArray[np.bool_]:
    """Which cells begin so, spaces before it left out."""
    texts = cells.stripped() if isinstance(cells, TextColumn) else TextColumn.of(map(cell_text, cells))
    return texts.starting(start)


def _text_or_blank(cells: Sequence[Any]) -> Iterator[str]:
    return (cell if isinstance(cell, str) else "" for cell in cells)
