"""One account's month: its events put in the order of the files, with ids and balances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gevinst.demo.dice import Dice
from gevinst.demo.model import BankLine, Event, Item, Posting
from gevinst.demo.month import Month


@dataclass(frozen=True, kw_only=True)
class Account:
    """A month of one account, as both sides have it."""

    robot: str  #: id of the robot that reconciles it
    title: str  #: Danish name
    ledger_account: str  #: such as 9.22.05
    month: Month
    events: Sequence[Event]
    lines: Sequence[BankLine]  #: oldest first, in the bank's order within a day
    postings: Sequence[Posting]  #: of this month, oldest first, in the ledger's order
    carried: Sequence[Posting]  #: open at the end of last month
    bank_opening: int  #: øre
    ids: Mapping[Item, str]  #: id of every item in its main file

    @cached_property
    def bank_closing(self) -> int:
        """Balance of the statement at the end of the month, øre."""
        return self.bank_opening + sum(line.amount for line in self.lines)

    @cached_property
    def ledger_opening(self) -> int:
        """The ledger had what the bank had, and what was still open, øre."""
        return self.bank_opening + sum(posting.amount for posting in self.carried)

    @cached_property
    def ledger_closing(self) -> int:
        """Balance of the ledger at the end of the month, øre."""
        return self.ledger_opening + sum(posting.amount for posting in self.postings)


def bank_order(events: Sequence[Event], dice: Dice) -> list[BankLine]:
    """Every bank line by day; within a day in a drawn order, as a bank books them."""
    lines = [line for event in events for line in event.bank]
    return sorted(dice.shuffled(lines), key=lambda line: line.booked)


def ledger_order(events: Sequence[Event], dice: Dice) -> list[list[Posting]]:
    """Every posting of the month by voucher: vouchers by day, within a day in a drawn order."""
    vouchers: dict[str, list[Posting]] = {}
    for event in events:
        for posting in event.ledger:
            if not posting.carried:
                vouchers.setdefault(posting.voucher or f"own {id(posting)}", []).append(posting)
    return sorted(dice.shuffled(list(vouchers.values())), key=lambda postings: postings[0].booked)


def carried_items(events: Sequence[Event]) -> list[Posting]:
    """The postings that came in from last month, oldest first."""
    carried = [posting for event in events for posting in event.ledger if posting.carried]
    return sorted(carried, key=lambda posting: posting.booked)


def voucher_numbers(vouchers: Sequence[Sequence[Posting]], *, first: int) -> dict[Item, str]:
    """Ids `Bilagsnummer-Pos`, such as 1900041001-001, for postings in the order of the ledger."""
    return {
        posting: f"{first + number}-{place:03d}"
        for number, voucher in enumerate(vouchers)
        for place, posting in enumerate(voucher, 1)
    }


def day_numbers(lines: Sequence[BankLine]) -> dict[Item, str]:
    """Ids of the bank: the day and a running number within it, such as 2026100100017."""
    ids: dict[Item, str] = {}
    count: dict[str, int] = {}
    for line in lines:
        day = f"{line.booked:%Y%m%d}"
        count[day] = count.get(day, 0) + 1
        ids[line] = f"{day}{count[day]:05d}"
    return ids


def row_numbers(items: Sequence[Item], *, newest_first: bool, heads: int = 1) -> dict[Item, str]:
    """Ids `row:N` for a file without an id column: N is the physical row, heads included."""
    in_file = list(reversed(items)) if newest_first else list(items)
    return {item: f"row:{row}" for row, item in enumerate(in_file, heads + 1)}
