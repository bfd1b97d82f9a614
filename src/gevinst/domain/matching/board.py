"""The board of a reconciliation: both sides in canonical order, what is still free, and the groups made so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.matching.codes import CODE_COLUMNS, Marks, code_marks, codes_of, word_marks
from gevinst.domain.matching.rules import MatchPass
from gevinst.domain.reconciliation import GROUP_COLUMNS

Indexes = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Items are put in this order first, so that the order of the rows cannot show in the result.
CANONICAL_ORDER = ("booked", "amount", "reference", "text", "document", "counterparty", "item_id")


@dataclass(kw_only=True)
class BoardSide:
    """One side while the passes run."""

    items: pd.DataFrame  #: canonical order, range index
    amount: Indexes  #: øre
    day: Indexes  #: bank-day number of the booking day
    codes: Marks
    words: Marks
    group: Indexes  #: group number, -1 while free

    @cached_property
    def code_sets(self) -> list[frozenset[int]]:
        """The shared codes of each item."""
        return self.codes.sets(len(self.items))

    @cached_property
    def word_sets(self) -> list[frozenset[int]]:
        """The shared words of each item."""
        return self.words.sets(len(self.items))

    @property
    def free(self) -> Mask:
        """Which items no group holds."""
        mask: Mask = self.group < 0
        return mask

    def free_indexes(self) -> Indexes:
        """Positions of the free items."""
        return np.flatnonzero(self.free)


@dataclass(kw_only=True)
class Board:
    """Both sides and the groups."""

    left: BoardSide
    right: BoardSide
    calendar: BankCalendar
    notes: list[tuple[str, Mapping[str, str | int]]] = field(default_factory=list)
    made: int = 0  #: groups so far
    _chunks: list[pd.DataFrame] = field(default_factory=list)

    def add_pairs(  # noqa: PLR0913 - the typed evidence of a group
        self,
        rule: MatchPass,
        left: Indexes,
        right: Indexes,
        *,
        reason: str,
        key: NDArray[np.object_] | str = "",
        candidates: Indexes | int = 0,
        alike: int = 0,
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
        self, rule: MatchPass, left: Sequence[int], right: Sequence[int], *, reason: str, key: str = ""
    ) -> None:
        """Make one group of several items; one side may be empty (a reversal)."""
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

    def groups(self) -> pd.DataFrame:
        """The groups so far as a frame with GROUP_COLUMNS."""
        frame = (
            pd.concat(self._chunks, ignore_index=True)
            if self._chunks
            else pd.DataFrame(columns=list(GROUP_COLUMNS))
        )
        return frame[list(GROUP_COLUMNS)].astype(dict(GROUP_COLUMNS))


def make_board(left: pd.DataFrame, right: pd.DataFrame, calendar: BankCalendar) -> Board:
    """Put both sides on a board, in canonical order."""
    sides = [
        side.sort_values(list(CANONICAL_ORDER), kind="stable").reset_index(drop=True)
        for side in (left, right)
    ]
    codes = code_marks(sides[0], sides[1])
    words = word_marks(sides[0], sides[1])
    made = [_side(items, calendar, codes[at], words[at]) for at, items in enumerate(sides)]
    return Board(left=made[0], right=made[1], calendar=calendar)


def _side(items: pd.DataFrame, calendar: BankCalendar, codes: Marks, words: Marks) -> BoardSide:
    return BoardSide(
        items=items,
        amount=items["amount"].to_numpy(dtype=np.int64),
        day=calendar.ordinals(items["booked"].to_numpy().astype("datetime64[D]")),
        codes=codes,
        words=words,
        group=np.full(len(items), -1, dtype=np.int64),
    )


def own_codes(side: BoardSide, at: Indexes) -> dict[int, set[str]]:
    """All codes of some items, also those that the other side does not have; the item's own id left out."""
    unique = np.unique(at)
    rows = side.items[list(CODE_COLUMNS[1:])].iloc[unique].itertuples(index=False)
    return {int(item): codes_of(" ; ".join(row)) for item, row in zip(unique, rows, strict=True)}
