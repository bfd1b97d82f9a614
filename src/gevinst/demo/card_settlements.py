"""The card account (kortindloesning): the bank has settlements less a fee, the ledger gross sales by day.

What is sold from a Friday to a Sunday is settled together. Each terminal has its own rate; a settlement has a
number that both sides know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gevinst.demo.account import Account, bank_order, carried_items, ledger_order, row_numbers
from gevinst.demo.dice import Amounts, Dice
from gevinst.demo.flow import CARDS, OTHER, Flow
from gevinst.demo.income import card_fee
from gevinst.demo.model import BankLine, Event, Item, Outcome, Posting
from gevinst.demo.month import Month, next_bank_day
from gevinst.demo.write_text import amount_text, csv_text

ROBOT = "kortindloesning"
LEDGER_ACCOUNT = "9.22.06"
OPENING = 3_906_411_75  # øre
FIRST_VOUCHER = 700_418_001
FIRST_CARRIED_VOUCHER = 700_417_961
FIRST_SETTLEMENT = 41_190
FAULT_RATE = 34_000  # per million: 3.4 %, where the dearest terminal has 1.2 %
BANK_HEADER = ("Dato", "Tekst", "Beløb", "Saldo", "Status", "Afstemt")
LEDGER_HEADER = ("Konto", "Bilag", "Dato", "Beskrivelse", "Beløb i DKK", "Reference")


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """A card terminal, its rate and its habits."""

    number: str  #: 7 digits
    place: str
    rate: int  #: fee per million of the gross amount
    lag: int = 1  #: bank days from sale to settlement
    weekends: bool = False  #: open on days when the bank is closed


TERMINALS = (
    Terminal(number="3104507", place="Svømmehal", rate=3_500, weekends=True),
    Terminal(number="3104515", place="Svømmehal café", rate=3_500, weekends=True),
    Terminal(number="3104523", place="Museum", rate=6_900, weekends=True),
    Terminal(number="3104531", place="Museumsbutik", rate=6_900, weekends=True),
    Terminal(number="3104549", place="Bibliotek", rate=4_500, weekends=True),
    Terminal(number="3104556", place="Genbrugsplads", rate=8_000, weekends=True),
    Terminal(number="3104564", place="Borgerservice", rate=5_200),
    Terminal(number="3104572", place="Borgerservice pas", rate=5_200),
    Terminal(number="3104580", place="Byggesagskontor", rate=7_400),
    Terminal(number="3104598", place="Musikskole", rate=7_400),
    Terminal(number="3104606", place="Kantine rådhus", rate=3_500),
    Terminal(number="3104614", place="Ungdomsskole", rate=9_500),
    Terminal(number="3104622", place="Webshop", rate=12_000, lag=2, weekends=True),
    Terminal(number="3104630", place="Parkering app", rate=12_000, lag=2, weekends=True),
)
MISSING = (5, 8)  # place among the terminals, place among the settlements
DOUBLE = (10, 11)
OVERCHARGED = (8, 14)


def card_account(month: Month, seed: int) -> Account:
    """The card account of that month: some 300 settlements and 370 daily sales."""
    flow = Flow(month=month, dice=Dice(seed, ROBOT), amounts=Amounts())
    events = [event for place in range(len(TERMINALS)) for event in _terminal(flow, place)]
    lines = bank_order(events, Dice(seed, "card bank order"))
    postings = [
        posting for voucher in ledger_order(events, Dice(seed, "card ledger order")) for posting in voucher
    ]
    carried = carried_items(events)
    ids: dict[Item, str] = dict(row_numbers(lines, newest_first=False))
    ids |= {posting: str(FIRST_VOUCHER + place) for place, posting in enumerate(postings)}
    ids |= {posting: str(FIRST_CARRIED_VOUCHER + place) for place, posting in enumerate(carried)}
    return Account(
        robot=ROBOT,
        title="Kortindløsning",
        ledger_account=LEDGER_ACCOUNT,
        month=month,
        events=events,
        lines=lines,
        postings=postings,
        carried=carried,
        bank_opening=OPENING,
        ids=ids,
    )


def _terminal(flow: Flow, place: int) -> Iterator[Event]:
    terminal = TERMINALS[place]
    number = FIRST_SETTLEMENT + place * 200
    for count, (paid, days) in enumerate(_settlements(flow.month, terminal)):
        event = _settlement(flow, terminal, paid=paid, days=days, reference=f"A{number + count:07d}")
        yield from _with_fault(flow, event, place=(place, count))


def _settlements(month: Month, terminal: Terminal) -> list[tuple[date, list[date]]]:
    """Each settlement with its days of sale: those paid in the month, and those sold in it."""
    days = [
        day for day in (*month.before.days[-7:], *month.days) if terminal.weekends or day in _bank_days(month)
    ]
    by_payment: dict[date, list[date]] = {}
    for day in days:
        by_payment.setdefault(next_bank_day(day, terminal.lag), []).append(day)
    return [(paid, sold) for paid, sold in sorted(by_payment.items()) if paid >= month.first]


def _bank_days(month: Month) -> set[date]:
    return {*month.before.bank_days, *month.bank_days}


def _settlement(flow: Flow, terminal: Terminal, *, paid: date, days: Sequence[date], reference: str) -> Event:
    month = flow.month
    postings = [
        Posting(
            booked=day,
            amount=flow.amount(350, 26_000, step=50),
            type=OTHER,
            text=f"Kortsalg {terminal.place} term. {terminal.number} d. {day:%d.%m}",
            reference=reference,
            carried=day < month.first,
        )
        for day in days
    ]
    if paid > month.last:
        return Event(kind="outstanding", ledger=postings, outcome=Outcome.OPEN)
    gross = sum(posting.amount for posting in postings)
    line = BankLine(
        booked=paid,
        amount=gross - card_fee(gross, terminal.rate),
        type=CARDS,
        text=f"Kortafr. {terminal.number} {reference}",
        reference=reference,
    )
    return Event(kind="card_fee" if len(days) == 1 else "card_fee_weekend", bank=[line], ledger=postings)


def _with_fault(flow: Flow, event: Event, *, place: tuple[int, int]) -> Iterator[Event]:
    """The event, with the fault that is planted in its place."""
    if place == MISSING:
        yield Event(
            kind="not_in_bank",
            ledger=event.ledger,
            outcome=Outcome.OPEN,
            fault="The settlement never came to the bank.",
        )
    elif place == OVERCHARGED:
        yield _overcharged(event)
    else:
        yield event
    if place == DOUBLE:
        first = event.ledger[0]
        yield Event(
            kind="double_posting",
            ledger=[replace(first, booked=flow.month.shift(first.booked, 3))],
            outcome=Outcome.OPEN,
            suspect=first,
            fault="The gross sale stands twice in the ledger.",
        )


def _overcharged(event: Event) -> Event:
    gross = sum(posting.amount for posting in event.ledger)
    return Event(
        kind="fee_outside_rate",
        bank=[replace(event.bank[0], amount=gross - card_fee(gross, FAULT_RATE))],
        ledger=event.ledger,
        outcome=Outcome.OPEN,
        fault="The fee is 3.4 % of the sale, where the dearest terminal has 1.2 %.",
    )


def bank_csv(account: Account) -> str:
    """The bank's export, oldest first, every field in quotes."""
    balance = account.bank_opening
    rows = []
    for line in account.lines:
        balance += line.amount
        rows.append(
            (
                f"{line.booked:%d.%m.%Y}",
                line.text,
                amount_text(line.amount),
                amount_text(balance),
                "Udført",
                "Nej",
            )
        )
    return csv_text(BANK_HEADER, rows, quote_all=True)


def ledger_csv(account: Account) -> str:
    """The ledger as a plain export: account, voucher, day, words, amount, settlement number."""
    number = account.ledger_account.replace(".", "")
    return csv_text(
        LEDGER_HEADER,
        (
            (
                number,
                account.ids[posting],
                f"{posting.booked:%d-%m-%Y}",
                posting.text,
                amount_text(posting.amount, thousands=False),
                posting.reference,
            )
            for posting in account.postings
        ),
    )
