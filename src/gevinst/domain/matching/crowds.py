"""Crowds: amounts that so many items have that their pairs cannot be looked at one by one.

Items that nobody could tell apart are taken together as a kind. A kind whose only candidates are of one other
kind needs no search: any pairing of the two is as right as any other.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from gevinst.domain.matching.board import Board, BoardSide
from gevinst.domain.matching.components import look
from gevinst.domain.matching.marks import Indexes

CROWD = 40_000  # candidate pairs of one amount


@dataclass(frozen=True, kw_only=True)
class Block:
    """Two kinds of items that can only go with each other."""

    left: Indexes
    right: Indexes

    @property
    def pairs(self) -> int:
        """How many pairs it gives."""
        return min(len(self.left), len(self.right))

    @property
    def alike(self) -> int:
        """How many alike items the larger kind has."""
        return max(len(self.left), len(self.right))


def blocks(board: Board, *, days: int) -> list[Block]:
    """The kinds of crowded amounts that have only each other within the window.

    Kinds of a weak amount without a word in common must be equally many.
    """
    found = []
    for left, right in _crowded(board):
        kinds = [_kinds(side, items) for side, items in zip(board.sides, (left, right), strict=True)]
        near = _near_kinds(board, kinds[0], kinds[1], days)
        times = [Counter(pair[side] for pair in near) for side in (0, 1)]
        for one, other in near:
            block = Block(left=kinds[0][one], right=kinds[1][other])
            if times[0][one] == times[1][other] == 1 and _supported(board, block):
                found.append(block)
    return found


def _crowded(board: Board) -> list[tuple[Indexes, Indexes]]:
    free = [side.free_indexes() for side in board.sides]
    amounts = [side.amount[items] for side, items in zip(board.sides, free, strict=True)]
    known = np.intersect1d(amounts[0], amounts[1])
    counts = [_count_of(known, mine) for mine in amounts]
    crowded = known[counts[0] * counts[1] > CROWD]
    return [(free[0][amounts[0] == amount], free[1][amounts[1] == amount]) for amount in crowded.tolist()]


def _count_of(known: Indexes, amounts: Indexes) -> Indexes:
    ordered = np.sort(amounts)
    result: Indexes = np.searchsorted(ordered, known, side="right") - np.searchsorted(ordered, known)
    return result


def _kinds(side: BoardSide, items: Indexes) -> dict[object, Indexes]:
    found: dict[object, list[int]] = defaultdict(list)
    for at in items.tolist():
        found[look(side, at)].append(at)
    return {kind: np.array(members, dtype=np.int64) for kind, members in found.items()}


def _near_kinds(
    board: Board, left: dict[object, Indexes], right: dict[object, Indexes], days: int
) -> list[tuple[object, object]]:
    by_day: dict[int, list[object]] = defaultdict(list)
    for kind, items in right.items():
        by_day[_day(board.right, items)].append(kind)
    return [
        (kind, other)
        for kind, items in left.items()
        for day in range(_day(board.left, items) - days, _day(board.left, items) + days + 1)
        for other in by_day.get(day, ())
    ]


def _day(side: BoardSide, items: Indexes) -> int:
    return int(side.day[items[0]])


def _supported(board: Board, block: Block) -> bool:
    first, other = int(block.left[0]), int(block.right[0])
    named = bool(board.left.words.of(first) & board.right.words.of(other))
    return named or not board.left.weak[first] or len(block.left) == len(block.right)
