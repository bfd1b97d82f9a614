"""Likely causes of open items, with the item each may be mistaken for.

A suspect is never matched: a double posting, an opposite sign or swapped digits is for a person to correct.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from gevinst.domain.matching.board import Board, BoardSide
from gevinst.domain.matching.columns import ranges
from gevinst.domain.matching.marks import Indexes, Mask
from gevinst.domain.reconciliation import Side

NEAR_DAYS = 15
PERIOD_END_DAYS = 5  # a posting this near the period's end may reach the bank in the next one
MOST_ALIKE = 50  # an amount that stands so often on a side is a standard fee
DOUBLE_DAYS = 1
NEAR_AMOUNT = 100  # øre; a rounding or a slip of the last digits
DIGIT_SWAP = 9  # swapping two digits changes a number by a multiple of nine
RARE = 2
MOST_OF_A_PART = 0.9  # of an amount; more is a slip or a deduction, not a part of it
DEDUCTION = 15  # percent of the larger amount
FEE_ON_THE_WAY = 5_000  # øre
FEWEST_WORDS = 2  # that name one party
FEE_WORDS = ("GEBYR", "FEE", "OMKOST")
INTEREST_WORDS = ("RENTE", "INTEREST")


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why an item is open."""

    key: str  #: key of the catalogue, cause.<key>
    suspect: str = ""  #: item id
    side: str = ""  #: side of the suspect


class _Mark(NamedTuple):
    """An item as the detective sees it; a tuple, since hundreds of thousands are looked at."""

    at: int
    amount: int
    day: int
    codes: frozenset[str]
    words: frozenset[str]


def causes(
    board: Board, *, period_end: date | None, proposed: tuple[Mask, Mask]
) -> tuple[dict[int, Cause], dict[int, Cause]]:
    """The likely cause of each free item that no proposal holds, by position, for left and right.

    Without a period, no item is said to be waiting for the next one: where a file stops says nothing of it.
    """
    end = None
    if period_end is not None:
        end = int(board.calendar.ordinals(np.array([period_end], dtype="datetime64[D]"))[0])
    found = []
    for own, other in ((0, 1), (1, 0)):
        wanted = np.flatnonzero(board.sides[own].free & ~proposed[own])
        detective = _Detective(board, own=own, other=other, period_end=end, wanted=wanted)
        found.append({at: detective.cause(at) for at in wanted.tolist()})
    return found[0], found[1]


class _Detective:
    """Looks for the suspect of each open item of one side."""

    def __init__(
        self, board: Board, *, own: int, other: int, period_end: int | None, wanted: Indexes
    ) -> None:
        sides = (Side.LEFT, Side.RIGHT)
        self.own, self.other = _Reader(board.sides[own]), _Reader(board.sides[other])
        self.name, self.other_name = sides[own], sides[other]
        self.period_end, self.crowds = period_end, board.crowds
        self.apart, self.place = board.apart, own
        self.free_by_amount: dict[int, list[int]] = defaultdict(list)
        self.own_by_amount = _ByAmount(self.own.side.amount)
        self.twins = _twins(self.own.side, self.own_by_amount, wanted)
        self.free_by_digits: dict[str, list[int]] = defaultdict(list)
        self.free_by_code: dict[str, list[int]] = defaultdict(list)
        self.free_by_word: dict[str, list[int]] = defaultdict(list)
        self.parties: dict[frozenset[str], list[_Mark]] = {}
        free = self.other.side.free_indexes()
        for at, amount in zip(free.tolist(), self.other.side.amount[free].tolist(), strict=True):
            if amount in self.crowds:
                continue
            self.free_by_amount[amount].append(at)
            self.free_by_digits[_digits(amount)].append(at)
            for code in self.other.side.own.names_of(at):
                self.free_by_code[code].append(at)
            for word in self.other.side.wording(at).words:
                self.free_by_word[word].append(at)
        self.times_on_other = self.other.side.codes.times_of
        self.amounts = sorted(self.free_by_amount)

    def cause(self, at: int) -> Cause:
        """The first cause that fits, most telling first."""
        if int(self.own.side.amount[at]) in self.crowds:
            return Cause(key="not_searched")
        parted = self.apart.parted_from(self.place, at)
        if parted is not None and self.other.side.group[parted] < 0:
            return Cause(key="parted", suspect=self.other.ids[parted], side=self.other_name)
        mine = self.own.mark(at)
        for look in self._LOOKS:
            found = look(self, mine)
            if found:
                return found
        return Cause(key=self._plain(at, mine))

    def _sign(self, mine: _Mark) -> Cause | None:
        turned = self._numbered(mine, self.free_by_amount.get(-mine.amount, []))
        return self._other_cause("sign", mine, turned)

    def _numbered(self, mine: _Mark, candidates: list[int]) -> list[int]:
        """Of more than a person would look through, those that share a number, else the first ones."""
        if len(candidates) <= MOST_ALIKE:
            return candidates
        like = {at for code in sorted(mine.codes) for at in self.free_by_code.get(code, ())[:MOST_ALIKE]}
        return sorted(like.intersection(candidates)) or candidates[:MOST_ALIKE]

    def _digits(self, mine: _Mark) -> Cause | None:
        same_digits = self._numbered(mine, self.free_by_digits.get(_digits(mine.amount), []))
        apart = {at: self.other.side.amount.item(at) - mine.amount for at in same_digits[:MOST_ALIKE]}
        return self._other_cause(
            "digits", mine, [at for at, by in apart.items() if by and by % DIGIT_SWAP == 0]
        )

    def _double(self, mine: _Mark) -> Cause | None:
        """An item alike in code, or in words on nearly the same day; fees are alike but no doubles."""
        alike = [self.own.mark(at) for at in self.twins.get(mine.at, ())]
        matched = [other for other in alike if self.own.side.group[other.at] >= 0]
        if not alike:
            return None
        twin = min(matched or alike, key=lambda other: _distance(mine, other))
        return Cause(key="double", suspect=self.own.ids[twin.at], side=self.name)

    def _other_amount(self, mine: _Mark) -> Cause | None:
        rare = [code for code in sorted(mine.codes) if 1 <= self.times_on_other(code) <= RARE]
        like = {at for code in rare for at in self.free_by_code.get(code, ())}
        same_sign = [at for at in sorted(like) if (self.other.side.amount[at] > 0) == (mine.amount > 0)]
        parts = [
            at for at in same_sign if abs(self.other.side.amount[at]) < MOST_OF_A_PART * abs(mine.amount)
        ]
        if self.name is Side.LEFT and parts and len(parts) == len(same_sign):
            return self._other_cause("split", mine, parts)
        return self._other_cause("other_amount", mine, same_sign)

    def _other_amount_of_party(self, mine: _Mark) -> Cause | None:
        """The only item nearby of the same name, when the amounts differ by a deduction or a fee at most."""
        if not mine.words:
            return None
        party = self._party(mine.words)
        named = [
            one
            for one in party
            if abs(mine.day - one.day) <= PERIOD_END_DAYS and mine.amount * one.amount > 0
        ]
        if len(named) != 1 or not _nearly(mine.amount, named[0].amount):
            return None
        return Cause(key="near_amount", suspect=self.other.ids[named[0].at], side=self.other_name)

    def _party(self, words: frozenset[str]) -> list[_Mark]:
        """The items of which all words are among some, or the other way about; two at least."""
        if words not in self.parties:
            like = {at for word in sorted(words) for at in self.free_by_word.get(word, ())[:MOST_ALIKE]}
            marks = [self.other.mark(at) for at in sorted(like)]
            self.parties[words] = [
                one
                for one in marks
                if FEWEST_WORDS <= min(len(words), len(one.words)) == len(words & one.words)
            ]
        return self.parties[words]

    def _near_amount(self, mine: _Mark) -> Cause | None:
        """The only item nearby that shares a word or number and is at most a krone away."""
        low = bisect_left(self.amounts, mine.amount - NEAR_AMOUNT)
        high = bisect_right(self.amounts, mine.amount + NEAR_AMOUNT)
        near = [at for amount in self.amounts[low:high] for at in self.free_by_amount[amount][:MOST_ALIKE]]
        marks = [self.other.mark(at) for at in near if self.other.side.amount[at] != mine.amount]
        alike = [
            other for other in marks if abs(other.day - mine.day) <= PERIOD_END_DAYS and _shares(mine, other)
        ]
        if len(alike) != 1 or alike[0].amount * mine.amount <= 0:
            return None
        return Cause(key="near_amount", suspect=self.other.ids[alike[0].at], side=self.other_name)

    def _far(self, mine: _Mark) -> Cause | None:
        """The only other open item of the same telling amount: only the days speak against it."""
        same = self.free_by_amount.get(mine.amount, [])
        if self.own.side.weak[mine.at] or len(same) != 1:
            return None
        mine_too = self.own.side.group[self.own_by_amount.items(mine.amount)] < 0
        if np.count_nonzero(mine_too) != 1:
            return None
        return Cause(key="far", suspect=self.other.ids[same[0]], side=self.other_name)

    def _other_cause(self, key: str, mine: _Mark, candidates: list[int]) -> Cause | None:
        found = _best(mine, [self.other.mark(at) for at in candidates[:MOST_ALIKE]])
        return None if found is None else Cause(key=key, suspect=self.other.ids[found], side=self.other_name)

    def _plain(self, at: int, mine: _Mark) -> str:
        if self.own.carried[at]:
            return "carried"
        text = self.own.side.wording(at).text.upper()
        if self.name is Side.LEFT and any(word in text for word in INTEREST_WORDS):
            return "interest"
        if self.name is Side.LEFT and any(word in text for word in FEE_WORDS):
            return "fee"
        if self.period_end is not None and self.period_end - mine.day < PERIOD_END_DAYS:
            return "period_end"
        return "no_counterpart_bank" if self.name is Side.LEFT else "no_counterpart_ledger"

    #: Functions, not methods of an instance: it would hold itself, and with it the whole board.
    _LOOKS = (
        _sign,
        _double,
        _digits,
        _other_amount,
        _near_amount,
        _far,
        _other_amount_of_party,
    )


class _ByAmount:
    """The items of each amount of one side."""

    def __init__(self, amounts: Indexes) -> None:
        self.order = np.argsort(amounts, kind="stable")
        self._amounts = amounts[self.order]

    def places(self, amounts: Indexes) -> tuple[Indexes, Indexes]:
        """Where the items of each amount begin in `order`, and how many they are."""
        low = np.searchsorted(self._amounts, amounts)
        return low, np.searchsorted(self._amounts, amounts, side="right") - low

    def items(self, amount: int) -> Indexes:
        """The items of an amount, in order."""
        low, high = np.searchsorted(self._amounts, [amount, amount + 1])
        return self.order[low:high]


class _Reader:
    """Reads the items of one side as marks, each once."""

    def __init__(self, side: BoardSide) -> None:
        self.side = side
        self.ids = side.ids
        self.carried = side.column("carried_from")
        self.known: dict[int, _Mark] = {}

    def mark(self, at: int) -> _Mark:
        """An item as the detective sees it."""
        if at not in self.known:
            self.known[at] = _Mark(
                at=at,
                amount=self.side.amount.item(at),
                day=self.side.day.item(at),
                codes=self.side.own.names_of(at),
                words=self.side.wording(at).words,
            )
        return self.known[at]


def _digits(amount: int) -> str:
    return "".join(sorted(str(abs(amount)).rstrip("0")))


def _best(mine: _Mark, candidates: list[_Mark]) -> int | None:
    """The candidate that shares most, else the only one nearby; None when there is none or are several."""
    telling = [other for other in candidates if _shares(mine, other)]
    if telling:
        return min(telling, key=lambda other: _distance(mine, other)).at
    near = [other for other in candidates if abs(other.day - mine.day) <= PERIOD_END_DAYS]
    return near[0].at if len(near) == 1 else None


def _nearly(one: int, other: int) -> bool:
    larger = max(abs(one), abs(other))
    return abs(one - other) * 100 <= max(DEDUCTION * larger, 100 * FEE_ON_THE_WAY)


def _twins(side: BoardSide, alike: _ByAmount, wanted: Indexes) -> dict[int, list[int]]:
    """The doubles of each wanted item among those of its amount, in order; most have none.

    Doubles share a code, or have the same words and are at most a day apart. Of an amount that very
    many have none is a double.
    """
    low, counts = alike.places(side.amount[wanted])
    some = (counts > 1) & (counts <= MOST_ALIKE)
    rows, at = ranges(low[some], counts[some])
    ends = wanted[some][rows], alike.order[at]
    coded = side.own.common(ends[0], side.own, ends[1]) > 0
    near = ~coded & (np.abs(side.day[ends[0]] - side.day[ends[1]]) <= DOUBLE_DAYS)
    found: dict[int, list[int]] = defaultdict(list)
    for one, other, code in zip(*(end[coded | near].tolist() for end in (*ends, coded)), strict=True):
        if one != other and (code or _same_words(side, one, other)):
            found[one].append(other)
    return found


def _same_words(side: BoardSide, one: int, other: int) -> bool:
    words = side.wording(one).words
    return bool(words) and words == side.wording(other).words


def _shares(mine: _Mark, other: _Mark) -> bool:
    near = abs(mine.day - other.day) <= NEAR_DAYS
    return bool(mine.codes & other.codes) or (near and bool(mine.words & other.words))


def _distance(mine: _Mark, other: _Mark) -> tuple[int, int, int, int]:
    days = abs(mine.day - other.day)
    return -len(mine.codes & other.codes), -len(mine.words & other.words), days, other.at
