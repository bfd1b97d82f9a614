"""Reversals: two items of one side that cancel each other."""

from collections import defaultdict
from itertools import product

import numpy as np

from gevinst.domain.matching.board import Board, BoardSide
from gevinst.domain.matching.marks import Indexes
from gevinst.domain.matching.rules import MatchPass

MOST_OPPOSITES = 400  # pairs of one amount and code; more would be no reversals but a habit


def reversals(board: Board, rule: MatchPass) -> None:
    """Match two items of one side that cancel out and share a code, where neither has another candidate."""
    for name, side in (("left", board.left), ("right", board.right)):
        pairs = _opposites(side, rule.days)
        times: dict[int, int] = defaultdict(int)
        for pair in pairs:
            for at in pair:
                times[at] += 1
        for pair in sorted(pairs):
            if all(times[at] == 1 for at in pair):
                left, right = (pair, ()) if name == "left" else ((), pair)
                board.add(rule, left, right, reason="reversal", key=pairs[pair])


def _opposites(side: BoardSide, days: int) -> dict[tuple[int, int], str]:
    """Free pairs of opposite amounts with a common code, which need not stand on the other side."""
    by_code: dict[tuple[int, str], list[int]] = defaultdict(list)
    for at in _may_cancel(side).tolist():
        for code in side.own.names_of(at):
            by_code[int(side.amount[at]), code].append(at)
    found: dict[tuple[int, int], str] = {}
    both = [key for key in by_code if key[0] > 0 and (-key[0], key[1]) in by_code]
    for amount, code in sorted(both, key=lambda key: (-len(key[1]), key)):  # the longest code is shown
        plus, minus = by_code[amount, code], by_code[-amount, code]
        if len(plus) * len(minus) > MOST_OPPOSITES:
            continue
        for first, second in product(plus, minus):
            if abs(int(side.day[first] - side.day[second])) <= days:
                found.setdefault((min(first, second), max(first, second)), code)
    return found


def _may_cancel(side: BoardSide) -> Indexes:
    """Free items whose amount a free item of the other sign has too."""
    free = side.free_indexes()
    amounts = np.unique(side.amount[free])
    both = np.intersect1d(amounts, -amounts)
    found: Indexes = free[np.isin(side.amount[free], both[both != 0])]
    return found
