"""Demo input of the robots that gather reports, refunds, working time and postings, with its truth."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from gevinst.demo.dice import Dice
from gevinst.demo.month import Month
from gevinst.demo.write_text import amount_text, csv_text
from gevinst.domain.period import previous_period

BOM = "utf-8-sig"
DOCUMENTS = 40
PERSONS = 30
BENEFITS = {"Sygedagpenge": 40, "Ledighedsydelse": 30, "Ressourceforløb": 20}  # refund in percent
DROPPED = "Fleksbidrag fra staten"
WEEKS = 4
LATE_WEEK = 1  # whose file has not come
EMPLOYEES = 6
RECORDS = 60
Truth = Mapping[str, Any]


def put(path: Path, content: bytes) -> None:
    """Write a file; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def put_truth(folder: Path, robot: str, period: str, truth: Truth) -> None:
    """Write what a robot must find."""
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    put(folder / "facit" / f"{robot}_{period}.json", f"{text}\n".encode())


def lay_out_reports(folder: Path, period: str, *, seed: int = 2026, times: int = 1) -> None:
    """Two units' files of two months, each written in its own way; one row of last month is sent again."""
    before, total, rows = previous_period(period), 0, 0
    for unit in ("aeldre", "skole"):
        dice = Dice(seed, f"reports:{unit}")
        last: list[tuple[str, str, int]] = []
        for month in (before, period):
            lines = [
                (f"400{dice.between(1, 5)}000", f"{month[5:]}{number:04}", dice.between(-5_000, 90_000))
                for number in range(DOCUMENTS * times)
            ]
            total, rows = total + sum(ore for *_, ore in lines), rows + len(lines)
            sent = [*lines, *last[-1:]] if unit == "skole" else lines
            put(folder / "ind/rapporter" / f"{unit}_{month}.csv", _report(unit, sent))
            last = lines
    truth = {"rows": rows, "amount": total, "left": 1, "cases": []}
    put_truth(folder, "rapportsamling", period, truth)


def _report(unit: str, lines: list[tuple[str, str, int]]) -> bytes:
    if unit == "skole":
        cells = [(account, document, amount_text(ore)) for account, document, ore in lines]
        return csv_text(("Konto", "Bilag", "Beløb"), cells).encode("cp1252")
    moved = [(amount_text(ore, thousands=False), document, account) for account, document, ore in lines]
    head = csv_text(("Beløb i alt", "Bilagsnummer", "Artskonto"), moved)
    return f"Udtræk fra fagsystem\r\n;;\r\n{head}".encode(BOM)


def lay_out_refunds(folder: Path, period: str, *, seed: int = 2026, times: int = 1) -> None:
    """Weekly calculations with corrections and repeats; the second week's file has not come."""
    dice, month = Dice(seed, "refunds"), Month.of(period)
    now: dict[tuple[str, str, str], tuple[int, int]] = {}
    again: list[tuple[str, ...]] = []  # a row of the file before is sent once more, and counts once
    for number in range(WEEKS):
        if number == LATE_WEEK:
            continue
        day = month.first + timedelta(days=7 * number + 4)
        corrected, told = (
            list(_corrections(now, dice)),
            list(_new_rows(_week(day), now, dice, PERSONS * times)),
        )
        rows = [*corrected, *told, _dropped(_week(day)), *again]
        name = f"yr-ydelsesrefusion-beregning_{day.isoformat()}.csv"
        put(folder / "ind/refusion" / name, csv_text(REFUND_HEADS, rows).encode(BOM))
        again = told[:1]
    put_truth(folder, "ydelsesrefusion", period, _refund_truth(now))


REFUND_HEADS = (
    *("Uge", "CPR nummer", "Ydelse", "Beregnet udbetalingsbeløb", "Refusionssats", "Refusionsbeløb"),
    *("Medfinansieringssats", "Medfinansieringsbeløb"),
)


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-{week:02}"


def _refund_row(key: tuple[str, str, str], paid: int, refund: int) -> tuple[str, ...]:
    rate = str(BENEFITS.get(key[2], 100) / 100).replace(".", ",")
    return (*key, amount_text(paid), rate, amount_text(refund), "0", amount_text(0))


def _new_rows(
    week: str, now: dict[tuple[str, str, str], tuple[int, int]], dice: Dice, persons: int
) -> Iterator[tuple[str, ...]]:
    for number in range(persons):
        benefit = list(BENEFITS)[number % len(BENEFITS)]
        key = (week, f"0101{1 + number // 90:02}{number % 90:04}", benefit)
        paid = dice.between(2_000, 5_000) * 100
        now[key] = (paid, paid * BENEFITS[benefit] // 100)
        yield _refund_row(key, *now[key])


def _corrections(now: dict[tuple[str, str, str], tuple[int, int]], dice: Dice) -> Iterator[tuple[str, ...]]:
    """One amount of the last week that was told: taken back, and told anew."""
    for key in list(now)[-1:]:
        paid, refund = now[key]
        yield _refund_row(key, -paid, -refund)
        paid += dice.between(1, 9) * 10_000
        now[key] = (paid, paid * BENEFITS[key[2]] // 100)
        yield _refund_row(key, *now[key])


def _dropped(week: str) -> tuple[str, ...]:
    return _refund_row((week, "0101010099", DROPPED), 100_000, 100_000)


def _refund_truth(now: Mapping[tuple[str, str, str], tuple[int, int]]) -> Truth:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for (week, _, benefit), (paid, refund) in now.items():
        for at, value in enumerate((1, paid, refund)):
            sums[f"{week} {benefit}"][at] += value
    return {"sums": dict(sorted(sums.items())), "cases": ["refund_gap"]}


def lay_out_hours(folder: Path, period: str, *, seed: int = 2026, times: int = 1) -> None:
    """Three months' reports; each tells the last day of the month before again, once with other hours."""
    dice, hours, rows, left = Dice(seed, "hours"), 0, 0, 0
    months = [previous_period(previous_period(period)), previous_period(period), period]
    last: list[tuple[str, ...]] = []
    for month in months:
        told = [
            _day_row(number, day, dice.between(500, 800))
            for day in Month.of(month).bank_days
            for number in range(EMPLOYEES * times)
        ]
        again = [_day_row(int(row[4]) - 100, _date(row[5]), _hundredths(row[10])) for row in last]
        if month == period:
            again[0] = _day_row(int(last[0][4]) - 100, _date(last[0][5]), _hundredths(last[0][10]) + 50)
        counted = told + (again[:1] if month == period else [])
        hours, rows = hours + sum(_hundredths(row[10]) for row in counted), rows + len(counted)
        left += len(again) - (month == period)
        text = csv_text(HOUR_HEADS, [*told, *again])
        titles = "YKMD_STD\r\n\r\n" * (month != period)
        put(folder / "ind/arbejdstid" / f"arbejdstid_{month}.csv", f"{titles}{text}".encode(BOM))
        last = told[-EMPLOYEES * times :]
    truth = {"rows": rows, "hours": hours, "left": left, "cases": ["hours_restated"]}
    put_truth(folder, "maanedsrapporter", period, truth)


HOUR_HEADS = (
    *("Organisatorisk enhed", "Profitcenter", "Profitctr. nr.", "Medarbejder", "Medarbejdernr."),
    *("Arbejdsdato", "Operationsnr. og tekst", "Operationsnr.", "Aktivitetsart", "Akt. art nr."),
    *("Arbejdstid", "Planlagt arbejdstid", "Fravær", "Overarbejde", "Tilstedevær", "Faktisk Arbejde"),
    *("Difference Arbejdstid", "% arb. af arbejdstid"),
)


def _day_row(number: int, day: date, hundredths: int) -> tuple[str, ...]:
    worked, nought = amount_text(hundredths), amount_text(0)
    who = ("Drift", "Vej og park", "1000123456", f"Medarbejder {number}", str(100 + number))
    what = (f"{day:%d-%m-%Y}", "0010 Vejdrift", "0010", "Normal", "N1")
    return (*who, *what, worked, amount_text(740), nought, nought, worked, worked, nought, "100 %")


def _date(text: str) -> date:
    day, month, year = (int(part) for part in text.split("-"))
    return date(year, month, day)


def _hundredths(text: str) -> int:
    return int(text.replace(",", ""))


def lay_out_project_spool(folder: Path, period: str, *, seed: int = 2026, times: int = 1) -> None:
    """Records on two lines, some moved one field; one document stands twice, one day is of another month."""
    dice, month = Dice(seed, "projects"), Month.of(period)
    lines, total = ["Projektposteringer", "", *SPOOL_HEADS], 0
    for number in range(RECORDS * times):
        day = dice.pick(month.bank_days)
        if number == 1:
            day = month.first - timedelta(days=1)
        ore = dice.between(-20_000, 300_000)
        record = _record(number, day, ore, dice=dice, period=month.first.month)
        copies = 2 if number == 0 else 1
        lines += record * copies
        total += ore * copies
        if number % RECORDS == RECORDS // 2:  # the next page begins
            lines += ["", *SPOOL_HEADS]
    put(folder / "ind/projekter" / f"cji3_{period}.txt", ("\r\n".join(lines) + "\r\n").encode("cp1252"))
    truth = {
        "rows": RECORDS * times + 1,
        "amount": total,
        "cases": ["project_document_again", "project_period_differs"],
    }
    put_truth(folder, "projektposteringer", period, truth)


SPOOL_HEADS = (
    "\tBilagsnummer\tBoL\tPSP-element\t\t\t\tPeriode\tBogføringsdato\tOmk.art",
    "\tProjektdefinition\tOmkArtsbetegnelse\t\t\tVrd./CO-områdevaluta\tBoL\tBetegnelse",
)


def _record(number: int, day: date, ore: int, *, dice: Dice, period: int) -> list[str]:
    first, second = ("\t" * dice.below(2) for _ in range(2))
    project = f"XG-{3000 + dice.below(4):010}"
    wbs = f"{project}-{10 * (1 + dice.below(3)):05}"
    amount, element = amount_text(ore, minus_behind=True), f"4{dice.below(4)}001000"
    return [
        f"\t{300000 + number}\t1\t{wbs}\t\t\t\t{first}{period:02}\t{day:%d.%m.%Y}\t{element}",
        f"\t{project}\tOmkostning\t\t\t{second}{amount}\t1\tPost {number}",
    ]
