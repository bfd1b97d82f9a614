"""The tax account (skattekonto): what is paid to the tax authority, what it charges, and its statement.

The statement is the authority's; money paid in is positive on both sides. In the ledger it stands as debit.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from gevinst.demo.account import Account, bank_order, ledger_order, row_numbers
from gevinst.demo.dice import Amounts, Dice
from gevinst.demo.flow import MONEY_IN, OTHER, OWN_IN, TRANSFER_IN, Flow
from gevinst.demo.model import BankLine, BankType, Event, Item, Outcome, Posting
from gevinst.demo.month import Month
from gevinst.demo.references import no_company_number
from gevinst.demo.write_excel import Cell, workbook
from gevinst.demo.write_text import amount_text, csv_text
from gevinst.domain.money import kroner

ROBOT = "skattekonto"
LEDGER_ACCOUNT = "9.52.59"
OPENING = 1_264_880_40  # øre
FIRST_VOUCHER = 5_200_311
CHARGE = BankType(title="Skattekonto", family="PMNT.RDDT.PMDD")
UNITS = tuple(no_company_number(number) for number in (29_180_400, 29_180_500, 29_180_600, 29_180_700))
STATEMENT_HEADER = ("Dato", "Tekst", "Beløb", "Saldo")
LEDGER_HEADER = ("Bogføringsdato", "Bilag", "Tekst", "Debet", "Kredit", "Saldo")


def tax_account(month: Month, seed: int) -> Account:
    """The tax account of that month: some 60 lines."""
    flow = Flow(month=month, dice=Dice(seed, ROBOT), amounts=Amounts())
    events = [*_payroll_taxes(flow), *_monthly_taxes(flow), *_faults(flow)]
    lines = bank_order(events, Dice(seed, "tax statement order"))
    vouchers = ledger_order(events, Dice(seed, "tax ledger order"))
    postings = [posting for voucher in vouchers for posting in voucher]
    ids: dict[Item, str] = dict(row_numbers(lines, newest_first=True))
    ids |= {posting: str(FIRST_VOUCHER + place) for place, posting in enumerate(postings)}
    return Account(
        robot=ROBOT,
        title="Skattekonto",
        ledger_account=LEDGER_ACCOUNT,
        month=month,
        events=events,
        lines=lines,
        postings=postings,
        carried=(),
        bank_opening=OPENING,
        ids=ids,
    )


def _payroll_taxes(flow: Flow) -> Iterator[Event]:
    """A-skat and AM-bidrag of each pay run and unit, and the payment that covers them."""
    days = flow.month.bank_days
    for run, day in enumerate((days[2], days[9], days[-4]), 1):
        due = 0
        for unit in UNITS:
            for title, low, high in (("A-skat", 310_000, 1_900_000), ("AM-bidrag", 80_000, 420_000)):
                amount = flow.amount(low, high, step=100)
                due += amount
                yield _both(flow, day, -amount, text=f"{title} SE {unit} kørsel {run}")
        paid = flow.month.shift(day, 2)
        yield _both(flow, paid, due, text=f"Indbetaling A-skat og AM-bidrag kørsel {run}", type_=OWN_IN)


def _monthly_taxes(flow: Flow) -> Iterator[Event]:
    days = flow.month.bank_days
    for unit in UNITS:
        tax = flow.amount(15_000, 90_000, step=100)
        vat = flow.amount(8_000, 70_000, step=100)
        yield _both(flow, days[10], -tax, text=f"Lønsumsafgift SE {unit}")
        yield _both(flow, days[11], tax, text=f"Indbetaling lønsumsafgift SE {unit}", type_=OWN_IN)
        yield _both(flow, days[16], -vat, text=f"Moms SE {unit}")
        yield _both(flow, days[17], vat, text=f"Indbetaling moms SE {unit}", type_=OWN_IN)
    for place, text in (
        (5, "Godtgørelse energiafgift"),
        (14, "Regulering A-skat"),
        (-2, "Omkostningsgodtgørelse"),
    ):
        yield _both(flow, days[place], flow.amount(2_000, 60_000, step=100), text=text, type_=TRANSFER_IN)
    yield _both(flow, days[-3], -flow.amount(150_000, 400_000, step=100), text="Udbetaling til NemKonto")
    for unit in UNITS[:3]:
        yield _both(flow, days[6], -flow.amount(600, 4_000), text=f"Rente SE {unit}")


def _both(
    flow: Flow, day: date, amount: int, *, text: str, posted: int | None = None, type_: BankType = CHARGE
) -> Event:
    """One movement on both sides, the ledger up to two bank days later; `posted` is its amount if another."""
    line = BankLine(booked=day, amount=amount, type=type_, text=text)
    posting = Posting(
        booked=flow.late(day, 0, 2),
        amount=amount if posted is None else posted,
        type=MONEY_IN if amount > 0 else OTHER,
        text=text,
    )
    return Event(kind="tax", bank=[line], ledger=[posting])


def _faults(flow: Flow) -> Iterator[Event]:
    days = flow.month.bank_days
    interest = BankLine(
        booked=days[-1], amount=-flow.amount(800, 5_000), type=CHARGE, text="Renter, skattekonto"
    )
    yield Event(
        kind="missing_posting",
        bank=[interest],
        outcome=Outcome.OPEN,
        fault="The ledger lacks the interest of the month.",
    )
    amount = flow.amount(20_000, 80_000, step=100)
    turned = _both(flow, days[13], -amount, text=f"Efterangivelse AM-bidrag SE {UNITS[1]}", posted=amount)
    yield Event(
        kind="wrong_sign",
        bank=turned.bank,
        ledger=turned.ledger,
        outcome=Outcome.OPEN,
        fault="The posting has the wrong sign.",
    )


def statement_csv(account: Account) -> str:
    """The statement, newest line first, with the balance after each line."""
    balance = account.bank_opening
    rows = []
    for line in account.lines:
        balance += line.amount
        rows.append((f"{line.booked:%d-%m-%Y}", line.text, amount_text(line.amount), amount_text(balance)))
    return csv_text(STATEMENT_HEADER, reversed(rows))


def ledger_workbook(account: Account) -> bytes:
    """The ledger card: money in as debit, money out as credit, the balance after each posting."""
    rows: list[Sequence[Cell]] = [LEDGER_HEADER]
    balance = account.ledger_opening
    for posting in account.postings:
        balance += posting.amount
        debit = kroner(posting.amount) if posting.amount > 0 else None
        credit = kroner(-posting.amount) if posting.amount < 0 else None
        rows.append([posting.booked, account.ids[posting], posting.text, debit, credit, kroner(balance)])
    return workbook("Kontokort", rows, widths=[16, 12, 44, 16, 16, 16])
