"""Candidate pairs: which free items of the two sides could belong together, one to one."""

from dataclasses import dataclass

import numpy as np

from gevinst.domain.matching.board import Board
from gevinst.domain.matching.columns import ranges
from gevinst.domain.matching.marks import Indexes, Marks, Mask

#: A pass that would look at more pairs than this leaves the most crowded amounts open and says so.
MOST_EDGES = 3_000_000


@dataclass(frozen=True, kw_only=True)
class Edges:
    """Candidate pairs, each once."""

    left: Indexes
    right: Indexes
    mark: Indexes  #: number of the rarest shared code or word, -1 for none

    def __len__(self) -> int:
        return len(self.left)

    def keep(self, mask: Mask) -> "Edges":
        """Only the pairs of the mask."""
        return Edges(left=self.left[mask], right=self.right[mask], mark=self.mark[mask])

    def mark_of(self, pairs: Indexes) -> Indexes:
        """The mark of each of some of the pairs (rows of left, right)."""
        if not len(pairs):
            return np.zeros(0, dtype=np.int64)
        width = int(self.right.max()) + 1
        keys = self.left * width + self.right
        order = np.argsort(keys)
        found: Indexes = self.mark[order[np.searchsorted(keys[order], pairs[:, 0] * width + pairs[:, 1])]]
        return found


def only_each_other(edges: Edges) -> Mask:
    """Which pairs are the only one of both their items."""
    if not len(edges):
        return np.zeros(0, dtype=np.bool_)
    of_left, of_right = np.bincount(edges.left), np.bincount(edges.right)
    only: Mask = (of_left[edges.left] == 1) & (of_right[edges.right] == 1)
    return only


def marked_edges(board: Board, left: Marks, right: Marks, *, days: int) -> Edges:
    """Pairs of free items with the same amount and a shared mark, within the window."""
    ends = _without_crowds(board, (_free_marks(board, 0, left), _free_marks(board, 1, right)))
    width = board.span + days  # so wide that a window does not reach the next mark and amount
    keys = [
        end.key * width + side.day[end.item] - board.first_day
        for side, end in zip(board.sides, ends, strict=True)
    ]
    order = np.argsort(keys[1], kind="stable")
    window = _Window.of(keys[0], keys[1][order], days=days)
    rows, positions = window.spread()
    found = Edges(left=ends[0].item[rows], right=ends[1].item[order[positions]], mark=ends[0].mark[rows])
    return _each_once(found)


def _each_once(edges: Edges) -> Edges:
    """Each pair by its rarest mark, ordered by left and right item."""
    key = edges.left * (int(edges.right.max(initial=0)) + 1) + edges.right
    order = np.argsort(key, kind="stable")
    if (np.diff(key[order]) == 0).any():
        times = np.bincount(edges.mark)
        order = np.lexsort((edges.mark, times[edges.mark], key))
        order = order[np.append(True, np.diff(key[order]) != 0)]
    return Edges(left=edges.left[order], right=edges.right[order], mark=edges.mark[order])


@dataclass(frozen=True, kw_only=True)
class _FreeMarks:
    """The marks of the free items of one side, one row for each (item, mark)."""

    item: Indexes
    mark: Indexes
    key: Indexes  #: one number for each mark and amount

    def keep(self, mask: Mask) -> "_FreeMarks":
        """Only the rows of the mask."""
        return _FreeMarks(item=self.item[mask], mark=self.mark[mask], key=self.key[mask])


def _free_marks(board: Board, at: int, marks: Marks) -> _FreeMarks:
    side = board.sides[at]
    free = side.free[marks.item]
    item, mark = marks.item[free], marks.mark[free]
    return _FreeMarks(item=item, mark=mark, key=mark * board.amounts + side.rank[item])


def _without_crowds(board: Board, ends: tuple[_FreeMarks, _FreeMarks]) -> tuple[_FreeMarks, _FreeMarks]:
    """Leave out the amounts that would make too many pairs with a mark, and say so."""
    left, right = ends
    known, first, times = np.unique(left.key, return_index=True, return_counts=True)
    pairs = times * _Window.of(known, np.sort(right.key), days=0).counts
    if pairs.sum() <= MOST_EDGES:
        return ends
    by_size = np.argsort(pairs, kind="stable")
    too_many = by_size[np.cumsum(pairs[by_size]) > MOST_EDGES]
    ranks = np.unique(board.left.rank[left.item[first[too_many[pairs[too_many] > 0]]]])
    board.note_crowd(board.left.amount[left.item[np.isin(board.left.rank[left.item], ranks)]])
    kept = [~np.isin(side.rank[end.item], ranks) for side, end in zip(board.sides, ends, strict=True)]
    return left.keep(kept[0]), right.keep(kept[1])


@dataclass(frozen=True, kw_only=True)
class _Window:
    """For each of some keys, where the ordered keys within a window of it begin and end."""

    low: Indexes  #: first position
    high: Indexes  #: position after the last

    @staticmethod
    def of(keys: Indexes, ordered: Indexes, *, days: int) -> "_Window":
        return _Window(
            low=np.searchsorted(ordered, keys - days, side="left"),
            high=np.searchsorted(ordered, keys + days, side="right"),
        )

    @property
    def counts(self) -> Indexes:
        """How many there are."""
        result: Indexes = self.high - self.low
        return result

    def spread(self) -> tuple[Indexes, Indexes]:
        """All of them: which key, which position."""
        return ranges(self.low, self.counts)


def _equal_amounts(
    board: Board, left_at: Mask, right_at: Mask, *, days: int
) -> tuple[Indexes, Indexes, _Window]:
    """Equal amounts within the window by two binary searches; never makes all pairs of an amount.

    Returns:
        The left items, the right items by amount and day, and for each left one its window of those.
    """
    left, right = board.sides
    asked, ordered = left.by_moment[left_at[left.by_moment]], right.by_moment[right_at[right.by_moment]]
    return asked, ordered, _Window.of(left.moment[asked], right.moment[ordered], days=days)


def amount_edges(
    board: Board,
    *,
    days: int,
    only: tuple[Mask, Mask] | None = None,
    most: int = MOST_EDGES,
    noted: bool = True,
) -> Edges:
    """Pairs of free items with the same amount within the window.

    Args:
        board: the items.
        days: bank days between the two, both ends included.
        only: limits the items of each side.
        most: pairs; the most crowded amounts beyond it are left out.
        noted: those amounts count as not searched.
    """
    ends = [side.free if only is None else side.free & only[at] for at, side in enumerate(board.sides)]
    asked, ordered, window = _equal_amounts(board, ends[0], ends[1], days=days)
    counts = window.counts
    if counts.sum() > most:
        by_size = np.sort(counts)
        first_left_out = by_size[np.searchsorted(np.cumsum(by_size), most, side="right")]
        amounts = board.left.amount[asked]
        crowded = np.unique(amounts[counts >= first_left_out])
        if noted:
            board.note_crowd(crowded)
        # The whole amount is left out: with some of its items gone, the others would seem to be alone.
        searched = ~np.isin(amounts, crowded)
        asked, window = asked[searched], _Window(low=window.low[searched], high=window.high[searched])
    rows, positions = window.spread()
    in_order = np.argsort(asked[rows], kind="stable")
    return Edges(
        left=asked[rows][in_order],
        right=ordered[positions][in_order],
        mark=np.full(len(rows), -1, dtype=np.int64),
    )


def rivals(board: Board, left: Indexes, *, days: int) -> Indexes:
    """For each left item, how many right items beside one have its amount within the window, matched too."""
    wanted = np.zeros(len(board.left), dtype=np.bool_)
    wanted[left] = True
    asked, _, window = _equal_amounts(board, wanted, np.ones(len(board.right), dtype=np.bool_), days=days)
    counts = np.zeros(len(board.left), dtype=np.int64)
    counts[asked] = window.counts
    result: Indexes = np.maximum(counts[left] - 1, 0)
    return result
