"""Input of the six robots that control, and the truth beside it.

Each row is made right or with one fault, and what makes the fault also writes the truth: nothing of it comes
from the robots. People are numbers; CPR numbers have day + 60 and belong to nobody.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gevinst.demo.dice import Dice
from gevinst.demo.references import CVR_MODULUS, CVR_WEIGHTS
from gevinst.demo.write_text import amount_text, csv_text

SEED = 2026
PAY_HEADER = ("Medarbejdernr.", "Artskonto", "Dato", "Beløb")
POSTED_HEADER = ("Medarbejdernr.", "Artskonto", "Bogføringsdato", "Bilagsnummer", "Beløb")
VAT_HEADER = (
    "Bilagsnummer",
    "Bogføringsdato",
    "Artskonto",
    "Leverandør",
    "Momskode",
    "Nettobeløb",
    "Momsbeløb",
)
REGISTER_HEADER = ("Kreditornr.", "CVR-nummer", "EAN-nummer", "CPR-nummer", "Reg.nr.", "Kontonummer")
READING_HEADER = ("topic", "timestamp", "value")
INVOICE_HEADER = ("Fakturanr.", "Målernr.", "Fra", "Til", "Forbrug", "Beløb")
CLAIM_HEADER = ("Kommunekode", "Sagsnummer", "Fakturadato", "Beløb")
SPEND_HEADER = ("Bilagsnummer", "Bogføringsdato", "Område", "Leverandørnavn", "CVR-nummer", "Beløb")
AREAS = ("Skole", "Ældre", "Park og vej")

Row = tuple[str, ...]


@dataclass(kw_only=True)
class _Made:
    """What was made for one robot."""

    files: dict[str, list[Row]] = field(default_factory=dict)  #: rows by path, the heading first
    causes: list[str] = field(default_factory=list)  #: of the cases that must come
    facts: dict[str, int] = field(default_factory=dict)  #: figures of the conclusion
    handled: int = 0  #: business items that need nobody


def lay_out_controls(
    folder: Path, period: str, *, times: int = 1, only: Collection[str] = ()
) -> Mapping[str, Path]:
    """Write the inputs under ind/, so many times as long, and the truth under facit/, whose files it gives.

    Args:
        folder: of the office's data.
        period: a month such as 2026-10.
        times: how many times as long the lists are.
        only: the robots to write for; all when empty.
    """
    makers = {
        "loenafstemning": _payroll,
        "momskontrol": _vat,
        "stamdatakontrol": _register,
        "maalerkontrol": _meters,
        "mellemkommunal": _settlement,
        "aabne_indkoeb": _spend,
    }
    written = {}
    for robot, make in makers.items():
        if only and robot not in only:
            continue
        made = make(Dice(SEED, robot), period, times)
        for name, (heading, *rows) in made.files.items():
            _write(folder / "ind" / name, csv_text(heading, rows))
        truth = {"causes": sorted(made.causes), "facts": made.facts, "handled": made.handled}
        written[robot] = _write(
            folder / "facit" / f"{robot}_{period}.json", json.dumps(truth, indent=1) + "\n"
        )
    return written


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def _day(period: str, day: int) -> str:
    year, month = period.split("-")
    return f"{day:02}.{month}.{year}"


def _payroll(dice: Dice, period: str, times: int) -> _Made:
    """400 persons; every hundredth differs, is not posted, or is posted alone."""
    made, off = _Made(), 0
    listed: list[Row] = [PAY_HEADER]
    posted: list[Row] = [POSTED_HEADER]
    for number in range(10_001, 10_001 + 400 * times):
        pay, kind = dice.between(1_500_000, 6_000_000), number % 100
        ledger = pay + 12_345 if kind == 7 else pay  # noqa: PLR2004 - which persons are at fault
        person, day = str(number), _day(period, 28)
        if kind != 33:  # noqa: PLR2004 - as above
            listed.append((person, "40001000", day, amount_text(pay)))
        if kind != 66:  # noqa: PLR2004 - as above
            posted.append((person, "40001000", day, f"70{number}", amount_text(ledger)))
        off += (ledger if kind != 66 else 0) - (pay if kind != 33 else 0)  # noqa: PLR2004 - as above
        cause = {7: "pay_differs", 33: "pay_not_in_list", 66: "pay_not_posted"}.get(kind)
        made.causes += [cause] if cause else []
        made.handled += 0 if cause else 1
    made.files = {f"loen/lonliste_{period}.csv": listed, f"loen/finans_{period}.csv": posted}
    made.facts = {
        "persons": 400 * times,
        "differing": len(made.causes),
        "amount": off,
        "nobody": 0,
        "other": 0,
    }
    return made


def _vat(dice: Dice, period: str, times: int) -> _Made:
    """300 postings of 25 percent; every fiftieth has a wrong amount, a wrong code or one øre of rounding."""
    made, off, rounded = _Made(), 0, 0
    rows: list[Row] = [VAT_HEADER]
    for number in range(300 * times):
        quarter = dice.between(1_000, 500_000)
        kind = number % 50
        wrong = {5: 10_000, 25: 1}.get(kind, 0)  # øre above what is right
        account = "42001000" if kind == 15 else "40002000"  # noqa: PLR2004 - which postings are at fault
        expected = 0 if kind == 15 else quarter  # noqa: PLR2004 - as above
        amounts = (amount_text(quarter * 4), amount_text(quarter + wrong))
        supplier = f"Leverandør {number % 12 + 1}"
        rows.append((str(5000 + number), _day(period, number % 28 + 1), account, supplier, "I25", *amounts))
        off += quarter + wrong - expected
        rounded += kind == 25  # noqa: PLR2004 - as above
        cause = {5: "vat_differs", 15: "vat_wrong_code"}.get(kind)
        made.causes += [cause] if cause else []
        made.handled += 0 if cause else 1
    made.files = {f"moms/koebsmoms_{period}.csv": rows}
    made.facts = {
        "count": 300 * times,
        "wrong": len(made.causes),
        "amount": off,
        "rounded": rounded,
        "rounding": rounded,
    }
    return made


def _register(dice: Dice, period: str, times: int) -> _Made:
    """200 suppliers with CVR number and account of their own; every fiftieth has a fault."""
    made = _Made()
    rows: list[Row] = [REGISTER_HEADER]
    for number in range(200 * times):
        cvr, kind = _cvr(20_000_000 + number * 200 + dice.below(50)), number % 50
        if kind == 11:  # noqa: PLR2004 - which records are at fault
            cvr = cvr[:-1] + str((int(cvr[-1]) + 1) % 10)
        cause = {11: "md_check_digit", 22: "md_empty", 44: "md_half"}.get(kind)
        account = "" if kind == 44 else f"{4_000_000 + number}"  # noqa: PLR2004 - as above
        rows.append((str(1000 + number), "" if cause == "md_empty" else cvr, "", "", "2030", account))
        made.causes += [cause] if cause else []
        made.handled += 0 if cause else 1
    made.files = {f"stamdata/kreditorer_{period}.csv": rows}
    made.facts = {"count": 200 * times, "wrong": len(made.causes), "records": len(made.causes)}
    return made


def _cvr(start: int) -> str:
    """The first number from `start` with the right check digit."""
    number = start
    while sum(int(one) * weight for one, weight in zip(str(number), CVR_WEIGHTS, strict=True)) % CVR_MODULUS:
        number += 1
    return str(number)


def _meters(dice: Dice, period: str, times: int) -> _Made:
    """40 meters read each night of the month; four invoices differ, two meters have no readings."""
    made = _Made()
    invoices: list[Row] = [INVOICE_HEADER]
    readings: list[Row] = [READING_HEADER]
    year, month = period.split("-")
    for number in range(40 * times):
        meter, state, used = f"5713{number:04}", dice.between(1_000, 90_000), 0
        kind = number % 20
        for day in range(1, 29):
            if kind != 19:  # noqa: PLR2004 - which meters are at fault
                moment = f"{year}-{month}-{day:02}T00:00:00Z"
                readings.append((f"bygning/{number}/el/{meter}", moment, f"{state + used}.5"))
            used += dice.between(10, 90) if day < 28 else 0  # noqa: PLR2004 - the last reading
        billed = used + 50 if kind in (3, 13) else used
        cause = "mr_no_reading" if kind == 19 else "mr_differs" if billed != used else None  # noqa: PLR2004
        first, last = _day(period, 1), _day(period, 27)
        invoices.append((f"F{number}", meter, first, last, f"{billed},0", amount_text(billed * 250)))
        made.facts["amount"] = made.facts.get("amount", 0) + (billed * 250 if cause else 0)
        made.causes += [cause] if cause else []
        made.handled += 0 if cause else 1
    made.files = {f"maalere/{period}/dump.csv": readings, f"maalere/fakturaer_{period}.csv": invoices}
    made.facts |= {"count": 40 * times, "wrong": len(made.causes), "readings": len(readings) - 1}
    made.facts |= {"repeated": 0, "unbilled": 0}
    return made


def _settlement(dice: Dice, period: str, times: int) -> _Made:
    """90 cases with three municipalities; some differ, and some only one side has."""
    made = _Made()
    ours: list[Row] = [CLAIM_HEADER]
    theirs: dict[str, list[Row]] = {code: [CLAIM_HEADER] for code in ("101", "147", "751")}
    off = 0
    for number in range(90 * times):
        code, kind = ("101", "147", "751")[number % 3], number % 30
        amount = dice.between(100_000, 5_000_000)
        other = amount - 25_000 if kind == 4 else amount  # noqa: PLR2004 - which cases are at fault
        case, day = f"S-{number:04}", _day(period, 15)
        cause = {4: "ms_differs", 14: "ms_only_ours", 24: "ms_only_theirs"}.get(kind)
        if cause != "ms_only_theirs":
            ours.append((code, case, day, amount_text(amount)))
        if cause != "ms_only_ours":
            theirs[code].append((code, case, day, amount_text(other)))
        off += {"ms_differs": -25_000, "ms_only_ours": -amount, "ms_only_theirs": amount}.get(cause or "", 0)
        made.causes += [cause] if cause else []
        made.handled += 0 if cause else 1
    made.files = {f"mellemkommunal/vores_{period}.csv": ours}
    made.files |= {f"mellemkommunal/{period}/{code}.csv": rows for code, rows in theirs.items()}
    made.facts = {"municipalities": 3, "count": 90 * times, "differing": len(made.causes), "amount": off}
    return made


def _spend(dice: Dice, period: str, times: int) -> _Made:
    """360 purchases of eight suppliers and some persons in three areas, each cell with five at least."""
    made, amount = _Made(handled=1), 0
    rows: list[Row] = [SPEND_HEADER]
    numbers = [_cvr(30_000_000 + one * 500) for one in range(8)]
    for number in range(360 * times):
        who, ore = number % 9, dice.between(5_000, 900_000)
        supplier = f"Leverandør {who + 1}" if who < len(numbers) else f"Modtager {number}"
        cvr = numbers[who] if who < len(numbers) else ""
        area = AREAS[number // 9 % len(AREAS)]
        rows.append(
            (str(8000 + number), _day(period, number % 28 + 1), area, supplier, cvr, amount_text(ore))
        )
        amount += ore
    made.files = {f"indkoeb/indkoeb_{period}.csv": rows}
    made.facts = {"count": 360 * times, "cells": 27, "amount": amount, "hidden": 0, "smallest": 5}
    return made
