"""Demo input of the supplier and debtor robots, with known faults, and the truth beside it.

Each list is a month of plain rows into which the faults are put one by one; the truth says for each what the
robot must find: its cause and amount in øre.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from string import ascii_uppercase

from gevinst.demo.dice import Dice
from gevinst.demo.invoice_file import invoice_xml
from gevinst.demo.month import Month
from gevinst.demo.references import no_company_number
from gevinst.demo.write_text import amount_text, csv_text

ROWS = 120  # of each list
FILES = 12  # invoices whose file is there too
UTF_8_BOM = "utf-8-sig"
Case = tuple[str, int]
SUPPLIERS = (
    ("23456783", "Vestvang Entreprise"),
    ("87654324", "Fjordby El-Service"),
    ("10000009", "Skovlund Vej og Park"),
    ("20000008", "Havnens Rengøring"),
)
SUPPLIER_ACCOUNT = "K2001"
CONTROL_ACCOUNTS = ("92510001", "92510002")
VOUCHER_ACCOUNT = "91407001"


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One posting: a voucher, an invoice, or a debtor's posting."""

    number: str
    day: date
    amount: int  #: øre
    party: int = 0  #: number of its supplier, debtor or account


def lay_out_supplier(
    folder: Path, period: str, *, seed: int = 2026, times: int = 1, only: Collection[str] = ()
) -> None:
    """Write a month's lists under ind/, and the truth of each robot as facit/<robot>_<period>.json.

    Args:
        folder: of the office; made if it is not there.
        period: a month such as 2026-10.
        seed: the same seed gives the same bytes.
        times: how many times as long the lists are; the faults are as many.
        only: the robots to write for; all when empty.

    Raises:
        ValueError: the period is not a month.
        OSError: a file cannot be written.
    """
    month = Month.of(period)
    writers = {
        "bilagsafstemning": _vouchers,
        "dubletfakturaer": _invoices,
        "leverandoerudtog": _statement,
        "debitorkontrol": _debtors,
        "gaeldssortering": _debts,
        "advisdubletter": _notices,
        "fakturafordeling": _distribution,
    }
    for robot, write in writers.items():
        if only and robot not in only:
            continue
        cases, done = write(folder, month, Dice(seed, f"{write.__name__}:{period}"), times)
        truth = {"cases": sorted(cases), "done": done}
        _put(
            folder / "facit" / f"{robot}_{period}.json", json.dumps(truth, indent=1) + "\n", encoding="utf-8"
        )


Written = tuple[Sequence[Case], int]  # what the robot must find, how many items it handles


def _put(path: Path, text: str, *, encoding: str = UTF_8_BOM) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    _put(path, csv_text(header, rows))


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _rows(month: Month, dice: Dice, first: int, count: int) -> list[_Row]:
    """Postings with numbers seven apart, so that no digit by mistake makes one of another."""
    days = month.bank_days
    return [
        _Row(
            number=str(first + 7 * at),
            day=days[at * len(days) // count],
            amount=100 * dice.between(50, 9000) + at,
            party=at,
        )
        for at in range(count)
    ]


def _vouchers(folder: Path, month: Month, dice: Dice, times: int) -> Written:
    """Five faults: digits swapped, another day, one missing on each side, one posted twice."""
    rows = _rows(month, dice, 500_001, ROWS * times)
    listed, posted = rows[:], rows[:]
    posted[10] = replace(rows[10], amount=rows[10].amount + 900)
    posted[20] = replace(rows[20], day=month.shift(rows[20].day, 1))
    only_posted = listed.pop(40)
    only_listed = posted.pop(30)
    posted.append(rows[50])
    cases = [
        ("document_other_amount", -900),
        ("document_other_day", rows[20].amount),
        ("document_only_left", only_listed.amount),
        ("document_only_right", -only_posted.amount),
        ("document_twice_right", -rows[50].amount),
    ]
    _table(
        folder / "ind" / "bilag" / f"bilagsliste_{month.period}.csv",
        ("SUM", "TEKST", "AI", "", "Bilagsart", "Bilagsnummer", "FP", "Dato", "Beløb"),
        [
            ("", "Levering", "", "", "KA", one.number, "1", _day(one.day), amount_text(one.amount))
            for one in listed
        ],
    )
    _table(
        folder / "ind" / "bilag" / f"posteringer_{month.period}.csv",
        ("Artskonto", "Bilagsart", "Bilagsnummer", "Bogføringsdato", "Beløb"),
        [(VOUCHER_ACCOUNT, "KA", one.number, _day(one.day), amount_text(one.amount)) for one in posted],
    )
    return cases, len(listed) - 3


def _invoices(folder: Path, month: Month, dice: Dice, times: int) -> Written:
    """Four duplicates, one taken back by a credit note; of twelve invoice files one is not posted."""
    suppliers = [*SUPPLIERS, *_more_suppliers(len(SUPPLIERS) * (times - 1))]
    rows = [
        replace(one, amount=500 * (one.amount // 500)) for one in _rows(month, dice, 700_003, ROWS * times)
    ]
    again = [
        ("duplicate_same_all", rows[5]),
        ("duplicate_same_number", replace(rows[15], day=month.shift(rows[15].day, 3))),
        ("duplicate_damaged_number", replace(rows[25], number=f"0{rows[25].number}", day=rows[25].day)),
        ("duplicate_other_supplier", replace(rows[35], party=rows[35].party + 1)),
    ]
    taken_back = [rows[45], replace(rows[45], amount=-rows[45].amount)]
    posted = rows + [one for _, one in again] + taken_back
    missing = posted.pop(60)
    _table(
        folder / "ind" / "kreditor" / f"fakturaposter_{month.period}.csv",
        ("CVR", "Leverandør", "Fakturanr.", "Fakturadato", "Beløb", "Bilagsnummer"),
        [
            (
                *suppliers[one.party % len(suppliers)],
                one.number,
                _day(one.day),
                amount_text(one.amount),
                str(510_000 + at),
            )
            for at, one in enumerate(posted)
        ],
    )
    for one in rows[60 : 60 + FILES * times]:
        cvr, name = suppliers[one.party % len(suppliers)]
        content = invoice_xml(cvr=cvr, name=name, number=one.number, day=one.day, gross=one.amount)
        path = folder / "ind" / "kreditor" / f"fakturaer_{month.period}" / f"faktura_{one.number}.xml"
        _put(path, content.decode(), encoding="utf-8")
    cases = [(cause, one.amount) for cause, one in again] + [("invoice_not_posted", missing.amount)]
    return cases, len(posted)


def _more_suppliers(count: int) -> Iterator[tuple[str, str]]:
    """So many more, so that each has as many invoices in a long list as in a short one."""
    for at in range(count):
        yield no_company_number(30_000_000 + 100 * at), f"Leverandør {at + 1}"


def _statement(folder: Path, month: Month, dice: Dice, times: int) -> Written:
    """One invoice in two postings; two that the ledger lacks, one that the supplier lacks."""
    rows = _rows(month, dice, 48_151_623, 40 * times)
    stated = [one for one in rows if one != rows[30]]
    posted = [one for one in rows if one not in (rows[5], rows[10], rows[20])]
    half = rows[5].amount // 3
    posted += [replace(rows[5], amount=half), replace(rows[5], amount=rows[5].amount - half)]
    _table(
        folder / "ind" / "kreditor" / f"kontoudtog_{month.period}.csv",
        ("Fakturanr.", "Dato", "Beløb", "Tekst"),
        [(one.number, _day(one.day), amount_text(one.amount), "Faktura") for one in stated],
    )
    _table(
        folder / "ind" / "kreditor" / f"leverandoerkonto_{month.period}.csv",
        ("Kreditor", "Reference", "Bogføringsdato", "Beløb"),
        [(SUPPLIER_ACCOUNT, one.number, _day(one.day), amount_text(-one.amount)) for one in posted],
    )
    cases = [("only_on_statement", rows[at].amount) for at in (10, 20)]
    return [*cases, ("only_on_ledger", -rows[30].amount)], len(stated) - 2


def _debtors(folder: Path, month: Month, dice: Dice, times: int) -> Written:
    """Another amount, one that never reached the ledger, and one that was posted past the subledger."""
    rows = _rows(month, dice, 800_001, ROWS * times)
    posted = rows[:]
    posted[12] = replace(rows[12], amount=rows[12].amount - 5000)
    never = posted.pop(22)
    past = _Row(number="899999", day=month.bank_days[3], amount=-3000)
    posted.append(past)
    _table(
        folder / "ind" / "debitor" / f"debitorposter_{month.period}.csv",
        ("Debitor", "Samlekonto", "Bilagsnummer", "Bogføringsdato", "Beløb"),
        [
            (str(200_000 + one.party), _account(one), one.number, _day(one.day), amount_text(one.amount))
            for one in rows
        ],
    )
    _table(
        folder / "ind" / "debitor" / f"samlekonto_{month.period}.csv",
        ("Artskonto", "Bilagsnummer", "Bogføringsdato", "Beløb", "Tekst"),
        [(_account(one), one.number, _day(one.day), amount_text(one.amount), "Opkrævning") for one in posted],
    )
    cases = [
        ("document_other_amount", 5000),
        ("document_only_left", never.amount),
        ("document_only_right", 3000),
    ]
    return cases, len(rows) - 2


def _account(row: _Row) -> str:
    return CONTROL_ACCOUNTS[row.party % len(CONTROL_ACCOUNTS)]


DEBT_HEADER = (
    *("Medhæfter", "RIM Aftale", "RIM aftalestatus", "Indholdsart", "Aftale type", "Hovedtransakt."),
    *(
        "Ratespecifikation",
        "RykkespærÅrsag",
        "Forældelsesdato",
        "ForretnPartner",
        "Aftale",
        "Bilagsnummer",
        "FP",
    ),
)


def _debts(folder: Path, month: Month, _dice: Dice, times: int) -> Written:
    """Two parts of fees, some with principal or a lock, and one expiry day that Excel has no day for."""
    rows = list(_debt_rows(month, ROWS * times))
    half = len(rows) // 2
    for part, some in ((1, rows[:half]), (2, rows[half:])):
        name = f"{month.bank_days[0]:%Y%m%d}RPA03_{part}_2.csv"
        _table(folder / "ind" / "debitor" / f"gaeld_{month.period}" / name, DEBT_HEADER, some)
    locks = "".join(
        f"ForretnPartner:\tP{at:04}\r\n\t{_lock_key(at)}\t51\r\n" for at in range(3, ROWS * times, 40)
    )
    _put(
        folder / "ind" / "debitor" / f"spaerrer_{month.period}.txt",
        f"Spærrer\r\n\r\n{locks}",
        encoding="cp1252",
    )
    return [("debt_without_day", 0)], len(rows)


def _lock_key(number: int) -> str:
    """The key of an agreement's first item, as SAP has it."""
    return f"{_agreement(number):0>20}{1:012}"


def _agreement(number: int) -> str:
    return str(400_000 + number)


def _debt_rows(month: Month, count: int) -> Iterator[Sequence[str]]:
    with_principal = range(2, count, 3)
    for at in range(count):
        expires = "31.12.9999" if at == 0 else _day(month.bank_days[0])
        content = "DAGI" if at % 10 == 1 else "DIV1"
        ids = (f"P{at:04}", _agreement(at), f"B{at:04}", "1")
        yield ("", "", "", content, "", "ZGBY", "", "", expires, *ids)
        if at in with_principal:
            yield ("", "", "", content, "", "0100", "", "", expires, *ids[:2], f"B{at + count:04}", "1")


def _notices(folder: Path, month: Month, _dice: Dice, times: int) -> Written:
    """Every account has one notice, every fourth has it three times; one has no text."""
    rows = [
        (
            f"K{at:04}",
            f"PSRM fejl {at % 5}",
            f"{month.bank_days[turn]:%Y-%m-%d}",
            str(10_000 + 10 * at + turn),
        )
        for at in range(ROWS * times)
        for turn in range(3 if at % 4 == 0 else 1)
    ]
    rows.append(("K9999", "", f"{month.bank_days[0]:%Y-%m-%d}", "99999"))
    path = folder / "ind" / "debitor" / f"advis_{month.period}.csv"
    _table(path, ("CustAccount", "AdviceText", "AdviceDate", "RecIdLoc"), rows)
    return [("notice_without_text", 0)], 2 * ROWS * times // 4


def _distribution(folder: Path, month: Month, _dice: Dice, times: int) -> Written:
    """Invoices by id, but for one whose name two have and one that nobody fits."""
    staff = [
        (f"az{10_000 + at}", f"Medarbejder {letter}")
        for at, letter in enumerate(
            letter * turn for turn in range(1, times + 1) for letter in ascii_uppercase
        )
    ]
    rows = [
        (
            f"F{at:04}",
            _day(month.bank_days[at % len(month.bank_days)]),
            "",
            f"Levering {staff[at % len(staff)][0].upper()}",
        )
        for at in range(ROWS * times)
    ]
    rows += [
        ("G8001", _day(month.bank_days[0]), "Medarbejder", ""),
        ("G8002", _day(month.bank_days[0]), "Lager", ""),
    ]
    header = ("Fakturabilag", "Reg.dato", "Ref.navn", "Fakturanr./Reference.")
    _table(folder / "ind" / "kreditor" / f"fordeling_{month.period}" / "5790000000012.csv", header, rows)
    _table(folder / "ind" / "kreditor" / "medarbejdere.csv", ("Medarbejder-id", "Navn"), staff)
    return [("several_receivers", 0), ("no_receiver", 0)], ROWS * times
