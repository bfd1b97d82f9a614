"""The files of the main account: the statement in two shapes, the ledger in two, last month's open items."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from gevinst.demo.account import Account, row_numbers
from gevinst.demo.model import BankLine, Posting
from gevinst.demo.month import CALENDAR, next_bank_day
from gevinst.demo.references import danish_iban
from gevinst.demo.words import BANK_CODE, BANK_NUMBER, OFFICE
from gevinst.demo.write_camt import CamtAccount, camt053, day_statements
from gevinst.demo.write_excel import Cell, workbook
from gevinst.demo.write_text import OPUS_COLUMNS, OpusList, OpusRow, amount_text, csv_text, opus_text
from gevinst.domain.money import kroner

ACCOUNT_NUMBER = "0000220501"
NORDEA_HEADER = (
    "Bogføringsdato",
    "Beløb",
    "Afsender",
    "Modtager",
    "Navn",
    "Beskrivelse",
    "Saldo",
    "Valuta",
    "Afstemt",
)
NEWEST_FIRST = True


def statement_camt(account: Account) -> bytes:
    """Every bank day as a statement of its own, numbered through the year."""
    days = account.month.bank_days
    ids: Mapping[BankLine, str] = {line: account.ids[line] for line in account.lines}
    statements = day_statements(
        account.lines,
        ids=ids,
        days=days,
        opening=account.bank_opening,
        first_number=_bank_day_of_year(days[0]),
    )
    owner = CamtAccount(iban=danish_iban(BANK_NUMBER, ACCOUNT_NUMBER), owner=OFFICE, bank=BANK_CODE)
    return camt053(owner, statements)


def _bank_day_of_year(day: date) -> int:
    """1 for the first bank day of the year."""
    return CALENDAR.bank_days_between(date(day.year - 1, 12, 31), day)


def statement_csv(account: Account) -> str:
    """The same lines as the bank's web export, newest first, with the balance after each line."""
    balance = account.bank_opening
    rows = []
    for line in account.lines:
        balance += line.amount
        rows.append(_nordea_row(line, balance))
    return csv_text(NORDEA_HEADER, reversed(rows))


def _nordea_row(line: BankLine, balance: int) -> tuple[str, ...]:
    own = f"{BANK_NUMBER} {ACCOUNT_NUMBER}"
    return (
        f"{line.booked:%Y/%m/%d}",
        amount_text(line.amount, thousands=False),
        own if line.amount < 0 else "",
        "" if line.amount < 0 else own,
        line.party,
        line.text,
        amount_text(balance, thousands=False),
        "DKK",
        "",
    )


def statement_csv_ids(account: Account) -> dict[str, str]:
    """The id of each line in the CSV by its id in the camt file."""
    rows = row_numbers(account.lines, newest_first=NEWEST_FIRST)
    return {account.ids[line]: rows[line] for line in account.lines}


def ledger_text(account: Account) -> str:
    """The ledger as a KMD Opus list."""
    return opus_text(
        OpusList(
            title=f"Konto {account.ledger_account} {account.title}   {_span(account)}",
            printed=next_bank_day(account.month.last, 1),
            opening=account.ledger_opening,
            rows=[
                OpusRow(cells=_opus_cells(posting, account.ids[posting]), amount=posting.amount)
                for posting in account.postings
            ],
        )
    )


def _span(account: Account) -> str:
    return f"{account.month.first:%d.%m.%Y} - {account.month.last:%d.%m.%Y}"


def _opus_cells(posting: Posting, item_id: str) -> tuple[str, ...]:
    voucher, _, place = item_id.partition("-")
    return (
        voucher,
        place,
        f"{posting.booked:%d.%m.%Y}",
        f"{_document_date(posting):%d.%m.%Y}",
        posting.type,
        posting.reference,
        posting.text,
        amount_text(posting.amount, minus_behind=True),
        "DKK",
        posting.counter_account,
    )


def _document_date(posting: Posting) -> date:
    return posting.booked - timedelta(days=posting.document_days)


def ledger_workbook(account: Account) -> bytes:
    """The same postings as a sheet: two title rows, a blank one, the header, a total at the end."""
    total = sum(posting.amount for posting in account.postings)
    rows: list[Sequence[Cell]] = [
        [f"{account.title} {account.ledger_account}, posteringer {_span(account)}"],
        ["Primosaldo", kroner(account.ledger_opening), "Ultimosaldo", kroner(account.ledger_closing)],
        [],
        [column.title for column in OPUS_COLUMNS],
    ]
    rows += [_sheet_row(posting, account.ids[posting]) for posting in account.postings]
    rows.append(["Total", None, None, None, None, None, None, kroner(total), "DKK"])
    return workbook("Posteringer", rows, widths=[14, 16, 12, 16, 9, 18, 44, 16, 7, 10])


def _sheet_row(posting: Posting, item_id: str) -> list[Cell]:
    voucher, _, place = item_id.partition("-")
    return [
        voucher,
        place,
        posting.booked,
        _document_date(posting),
        posting.type,
        posting.reference or None,
        posting.text,
        kroner(posting.amount),
        "DKK",
        posting.counter_account,
    ]
