"""Subset sums: an item that only one combination of a few others adds up to.

With many candidates a sum identifies nothing, so candidates must share a word or a code with the item and be few,
all combinations are counted, and only a count of one is taken.
"""

from itertools import combinations

import numpy as np

from gevinst.domain.matching.board import Board, BoardSide
from gevinst.domain.matching.rules import MatchPass

MOST_CANDIDATES = 20
LARGEST_COMBINATION = 5


def subset(board: Board, rule: MatchPass) -> None:
    """Match an item with the only combination of two to five free items of the other side that gives its sum."""
    found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for one, many, flipped in ((board.left, board.right, False), (board.right, board.left, True)):
        for at in one.free_indexes().tolist():
            answer = _only_combination(one, at, many, rule.days)
            if answer:
                found.append((answer, (at,)) if flipped else ((at,), answer))
    for left, right in sorted(found):
        if _uncontested(left, right, found):
            board.add(rule, left, right, reason="subset")


def _uncontested(
    left: tuple[int, ...], right: tuple[int, ...], found: list[tuple[tuple[int, ...], tuple[int, ...]]]
) -> bool:
    return not any(
        (left, right) != other and (set(left) & set(other[0]) or set(right) & set(other[1]))
        for other in found
    )


def _only_combination(one: BoardSide, at: int, many: BoardSide, days: int) -> tuple[int, ...] | None:
    candidates = _candidates(one, at, many, days)
    if not 2 <= len(candidates) <= MOST_CANDIDATES:
        return None
    target = int(one.amount[at])
    answers: list[tuple[int, ...]] = []
    for size in range(2, min(LARGEST_COMBINATION, len(candidates)) + 1):
        choices = np.array(list(combinations(range(len(candidates)), size)))
        sums = many.amount[candidates][choices].sum(axis=1)
        answers += [tuple(candidates[choice]) for choice in choices[sums == target]]
        if len(answers) > 1:
            return None
    return tuple(int(item) for item in answers[0]) if answers else None


def _candidates(
    one: BoardSide, at: int, many: BoardSide, days: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    amount = int(one.amount[at])
    near = many.free & (np.abs(many.day - one.day[at]) <= days)
    near &= (many.amount * np.sign(amount) > 0) & (np.abs(many.amount) < abs(amount))
    words, codes = one.word_sets[at], one.code_sets[at]
    shared = [
        item
        for item in np.flatnonzero(near).tolist()
        if words & many.word_sets[item] or codes & many.code_sets[item]
    ]
    return np.array(shared, dtype=np.int64)
