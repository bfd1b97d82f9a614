"""What is wrong on the main account: each planted fault, with the answer a controller would give."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from gevinst.demo.flow import (
    CHARGED,
    INTEREST,
    MONEY_IN,
    MONEY_OUT,
    NEMKONTO,
    RETURNED,
    SUPPLIER,
    TRANSFER_IN,
    Flow,
)
from gevinst.demo.income import fik_payment
from gevinst.demo.model import BankLine, Event, Outcome, Posting
from gevinst.demo.payments import payment
from gevinst.demo.words import CHARGES, firm

FAULT_FIK_NUMBER = 4_990_000_000_000


def double_postings(flow: Flow) -> Iterator[Event]:
    """A payment in and an invoice, each entered a second time with a new voucher number."""
    days = flow.month.bank_days
    deposit = fik_payment(
        flow, day=days[6], charge=CHARGES[1], amount=flow.amount(3_000, 4_000), number=FAULT_FIK_NUMBER + 17
    )
    yield from _posted_twice(deposit, day=flow.month.shift(days[6], 2))
    invoice = _supplier(
        flow, bank_day=days[11], ledger_day=days[10], amount=flow.amount(8_000, 40_000), number=81
    )
    yield from _posted_twice(invoice, day=days[13])


def _posted_twice(event: Event, *, day: date) -> Iterator[Event]:
    first = event.ledger[0]
    yield event
    yield Event(
        kind="double_posting",
        ledger=[replace(first, booked=day)],
        outcome=Outcome.OPEN,
        suspect=first,
        fault="The posting stands twice in the ledger and once in the bank.",
    )


def _supplier(flow: Flow, *, bank_day: date, ledger_day: date, amount: int, number: int) -> Event:
    return payment(
        flow,
        kind="supplier",
        days=(bank_day, ledger_day),
        amount=amount,
        text=f"Vedligehold faktura {number:05d}",
        reference=f"LEV{ledger_day:%Y%m%d}-{number}",
        type_=SUPPLIER,
        party=firm(flow.dice),
    )


def wrong_signs(flow: Flow) -> Iterator[Event]:
    """A refund posted as money out, and an invoice posted as money in."""
    days = flow.month.bank_days
    amount = flow.amount(40_000, 90_000)
    reference = f"SR{flow.month.first:%Y%m}-91"
    refund = _in(days[7], amount, text="Refusion integration", reference=reference, party="Staten")
    yield _wrong_sign(Event(kind="state_refund", bank=[refund], ledger=[_posted(refund, day=days[8])]))
    yield _wrong_sign(
        _supplier(flow, bank_day=days[5], ledger_day=days[4], amount=flow.amount(2_000, 9_000), number=92)
    )


def _wrong_sign(event: Event) -> Event:
    posting = event.ledger[0]
    return Event(
        kind="wrong_sign",
        bank=event.bank,
        ledger=[replace(posting, amount=-posting.amount)],
        outcome=Outcome.OPEN,
        fault="The posting has the wrong sign.",
    )


def swapped_digits(flow: Flow) -> Iterator[Event]:
    """Two digits changed places when the amount was keyed in."""
    days = flow.month.bank_days
    deposit = fik_payment(flow, day=days[9], charge=CHARGES[6], amount=125_400, number=FAULT_FIK_NUMBER + 338)
    yield _swapped(deposit, keyed=152_400)
    invoice = _supplier(flow, bank_day=days[14], ledger_day=days[13], amount=4_831_050, number=93)
    yield _swapped(invoice, keyed=-4_381_050)


def _swapped(event: Event, *, keyed: int) -> Event:
    return Event(
        kind="swapped_digits",
        bank=event.bank,
        ledger=[replace(event.ledger[0], amount=keyed)],
        outcome=Outcome.OPEN,
        fault="Two digits of the amount are swapped in the ledger.",
    )


def missing_postings(flow: Flow) -> Iterator[Event]:
    """A fee, interest, a deposit that nobody knows and a returned payment, none of them in the ledger."""
    days = flow.month.bank_days
    last_month = flow.month.before
    lines = (
        BankLine(booked=days[-1], amount=-flow.amount(120, 900), type=CHARGED, text="Gebyr adviser"),
        BankLine(booked=days[-1], amount=-flow.amount(300, 2_500), type=INTEREST, text="Renteregulering"),
        _in(
            days[12], flow.amount(3_000, 20_000), text="Overførsel 7731", reference="", party=firm(flow.dice)
        ),
        BankLine(
            booked=days[2],
            amount=flow.amount(900, 6_000),
            type=RETURNED,
            text=f"Retur NKS{last_month.bank_days[-3]:%Y%m%d}-907",
            reference=f"NKR{days[2]:%Y%m%d}-97",
            party="Ydelsesmodtager",
        ),
    )
    for line in lines:
        yield Event(
            kind="missing_posting",
            bank=[line],
            outcome=Outcome.OPEN,
            fault=f"The ledger lacks a posting: {line.text}.",
        )


def not_in_bank(flow: Flow) -> Iterator[Event]:
    """A payment that was never sent and a deposit that never came."""
    days = flow.month.bank_days
    postings = (
        _out(days[4], flow.amount(1_500, 9_000), text="Hjælpemiddel", reference=f"NKS{days[4]:%Y%m%d}-908"),
        _posting_in(days[8], flow.amount(4_000, 15_000), text="Tilskud, kulturpulje", reference=""),
    )
    for posting in postings:
        yield Event(
            kind="not_in_bank",
            ledger=[posting],
            outcome=Outcome.OPEN,
            fault="The posting has no movement in the bank.",
        )


def outstanding(flow: Flow) -> Iterator[Event]:
    """Posted in the last days of the month; the bank books them in the next."""
    day = flow.month.bank_days[-1]
    postings = (
        _out(day, flow.amount(1_500, 9_000), text="Enkeltydelse", reference=f"NKS{day:%Y%m%d}-909"),
        _out(day, flow.amount(9_000, 50_000), text="Vejsalt faktura 40117", reference=f"LEV{day:%Y%m%d}-94"),
        _posting_in(
            day, flow.amount(2_000, 9_000), text="Kontant indbetaling POSE-004790", reference="POSE-004790"
        ),
    )
    for posting in postings:
        yield Event(
            kind="outstanding",
            ledger=[posting],
            outcome=Outcome.OPEN,
            fault="The bank books it in the next period.",
        )


def carried_items(flow: Flow) -> Iterator[Event]:
    """Open postings of last month: three are settled in the first days, one stays open."""
    days = flow.month.bank_days
    before = flow.month.before.bank_days
    settled = (
        (before[-1], days[0], NEMKONTO, "Sygedagpenge", f"NKS{before[-1]:%Y%m%d}-031"),
        (before[-1], days[1], NEMKONTO, "Befordring", f"NKS{before[-1]:%Y%m%d}-044"),
        (before[-2], days[0], SUPPLIER, "Buskørsel faktura 61140", f"LEV{before[-2]:%Y%m%d}-12"),
    )
    for posted, booked, type_, text, reference in settled:
        amount = flow.amount(1_000, 30_000)
        event = payment(
            flow,
            kind="carried",
            days=(booked, posted),
            amount=amount,
            text=text,
            reference=reference,
            type_=type_,
            party="Ydelsesmodtager" if type_ is NEMKONTO else firm(flow.dice),
        )
        yield replace(event, ledger=[replace(event.ledger[0], carried=True)])
    stale = _out(
        before[-6], flow.amount(700, 5_000), text="Flytteudgift", reference=f"NKS{before[-6]:%Y%m%d}-018"
    )
    yield Event(
        kind="carried",
        ledger=[replace(stale, carried=True)],
        outcome=Outcome.OPEN,
        fault="Open since last month; the bank has still not booked it.",
    )


def other_account(flow: Flow) -> Iterator[Event]:
    """A deposit that belongs on the gift account."""
    line = _in(
        flow.month.bank_days[10], flow.amount(5_000, 25_000), text="Gave til Fjordbro Museum, gavekonto 4436"
    )
    yield Event(
        kind="other_account",
        bank=[line],
        outcome=Outcome.OPEN,
        fault="The deposit belongs to another account, the gift account.",
    )


def split(flow: Flow) -> Iterator[Event]:
    """One amount from the bank, posted as two, with the same words and no number in common."""
    day = flow.month.bank_days[9]
    parts = (flow.amount(6_000, 14_000), flow.amount(15_000, 30_000))
    line = _in(day, sum(parts), text="Salg af inventar Søndergården", party=firm(flow.dice))
    postings = [
        _posting_in(
            flow.month.shift(day, 1), amount, text=f"Salg af inventar Søndergården, {room}", reference=""
        )
        for amount, room in zip(parts, ("stue", "køkken"), strict=True)
    ]
    yield Event(
        kind="split",
        bank=[line],
        ledger=postings,
        fault="One amount is posted as two without a common reference; the words and the sum give it away.",
    )


def ambiguous(flow: Flow) -> Iterator[Event]:
    """Two equal deposits and one posting, each as near as the other: nobody can know which."""
    days = flow.month.bank_days
    amount = flow.amount(2_000, 9_000, step=50_00)
    lines = [
        _in(days[15], amount, text="Indbetaling 1 af 2", party=firm(flow.dice)),
        _in(days[17], amount, text="Indbetaling 2 af 2", party=firm(flow.dice)),
    ]
    posting = _posting_in(days[16], amount, text="Leje af lokale", reference="")
    yield Event(
        kind="ambiguous",
        bank=lines,
        ledger=[posting],
        outcome=Outcome.PROPOSAL,
        fault="Two equal deposits without reference, one posting as near to the one as to the other.",
    )


def _in(day: date, amount: int, *, text: str, reference: str = "", party: str = "") -> BankLine:
    return BankLine(booked=day, amount=amount, type=TRANSFER_IN, text=text, reference=reference, party=party)


def _posted(line: BankLine, *, day: date) -> Posting:
    return _posting_in(day, line.amount, text=line.text, reference=line.reference)


def _posting_in(day: date, amount: int, *, text: str, reference: str) -> Posting:
    return Posting(
        booked=day,
        amount=amount,
        type=MONEY_IN,
        text=text,
        reference=reference,
        counter_account="75700012",
        document_days=1,
    )


def _out(day: date, amount: int, *, text: str, reference: str) -> Posting:
    return Posting(
        booked=day, amount=-amount, type=MONEY_OUT, text=text, reference=reference, counter_account="95990001"
    )
