"""The result of a reconciliation: where every item went, and the proof that nothing is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from gevinst.domain.finding import Finding
from gevinst.domain.matching.rules import Rules
from gevinst.domain.side import Side as Side  # noqa: PLC0414 - taken from here by what loads pandas anyway


class ItemState(StrEnum):
    """Where an item is after the run; every item is in exactly one."""

    MATCHED = "matched"
    PROPOSED = "proposed"  #: in a proposal that a person decides; counts as open in the bridge
    OPEN = "open"


#: Columns that a side's items frame has after the engine, beside item.ITEM_COLUMNS.
RESULT_COLUMNS: Mapping[str, str] = {
    "state": "str",  #: an ItemState
    "group": "int64",  #: number of its group, -1 for none
    "proposal": "int64",  #: number of its proposal, -1 for none
    "age_bank_days": "int64",  #: bank days from booking to the day of the reconciliation; 0 when matched
    "cause": "str",  #: why it is open, a key of the catalogue (cause.<key>); "" when matched
    "suspect": "str",  #: item id of the item it may be mistaken for; "" for none
    "suspect_side": "str",  #: side of the suspect
}

#: Columns of the groups frame: the typed evidence that each sentence is made from.
GROUP_COLUMNS: Mapping[str, str] = {
    "group": "int64",
    "pass_id": "str",
    "reason": "str",  #: key of the sentence (because.<reason>)
    "n_left": "int64",
    "n_right": "int64",
    "amount_left": "int64",  #: øre
    "amount_right": "int64",  #: øre
    "difference": "int64",  #: amount_left - amount_right, øre
    "difference_account": "str",
    "key": "str",  #: the shared code, word or day as the files have it; "" for none
    "days": "int64",  #: bank days from the right side's first booking to the left side's (< 0: left first)
    "candidates": "int64",  #: other items of the same amount within the window that were ruled out
    "alike": "int64",  #: most alike items of a side when they are interchangeable; 0 otherwise
}


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Equally good answers; a person decides."""

    number: int
    left: tuple[str, ...]  #: item ids
    right: tuple[str, ...]
    reason: str  #: key of the sentence (because.<reason>)
    facts: Mapping[str, str | int]
    alternatives: tuple[
        tuple[tuple[str, ...], tuple[str, ...]], ...
    ]  #: (left ids, right ids), best first, at most 10


@dataclass(frozen=True, kw_only=True)
class Tally:
    """A number of items and their sum in øre."""

    count: int
    sum: int


@dataclass(frozen=True, kw_only=True)
class SideTotals:
    """Control totals of one side: `read = matched + open + proposed + excluded + duplicate + rejected`."""

    rows_in_file: int
    skipped: int  #: rows skipped by rule: heads, blanks, subtotals
    read: Tally  #: every item that entered, those carried from earlier periods included
    carried: Tally  #: of these, the ones carried from earlier periods
    matched: Tally
    open: Tally
    proposed: Tally
    rejected: Tally  #: rows that could not be read; the sum counts those whose amount could
    excluded: Tally  #: taken out by the robot's rules, with a reason
    duplicate: Tally  #: rows of an overlapping export, counted by occurrence

    def unplaced(self) -> Tally:
        """What is in no place: must be (0, 0)."""
        parts = (self.matched, self.open, self.proposed, self.rejected, self.excluded, self.duplicate)
        return Tally(
            count=self.read.count - sum(part.count for part in parts),
            sum=self.read.sum - sum(part.sum for part in parts),
        )


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """The proof: left balance - right balance = open left - open right + accepted differences, in øre.

    Without balances in the files, the sums of the items stand in for them and `from_balances` is False.
    """

    left_balance: int
    right_balance: int
    open_left: int  #: open and proposed items
    open_right: int
    accepted: int  #: sum of the differences of the groups
    from_balances: bool

    @property
    def difference(self) -> int:
        """What the bridge does not explain; must be 0."""
        return self.left_balance - self.right_balance - self.open_left + self.open_right - self.accepted

    @property
    def holds(self) -> bool:
        """Whether the balances agree to the øre."""
        return self.difference == 0


class Outcome(StrEnum):
    """What a reconciliation came to."""

    AGREED = "agreed"  #: nothing open, the bridge holds
    OPEN_ITEMS = "open_items"  #: people needed
    REJECTED = "rejected"  #: the input cannot be used


@dataclass(frozen=True, kw_only=True, eq=False)  # frames have no truth of being equal
class Reconciliation:
    """The whole result. Frames are sorted by booked, amount and item_id: the order of rows cannot show."""

    left: pd.DataFrame  #: ITEM_COLUMNS + RESULT_COLUMNS
    right: pd.DataFrame
    groups: pd.DataFrame  #: GROUP_COLUMNS, one row a group
    proposals: tuple[Proposal, ...]
    rejected: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    notes: tuple[
        tuple[str, Mapping[str, str | int]], ...
    ]  #: what a pass says of itself: (key note.<key>, facts)
    totals: Mapping[Side, SideTotals]
    bridge: Bridge
    rules: Rules

    @property
    def outcome(self) -> Outcome:
        """Agreed only when nothing is open and the bridge holds."""
        if self.rejected:
            return Outcome.REJECTED
        undecided = any(t.open.count or t.proposed.count for t in self.totals.values())
        return Outcome.OPEN_ITEMS if undecided or not self.bridge.holds else Outcome.AGREED


def members_by_group(frame: pd.DataFrame) -> dict[int, list[str]]:
    """Item ids of each group of one side (RESULT_COLUMNS), in the frame's order."""
    members: dict[int, list[str]] = {}
    for group, item_id in zip(frame["group"].tolist(), frame["item_id"].tolist(), strict=True):
        if group >= 0:
            members.setdefault(group, []).append(item_id)
    return members
