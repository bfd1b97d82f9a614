"""Likely causes of open items, with the item each may be mistaken for.

A suspect is never matched: a double posting, an opposite sign or swapped digits is for a person to correct.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from gevinst.domain.matching.board import Board, BoardSide
from gevinst.domain.matching.codes import codes_of, words_of
from gevinst.domain.reconciliation import Side

NEAR_DAYS = 15
PERIOD_END_DAYS = 5  # a posting this near the period's end may reach the bank in the next one
MOST_ALIKE = 50  # an amount that stands so often on a side is a standard fee
DOUBLE_DAYS = 1
DIGIT_SWAP = 9  # swapping two digits changes a number by a multiple of nine
RARE = 2
FEE_WORDS = ("GEBYR", "FEE", "OMKOST")
INTEREST_WORDS = ("RENTE", "INTEREST")


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why an item is open."""

    key: str  #: key of the catalogue, cause.<key>
    suspect: str = ""  #: item id
    side: str = ""  #: side of the suspect


@dataclass(frozen=True, kw_only=True)
class _Mark:
    """An item as the detective sees it."""

    at: int
    amount: int
    day: int
    codes: frozenset[str]
    words: frozenset[str]


def causes(board: Board, *, period_end: date) -> tuple[dict[int, Cause], dict[int, Cause]]:
    """The likely cause of each free item, by position, for the left and the right side."""
    both = {Side.LEFT: board.left, Side.RIGHT: board.right}
    end = int(board.calendar.ordinals(np.array([period_end], dtype="datetime64[D]"))[0])
    found: dict[Side, dict[int, Cause]] = {}
    for name, other in ((Side.LEFT, Side.RIGHT), (Side.RIGHT, Side.LEFT)):
        detective = _Detective(both[name], both[other], name=name, other_name=other, period_end=end)
        found[name] = {at: detective.cause(at) for at in both[name].free_indexes().tolist()}
    return found[Side.LEFT], found[Side.RIGHT]


class _Detective:
    """Looks for the suspect of each open item of one side."""

    def __init__(
        self, own: BoardSide, other: BoardSide, *, name: Side, other_name: Side, period_end: int
    ) -> None:
        self.own, self.other, self.name, self.other_name = own, other, name, other_name
        self.period_end = period_end
        free = other.free_indexes().tolist()
        self.free = {at: _mark(other, at) for at in free}
        self.free_by_amount: dict[int, list[int]] = defaultdict(list)
        self.free_by_digits: dict[str, list[int]] = defaultdict(list)
        self.free_by_code: dict[str, list[int]] = defaultdict(list)
        for at, mark in self.free.items():
            self.free_by_amount[mark.amount].append(at)
            self.free_by_digits[_digits(mark.amount)].append(at)
            for code in mark.codes:
                self.free_by_code[code].append(at)
        times = np.bincount(other.codes.mark, minlength=len(other.codes.names)).tolist()
        self.times_on_other = dict(zip(other.codes.names.tolist(), times, strict=True))
        self.own_by_amount: dict[int, list[int]] = defaultdict(list)
        for at, amount in enumerate(own.amount.tolist()):
            self.own_by_amount[amount].append(at)

    def cause(self, at: int) -> Cause:
        """The first cause that fits, most telling first."""
        mine = _mark(self.own, at)
        for look in (self._sign, self._double, self._digits, self._other_amount):
            found = look(mine)
            if found:
                return found
        return Cause(key=self._plain(at, mine))

    def _sign(self, mine: _Mark) -> Cause | None:
        return self._other_cause("sign", mine, self.free_by_amount.get(-mine.amount, []))

    def _digits(self, mine: _Mark) -> Cause | None:
        same_digits = self.free_by_digits.get(_digits(mine.amount), [])
        apart = {at: self.free[at].amount - mine.amount for at in same_digits}
        return self._other_cause(
            "digits", mine, [at for at, by in apart.items() if by and by % DIGIT_SWAP == 0]
        )

    def _double(self, mine: _Mark) -> Cause | None:
        """An item alike in code, or in words on nearly the same day; standard fees are alike without being doubles."""
        same = self.own_by_amount[mine.amount]
        twins = [_mark(self.own, at) for at in same if at != mine.at] if len(same) <= MOST_ALIKE else []
        alike = [other for other in twins if _is_double(mine, other)]
        matched = [other for other in alike if self.own.group[other.at] >= 0]
        if not alike:
            return None
        twin = min(matched or alike, key=lambda other: _distance(mine, other))
        return Cause(key="double", suspect=self._id(self.own, twin.at), side=self.name)

    def _other_amount(self, mine: _Mark) -> Cause | None:
        rare = [code for code in sorted(mine.codes) if 1 <= self.times_on_other.get(code, 0) <= RARE]
        like = {at for code in rare for at in self.free_by_code.get(code, ())}
        same_sign = [at for at in sorted(like) if (self.free[at].amount > 0) == (mine.amount > 0)]
        return self._other_cause("other_amount", mine, same_sign)

    def _other_cause(self, key: str, mine: _Mark, candidates: list[int]) -> Cause | None:
        found = _best(mine, [self.free[at] for at in candidates], alone=True)
        return (
            None
            if found is None
            else Cause(key=key, suspect=self._id(self.other, found), side=self.other_name)
        )

    @staticmethod
    def _id(side: BoardSide, at: int) -> str:
        return str(side.items["item_id"].iat[at])

    def _plain(self, at: int, mine: _Mark) -> str:
        row = self.own.items.iloc[at]
        if row["carried_from"]:
            return "carried"
        text = f"{row['text']} {row['counterparty']}".upper()
        if self.name is Side.LEFT and any(word in text for word in INTEREST_WORDS):
            return "interest"
        if self.name is Side.LEFT and any(word in text for word in FEE_WORDS):
            return "fee"
        if self.period_end - mine.day < PERIOD_END_DAYS:
            return "period_end"
        return "no_counterpart_bank" if self.name is Side.LEFT else "no_counterpart_ledger"


def _mark(side: BoardSide, at: int) -> _Mark:
    row: pd.Series = side.items.iloc[at]
    texts = " ; ".join((row["document"], row["reference"], row["text"], row["counterparty"]))
    return _Mark(
        at=at,
        amount=int(side.amount[at]),
        day=int(side.day[at]),
        codes=frozenset(codes_of(texts)),
        words=frozenset(words_of(f"{row['text']} {row['counterparty']}")),
    )


def _digits(amount: int) -> str:
    return "".join(sorted(str(abs(amount)).rstrip("0")))


def _best(mine: _Mark, candidates: list[_Mark], *, alone: bool) -> int | None:
    """The candidate that shares most; None when none shares a code, or a word nearby, and none stands alone."""
    telling = [other for other in candidates if _shares(mine, other)]
    if telling:
        return min(telling, key=lambda other: _distance(mine, other)).at
    near = [other for other in candidates if abs(other.day - mine.day) <= PERIOD_END_DAYS]
    return near[0].at if alone and len(near) == 1 else None


def _is_double(mine: _Mark, other: _Mark) -> bool:
    if mine.codes & other.codes:
        return True
    return mine.words == other.words and bool(mine.words) and abs(mine.day - other.day) <= DOUBLE_DAYS


def _shares(mine: _Mark, other: _Mark) -> bool:
    near = abs(mine.day - other.day) <= NEAR_DAYS
    return bool(mine.codes & other.codes) or (near and bool(mine.words & other.words))


def _distance(mine: _Mark, other: _Mark) -> tuple[int, int, int, int]:
    days = abs(mine.day - other.day)
    return -len(mine.codes & other.codes), -len(mine.words & other.words), days, other.at
