"""The gift account (gavekonto): twenty lines, for the tutorial that adds a robot of one's own."""

from collections.abc import Iterator

from gevinst.demo.account import Account, bank_order, ledger_order, row_numbers
from gevinst.demo.dice import Amounts, Dice
from gevinst.demo.flow import MONEY_IN, MONEY_OUT, TRANSFER_IN, TRANSFER_OUT, Flow
from gevinst.demo.model import BankLine, Event, Item, Outcome, Posting
from gevinst.demo.month import Month
from gevinst.demo.write_text import amount_text, csv_text

ROBOT = "gavekonto"
LEDGER_ACCOUNT = "9.42.41"
OPENING = 84_210_00  # øre
FIRST_VOUCHER = 30_118
LINES = 20
MISSING_LINE = 12
GIFTS = (
    "Gave, Fjordbro Museum",
    "Gave, plejehjemmet Solsiden",
    "Legat, musikskolen",
    "Gave, bibliotekets venner",
)
BANK_HEADER = ("Dato", "Tekst", "Beløb", "Saldo")
LEDGER_HEADER = ("Bilag", "Dato", "Tekst", "Beløb")


def gift_account(month: Month, seed: int) -> Account:
    """The gift account of that month: one line of the bank lacks its posting."""
    flow = Flow(month=month, dice=Dice(seed, ROBOT), amounts=Amounts())
    events = list(_gifts(flow))
    lines = bank_order(events, Dice(seed, "gift bank order"))
    postings = [
        posting for voucher in ledger_order(events, Dice(seed, "gift ledger order")) for posting in voucher
    ]
    ids: dict[Item, str] = dict(row_numbers(lines, newest_first=False))
    ids |= {posting: str(FIRST_VOUCHER + place) for place, posting in enumerate(postings)}
    return Account(
        robot=ROBOT,
        title="Gavekonto",
        ledger_account=LEDGER_ACCOUNT,
        month=month,
        events=events,
        lines=lines,
        postings=postings,
        carried=(),
        bank_opening=OPENING,
        ids=ids,
    )


def _gifts(flow: Flow) -> Iterator[Event]:
    for number, day in enumerate(flow.days(LINES), 1):
        money_in = number % 5 != 0
        amount = flow.amount(100, 12_000, step=100) * (1 if money_in else -1)
        text = flow.dice.pick(GIFTS) if money_in else f"Uddeling {number:02d}"
        line = BankLine(booked=day, amount=amount, type=TRANSFER_IN if money_in else TRANSFER_OUT, text=text)
        posting = Posting(
            booked=flow.late(day, 0, 1), amount=amount, type=MONEY_IN if money_in else MONEY_OUT, text=text
        )
        if number == MISSING_LINE:
            yield Event(
                kind="missing_posting",
                bank=[line],
                outcome=Outcome.OPEN,
                fault="The ledger lacks a posting of this gift.",
            )
        else:
            yield Event(kind="gift", bank=[line], ledger=[posting])


def bank_csv(account: Account) -> str:
    """The statement, oldest first, with the balance after each line."""
    balance = account.bank_opening
    rows = []
    for line in account.lines:
        balance += line.amount
        rows.append((f"{line.booked:%d-%m-%Y}", line.text, amount_text(line.amount), amount_text(balance)))
    return csv_text(BANK_HEADER, rows)


def ledger_csv(account: Account) -> str:
    """The postings, oldest first."""
    return csv_text(
        LEDGER_HEADER,
        (
            (account.ids[posting], f"{posting.booked:%d-%m-%Y}", posting.text, amount_text(posting.amount))
            for posting in account.postings
        ),
    )
