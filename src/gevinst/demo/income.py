"""Money into the main account: payments by FIK and Betalingsservice, cards, MobilePay, rent, cash."""

from collections.abc import Iterator
from datetime import date

from gevinst.demo.flow import (
    CARDS,
    CASH,
    DIRECT_DEBIT,
    FIK_IN,
    INTEREST,
    MOBILEPAY,
    MONEY_IN,
    OTHER,
    TRANSFER_IN,
    Flow,
    Numbers,
)
from gevinst.demo.model import BankLine, BankType, Event, Outcome, Posting
from gevinst.demo.month import next_bank_day
from gevinst.demo.references import fik_reference
from gevinst.demo.words import (
    CHARGES,
    CREDITORS,
    DIRECT_DEBIT_CREDITORS,
    MAIN_TERMINALS,
    MERCHANTS,
    STATE_REFUNDS,
    Charge,
)

FIK_PAYMENTS = 1080
RENTS = 44
STATE_PAYMENTS = 10
CASH_DEPOSITS = 9
FIRST_FIK_NUMBER = 4_120_000_000_000
SMALLEST_BATCH = 5
LARGEST_BATCH = 40
MAIN_FEE_RATE = 6_900  # per million of the gross amount
MILLION = 1_000_000
GRANT = 118_450_000_00  # øre; the state's monthly grant and tax on the first bank day


def fik_payments(flow: Flow) -> Iterator[Event]:
    """Single payments by slip: same reference on both sides, many of the same amount."""
    number = FIRST_FIK_NUMBER
    for day in flow.days(FIK_PAYMENTS):
        number += flow.dice.between(3, 9_000)
        charge = flow.dice.pick(CHARGES)
        yield fik_payment(flow, day=day, charge=charge, amount=_price(flow, charge), number=number)


def fik_payment(flow: Flow, *, day: date, charge: Charge, amount: int, number: int) -> Event:
    """One payment by slip, posted that bank day or the next. `number` is the reference without its check."""
    reference = fik_reference(number)
    line = BankLine(
        booked=day,
        amount=amount,
        type=FIK_IN,
        text=f"FI-indbetaling 71 {reference}",
        reference=reference,
        fik=True,
        party=charge.payer,
    )
    posting = Posting(
        booked=flow.late(day, 0, 1),
        amount=amount,
        type=MONEY_IN,
        text=f"{charge.text}, {flow.month.name}",
        reference=reference,
        counter_account=charge.counter_account,
        document_days=flow.dice.below(3),
    )
    return Event(kind="fik", bank=[line], ledger=[posting])


def _price(flow: Flow, charge: Charge) -> int:
    return flow.dice.pick(charge.prices) if charge.prices else flow.amount(180, 9_500)


def fik_batches(flow: Flow) -> Iterator[Event]:
    """One sum line a day for each creditor number; one posting for each payment behind it."""
    numbers = Numbers("IB", 2)
    for day in flow.month.bank_days:
        for creditor in CREDITORS:
            reference = numbers.next(day)
            text = f"FI-indbetalinger kreditor {creditor} {reference}"
            yield _batch(flow, day, kind="fik_batch", type_=FIK_IN, text=text, reference=reference)


def direct_debits(flow: Flow) -> Iterator[Event]:
    """Betalingsservice: large collections on the first bank day, smaller ones through the month."""
    numbers = Numbers("BS", 2)
    days = [flow.month.bank_days[0]] * 3 + list(flow.month.bank_days[3:15:4])
    for day in days:
        for creditor in DIRECT_DEBIT_CREDITORS:
            reference = numbers.next(day)
            text = f"Betalingsservice {creditor} {reference}"
            yield _batch(
                flow, day, kind="direct_debit_batch", type_=DIRECT_DEBIT, text=text, reference=reference
            )


def _batch(flow: Flow, day: date, *, kind: str, type_: BankType, text: str, reference: str) -> Event:
    dice = flow.dice
    size = SMALLEST_BATCH + min(dice.below(LARGEST_BATCH - SMALLEST_BATCH + 1) for _ in range(2))
    booked = flow.late(day, 0, 1)
    in_text = dice.chance(20)
    postings = []
    for _ in range(size):
        charge = dice.pick(CHARGES)
        postings.append(
            Posting(
                booked=booked,
                amount=_price(flow, charge),
                type=MONEY_IN,
                text=f"{charge.text} {reference}" if in_text else f"{charge.text}, samlet indbetaling",
                reference="" if in_text else reference,
                counter_account=charge.counter_account,
                voucher=reference,
            )
        )
    total = sum(posting.amount for posting in postings)
    line = BankLine(booked=day, amount=total, type=type_, text=text, reference=reference, batch=size)
    return Event(kind=kind, bank=[line], ledger=postings)


def mobilepay(flow: Flow) -> Iterator[Event]:
    """Sales of a day, paid out on the next bank day. Only the merchant number is shared; amounts decide."""
    for place, (merchant, shop) in enumerate(MERCHANTS):
        for day in flow.month.days:
            paid = next_bank_day(day, 1)
            open_today = day in flow.month.bank_days or place % 2 == 0
            if open_today and paid <= flow.month.bank_days[-1]:
                yield _mobilepay_day(flow, day, paid=paid, merchant=merchant, shop=shop)


def _mobilepay_day(flow: Flow, day: date, *, paid: date, merchant: str, shop: str) -> Event:
    amount = flow.amount(240, 14_000)
    line = BankLine(
        booked=paid,
        amount=amount,
        type=MOBILEPAY,
        text=f"MobilePay {merchant} salg {day:%d.%m.%Y}",
        party="MobilePay",
    )
    posting = Posting(
        booked=day,
        amount=amount,
        type=OTHER,
        text=f"MobilePay {shop} {day:%d.%m}",
        reference=merchant,
        counter_account="73500011",
    )
    return Event(kind="mobilepay", bank=[line], ledger=[posting])


def card_settlements(flow: Flow) -> Iterator[Event]:
    """A few terminals settle here: the bank pays the sale less a fee, the ledger has the sale."""
    number = 41_200
    for day in flow.month.bank_days[1:-2:5]:
        for terminal, place in MAIN_TERMINALS:
            number += flow.dice.between(1, 6)
            gross = flow.amount(900, 22_000)
            fee = card_fee(gross, MAIN_FEE_RATE)
            reference = f"AFR-{number:07d}"
            text = f"Dankort-salg {terminal} {reference}"
            yield Event(
                kind="card_fee",
                bank=[
                    BankLine(
                        booked=flow.late(day, 1, 2),
                        amount=gross - fee,
                        type=CARDS,
                        text=text,
                        reference=reference,
                        party="Kortindløser",
                    )
                ],
                ledger=[
                    Posting(
                        booked=day,
                        amount=gross,
                        type=OTHER,
                        text=f"Kortsalg {place} term. {terminal}",
                        reference=reference,
                        counter_account="73500029",
                    )
                ],
            )


def card_fee(gross: int, rate: int) -> int:
    """The fee in øre, half an øre rounded up. `rate` is per million of the gross amount."""
    return (gross * rate + MILLION // 2) // MILLION


def rents(flow: Flow) -> Iterator[Event]:
    """Rent by transfer, with the number of the tenancy."""
    for number in range(1, RENTS + 1):
        day = flow.month.bank_days[min(flow.dice.below(3), flow.dice.below(3))]
        yield _transfer_in(
            flow,
            kind="rent",
            days=(day, flow.late(day, 0, 2)),
            amount=flow.dice.pick((612_500, 548_000, 731_250)),
            text=f"Husleje lejemål LM-{number:04d}",
            reference=f"LM-{number:04d}",
            party="Lejer",
        )


def state_payments(flow: Flow) -> Iterator[Event]:
    """Refunds and the monthly grant. The ledger expects some of them and posts others when they have come."""
    first = flow.month.bank_days[0]
    number = f"SR{flow.month.first:%Y%m}-00"
    yield _transfer_in(
        flow,
        kind="state_refund",
        days=(first, first),
        amount=GRANT,
        text="Skat og generelle tilskud",
        reference=number,
        party="Staten",
    )
    for place, day in enumerate(flow.days(STATE_PAYMENTS), 1):
        other = flow.late(day, 0, 5)
        days = (other, day) if place % 2 else (day, flow.late(day, 0, 2))
        yield _transfer_in(
            flow,
            kind="state_refund",
            days=days,
            amount=flow.amount(85_000, 2_400_000),
            text=STATE_REFUNDS[place % len(STATE_REFUNDS)],
            reference=f"SR{flow.month.first:%Y%m}-{place:02d}",
            party="Staten",
        )


def cash_deposits(flow: Flow) -> Iterator[Event]:
    """Cash bags: posted when they are handed in, on the account when the bank has counted them."""
    for number, day in enumerate(flow.days(CASH_DEPOSITS), 4_711):
        reference = f"POSE-{number:06d}"
        yield _transfer_in(
            flow,
            kind="cash",
            days=(flow.late(day, 1, 3), day),
            amount=flow.amount(1_200, 31_000, step=50),
            text=f"Kontant indbetaling {reference}",
            reference=reference,
            type_=CASH,
        )


def interest(flow: Flow) -> Iterator[Event]:
    """The interest of the month, posted on the same day."""
    day = flow.month.bank_days[-1]
    yield _transfer_in(
        flow,
        kind="interest",
        days=(day, day),
        amount=flow.amount(4_000, 30_000),
        text="Kreditrente",
        reference="",
        type_=INTEREST,
    )


def _transfer_in(
    flow: Flow,
    *,
    kind: str,
    days: tuple[date, date],
    amount: int,
    text: str,
    reference: str,
    party: str = "",
    type_: BankType = TRANSFER_IN,
) -> Event:
    bank_day, ledger_day = days
    line = BankLine(booked=bank_day, amount=amount, type=type_, text=text, reference=reference, party=party)
    posting = Posting(
        booked=ledger_day,
        amount=amount,
        type=MONEY_IN,
        text=text,
        reference=reference,
        counter_account="75700012",
        document_days=flow.dice.below(2),
    )
    return Event(kind=kind, bank=[line], ledger=[posting])


def interchangeable(flow: Flow) -> Iterator[Event]:
    """Equal amounts on the same day with the same words and no reference: nobody can tell them apart."""
    classes = (
        (51_000, "Parkeringsafgift, betalt i skranken", 4, 5),
        (28_000, "Pas, betalt i skranken", 6, 9),
        (7_500, "Erstatning, lånerkort", 4, 13),
    )
    for amount, text, count, place in classes:
        day = flow.month.bank_days[place]
        yield Event(
            kind="interchangeable",
            bank=[BankLine(booked=day, amount=amount, type=TRANSFER_IN, text=text) for _ in range(count)],
            ledger=[
                Posting(booked=day, amount=amount, type=MONEY_IN, text=text, counter_account="76450050")
                for _ in range(count)
            ],
            outcome=Outcome.PAIRS,
        )
