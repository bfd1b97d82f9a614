"""Subset sums: an item that only one combination of a few others adds up to.

With many candidates a sum identifies nothing: of 20 amounts there are 21,000 combinations of two to five. So
candidates must share a word or a code with the item, or be very few; all combinations are counted; and one is
taken only when it is the only one and when hardly any would be expected by chance.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations
from math import comb, gcd

import numpy as np

from gevinst.domain.matching.board import Board, BoardSide, Doubt
from gevinst.domain.matching.evidence import numbers_differ
from gevinst.domain.matching.marks import Indexes, Marks
from gevinst.domain.matching.names import NameIndex
from gevinst.domain.matching.rules import MatchPass

FEWEST = 2
MOST_CANDIDATES = 20
MOST_UNMARKED = 12  # candidates without any mark in common
LARGEST_COMBINATION = 5
LARGEST_UNMARKED = 3
CHANCE_MARKED = 0.02  # combinations of this sum that may be expected by chance, where a mark is shared
CHANCE_UNMARKED = 0.002
MOST_ALTERNATIVES = 10
MARK_SPAN = 1 << 17  # bank-day numbers and windows stay below this

Combination = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class _Search:
    """What was found for one item."""

    answers: tuple[Combination, ...]
    chance: float  #: combinations of this sum that chance alone would give
    marked: bool  #: the candidates share a mark with the item

    @property
    def sure(self) -> bool:
        """One answer, and hardly by chance."""
        limit = CHANCE_MARKED if self.marked else CHANCE_UNMARKED
        return len(self.answers) == 1 and self.chance <= limit


def subset(board: Board, rule: MatchPass) -> None:
    """Match an item with the only combination of two to five free items of the other side of its sum."""
    links = board.links
    sure: list[tuple[Combination, Combination]] = []
    for one, many, flipped in ((board.left, board.right, False), (board.right, board.left, True)):
        pool = _Pool(many, days=rule.days)
        for at in pool.worth_searching(one).tolist():
            search = _search(one, at, many, pool)
            ends = [_ends(at, answer, flipped=flipped) for answer in search.answers]
            ends = [pair for pair in ends if not numbers_differ(board, pair[0], pair[1], links)]
            if ends and search.sure:
                sure += ends
            elif ends and search.marked:
                board.doubts.append(_doubt(ends))
    for left, right in _uncontested(sure):
        board.add(rule, left, right, reason="subset")


def _ends(at: int, answer: Combination, *, flipped: bool) -> tuple[Combination, Combination]:
    return (answer, (at,)) if flipped else ((at,), answer)


def _doubt(ends: list[tuple[Combination, Combination]]) -> Doubt:
    left, right = (tuple(sorted({at for pair in ends for at in pair[side]})) for side in (0, 1))
    return Doubt(left=left, right=right, alternatives=tuple(ends))


def _uncontested(found: list[tuple[Combination, Combination]]) -> Iterator[tuple[Combination, Combination]]:
    wanted = Counter((side, at) for pair in found for side in (0, 1) for at in pair[side])
    for pair in sorted(found):
        if all(wanted[side, at] == 1 for side in (0, 1) for at in pair[side]):
            yield pair


class _Pool:
    """The free items of the side that has the parts, by mark and day."""

    def __init__(self, side: BoardSide, *, days: int) -> None:
        self.side, self.days = side, days
        self.free = side.free_indexes()
        self.free = self.free[np.argsort(side.day[self.free], kind="stable")]
        self.days_of_free = side.day[self.free]
        self.by_mark = [_ByMark(side, marks) for marks in (side.codes, side.words)]

    def worth_searching(self, one: BoardSide) -> Indexes:
        """Free items of the other side whose candidates are neither too few nor too many."""
        at = one.free_indexes()
        marked = sum(
            index.count(one, marks, at, self.days)
            for index, marks in zip(self.by_mark, (one.codes, one.words), strict=True)
        )
        near = self._until(one.day[at] + self.days, "right") - self._until(one.day[at] - self.days, "left")
        some = (marked >= FEWEST) & (marked <= MOST_CANDIDATES * 4)
        few = (near >= FEWEST) & (near <= MOST_UNMARKED * 2)
        found: Indexes = at[some | few]
        return found

    def _until(self, day: Indexes | int, side: str) -> Indexes:
        found: Indexes = np.searchsorted(self.days_of_free, day, side=side)  # type: ignore[call-overload]
        return found

    def pools(self, one: BoardSide, at: int) -> Iterator[list[int]]:
        """Free items near in time that share marks with an item: by code, else those of most words first.

        A sum among the few of one name tells more than one among all that have a common word of it.
        """
        day = int(one.day[at])
        by_code, by_word = (
            Counter(item for mark in marks.of(at) for item in index.near(mark, day, self.days))
            for index, marks in zip(self.by_mark, (one.codes, one.words), strict=True)
        )
        if by_code:
            yield sorted(by_code)
            return
        for fewest in sorted(set(by_word.values()), reverse=True):
            yield sorted(item for item, shared in by_word.items() if shared >= fewest)
        yield self.names.resembling(one, at, days=self.days)

    @cached_property
    def names(self) -> NameIndex:
        """The free items by the letters of their names."""
        return NameIndex(self.side, self.free)

    def near(self, one: BoardSide, at: int) -> list[int]:
        """Free items near in time."""
        day = int(one.day[at])
        low, high = int(self._until(day - self.days, "left")), int(self._until(day + self.days, "right"))
        return sorted(self.free[low:high].tolist()) if high - low <= MOST_UNMARKED * 2 else []


class _ByMark:
    """Free items ordered by mark and day."""

    def __init__(self, side: BoardSide, marks: Marks) -> None:
        free = side.free[marks.item]
        keys = marks.mark[free] * MARK_SPAN + side.day[marks.item[free]]
        order = np.argsort(keys, kind="stable")
        self.keys, self.items = keys[order], marks.item[free][order]

    def near(self, mark: int, day: int, days: int) -> list[int]:
        low, high = np.searchsorted(
            self.keys, [mark * MARK_SPAN + day - days, mark * MARK_SPAN + day + days + 1]
        )
        return list(self.items[low:high].tolist()) if high - low <= MOST_CANDIDATES * 4 else []

    def count(self, one: BoardSide, marks: Marks, at: Indexes, days: int) -> Indexes:
        """How many items share a mark with each of `at` within the window, counted once for each mark."""
        chosen = np.isin(marks.item, at)
        keys = marks.mark[chosen] * MARK_SPAN + one.day[marks.item[chosen]]
        many = np.searchsorted(self.keys, keys + days + 1) - np.searchsorted(self.keys, keys - days)
        totals = np.bincount(marks.item[chosen], weights=many, minlength=len(one))
        found: Indexes = totals[at].astype(np.int64)
        return found


def _search(one: BoardSide, at: int, many: BoardSide, pool: _Pool) -> _Search:
    """The first pool that has an answer decides; an answer without credits goes before one with."""
    target = int(one.amount[at])
    for items in pool.pools(one, at):
        for chosen in (_parts_of(many, items, target), _with_credits(many, items, target)):
            if FEWEST <= len(chosen) <= MOST_CANDIDATES:
                found = _count(many, chosen, target, largest=LARGEST_COMBINATION, marked=True)
                if found.answers:
                    return found
    near = _parts_of(many, pool.near(one, at), target)
    if FEWEST <= len(near) <= MOST_UNMARKED and not one.weak[at]:
        return _count(many, near, target, largest=LARGEST_UNMARKED, marked=False)
    return _Search(answers=(), chance=0, marked=False)


def _with_credits(side: BoardSide, items: list[int], target: int) -> list[int]:
    """All of them, where some are of the other sign: a payment of invoices less a credit note."""
    credits_too = (side.amount[np.array(items, dtype=np.int64)] * np.sign(target) < 0).any()
    return items if credits_too else []


def _parts_of(side: BoardSide, items: list[int], target: int) -> list[int]:
    """Those of the target's sign and smaller than it."""
    places = np.array(items, dtype=np.int64)
    amounts = side.amount[places] * np.sign(target)
    parts: list[int] = places[(amounts > 0) & (amounts < abs(target))].tolist()
    return parts


def _count(side: BoardSide, items: list[int], target: int, *, largest: int, marked: bool) -> _Search:
    """All combinations of the sum, the smallest first, until there are more than a person would read."""
    amounts = side.amount[items]
    sizes = range(FEWEST, min(largest, len(items)) + 1)
    answers: list[Combination] = []
    tried, sums = 0, amounts
    for size in sizes:
        grown = _grown(len(items), size)
        tried += comb(len(items), size)
        sums = sums[grown.shorter] + amounts[grown.last]
        hits = grown.choices[np.flatnonzero(sums == target)[:MOST_ALTERNATIVES]]
        answers += [tuple(items[place] for place in choice) for choice in hits.tolist()]
        answers = [answer for answer in answers if _every_part_needed(side, answer, target)]
        if len(answers) > 1:
            break
    grain = gcd(*amounts.tolist())
    reach = max(abs(target), int(np.abs(amounts).max()))
    chance = max([tried * grain / reach, *(_weak_chance(side, items, answer) for answer in answers)])
    return _Search(answers=tuple(answers[:MOST_ALTERNATIVES]), chance=chance, marked=marked)


def _every_part_needed(side: BoardSide, answer: Combination, target: int) -> bool:
    """Whether no fewer of them come to the sum: two that cancel each other would join any answer."""
    amounts = [int(side.amount[at]) for at in answer]
    if all(amount * target > 0 for amount in amounts):
        return True
    fewer = (some for size in range(1, len(answer)) for some in combinations(amounts, size))
    return all(sum(some) != target for some in fewer)


def _weak_chance(side: BoardSide, items: list[int], answer: Combination) -> float:
    """Combinations of weak amounts that chance alone would make fit as those of the answer do."""
    weak = [int(side.amount[at]) for at in items if side.weak[at]]
    used = [int(side.amount[at]) for at in answer if side.weak[at]]
    credit = len({bool(side.amount[at] > 0) for at in answer}) > 1
    if len(used) < (1 if credit else FEWEST):
        return 0
    sizes = range(min(FEWEST, len(used)), min(LARGEST_COMBINATION, len(weak)) + 1)
    return sum(comb(len(weak), size) for size in sizes) * gcd(*used) / sum(map(abs, used))


@dataclass(frozen=True, kw_only=True)
class _Grown:
    """The combinations of a size: each is one of the size below and an item, so its sum is one addition."""

    choices: Indexes  #: a row each, in order
    shorter: Indexes  #: the combination without its last item, among those of the size below
    last: Indexes


@lru_cache(maxsize=128)
def _grown(count: int, size: int) -> _Grown:
    choices = np.array(list(combinations(range(count), size)), dtype=np.int64)
    places = {choice: at for at, choice in enumerate(combinations(range(count), size - 1))}
    shorter = [places[tuple(choice)] for choice in choices[:, :-1].tolist()]
    return _Grown(choices=choices, shorter=np.array(shorter, dtype=np.int64), last=choices[:, -1])
