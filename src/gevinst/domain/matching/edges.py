"""Candidate pairs: which free items of the two sides could belong together, one to one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gevinst.domain.matching.board import Board, BoardSide
from gevinst.domain.matching.marks import Indexes, Marks, Mask

#: A pass that would look at more pairs than this leaves the most crowded amounts open and says so.
MOST_EDGES = 3_000_000
DAY_SPAN = 1 << 16  # bank-day numbers stay far below this


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


def marked_edges(board: Board, left: Marks, right: Marks, *, days: int) -> Edges:
    """Pairs of free items with the same amount and a shared mark, within the window."""
    frames = [_free_marks(board.left, left), _free_marks(board.right, right)]
    frames = _without_crowds(board, frames)
    pairs = frames[0].merge(frames[1], on=["mark", "amount"], suffixes=("_left", "_right"))
    pairs = pairs[(pairs["day_left"] - pairs["day_right"]).abs() <= days]
    spread = pairs.groupby("mark")["item_left"].transform("size")
    pairs = pairs.assign(spread=spread).sort_values(["item_left", "item_right", "spread", "mark"])
    pairs = pairs.drop_duplicates(["item_left", "item_right"])
    return Edges(
        left=pairs["item_left"].to_numpy(dtype=np.int64),
        right=pairs["item_right"].to_numpy(dtype=np.int64),
        mark=pairs["mark"].to_numpy(dtype=np.int64),
    )


def _free_marks(side: BoardSide, marks: Marks) -> pd.DataFrame:
    frame = marks.frame[side.free[marks.item]]
    items = frame["item"].to_numpy()
    return frame.assign(amount=side.amount[items], day=side.day[items])


def _without_crowds(board: Board, frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Leave out the amounts that would make too many pairs with a mark, and say so."""
    keys = [_pair_keys(frames, at) for at in (0, 1)]
    known, numbers = np.unique(np.concatenate(keys), return_inverse=True)
    ends = np.split(numbers, [len(keys[0])])
    products = np.prod([np.bincount(end, minlength=len(known)).astype(np.int64) for end in ends], axis=0)
    if products.sum() <= MOST_EDGES:
        return frames
    order = np.argsort(products, kind="stable")
    kept = np.zeros(len(known), dtype=np.bool_)
    kept[order[np.cumsum(products[order]) <= MOST_EDGES]] = True
    crowded = np.unique(frames[0]["amount"].to_numpy()[~kept[ends[0]] & (products[ends[0]] > 0)])
    board.note_crowd(crowded)
    return [frame[~frame["amount"].isin(crowded)] for frame in frames]


def _pair_keys(frames: list[pd.DataFrame], at: int) -> Indexes:
    """One number for each (mark, amount)."""
    amounts = np.unique(np.concatenate([frame["amount"].to_numpy() for frame in frames]))
    found = np.searchsorted(amounts, frames[at]["amount"].to_numpy())
    keys: Indexes = frames[at]["mark"].to_numpy() * len(amounts) + found
    return keys


@dataclass(frozen=True, kw_only=True)
class AmountWindow:
    """For each left item, the right items of the same amount within a window of bank days."""

    order: Indexes  #: right items by amount and day
    low: Indexes  #: first position in `order` for each left item
    high: Indexes  #: position after the last

    @property
    def counts(self) -> Indexes:
        """How many right items each left item could go with."""
        result: Indexes = self.high - self.low
        return result


def amount_window(
    left: BoardSide, right: BoardSide, left_at: Indexes, right_at: Indexes, *, days: int
) -> AmountWindow:
    """Find equal amounts within the window by two binary searches; never makes all pairs of an amount."""
    amounts = np.unique(np.concatenate([left.amount[left_at], right.amount[right_at]]))
    right_key = np.searchsorted(amounts, right.amount[right_at]) * DAY_SPAN + right.day[right_at]
    left_key = np.searchsorted(amounts, left.amount[left_at]) * DAY_SPAN + left.day[left_at]
    order = np.argsort(right_key, kind="stable")
    keys = right_key[order]
    return AmountWindow(
        order=right_at[order],
        low=np.searchsorted(keys, left_key - days, side="left"),
        high=np.searchsorted(keys, left_key + days, side="right"),
    )


def amount_edges(
    board: Board, *, days: int, only: tuple[Mask, Mask] | None = None, most: int = MOST_EDGES
) -> Edges:
    """Pairs of free items with the same amount within the window.

    Args:
        board: the items.
        days: bank days between the two, both ends included.
        only: limits the items of each side.
        most: pairs; the most crowded items beyond it are left out and noted.
    """
    ends = [side.free if only is None else side.free & only[at] for at, side in enumerate(board.sides)]
    left_at = np.flatnonzero(ends[0])
    window = amount_window(board.left, board.right, left_at, np.flatnonzero(ends[1]), days=days)
    counts = window.counts
    if counts.sum() > most:
        by_size = np.sort(counts)
        first_left_out = by_size[np.searchsorted(np.cumsum(by_size), most, side="right")]
        amounts = board.left.amount[left_at]
        crowded = np.unique(amounts[counts >= first_left_out])
        board.note_crowd(crowded)
        # The whole amount is left out: with some of its items gone, the others would seem to be alone.
        counts = np.where(np.isin(amounts, crowded), 0, counts)
    starts = np.repeat(window.low - (np.cumsum(counts) - counts), counts)
    positions = starts + np.arange(counts.sum())
    return Edges(
        left=np.repeat(left_at, counts),
        right=window.order[positions],
        mark=np.full(len(positions), -1, dtype=np.int64),
    )


def rivals(board: Board, left: Indexes, *, days: int) -> Indexes:
    """For each left item, how many right items beside one have its amount within the window, matched too."""
    window = amount_window(board.left, board.right, left, np.arange(len(board.right)), days=days)
    result: Indexes = np.maximum(window.counts - 1, 0)
    return result
