"""Candidate pairs: which free items of the two sides could belong together, one to one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gevinst.domain.matching.board import Board, BoardSide, Indexes
from gevinst.domain.matching.codes import Marks

#: A pass that would look at more pairs than this leaves the crowded amounts open and says so.
MOST_EDGES = 2_000_000
DAY_SPAN = 1 << 16  # bank-day numbers stay far below this


@dataclass(frozen=True, kw_only=True)
class Edges:
    """Candidate pairs, each once."""

    left: Indexes
    right: Indexes
    mark: Indexes  #: number of the rarest shared code or word, -1 for none

    def __len__(self) -> int:
        return len(self.left)

    def keep(self, mask: NDArray[np.bool_]) -> "Edges":
        """Only the pairs of the mask."""
        return Edges(left=self.left[mask], right=self.right[mask], mark=self.mark[mask])


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
    """Leave out the (mark, amount) keys that would make too many pairs, and say so."""
    counts = [frame.groupby(["mark", "amount"]).size() for frame in frames]
    products = (counts[0] * counts[1]).dropna()
    if products.sum() <= MOST_EDGES:
        return frames
    allowed = products.sort_values(kind="stable").cumsum() <= MOST_EDGES
    crowded = products[~allowed.reindex(products.index)]
    board.notes.append(("crowded", {"keys": len(crowded)}))
    keep = pd.MultiIndex.from_tuples(products.index.difference(crowded.index), names=["mark", "amount"])
    return [frame[pd.MultiIndex.from_frame(frame[["mark", "amount"]]).isin(keep)] for frame in frames]


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


def amount_edges(board: Board, *, days: int) -> Edges:
    """Pairs of free items with the same amount within the window."""
    left_at = board.left.free_indexes()
    window = amount_window(board.left, board.right, left_at, board.right.free_indexes(), days=days)
    counts = window.counts
    if counts.sum() > MOST_EDGES:
        fair = max(1, MOST_EDGES // max(1, len(left_at)))
        board.notes.append(("crowded", {"keys": int((counts > fair).sum())}))
        counts = np.where(counts > fair, 0, counts)
    starts = np.repeat(window.low - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    positions = starts + np.arange(counts.sum())
    return Edges(
        left=np.repeat(left_at, counts),
        right=window.order[positions],
        mark=np.full(len(positions), -1, dtype=np.int64),
    )


def rivals(board: Board, left: Indexes, *, days: int) -> Indexes:
    """For each left item, how many right items beside one have its amount within the window, matched ones too."""
    window = amount_window(board.left, board.right, left, np.arange(len(board.right.items)), days=days)
    result: Indexes = np.maximum(window.counts - 1, 0)
    return result
