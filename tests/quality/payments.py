"""Cash application: payments of customers against the invoices they may pay.

Several invoices at once, with or without their numbers, less a credit note, in instalments, too little, too
much, twice, and with numbers that are damaged.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from quality.files import Event, Row, TwoFiles, business_days, lay_out, weekday
from quality.month import Month, Party

FIRST_DAY = date(2026, 8, 3)
DAYS = 80
DAMAGED_SHARE = 0.25
DEDUCTIONS = ("skonto", "fradrag for fejl", "rabat", "mangler i levering")


def paid(make: Month, party: Party, day: date, amount: int, words: str = "") -> Row:
    """A payment some bank days after the day, which names its payer."""
    when = business_days(day, make.chance.randrange(5))
    return Row(booked=when, amount=amount, text=words or "Indbetaling", counterparty=shown(make, party.name))


def shown(make: Month, name: str) -> str:
    """The payer as the bank has it: as it is, in capitals, or cut."""
    kind = make.chance.random()
    if kind < 0.8:
        return name if kind < 0.6 else name.upper()
    return name[: make.chance.randint(12, 20)].rstrip()


def invoice(make: Month, party: Party, day: date, amount: int) -> Row:
    return Row(booked=day, amount=amount, text="Faktura", reference=number_of(make), counterparty=party.name)


def number_of(make: Month) -> str:
    """A number that no other invoice has, none beside it."""
    make.number += make.chance.randint(3, 900)
    return f"{50_000_000 + make.number * 7}"


def damaged(make: Month, number: str) -> str:
    """As payers write it: with a prefix, zeros, groups; now and then two digits swapped or the end cut."""
    kind = make.chance.randrange(5)
    at = make.chance.randrange(2, len(number) - 1)
    return (
        f"FAK-{number}",
        number.zfill(12),
        f"{number[:4]} {number[4:]}",
        number[:at] + number[at + 1] + number[at] + number[at + 2 :],
        number[:6],
    )[kind]


def drawn(make: Month) -> tuple[Party, date, Callable[[], int]]:
    """A payer, a day, and amounts of invoices."""
    party = Party(name=make.party().name, pays_us=True)
    day = weekday(FIRST_DAY + timedelta(days=make.chance.randrange(DAYS)))
    return party, day, lambda: make.amount(party)


def single(make: Month) -> list[Event]:
    party, day, amount = drawn(make)
    bill = invoice(make, party, day, amount())
    if make.chance.random() < DAMAGED_SHARE:
        written, kind = damaged(make, bill.reference), "one invoice, damaged number"
    else:
        written, kind = bill.reference, "one invoice, number"
    payment = paid(make, party, day, bill.amount, f"Betaling {written}")
    return [Event(kind=kind, left=(payment,), right=(bill,), matches=True)]


def unnumbered(make: Month) -> list[Event]:
    party, day, amount = drawn(make)
    bill = invoice(make, party, day, amount())
    payment = paid(make, party, day, bill.amount)
    return [Event(kind="one invoice, no number", left=(payment,), right=(bill,), matches=True)]


def several(make: Month) -> list[Event]:
    party, day, amount = drawn(make)
    bills = tuple(invoice(make, party, day, amount()) for _ in range(make.chance.randint(2, 4)))
    numbers = ", ".join(bill.reference for bill in bills)
    payment = paid(make, party, day, sum(bill.amount for bill in bills), f"Faktura {numbers}")
    return [Event(kind="several invoices, numbers", left=(payment,), right=bills, matches=True)]


def several_unnumbered(make: Month) -> list[Event]:
    party, day, amount = drawn(make)
    days = [business_days(day, -make.chance.randrange(3)) for _ in range(make.chance.randint(2, 4))]
    bills = tuple(invoice(make, party, when, amount()) for when in days)
    payment = paid(make, party, day, sum(bill.amount for bill in bills))
    return [Event(kind="several invoices, no number", left=(payment,), right=bills, matches=True)]


def less_credit(make: Month) -> list[Event]:
    """Invoices less a credit note; the payer may name them all, or none."""
    party, day, amount = drawn(make)
    bills = [invoice(make, party, day, amount()) for _ in range(make.chance.randint(1, 3))]
    part = round(bills[0].amount * make.chance.uniform(0.1, 0.6))
    rows = (*bills, replace(invoice(make, party, day, -part), text="Kreditnota"))
    named = make.chance.random() < 0.5
    words = "Faktura " + ", ".join(row.reference for row in rows) if named else ""
    payment = paid(make, party, day, sum(row.amount for row in rows), words)
    kind = f"less a credit note, {'numbers' if named else 'no number'}"
    return [Event(kind=kind, left=(payment,), right=rows, matches=True)]


def instalments(make: Month) -> list[Event]:
    """One invoice paid in two or three parts over weeks, each with its number."""
    party, day, amount = drawn(make)
    bill = invoice(make, party, day, amount())
    parts = make.chance.randint(2, 3)
    first = [round(bill.amount * make.chance.uniform(0.2, 0.4)) for _ in range(parts - 1)]
    rows = tuple(
        replace(
            paid(make, party, day, part), booked=business_days(day, 15 * at), text=f"Rate {bill.reference}"
        )
        for at, part in enumerate((*first, bill.amount - sum(first)))
    )
    return [Event(kind="instalments, number", left=rows, right=(bill,), matches=True)]


def too_little(make: Month) -> list[Event]:
    return other_amount(make, "paid too little", 0.85, 0.99)


def too_much(make: Month) -> list[Event]:
    return other_amount(make, "paid too much", 1.02, 1.15)


def first_part_only(make: Month) -> list[Event]:
    return other_amount(make, "first part only", 0.25, 0.8)


def other_amount(make: Month, kind: str, low: float, high: float) -> list[Event]:
    """Not to be matched; the number, or the name, shows what it is about."""
    party, day, amount = drawn(make)
    bill = invoice(make, party, day, amount())
    words = make.chance.choice(DEDUCTIONS)
    words = f"{bill.reference} {words}" if make.chance.random() < 0.7 else words
    ore = round(bill.amount * make.chance.uniform(low, high))
    payment = paid(make, party, day, ore, words)
    return [Event(kind=kind, left=(payment,), right=(bill,), matches=False)]


def twice(make: Month) -> list[Event]:
    party, day, amount = drawn(make)
    bill = invoice(make, party, day, amount())
    payment = replace(paid(make, party, day, bill.amount, f"Betaling {bill.reference}"), alike=bill.reference)
    again = replace(payment, booked=business_days(payment.booked, make.chance.randrange(3)))
    return [
        Event(kind="one invoice, paid twice", left=(payment,), right=(bill,), matches=True),
        Event(kind="second payment", left=(again,), right=(), matches=False),
    ]


def unknown(make: Month) -> list[Event]:
    party, day, amount = drawn(make)
    return [Event(kind="no invoice", left=(paid(make, party, day, amount()),), right=(), matches=False)]


def unpaid(make: Month) -> list[Event]:
    party, day, amount = drawn(make)
    return [Event(kind="no payment", left=(), right=(invoice(make, party, day, amount()),), matches=False)]


#: Weights of the kinds, after the public benchmark of cash application.
KINDS: dict[Callable[[Month], list[Event]], int] = {
    single: 30,
    unnumbered: 10,
    several: 10,
    several_unnumbered: 5,
    less_credit: 6,
    instalments: 8,
    too_little: 10,
    first_part_only: 6,
    too_much: 3,
    twice: 3,
    unknown: 4,
    unpaid: 5,
}


def payments(rows: int, seed: int) -> TwoFiles:
    """Payments and invoices of about so many events."""
    make = Month(seed=seed)
    makers = make.chance.choices(list(KINDS), list(KINDS.values()), k=rows)
    return lay_out([event for maker in makers for event in maker(make)])
