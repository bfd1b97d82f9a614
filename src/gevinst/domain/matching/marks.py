"""Marks: the codes and words of the items of both sides, numbered, as columns."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gevinst.domain.item import ROW_ID
from gevinst.domain.matching.codes import codes_of, id_codes, reference_codes, words_of

Indexes = NDArray[np.int64]
Mask = NDArray[np.bool_]
Names = NDArray[np.object_]

CODE_COLUMNS = ("document", "reference", "text", "counterparty")
WORD_COLUMNS = ("text", "counterparty")
COMMON_WORD_SHARE = 0.2  # a word on more than a fifth of a side's items tells nothing
COMMON_WORD_FLOOR = 20  # … but in a small file a word on few items always may


@dataclass(frozen=True, kw_only=True)
class Marks:
    """The codes, or the words, of one side: one row for each (item, mark), ordered.

    Marks are numbered over both sides, so that equal numbers are equal marks.
    """

    item: Indexes
    mark: Indexes
    names: Names  #: the mark of each number
    count: int  #: items of the side

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Columns item, mark (both int64)."""
        return pd.DataFrame({"item": self.item, "mark": self.mark})

    @cached_property
    def known(self) -> frozenset[str]:
        """The marks that this side has."""
        return frozenset(self.names[np.unique(self.mark)].tolist())

    @cached_property
    def _starts(self) -> Indexes:
        result: Indexes = np.searchsorted(self.item, np.arange(self.count + 1))
        return result

    @cached_property
    def keys(self) -> Indexes:
        """One number for each (item, mark), ordered."""
        return self.key(self.item, self.mark)

    def key(self, item: Indexes, mark: Indexes) -> Indexes:
        """The number of each (item, mark)."""
        keys: Indexes = item * (len(self.names) + 1) + mark
        return keys

    def of(self, at: int) -> frozenset[int]:
        """The marks of one item."""
        return frozenset(self.mark[self._starts[at] : self._starts[at + 1]].tolist())

    def names_of(self, at: int) -> frozenset[str]:
        """The marks of one item, as they are written."""
        return frozenset(self.names[self.mark[self._starts[at] : self._starts[at + 1]]].tolist())

    def times(self) -> Indexes:
        """How many items have each mark."""
        result: Indexes = np.bincount(self.mark, minlength=len(self.names)).astype(np.int64)
        return result

    def counts(self) -> Indexes:
        """How many marks each item has."""
        result: Indexes = np.diff(self._starts)
        return result

    def common(self, left: Indexes, other: "Marks", right: Indexes) -> Indexes:
        """How many marks each pair (left[i] of this side, right[i] of the other) shares."""
        many = self.counts()[left]
        rows = np.repeat(np.arange(len(left)), many)
        at = np.repeat(self._starts[left] - (np.cumsum(many) - many), many) + np.arange(many.sum())
        wanted = other.key(right[rows], self.mark[at])
        result: Indexes = np.bincount(rows[_is_in(wanted, other.keys)], minlength=len(left)).astype(np.int64)
        return result


def _is_in(wanted: Indexes, ordered: Indexes) -> Mask:
    if not len(ordered):
        return np.zeros(len(wanted), dtype=np.bool_)
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    found: Mask = ordered[at] == wanted
    return found


@dataclass(frozen=True, kw_only=True)
class _Found:
    """Marks of one side before they are numbered."""

    item: Indexes
    name: list[str]
    count: int


def code_marks(sides: Sequence[pd.DataFrame]) -> tuple[list[Marks], list[Marks]]:
    """The codes of both sides.

    Returns:
        For each side the codes that stand on both sides (a code of one side links nothing), and for each side
        all codes but those of the item's own id.
    """
    own = [
        _gathered([_found(side[name], _finder(name)) for name in CODE_COLUMNS], len(side)) for side in sides
    ]
    ids = [_found(_own_ids(side), id_codes) for side in sides]
    with_ids = [_gathered([mine, one], len(side)) for mine, one, side in zip(own, ids, sides, strict=True)]
    return _numbered(with_ids, shared=True), _numbered(own, shared=False)


def word_marks(sides: Sequence[pd.DataFrame]) -> list[Marks]:
    """The words that stand on both sides and are not on too many items to tell anything."""
    found = [_gathered([_found(side[name], words_of) for name in WORD_COLUMNS], len(side)) for side in sides]
    marks = _numbered(found, shared=True)
    telling = np.logical_and.reduce([one.times() <= _most(one.count) for one in marks])
    return [_only(one, telling) for one in marks]


def _finder(column: str) -> Callable[[str], Iterable[str]]:
    return reference_codes if column == "reference" else codes_of


def _own_ids(side: pd.DataFrame) -> pd.Series:
    ids = side["item_id"]
    return ids.where(~ids.str.contains(ROW_ID, regex=False), "")


def _found(texts: pd.Series, find: Callable[[str], Iterable[str]]) -> _Found:
    """What is found in each text; each different text is looked at once."""
    numbers, unique = pd.factorize(texts.to_numpy(dtype=object))
    marks = [tuple(find(text)) for text in unique]
    many = np.fromiter(map(len, marks), dtype=np.int64, count=len(marks))
    flat = np.array(list(chain.from_iterable(marks)), dtype=object)
    of_row = many[numbers]
    starts = (np.cumsum(many) - many)[numbers]
    at = np.repeat(starts - (np.cumsum(of_row) - of_row), of_row) + np.arange(of_row.sum())
    return _Found(item=np.repeat(np.arange(len(texts)), of_row), name=flat[at].tolist(), count=len(texts))


def _gathered(parts: Sequence[_Found], count: int) -> _Found:
    return _Found(
        item=np.concatenate([part.item for part in parts]),
        name=[name for part in parts for name in part.name],
        count=count,
    )


def _numbered(sides: Sequence[_Found], *, shared: bool) -> list[Marks]:
    """Number the marks of both sides alike; `shared` keeps those of both sides alone, in order of names."""
    every = np.array([name for side in sides for name in side.name], dtype=object)
    numbers, names = pd.factorize(every)
    ends = np.split(numbers, [len(sides[0].name)])
    on_side = [np.bincount(end, minlength=len(names)) > 0 for end in ends]
    kept = np.flatnonzero(on_side[0] & on_side[1]) if shared else np.arange(len(names))
    if shared:  # ties between marks go by name, so that they do not depend on the rows
        kept = np.array(sorted(kept.tolist(), key=names.__getitem__), dtype=np.int64)
    new = np.full(len(names), -1, dtype=np.int64)
    new[kept] = np.arange(len(kept))
    named = np.array(names, dtype=object)[kept]
    return [_marks(side, new[end], named) for side, end in zip(sides, ends, strict=True)]


def _marks(side: _Found, mark: Indexes, names: Names) -> Marks:
    kept = mark >= 0
    pairs = np.unique(side.item[kept] * (len(names) + 1) + mark[kept])
    return Marks(item=pairs // (len(names) + 1), mark=pairs % (len(names) + 1), names=names, count=side.count)


def _most(count: int) -> float:
    return max(COMMON_WORD_FLOOR, count * COMMON_WORD_SHARE)


def _only(marks: Marks, wanted: Mask) -> Marks:
    kept = wanted[marks.mark]
    return Marks(item=marks.item[kept], mark=marks.mark[kept], names=marks.names, count=marks.count)
