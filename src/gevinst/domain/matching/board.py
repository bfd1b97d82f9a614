"""The board of a reconciliation: both sides in canonical order, what is free, and the groups so far."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.matching.apart import Apart
from gevinst.domain.matching.codes import SHORTEST_CORE
from gevinst.domain.matching.columns import TextColumn, Texts, as_texts, chosen, shapes_of
from gevinst.domain.matching.groups import Groups
from gevinst.domain.matching.marks import Indexes, Marks, Mask, code_marks, word_marks
from gevinst.domain.matching.rules import MatchPass
from gevinst.domain.matching.wordings import Wording, Wordings

#: Items are put in this order first, so that the order of the rows cannot show in the result.
CANONICAL_TEXTS = ("reference", "text", "document", "counterparty", "item_id")
FEW_DIGITS = 3  # an amount of so few digits before its zeros (250,00 or 1.250.000,00) meets others by chance
MOST_ZEROS = 15
DAY_SPAN = 1 << 16  # bank-day numbers stay far below this
SHORTEST_LINK = 5
#: What makes a form of code a link between the sides.
REASONS_BY_CODE = pa.array(["reference", "reference_interchangeable"], type=pa.large_string())
SPACE = pa.scalar(" ", type=pa.large_string())
Note = tuple[str, Mapping[str, str | int]]  # key of the sentence (note.<key>), facts


class Column:
    """The texts of one column in the board's order, each read when it is asked for."""

    def __init__(self, texts: Texts, order: Indexes) -> None:
        self._texts, self._order = texts, order

    def __getitem__(self, at: int) -> str:
        """The text of one item."""
        text: str = self._texts[int(self._order[at])].as_py()
        return text

    def __iter__(self) -> Iterator[str]:
        """All texts, one by one."""
        return iter(self.whole().to_pylist())

    def whole(self) -> Texts:
        """All texts."""
        return self._texts.take(pa.array(self._order))

    def some(self, items: Indexes) -> list[str]:
        """The texts of some items."""
        texts: list[str] = self._texts.take(pa.array(self._order[items])).to_pylist()
        return texts


@dataclass(kw_only=True)
class BoardSide:
    """One side while the passes run. An item is known by its position in canonical order."""

    source: pd.DataFrame  #: the items as they came
    order: Indexes  #: the row of `source` that each item is
    booked: Indexes  #: booking day, days since 1970
    amount: Indexes  #: øre
    rank: Indexes  #: number of the amount among the different amounts of both sides
    day: Indexes  #: bank-day number of the booking day
    codes: Marks  #: those that the other side has too
    own: Marks  #: all codes of document, reference and texts, shared or not
    words: Marks  #: telling words that the other side has too
    group: Indexes  #: group number, -1 while free

    def __len__(self) -> int:
        """How many items."""
        return len(self.order)

    def column(self, name: str) -> Column:
        """One text column of item.ITEM_COLUMNS."""
        return Column(as_texts(self.source[name]), self.order)

    @cached_property
    def moment(self) -> Indexes:
        """Amount and bank day as one number, so that near items of one amount have near numbers."""
        moments: Indexes = self.rank * DAY_SPAN + self.day
        return moments

    @cached_property
    def by_moment(self) -> Indexes:
        """The items by amount and bank day."""
        return np.argsort(self.moment, kind="stable")

    @cached_property
    def text_number(self) -> Indexes:
        """Equal numbers for equal texts."""
        found: Indexes = self.texts.whole().dictionary_encode().indices.to_numpy().astype(np.int64)
        return found

    @cached_property
    def weak(self) -> Mask:
        """Which amounts tell little: few digits before their zeros."""
        return few_digits(self.amount)

    @cached_property
    def ids(self) -> Column:
        """The id of each item."""
        return self.column("item_id")

    @cached_property
    def documents(self) -> Column:
        """The document of each item, "" for none."""
        return self.column("document")

    @cached_property
    def texts(self) -> Column:
        """The text of each item."""
        return self.column("text")

    @cached_property
    def parties(self) -> Column:
        """The counterparty of each item, "" for none."""
        return self.column("counterparty")

    def wordings(self) -> Texts:
        """Text and counterparty of every item."""
        return pc.binary_join_element_wise(self.texts.whole(), self.parties.whole(), SPACE)

    @cached_property
    def _said(self) -> Wordings:
        return Wordings(self.wordings())

    def wording(self, at: int) -> Wording:
        """Text and counterparty of an item, and the words in them."""
        return self._said.of(at)

    @cached_property
    def word_times(self) -> Counter[str]:
        """How many items have each word."""
        return self._said.word_times()

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
    made: Groups = field(default_factory=Groups)  #: the groups so far
    doubts: list["Doubt"] = field(default_factory=list)  #: several against several, for a person
    links: Counter[str] = field(default_factory=Counter)  #: forms of the codes that pairs were made by
    crowds: set[int] = field(default_factory=set)  #: amounts that a pass did not search fully
    apart: Apart = field(default_factory=Apart)  #: what people have split
    said: list[Note] = field(default_factory=list)  #: what decisions and budgets have to say

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
    def first_day(self) -> int:
        """Bank-day number of the first item."""
        return min((int(side.day.min()) for side in self.sides if len(side)), default=0)

    @cached_property
    def amounts(self) -> int:
        """How many different amounts both sides have."""
        return 1 + max((int(side.rank.max()) for side in self.sides if len(side)), default=0)

    @cached_property
    def lonely(self) -> Mask:
        """Which codes, by their number in `own`, identify by their length and stand on one side alone."""
        written = self.left.own.written  # of both sides
        shared = pc.is_in(written, value_set=self.left.codes.written)
        long = pc.greater_equal(pc.utf8_length(written), SHORTEST_CORE)
        found: Mask = pc.and_not(long, shared).to_numpy(zero_copy_only=False)
        return found

    @cached_property
    def known_codes(self) -> frozenset[str]:
        """The codes of both sides, without those of the ids."""
        return frozenset(self.left.own.names.tolist())

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
        reason: TextColumn | str,
        key: TextColumn | str = "",
        links: TextColumn | str = "",
        candidates: Indexes | int = 0,
        alike: Indexes | int = 0,
    ) -> None:
        """Make one group of each pair (left[i], right[i]); `links` are the codes that they were found by."""
        if not len(left):
            return
        amounts = self.left.amount[left], self.right.amount[right]
        columns = {
            "pass_id": rule.id,
            "reason": reason,
            "n_left": 1,
            "n_right": 1,
            "amount_left": amounts[0],
            "amount_right": amounts[1],
            "difference_account": chosen(["", rule.difference_account], (amounts[0] != amounts[1]) * 1),
            "key": key,
            "days": self.left.day[left] - self.right.day[right],
            "candidates": candidates,
            "alike": alike,
        }
        numbers = self.made.add_pairs(columns, len(left))
        self.left.group[left] = numbers
        self.right.group[right] = numbers
        self._note_links(reason, links)

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
        ends = np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)
        amounts = [int(side.amount[end].sum()) for side, end in zip(self.sides, ends, strict=True)]
        values = {
            "pass_id": rule.id,
            "reason": reason,
            "n_left": len(left),
            "n_right": len(right),
            "amount_left": amounts[0],
            "amount_right": amounts[1],
            "difference_account": rule.difference_account if amounts[0] != amounts[1] else "",
            "key": key,
            "days": self._days(*ends),
            "candidates": 0,
            "alike": 0,
        }
        number = self.made.add(values)
        for side, end in zip(self.sides, ends, strict=True):
            side.group[end] = number

    def _note_links(self, reason: TextColumn | str, links: TextColumn | str) -> None:
        """Count the forms of the codes that pairs were made by."""
        if isinstance(reason, str) or isinstance(links, str):
            return
        codes = as_texts(links).filter(pc.is_in(as_texts(reason), value_set=REASONS_BY_CODE))
        long = codes.filter(pc.greater_equal(pc.utf8_length(codes), SHORTEST_LINK))
        for found in pc.value_counts(shapes_of(long)).to_pylist():
            self.links[found["values"]] += found["counts"]

    def _days(self, left: Indexes, right: Indexes) -> int:
        if len(left) and len(right):
            return int(self.left.day[left].min() - self.right.day[right].min())
        days = self.left.day[left] if len(left) else self.right.day[right]
        return int(days.max() - days.min())

    def take_back(self, pass_ids: Collection[str]) -> None:
        """Undo the groups of some passes: their items are free again, the other groups are numbered anew."""
        numbers = self.made.take_back(self.groups()["pass_id"].isin(list(pass_ids)).to_numpy())
        for side in self.sides:
            held = side.group >= 0
            side.group[held] = numbers[side.group[held]]

    def groups(self) -> pd.DataFrame:
        """The groups so far as a frame with GROUP_COLUMNS."""
        return self.made.frame()


def few_digits(amounts: Indexes) -> Mask:
    """Which amounts (øre) have at most three digits before their zeros."""
    rest = np.abs(amounts)
    weak: Mask = rest < 10**FEW_DIGITS
    for zeros in range(1, MOST_ZEROS + 1):
        round_ones = rest % 10**zeros == 0
        if not round_ones.any():
            break
        weak |= round_ones & (rest < 10 ** (FEW_DIGITS + zeros))
    return weak


def make_board(left: pd.DataFrame, right: pd.DataFrame, calendar: BankCalendar) -> Board:
    """Put both sides on a board, in canonical order."""
    sides = (left, right)
    orders = [order_of(side, CANONICAL_TEXTS) for side in sides]
    places = [np.argsort(order) for order in orders]
    codes, own = code_marks(sides, places)
    words = word_marks(sides, places)
    amounts = [
        side["amount"].to_numpy(dtype=np.int64)[order] for side, order in zip(sides, orders, strict=True)
    ]
    ranks = np.split(np.unique(np.concatenate(amounts), return_inverse=True)[1], [len(left)])
    made = [
        BoardSide(
            source=items,
            order=order,
            booked=_days_of(items)[order],
            amount=amounts[at],
            rank=ranks[at],
            day=calendar.ordinals(_days_of(items).astype("datetime64[D]"))[order],
            codes=codes[at],
            own=own[at],
            words=words[at],
            group=np.full(len(items), -1, dtype=np.int64),
        )
        for at, (items, order) in enumerate(zip(sides, orders, strict=True))
    ]
    return Board(left=made[0], right=made[1], calendar=calendar)


def _days_of(items: pd.DataFrame) -> Indexes:
    return items["booked"].to_numpy().astype("datetime64[D]").astype(np.int64)


def order_of(items: pd.DataFrame, texts: Sequence[str]) -> Indexes:
    """The rows by booking day, amount and then the text columns."""
    order = np.lexsort((items["amount"].to_numpy(), _days_of(items)))
    return order[by_texts(items, order, texts)]


def by_texts(items: pd.DataFrame, order: Indexes, texts: Sequence[str]) -> Indexes:
    """Places in an order by booking day and amount, with ties by the texts; only these are compared."""
    days, amounts = _days_of(items)[order], items["amount"].to_numpy()[order]
    places = np.arange(len(order))
    same = (np.diff(days) == 0) & (np.diff(amounts) == 0)
    tied = np.append(same, False) | np.append(False, same) if len(order) else np.zeros(0, dtype=np.bool_)
    if tied.any():
        rows = pa.array(order[tied])
        columns = {name: as_texts(items[name]).take(rows) for name in texts}
        alike = np.cumsum(np.append(True, ~same))[tied]  # the number of each day and amount
        table = pa.table({"alike": alike, **columns})
        by_text = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in table.column_names])
        places[tied] = places[tied][by_text.to_numpy()]
    return places
