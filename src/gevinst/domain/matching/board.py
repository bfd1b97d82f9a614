"""The board of a reconciliation: both sides in canonical order, what is free, and the groups so far."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.matching.apart import Apart
from gevinst.domain.matching.codes import names_of, shape_of
from gevinst.domain.matching.marks import Indexes, Marks, Mask, Names, code_marks, word_marks
from gevinst.domain.matching.rules import MatchPass
from gevinst.domain.reconciliation import GROUP_COLUMNS

#: Items are put in this order first, so that the order of the rows cannot show in the result.
CANONICAL_TEXTS = ("reference", "text", "document", "counterparty", "item_id")
FEW_DIGITS = 3  # an amount of so few digits before its zeros (250,00 or 1.250.000,00) meets others by chance
MOST_ZEROS = 15
SHORTEST_LINK = 5
REASONS_BY_CODE = (
    "reference",
    "reference_interchangeable",
)  # what makes a form of code a link between the sides
Note = tuple[str, Mapping[str, str | int]]  # key of the sentence (note.<key>), facts


@dataclass(kw_only=True)
class BoardSide:
    """One side while the passes run."""

    items: pd.DataFrame  #: canonical order, range index
    booked: Indexes  #: booking day, days since 1970
    amount: Indexes  #: øre
    day: Indexes  #: bank-day number of the booking day
    codes: Marks  #: those that the other side has too
    own: Marks  #: all codes of document, reference and texts, shared or not
    words: Marks  #: telling words that the other side has too
    group: Indexes  #: group number, -1 while free

    @cached_property
    def weak(self) -> Mask:
        """Which amounts tell little: few digits before their zeros."""
        return few_digits(self.amount)

    @cached_property
    def ids(self) -> list[str]:
        """The id of each item."""
        return list(self.items["item_id"])

    @cached_property
    def documents(self) -> list[str]:
        """The document of each item, "" for none."""
        return list(self.items["document"])

    @cached_property
    def texts(self) -> list[str]:
        """The text of each item."""
        return list(self.items["text"])

    @cached_property
    def parties(self) -> list[str]:
        """The counterparty of each item, "" for none."""
        return list(self.items["counterparty"])

    @cached_property
    def _namings(self) -> dict[int, tuple[str, ...]]:
        return {}

    def naming(self, at: int) -> tuple[str, ...]:
        """The words of an item that may name someone, short ones too, as they stand."""
        if at not in self._namings:
            self._namings[at] = names_of(f"{self.texts[at]} {self.parties[at]}")
        return self._namings[at]

    @property
    def free(self) -> Mask:
        """Which items no group holds."""
        mask: Mask = self.group < 0
        return mask

    def free_indexes(self) -> Indexes:
        """Positions of the free items."""
        return np.flatnonzero(self.free)


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """An item that several others may add up to, not surely enough to match."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    alternatives: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]  #: (left, right), best first


@dataclass(kw_only=True)
class Board:
    """Both sides and the groups."""

    left: BoardSide
    right: BoardSide
    calendar: BankCalendar
    made: int = 0  #: groups so far
    doubts: list["Doubt"] = field(default_factory=list)  #: several against several, for a person
    links: Counter[str] = field(default_factory=Counter)  #: forms of the codes that pairs were made by
    crowds: set[int] = field(default_factory=set)  #: amounts that a pass did not search fully
    apart: Apart = field(default_factory=Apart)  #: what people have split
    said: list[Note] = field(default_factory=list)  #: what decisions and budgets have to say
    _chunks: list[pd.DataFrame] = field(default_factory=list)

    @property
    def sides(self) -> tuple[BoardSide, BoardSide]:
        """Left and right."""
        return self.left, self.right

    @cached_property
    def span(self) -> int:
        """Bank days from the first item to the last, both counted."""
        days = np.concatenate([self.left.day, self.right.day])
        return int(days.max() - days.min()) + 1 if len(days) else 1

    @cached_property
    def shared_names(self) -> frozenset[str]:
        """The codes that both sides have."""
        return frozenset(self.left.codes.names.tolist())

    def note_crowd(self, amounts: Indexes) -> None:
        """Remember amounts that so many items have that a pass did not search them."""
        self.crowds.update(np.unique(amounts).tolist())

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the passes say of themselves, and what became of decisions."""
        crowded: list[Note] = [("crowded", {"keys": len(self.crowds)})] if self.crowds else []
        return (*crowded, *self.said)

    def add_pairs(
        self,
        rule: MatchPass,
        left: Indexes,
        right: Indexes,
        *,
        reason: Names | str,
        key: Names | str = "",
        candidates: Indexes | int = 0,
        alike: Indexes | int = 0,
    ) -> None:
        """Make one group of each pair (left[i], right[i])."""
        if not len(left):
            return
        numbers = np.arange(self.made, self.made + len(left))
        self.left.group[left] = numbers
        self.right.group[right] = numbers
        self._append(
            rule,
            {
                "group": numbers,
                "reason": reason,
                "n_left": 1,
                "n_right": 1,
                "amount_left": self.left.amount[left],
                "amount_right": self.right.amount[right],
                "key": key,
                "days": self.left.day[left] - self.right.day[right],
                "candidates": candidates,
                "alike": alike,
            },
        )

    def add(
        self,
        rule: MatchPass,
        left: Sequence[int],
        right: Sequence[int],
        *,
        reason: str,
        key: str = "",
        decided: bool = False,
    ) -> None:
        """Make one group of several items; one side may be empty (a reversal).

        What people have split is not made, unless it is they who decide so.
        """
        if not decided and self.apart.forbids(left, right):
            return
        left_at, right_at = np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)
        self.left.group[left_at] = self.made
        self.right.group[right_at] = self.made
        self._append(
            rule,
            {
                "group": [self.made],
                "reason": reason,
                "n_left": len(left_at),
                "n_right": len(right_at),
                "amount_left": int(self.left.amount[left_at].sum()),
                "amount_right": int(self.right.amount[right_at].sum()),
                "key": key,
                "days": self._days(left_at, right_at),
                "candidates": 0,
                "alike": 0,
            },
        )

    def _append(self, rule: MatchPass, columns: dict[str, Any]) -> None:
        frame = pd.DataFrame(columns)
        by_code = frame["key"][frame["reason"].isin(REASONS_BY_CODE)]
        self.links.update(shape_of(code) for code in by_code.tolist() if len(code) >= SHORTEST_LINK)
        frame["difference"] = frame["amount_left"] - frame["amount_right"]
        frame["pass_id"] = rule.id
        frame["difference_account"] = np.where(frame["difference"] != 0, rule.difference_account, "")
        self._chunks.append(frame)
        self.made += len(frame)

    def _days(self, left: Indexes, right: Indexes) -> int:
        if len(left) and len(right):
            return int(self.left.day[left].min() - self.right.day[right].min())
        days = self.left.day[left] if len(left) else self.right.day[right]
        return int(days.max() - days.min())

    def take_back(self, pass_ids: Collection[str]) -> None:
        """Undo the groups of some passes: their items are free again, the other groups are numbered anew."""
        made = self.groups()
        taken = made["pass_id"].isin(list(pass_ids)).to_numpy()
        numbers = np.where(taken, -1, np.cumsum(~taken) - 1)
        for side in self.sides:
            held = side.group >= 0
            side.group[held] = numbers[side.group[held]]
        self._chunks = [made.assign(group=numbers)[~taken]]
        self.made = int((~taken).sum())

    def groups(self) -> pd.DataFrame:
        """The groups so far as a frame with GROUP_COLUMNS."""
        frame = (
            pd.concat(self._chunks, ignore_index=True)
            if self._chunks
            else pd.DataFrame(columns=list(GROUP_COLUMNS))
        )
        return frame[list(GROUP_COLUMNS)].astype(dict(GROUP_COLUMNS))


def few_digits(amounts: Indexes) -> Mask:
    """Which amounts (øre) have at most three digits before their zeros."""
    rest = np.abs(amounts)
    for _ in range(MOST_ZEROS):
        rest = np.where((rest % 10 == 0) & (rest > 0), rest // 10, rest)
    weak: Mask = rest < 10**FEW_DIGITS
    return weak


def make_board(left: pd.DataFrame, right: pd.DataFrame, calendar: BankCalendar) -> Board:
    """Put both sides on a board, in canonical order."""
    sides = [in_order(side, CANONICAL_TEXTS) for side in (left, right)]
    codes, own = code_marks(sides)
    words = word_marks(sides)
    made = [
        BoardSide(
            items=items,
            booked=items["booked"].to_numpy().astype("datetime64[D]").astype(np.int64),
            amount=items["amount"].to_numpy(dtype=np.int64),
            day=calendar.ordinals(items["booked"].to_numpy().astype("datetime64[D]")),
            codes=codes[at],
            own=own[at],
            words=words[at],
            group=np.full(len(items), -1, dtype=np.int64),
        )
        for at, items in enumerate(sides)
    ]
    return Board(left=made[0], right=made[1], calendar=calendar)


def in_order(items: pd.DataFrame, texts: Sequence[str]) -> pd.DataFrame:
    """The items by booking day, amount and then the text columns; only ties are compared as text."""
    days, amounts = items["booked"].to_numpy().astype(np.int64), items["amount"].to_numpy()
    order = np.lexsort((amounts, days))
    same = (np.diff(days[order]) == 0) & (np.diff(amounts[order]) == 0)
    tied = np.append(same, [False]) | np.append([False], same) if len(order) else np.zeros(0, dtype=np.bool_)
    if tied.any():
        rows = items.iloc[order[tied]][["booked", "amount", *texts]]
        by_text = rows.reset_index(drop=True).sort_values(["booked", "amount", *texts], kind="stable")
        order[tied] = order[tied][by_text.index.to_numpy()]
    return items.iloc[order].reset_index(drop=True)
