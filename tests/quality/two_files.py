"""Two files as an outsider would make them to try a reconciliation tool: plain rows, and every damage.

Nothing here knows how the engine works, and it is not shaped like the demo office.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from quality.files import Event, Row, TwoFiles, business_days, lay_out, weekday

FIRST_DAY = date(2026, 3, 2)
DAYS = 60
WINDOW = 6  #: bank days in which an equal amount makes a pair without any number doubtful
MOST_NEARBY = 40  #: rows of one party that a person would try to add up
STANDARD = (5_000, 10_000, 15_000, 25_000, 50_000, 75_000, 100_000, 125_000, 250_000, 1_000_000)
PARTIES = (
    *("Kontorforsyning Nord", "Vognmand Fjord", "Havnens Is", "Skovbørnehaven", "City Cleaning", "Elværket"),
    *("Blue Water Freight", "Fjernvarme Vest", "Paper & Print", "Bageri Solsikken", "Ørsted Rengøring"),
    *("Green Gardens", "Teknisk Skole", "Bibliotekernes Indkøb", "Harbour Logistics", "Rådhuskantinen"),
    *("Stadion Drift", "Kloakservice"),
)
LEFT_TEXTS = (
    "Overførsel",
    "Indbetaling",
    "Betaling",
    "Transfer",
    "Payment received",
    "Bgs",
    "Kontooverf.",
    "Deposit",
)
RIGHT_TEXTS = ("Faktura", "Invoice", "Bilag", "Regning", "Posting", "Debitor", "Credit note", "Kreditor")


@dataclass(frozen=True, kw_only=True)
class Mix:
    """How hard the two files are."""

    rows: int
    seed: int
    without_reference: float = 0.25
    standard_amounts: float = 0.3
    faults: float = 0.08  #: share of events with a fault that must stay open
    many: float = 0.12  #: share of events with several rows on a side


#: Files of several kinds; size and seed are set by whoever makes them.
MIXES = {
    "plain": Mix(rows=100, seed=1),
    "few references": Mix(rows=100, seed=1, without_reference=0.4),
    "round amounts": Mix(rows=100, seed=1, standard_amounts=0.7),
    "many faults": Mix(rows=100, seed=1, faults=0.2),
    "many batches": Mix(rows=100, seed=1, many=0.3),
}


@dataclass(kw_only=True)
class Maker:
    """Makes events by chance, the same for the same seed."""

    mix: Mix
    chance: random.Random = field(init=False)
    numbers: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.mix.seed)  # noqa: S311 - made-up data

    def number(self, digits: int = 7) -> str:
        """A reference that no other event has."""
        while True:
            drawn = self.chance.randrange(10 ** (digits - 1), 10**digits)
            if drawn not in self.numbers:
                self.numbers.add(drawn)
                return str(drawn)

    def amount(self) -> int:
        sign = -1 if self.chance.random() < 0.4 else 1
        if self.chance.random() < self.mix.standard_amounts:
            return sign * self.chance.choice(STANDARD)
        return sign * round(10 ** self.chance.uniform(3.3, 6.8))

    def day(self) -> date:
        return weekday(FIRST_DAY + timedelta(days=self.chance.randrange(DAYS)))

    def near(self, day: date) -> date:
        """Up to five bank days before or after, most often close."""
        steps = self.chance.choice((0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5))
        return business_days(day, steps if self.chance.random() < 0.75 else -steps)

    def bank_row(self, amount: int, day: date, reference: str, party: str) -> Row:
        text = self.chance.choice(LEFT_TEXTS)
        shown = party if self.chance.random() < 0.5 else ""
        if self.chance.random() < 0.5:
            return Row(booked=day, amount=amount, text=f"{text} {shown}".strip(), reference=reference)
        return Row(booked=day, amount=amount, text=text, reference=reference, counterparty=shown)

    def ledger_row(self, amount: int, day: date, reference: str, party: str) -> Row:
        text = self.chance.choice(RIGHT_TEXTS)
        return Row(booked=day, amount=amount, text=text, reference=reference, counterparty=party)

    def party(self) -> str:
        return self.chance.choice(PARTIES)


# One against one


def leading_zeros(make: Maker, number: str) -> tuple[str, str]:
    return number.zfill(make.chance.choice((10, 12))), ""


def prefixed(make: Maker, number: str) -> tuple[str, str]:
    return make.chance.choice(("INV-", "F", "Ref ", "FAKT", "#")) + number, ""


def spaced(_: Maker, number: str) -> tuple[str, str]:
    return f"{number[:3]} {number[3:]}", ""


def truncated(make: Maker, number: str) -> tuple[str, str]:
    return (number[:-2], "") if make.chance.random() < 0.5 else (number[2:], "")


def in_text(make: Maker, number: str) -> tuple[str, str]:
    around = make.chance.choice(("vedr. faktura {}", "inv {} thanks", "regning nr {}, april", "{} betaling"))
    return "", around.format(number)


def swapped(make: Maker, number: str) -> tuple[str, str]:
    at = make.chance.randrange(len(number) - 1)
    other = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return other if other != number else mistyped(make, number)[0], ""


def mistyped(make: Maker, number: str) -> tuple[str, str]:
    at = make.chance.randrange(1, len(number))
    digit = make.chance.choice([one for one in "0123456789" if one != number[at]])
    return number[:at] + digit + number[at + 1 :], ""


def intact(_: Maker, number: str) -> tuple[str, str]:
    return number, ""


Damage = Callable[[Maker, str], tuple[str, str]]
DAMAGES: dict[str, Damage] = {
    "reference intact": intact,
    "leading zeros": leading_zeros,
    "prefix": prefixed,
    "spaces in reference": spaced,
    "truncated reference": truncated,
    "reference in text": in_text,
    "swapped digits in reference": swapped,
    "wrong digit in reference": mistyped,
}
WEIGHTS = (10, 2, 2, 1, 1, 3, 1, 1)


def pair(make: Maker) -> Event:
    if make.chance.random() < make.mix.without_reference:
        return plain_pair(make)
    kind = make.chance.choices(list(DAMAGES), WEIGHTS)[0]
    number, amount, day, party = make.number(), make.amount(), make.day(), make.party()
    reference, text = DAMAGES[kind](make, number)
    bank = make.bank_row(amount, make.near(day), reference, party)
    bank = replace(bank, text=f"{bank.text} {text}".strip())
    return Event(kind=kind, left=(bank,), right=(make.ledger_row(amount, day, number, party),), matches=True)


def plain_pair(make: Maker) -> Event:
    """No reference in the bank; the ledger has its own number, or none."""
    amount, day, party = make.amount(), make.day(), make.party()
    number = make.number() if make.chance.random() < 0.5 else ""
    bank = make.bank_row(amount, make.near(day), "", party)
    kind = "no reference, standard amount" if abs(amount) in STANDARD else "no reference"
    return Event(kind=kind, left=(bank,), right=(make.ledger_row(amount, day, number, party),), matches=True)


# Several on a side


def parts_of(make: Maker, most: int = 9) -> list[int]:
    sign = make.chance.choice((1, 1, -1))
    return [sign * abs(make.amount()) for _ in range(make.chance.randint(2, most))]


def batch_by_reference(make: Maker) -> Event:
    """Every row names the batch; the rows' own numbers stand beside it."""
    number, day, parts = make.number(8), make.day(), parts_of(make)
    rows = [
        replace(make.ledger_row(amount, day, make.number(), make.party()), text=f"Betaling i bundt {number}")
        for amount in parts
    ]
    total = make.bank_row(sum(parts), make.near(day), number, "")
    return turned(make, "batch, common reference", (total,), tuple(rows))


def batch_by_day(make: Maker) -> Event:
    """The rows of one day by one text, paid as one, without any number in common."""
    day, parts, party = make.day(), parts_of(make), make.party()
    text = f"{make.chance.choice(('Udbetalinger', 'Daily takings', 'Kontingent'))} {party}"
    rows = [Row(booked=day, amount=amount, text=text, reference=make.number()) for amount in parts]
    total = Row(booked=make.near(day), amount=sum(parts), text=f"Samlet {party}")
    return turned(make, "batch, same day and party", (total,), tuple(rows))


def batch_by_party(make: Maker) -> Event:
    """A customer pays two to four invoices of different days at once."""
    party, parts, day = make.party(), parts_of(make, most=4), make.day()
    rows = [
        make.ledger_row(amount, business_days(day, -make.chance.randrange(4)), make.number(), party)
        for amount in parts
    ]
    total = Row(booked=day, amount=sum(parts), text=f"Payment {party}")
    return turned(make, "batch, same party", (total,), tuple(rows))


def batch_by_nothing(make: Maker) -> Event:
    day, parts = make.day(), parts_of(make, most=3)
    rows = [make.ledger_row(amount, day, make.number(), make.party()) for amount in parts]
    total = Row(booked=make.near(day), amount=sum(parts), text="Diverse")
    return turned(make, "batch, nothing in common", (total,), tuple(rows))


def list_of_numbers(make: Maker) -> Event:
    """One payment that names each invoice it pays."""
    party, parts, day = make.party(), parts_of(make, most=4), make.day()
    numbers = [make.number() for _ in parts]
    rows = [
        make.ledger_row(amount, day, number, party) for amount, number in zip(parts, numbers, strict=True)
    ]
    total = Row(booked=make.near(day), amount=sum(parts), text="Faktura " + ", ".join(numbers))
    return turned(make, "payment naming its invoices", (total,), tuple(rows))


def split(make: Maker) -> Event:
    """One posting paid as two or three parts with its number."""
    number, day, party, parts = make.number(), make.day(), make.party(), parts_of(make, most=3)
    rows = [make.bank_row(amount, make.near(day), number, party) for amount in parts]
    whole = make.ledger_row(sum(parts), day, number, party)
    return Event(kind="split with reference", left=tuple(rows), right=(whole,), matches=True)


def many_to_many(make: Maker) -> Event:
    number, day = make.number(), make.day()
    parts = parts_of(make, most=3)
    total, first = sum(parts), make.chance.randint(1_000, 9_000)
    ledger = [make.ledger_row(amount, day, number, make.party()) for amount in (total - first, first)]
    bank = [make.bank_row(amount, make.near(day), number, "") for amount in parts]
    return Event(kind="several against several", left=tuple(bank), right=tuple(ledger), matches=True)


def reversal(make: Maker) -> Event:
    number, amount, day, party = make.number(), make.amount(), make.day(), make.party()
    first = make.ledger_row(amount, day, number, party)
    back = replace(first, amount=-amount, booked=business_days(day, make.chance.randrange(3)))
    if make.chance.random() < 0.5:
        return Event(kind="reversal", left=(), right=(first, replace(back, text="Tilbageført")), matches=True)
    return Event(kind="reversal", left=(first, replace(back, text="Reversed")), right=(), matches=True)


def turned(make: Maker, kind: str, one: tuple[Row, ...], many: tuple[Row, ...]) -> Event:
    left, right = (one, many) if make.chance.random() < 0.5 else (many, one)
    return Event(kind=kind, left=left, right=right, matches=True)


MANY = (
    *(batch_by_reference, batch_by_day, batch_by_party, batch_by_nothing),
    *(list_of_numbers, split, many_to_many, reversal),
)


# Faults: nothing of them may be matched


def missing(make: Maker) -> Event:
    rows = pair(make)
    left, right = (rows.left, ()) if make.chance.random() < 0.5 else ((), rows.right)
    return Event(kind="missing on a side", left=left, right=right, matches=False)


def other_sign(make: Maker) -> Event:
    return changed_amount(make, "wrong sign", lambda ore: -ore)


def near_amount(make: Maker) -> Event:
    by = make.chance.choice((1, -1, 2, 10, -10, 100))
    return changed_amount(make, "near-equal amount", lambda ore: ore + by)


def swapped_amount(make: Maker) -> Event:
    def swap(ore: int) -> int:
        digits = list(str(abs(ore)))
        places = [at for at in range(len(digits) - 1) if digits[at] != digits[at + 1]]
        at = make.chance.choice(places)
        digits[at], digits[at + 1] = digits[at + 1], digits[at]
        return (1 if ore > 0 else -1) * int("".join(digits))

    return changed_amount(make, "swapped digits in amount", swap)


def changed_amount(make: Maker, kind: str, change: Callable[[int], int]) -> Event:
    event = pair(make)
    (row,) = event.right
    return Event(kind=kind, left=event.left, right=(replace(row, amount=change(row.amount)),), matches=False)


def short_batch(make: Maker) -> Event:
    """A batch of which one posting is missing."""
    whole = batch_by_reference(make)
    many = whole.right if len(whole.right) > 1 else whole.left
    rest = many[1:] if len(many) > 2 else many[:1]
    left, right = (whole.left, rest) if many is whole.right else (rest, whole.right)
    return Event(kind="batch with a posting missing", left=left, right=right, matches=False)


FAULTS = (missing, missing, other_sign, near_amount, swapped_amount, short_batch)


def doubled(make: Maker, event: Event) -> list[Event]:
    """The event, and one of its rows once more, on the same or the next day."""
    on_right = make.chance.random() < 0.6
    (row,) = event.right if on_right else event.left
    row = replace(row, alike=f"double {make.number()}")
    again = (replace(row, booked=business_days(row.booked, make.chance.randrange(2))),)
    with_row = replace(event, right=(row,)) if on_right else replace(event, left=(row,))
    extra = Event(
        kind="row posted twice",
        left=() if on_right else again,
        right=again if on_right else (),
        matches=False,
    )
    return [with_row, extra]


def events(mix: Mix) -> list[Event]:
    """Events until both files have about `mix.rows` rows each."""
    make = Maker(mix=mix)
    made: list[Event] = []
    while _rows(made) < 2 * mix.rows:
        made += _next(make)
    return made


def _rows(made: Sequence[Event]) -> int:
    return sum(len(one.left) + len(one.right) for one in made)


def _next(make: Maker) -> list[Event]:
    drawn = make.chance.random()
    if drawn < make.mix.faults:
        return [make.chance.choice(FAULTS)(make)]
    if drawn < make.mix.faults + 0.02:
        return doubled(make, pair(make))
    if drawn < make.mix.faults + 0.02 + make.mix.many:
        return [make.chance.choice(MANY)(make)]
    return [pair(make)]


def two_files(mix: Mix) -> TwoFiles:
    """Two files of one mix; what nobody could decide from them is marked."""
    files = lay_out(events(mix))
    made = files.events
    marked = [replace(event, doubtful=event.matches and not decidable(files, event)) for event in made]
    return replace(files, events=marked)


def decidable(files: TwoFiles, event: Event) -> bool:
    """Whether a person could tell: a number, a common mark, or an amount or sum of these alone nearby."""
    if event.kind == "batch, nothing in common":
        return False
    if event.kind == "batch, same party":
        return _only_sum(files, event)
    if not event.kind.startswith("no reference"):
        return True
    (left,), (right,) = event.left, event.right
    if event.kind.endswith("standard amount") and not _named_on_both(left, right):
        return False
    return _alone(files.left, left) and _alone(files.right, right) and _alone_across(files, left, right)


def _named_on_both(left: Row, right: Row) -> bool:
    return bool(right.counterparty) and right.counterparty in f"{left.text} {left.counterparty}"


def _alone(side: pd.DataFrame, row: Row) -> bool:
    return _count(side, row) == 1


def _alone_across(files: TwoFiles, left: Row, right: Row) -> bool:
    return _count(files.right, left) == 1 and _count(files.left, right) == 1


def _count(side: pd.DataFrame, row: Row) -> int:
    return int(((side["amount"] == row.amount) & _near(side, row)).sum())


def _near(side: pd.DataFrame, row: Row) -> "pd.Series[bool]":
    low, high = (pd.Timestamp(business_days(row.booked, by)) for by in (-WINDOW, WINDOW))
    return side["booked"].between(low, high)


def _only_sum(files: TwoFiles, event: Event) -> bool:
    """At most one part is a standard amount, and no other few rows of the party nearby come to the sum."""
    one, many, side = (
        (event.left, event.right, files.right)
        if len(event.left) == 1
        else (event.right, event.left, files.left)
    )
    if sum(abs(part.amount) in STANDARD for part in many) > 1:
        return False
    party = many[0].counterparty
    of_party = side["text"].str.contains(party, regex=False) | (side["counterparty"] == party)
    nearby = side.loc[of_party & _near(side, one[0]), "amount"].to_numpy()
    return len(nearby) <= MOST_NEARBY and _combinations(nearby, one[0].amount) == 1


def _combinations(amounts: NDArray[np.int64], total: int) -> int:
    """How many ways two to four of the amounts come to the total."""
    return sum(
        int((amounts[np.array(list(combinations(range(len(amounts)), size)))].sum(axis=1) == total).sum())
        for size in range(2, min(4, len(amounts)) + 1)
    )
