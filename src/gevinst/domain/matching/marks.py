"""Marks: the codes and words of the items of both sides, numbered, as columns."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gevinst.domain.item import ROW_ID
from gevinst.domain.matching.columns import (
    Found,
    Indexes,
    Mask,
    TextColumn,
    Texts,
    as_column,
    as_texts,
    codes_of_column,
    codes_of_ids,
    codes_of_references,
    codes_of_texts,
    ranges,
    together,
    words_of_column,
)

__all__ = ["Indexes", "Marks", "Mask", "Names", "code_marks", "word_marks"]

Names = NDArray[np.object_]

CODE_COLUMNS: Mapping[str, Callable[[Texts], Found]] = {
    "document": codes_of_column,
    "reference": codes_of_references,
    "text": codes_of_texts,
    "counterparty": codes_of_texts,
}
WORD_COLUMNS: Mapping[str, Callable[[Texts], Found]] = {
    "text": words_of_column,
    "counterparty": words_of_column,
}
COMMON_WORD_SHARE = 0.2  # a word on more than a fifth of a side's items tells nothing
COMMON_WORD_FLOOR = 20  # … but in a small file a word on few items always may


@dataclass(frozen=True, kw_only=True)
class Marks:
    """The codes, or the words, of one side: one row for each (item, mark), ordered.

    Marks are numbered over both sides, so that equal numbers are equal marks.
    """

    item: Indexes
    mark: Indexes
    written: Texts  #: the mark of each number
    count: int  #: items of the side

    @cached_property
    def names(self) -> Names:
        """The mark of each number, as Python has texts."""
        names: Names = self.written.to_numpy(zero_copy_only=False)
        return names

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Columns item, mark (both int64)."""
        return pd.DataFrame({"item": self.item, "mark": self.mark})

    @cached_property
    def starts(self) -> Indexes:
        """Where each item's rows begin; one more than there are items."""
        result: Indexes = np.searchsorted(self.item, np.arange(self.count + 1))
        return result

    @cached_property
    def _asked(self) -> dict[int, frozenset[int]]:
        return {}

    @cached_property
    def _different(self) -> dict[tuple[int, ...], frozenset[int]]:
        return {}  # most items have no mark, or the same as many others

    @cached_property
    def keys(self) -> Indexes:
        """One number for each (item, mark), ordered."""
        return self.key(self.item, self.mark)

    def key(self, item: Indexes, mark: Indexes) -> Indexes:
        """The number of each (item, mark)."""
        keys: Indexes = item * (len(self.written) + 1) + mark
        return keys

    def of(self, at: int) -> frozenset[int]:
        """The marks of one item."""
        if at not in self._asked:
            low, high = self.starts.item(at), self.starts.item(at + 1)
            marks = tuple(self.mark[low:high].tolist())
            self._asked[at] = self._different.setdefault(marks, frozenset(marks))
        return self._asked[at]

    def names_of(self, at: int, among: Mask | None = None) -> frozenset[str]:
        """The marks of one item, or those among some, as they are written."""
        marks = self.mark[self.starts[at] : self.starts[at + 1]]
        return frozenset(self.names[marks if among is None else marks[among[marks]]].tolist())

    def written_of(self, marks: Indexes) -> TextColumn:
        """How each mark is written, "" for -1."""
        taken = self.written.take(pa.array(marks, mask=marks < 0))
        return as_column(taken.fill_null(""))

    @cached_property
    def times(self) -> Indexes:
        """How many items have each mark."""
        return np.bincount(self.mark, minlength=len(self.written))

    def times_of(self, name: str) -> int:
        """How many items have a mark, by its name; for marks of both sides, which are in order of names."""
        at = bisect_left(range(len(self.written)), name, key=lambda number: self.written[number].as_py())
        known = at < len(self.written) and self.written[at].as_py() == name
        return int(self.times[at]) if known else 0

    def counts(self) -> Indexes:
        """How many marks each item has."""
        result: Indexes = np.diff(self.starts)
        return result

    def common(self, left: Indexes, other: "Marks", right: Indexes) -> Indexes:
        """How many marks each pair (left[i] of this side, right[i] of the other) shares."""
        return np.bincount(self.shared_with(left, other, right)[0], minlength=len(left))

    def shared_with(self, left: Indexes, other: "Marks", right: Indexes) -> tuple[Indexes, Indexes]:
        """The marks that pairs share: one row for each (place i of the pair, mark)."""
        rows, at = ranges(self.starts[left], self.counts()[left])
        marks = self.mark[at]
        shared = _is_in(other.key(right[rows], marks), other.keys)
        return rows[shared], marks[shared]


def _is_in(wanted: Indexes, ordered: Indexes) -> Mask:
    if not len(ordered):
        return np.zeros(len(wanted), dtype=np.bool_)
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    found: Mask = ordered[at] == wanted
    return found


@dataclass(frozen=True, kw_only=True)
class _Numbered:
    """The marks of both sides with one number for each different name."""

    row: Sequence[Indexes]  #: the item of each
    number: Sequence[Indexes]  #: equal length; -1 for a mark that is left out
    names: Texts


def code_marks(sides: Sequence[pd.DataFrame], places: Sequence[Indexes]) -> tuple[list[Marks], list[Marks]]:
    """The codes of both sides.

    Args:
        sides: item.ITEM_COLUMNS.
        places: the item (position on the board) that each row is.

    Returns:
        For each side the codes that stand on both sides (a code of one side links nothing), and for each side
        all codes but those of the item's own id.
    """
    ends = list(zip(sides, places, strict=True))
    own = _numbered([_found_in(side, CODE_COLUMNS, place) for side, place in ends])
    ids = [codes_of_ids(_own_ids(side)).of(place) for side, place in ends]
    counts = [len(side) for side in sides]
    every = [
        _marks(row, number, own.names, count)
        for row, number, count in zip(own.row, own.number, counts, strict=True)
    ]
    return _shared(_with(own, ids), counts), every


def word_marks(sides: Sequence[pd.DataFrame], places: Sequence[Indexes]) -> list[Marks]:
    """The words that stand on both sides and are not on too many items to tell anything; as code_marks."""
    found = [_found_in(side, WORD_COLUMNS, place) for side, place in zip(sides, places, strict=True)]
    marks = _shared(_numbered(found), [len(side) for side in sides])
    telling = np.logical_and.reduce([one.times <= _most(one.count) for one in marks])
    return [_only(one, telling) for one in marks]


def _found_in(side: pd.DataFrame, columns: Mapping[str, Callable[[Texts], Found]], place: Indexes) -> Found:
    return together(find(as_texts(side[name])) for name, find in columns.items()).of(place)


def _own_ids(side: pd.DataFrame) -> Texts:
    ids = as_texts(side["item_id"])
    return pc.if_else(pc.match_substring(ids, ROW_ID), "", ids)


def _numbered(found: Sequence[Found]) -> _Numbered:
    coded = pa.concat_arrays([one.name for one in found]).dictionary_encode()
    numbers = np.split(coded.indices.to_numpy().astype(np.int64), [len(found[0])])
    return _Numbered(row=[one.row for one in found], number=numbers, names=coded.dictionary)


def _with(known: _Numbered, more: Sequence[Found]) -> _Numbered:
    """The marks and more of them; of those not known yet, the ones that only one side has are left out."""
    numbers = [_numbers_in(one.name, known.names) for one in more]
    fresh = [one.keep(number < 0).name for one, number in zip(more, numbers, strict=True)]
    both = fresh[0].filter(pc.is_in(fresh[0], value_set=fresh[1])).unique()
    for number, names in zip(numbers, fresh, strict=True):
        new = _numbers_in(names, both)
        number[number < 0] = np.where(new < 0, -1, new + len(known.names))
    return _Numbered(
        row=[np.concatenate([row, one.row]) for row, one in zip(known.row, more, strict=True)],
        number=[np.concatenate(ends) for ends in zip(known.number, numbers, strict=True)],
        names=pa.concat_arrays([known.names, both]),
    )


def _numbers_in(texts: Texts, names: Texts) -> Indexes:
    """The number of each text, -1 for one without."""
    found: Indexes = pc.index_in(texts, value_set=names).fill_null(-1).to_numpy().astype(np.int64)
    return found


def _shared(found: _Numbered, counts: Sequence[int]) -> list[Marks]:
    """The marks that both sides have, numbered by name: ties between marks must not depend on the rows."""
    on_side = [np.bincount(number[number >= 0], minlength=len(found.names)) > 0 for number in found.number]
    kept = np.flatnonzero(np.logical_and.reduce(on_side))
    kept = kept[pc.sort_indices(found.names.take(pa.array(kept))).to_numpy()]
    new = np.full(len(found.names) + 1, -1, dtype=np.int64)  # one more, for the number -1
    new[kept] = np.arange(len(kept))
    names = found.names.take(pa.array(kept))
    ends = zip(found.row, found.number, counts, strict=True)
    return [_marks(row, new[number], names, count) for row, number, count in ends]


def _marks(item: Indexes, mark: Indexes, names: Texts, count: int) -> Marks:
    """One side's marks, each once for an item; those without a number are left out."""
    kept = mark >= 0
    width = len(names) + 1
    keys = np.sort(item[kept] * width + mark[kept])
    keys = keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys
    return Marks(item=keys // width, mark=keys % width, written=names, count=count)


def _most(count: int) -> float:
    return max(COMMON_WORD_FLOOR, count * COMMON_WORD_SHARE)


def _only(marks: Marks, wanted: Mask) -> Marks:
    kept = wanted[marks.mark]
    return Marks(item=marks.item[kept], mark=marks.mark[kept], written=marks.written, count=marks.count)
