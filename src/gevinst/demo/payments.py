"""Money out of the main account: NemKonto, suppliers, salaries, transfers and fees; and what comes back."""

from collections.abc import Iterator
from datetime import date

from gevinst.demo.flow import (
    CHARGED,
    DIRECT_DEBIT,
    MONEY_IN,
    MONEY_OUT,
    NEMKONTO,
    OTHER,
    OWN_IN,
    OWN_OUT,
    PAYROLL,
    RETURNED,
    SALARY,
    SUPPLIER,
    Flow,
    Numbers,
)
from gevinst.demo.model import BankLine, BankType, Event, Posting
from gevinst.demo.words import AREAS, BENEFITS, OWN_ACCOUNTS, SUPPLIES, firm

NEMKONTO_PAYMENTS = 540
NEMKONTO_BATCHES_A_DAY = 4
SUPPLIER_PAYMENTS = 270
SUPPLIER_BATCHES_A_DAY = 2
RETURNS = 12
REFUSED_DIRECT_DEBITS = 10
LONGEST_RETURN = 7  # bank days from a payment to its return and the posting of it

FEES = (
    "Gebyr NemKonto",
    "Gebyr Betalingsservice",
    "Gebyr indbetalingskort",
    "Gebyr udlandsbetaling",
    "Gebyr kontoudskrift",
    "Gebyr pengeautomat",
)


def payment(
    flow: Flow,
    *,
    kind: str,
    days: tuple[date, date],
    amount: int,
    text: str,
    reference: str,
    type_: BankType,
    party: str,
) -> Event:
    """One payment out: `days` are the bank's and the ledger's, `amount` is positive."""
    bank_day, ledger_day = days
    line = BankLine(
        booked=bank_day,
        amount=-amount,
        type=type_,
        text=f"{type_.title} {reference}",
        reference=reference,
        party=party,
    )
    posting = Posting(
        booked=ledger_day,
        amount=-amount,
        type=MONEY_OUT,
        text=text,
        reference=reference,
        counter_account="95990001",
        document_days=flow.dice.below(4),
    )
    return Event(kind=kind, bank=[line], ledger=[posting])


def nemkonto_payments(flow: Flow) -> Iterator[Event]:
    """Single payments to citizens, posted one to three bank days before the bank books them; some return."""
    numbers = Numbers("NKS", 3)
    payments = [
        payment(
            flow,
            kind="nemkonto",
            days=(flow.late(day, 1, 3), day),
            amount=flow.amount(250, 18_500),
            text=flow.dice.pick(BENEFITS),
            reference=numbers.next(day),
            type_=NEMKONTO,
            party="Ydelsesmodtager",
        )
        for day in flow.days(NEMKONTO_PAYMENTS)
    ]
    yield from payments
    yield from _returns(flow, payments)


def _returns(flow: Flow, payments: list[Event]) -> Iterator[Event]:
    numbers = Numbers("NKR", 2)
    last = flow.month.bank_days[-LONGEST_RETURN]
    early = [event for event in payments if event.bank[0].booked <= last]
    for event in flow.dice.shuffled(early)[:RETURNS]:
        paid = event.bank[0]
        day = flow.late(paid.booked, 2, 4)
        reference = numbers.next(day)
        text = f"Retur {paid.reference}"
        line = BankLine(
            booked=day,
            amount=-paid.amount,
            type=RETURNED,
            text=f"{text} {reference}",
            reference=reference,
            party=paid.party,
        )
        posting = Posting(
            booked=flow.late(day, 0, 2),
            amount=-paid.amount,
            type=MONEY_IN,
            text=text,
            reference=reference,
            counter_account="95990001",
        )
        yield Event(kind="return", bank=[line], ledger=[posting])


def nemkonto_batches(flow: Flow) -> Iterator[Event]:
    """Several benefit runs a day, one bank line each."""
    numbers = Numbers("NKB", 2)
    for day in flow.month.bank_days:
        for _ in range(NEMKONTO_BATCHES_A_DAY):
            words = flow.dice.pick(BENEFITS)
            yield _batch(
                flow,
                day,
                kind="nemkonto_batch",
                type_=NEMKONTO,
                numbers=numbers,
                words=(words,),
                limits=(400, 16_000),
            )


def supplier_payments(flow: Flow) -> Iterator[Event]:
    """Single invoices paid by Leverandørservice."""
    numbers = Numbers("LEV", 2)
    for day in flow.days(SUPPLIER_PAYMENTS):
        yield payment(
            flow,
            kind="supplier",
            days=(flow.late(day, 1, 2), day),
            amount=flow.amount(300, 92_000),
            text=f"{flow.dice.pick(SUPPLIES)} faktura {flow.dice.between(10_000, 99_999)}",
            reference=numbers.next(day),
            type_=SUPPLIER,
            party=firm(flow.dice),
        )


def supplier_batches(flow: Flow) -> Iterator[Event]:
    """Payment proposals of the day, one bank line each."""
    numbers = Numbers("LVB", 2)
    for day in flow.month.bank_days:
        for _ in range(SUPPLIER_BATCHES_A_DAY):
            yield _batch(
                flow,
                day,
                kind="supplier_batch",
                type_=SUPPLIER,
                numbers=numbers,
                words=SUPPLIES,
                limits=(500, 60_000),
            )


def _batch(
    flow: Flow,
    day: date,
    *,
    kind: str,
    type_: BankType,
    numbers: Numbers,
    words: tuple[str, ...],
    limits: tuple[int, int],
) -> Event:
    reference = numbers.next(day)
    postings = [
        Posting(
            booked=day,
            amount=-flow.amount(*limits),
            type=MONEY_OUT,
            text=flow.dice.pick(words),
            reference=reference,
            counter_account="95990001",
            voucher=reference,
        )
        for _ in range(flow.dice.between(5, 16))
    ]
    line = BankLine(
        booked=flow.late(day, 1, 2),
        amount=sum(posting.amount for posting in postings),
        type=type_,
        text=f"{type_.title} samlet {reference}",
        reference=reference,
        batch=len(postings),
    )
    return Event(kind=kind, bank=[line], ledger=postings)


def salaries(flow: Flow) -> Iterator[Event]:
    """Five pay runs: one bank line each, one posting for each area of the office, all on one voucher."""
    days = flow.month.bank_days
    runs = (
        ("Løn forud", days[-1], 9_800_000),
        ("Løn bagud", days[-1], 21_400_000),
        ("14-dages løn A", days[8], 3_100_000),
        ("14-dages løn B", days[-3], 3_050_000),
        ("Honorarer", days[10], 210_000),
    )
    for letter, (title, day, level) in zip("ABCDE", runs, strict=True):
        reference = f"LOEN{flow.month.first:%Y%m}-{letter}"
        booked = flow.month.shift(day, -flow.dice.between(0, 2))
        postings = [
            Posting(
                booked=booked,
                amount=-flow.amount(level // 20, level // 6),
                type=SALARY,
                text=f"{title} {area}",
                reference=reference,
                counter_account="95990010",
                voucher=reference,
            )
            for area in AREAS
        ]
        total = sum(posting.amount for posting in postings)
        text = f"{title} {reference}"
        line = BankLine(
            booked=day, amount=total, type=PAYROLL, text=text, reference=reference, batch=len(postings)
        )
        yield Event(kind="salary", bank=[line], ledger=postings)


def own_transfers(flow: Flow) -> Iterator[Event]:
    """Money between the office's own accounts: round amounts, account number in the text, no reference."""
    for place, day in enumerate(flow.month.bank_days):
        number, name = flow.dice.pick(OWN_ACCOUNTS)
        sign = -1 if place % 3 else 1
        amount = sign * flow.amount(150_000, 4_000_000, step=10_000_00)
        text = f"Overførsel {'til' if sign < 0 else 'fra'} {name} {number}"
        line = BankLine(booked=day, amount=amount, type=OWN_OUT if sign < 0 else OWN_IN, text=text)
        posting = Posting(
            booked=flow.late(day, 0, 1), amount=amount, type=OTHER, text=text, counter_account=f"9220{number}"
        )
        yield Event(kind="own_transfer", bank=[line], ledger=[posting])


def fees(flow: Flow) -> Iterator[Event]:
    """What the bank charges on the last bank day, posted on the same day."""
    day = flow.month.bank_days[-1]
    for text in FEES:
        amount = -flow.amount(45, 2_900)
        line = BankLine(booked=day, amount=amount, type=CHARGED, text=text)
        posting = Posting(booked=day, amount=amount, type=OTHER, text=text, counter_account="76450099")
        yield Event(kind="fee", bank=[line], ledger=[posting])


def refused_direct_debits(flow: Flow) -> Iterator[Event]:
    """Payers who turn a Betalingsservice payment down after it was made."""
    numbers = Numbers("BSR", 2)
    for day in flow.days(REFUSED_DIRECT_DEBITS):
        reference = numbers.next(day)
        amount = -flow.amount(200, 6_000)
        text = f"Afvist betaling {reference}"
        line = BankLine(booked=day, amount=amount, type=DIRECT_DEBIT, text=text, reference=reference)
        posting = Posting(
            booked=flow.late(day, 0, 2),
            amount=amount,
            type=MONEY_IN,
            text=text,
            reference=reference,
            counter_account="75250110",
        )
        yield Event(kind="refused_direct_debit", bank=[line], ledger=[posting])


def reversals(flow: Flow) -> Iterator[Event]:
    """What one side did and took back by itself: two bank errors, three reversed postings."""
    for number, place in enumerate((3, 11), 1):
        amount = flow.amount(900, 40_000)
        reference = f"BF-{number:05d}"
        days = flow.month.bank_days[place : place + 2]
        yield Event(
            kind="reversal",
            bank=[
                BankLine(
                    booked=day,
                    amount=sign * amount,
                    type=NEMKONTO if sign < 0 else RETURNED,
                    text=f"{words} {reference}",
                    reference=reference,
                    reversal=sign > 0,
                )
                for day, sign, words in zip(days, (-1, 1), ("Fejlpostering", "Tilbageført"), strict=True)
            ],
        )
    for number, place in enumerate((2, 7, 14), 1):
        yield _storno(flow, reference=f"ST-{number:05d}", days=flow.month.bank_days[place : place + 2])


def _storno(flow: Flow, *, reference: str, days: tuple[date, ...]) -> Event:
    amount = flow.amount(700, 25_000)
    return Event(
        kind="reversal",
        ledger=[
            Posting(
                booked=day,
                amount=sign * amount,
                type=OTHER,
                text=f"{words} {reference}",
                reference=reference,
                counter_account="95990001",
            )
            for day, sign, words in zip(days, (1, -1), ("Omkontering", "Storno"), strict=True)
        ],
    )
