"""Demo input of the robots that gather files: what thirty departments send, and the truth beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # has annotations, but no py.typed

from gevinst.demo.dice import Dice
from gevinst.demo.flows_gathering import (
    lay_out_hours,
    lay_out_project_spool,
    lay_out_refunds,
    lay_out_reports,
    put,
    put_truth,
)
from gevinst.demo.write_excel import CREATED, same_bytes
from gevinst.demo.write_text import amount_text, csv_text
from gevinst.domain.money import kroner
from gevinst.domain.period import previous_period

BUDGET = "ind/budget"
FIRST_UNIT, UNITS = 1001, 30
ACCOUNTS = {
    "40001000": "Lønninger",
    "41002000": "Fødevarer",
    "42003000": "Rengøring",
    "43004000": "Kontorhold",
    "45005000": "Bygningsdrift",
    "71006000": "Brugerbetaling",
}
INCOME = "71006000"
MONTHS = 12
#: Departments with a fault, and which.
NO_VALUE, MISSING, SENT_AGAIN, DIFFERS, UNEXPLAINED, EXPLAINED, RESTATED = (
    "1007",
    "1012",
    "1019",
    "1023",
    "1005",
    "1006",
    "1028",
)
OVERSPENT = 40_000_000  # øre
WRONG = 100_000  # øre; what the department that differs tells too much
LATE = 2_500_000  # øre; what was posted late to a closed month
NOTE = "Merudgift til vikarer; dækkes af barselspuljen."
Row = Sequence[str | Decimal | None]


@dataclass(kw_only=True)
class _Line:
    """One account of one department, in øre."""

    unit: str
    account: str
    budget: int
    months: dict[int, int]  #: spent by month
    forecast: int
    note: str = ""

    def spent(self, month: int) -> int:
        """Spent from January to a month."""
        return sum(ore for number, ore in self.months.items() if number <= month)


@dataclass(kw_only=True)
class _Year:
    """What the departments know in one month."""

    month: int
    lines: list[_Line] = field(default_factory=list)

    def of(self, unit: str) -> list[_Line]:
        """One department's lines."""
        return [line for line in self.lines if line.unit == unit]


def lay_out_consolidation(folder: Path, period: str, *, seed: int = 2026) -> None:
    """Write the input and the truth of every robot that gathers files.

    Raises:
        OSError: a file cannot be written.
    """
    for lay_out in (
        lay_out_budget,
        lay_out_reports,
        lay_out_refunds,
        lay_out_hours,
        lay_out_project_spool,
    ):
        lay_out(folder, period, seed=seed)


def lay_out_budget(folder: Path, period: str, *, seed: int = 2026, times: int = 1) -> None:
    """Write thirty departments' workbooks of the month and the month before, both ERP exports, and the truth.

    Args:
        folder: of the office.
        period: a month such as 2026-10.
        seed: the same seed gives the same bytes.
        times: postings for each account and month in the ERP's exports.

    Raises:
        OSError: a file cannot be written.
    """
    before = previous_period(period)
    then, now = _years(period, seed)
    put(folder / "ind/finans" / f"budget_{before}.csv", _ledger(then, times).encode("utf-8-sig"))
    put(folder / "ind/finans" / f"budget_{period}.csv", _ledger(now, times).encode("utf-8-sig"))
    for unit in _units():
        put(folder / BUDGET / before / f"afd_{unit}_{before}.xlsx", _workbook(unit, then, faulty=False))
        name = folder / BUDGET / period / f"afd_{unit}_{period}.xlsx"
        if unit == SENT_AGAIN:
            put(name, _workbook(unit, then, faulty=False))
        elif unit != MISSING:
            put(name, _workbook(unit, now, faulty=True))
    put_truth(folder, "budgetopfoelgning", period, _truth(now))


def _units() -> list[str]:
    return [str(FIRST_UNIT + number) for number in range(UNITS)]


def _years(period: str, seed: int) -> tuple[_Year, _Year]:
    """The same year seen last month and this month."""
    month = int(period[5:])
    last = month - 1 or MONTHS
    then, now = _Year(month=last), _Year(month=month)
    for unit in _units():
        dice = Dice(seed, f"budget:{unit}")
        for account in ACCOUNTS:
            line = _line(unit, account, dice)
            then.lines.append(line)
            now.lines.append(_this_month(line, last))
    return then, now


def _line(unit: str, account: str, dice: Dice) -> _Line:
    sign = -1 if account == INCOME else 1
    budget = sign * dice.between(200, 9_000) * 100_000
    months = {month: budget // MONTHS + dice.between(-20_000, 20_000) for month in range(1, MONTHS + 1)}
    return _Line(
        unit=unit,
        account=account,
        budget=budget,
        months=months,
        forecast=budget + dice.between(-900, 900) * 1_000,
    )


def _this_month(line: _Line, last: int) -> _Line:
    """The line as it is known a month later."""
    later = _Line(
        unit=line.unit,
        account=line.account,
        budget=line.budget,
        months=dict(line.months),
        forecast=line.forecast,
        note=line.note,
    )
    first = line.account == next(iter(ACCOUNTS))
    if first and line.unit in (UNEXPLAINED, EXPLAINED):
        later.forecast = line.budget + max(OVERSPENT, line.budget // 10)
        later.note = NOTE if line.unit == EXPLAINED else ""
    if first and line.unit == RESTATED:
        later.months[max(last - 1, 1)] += LATE
    return later


def _ledger(year: _Year, times: int) -> str:
    """The ERP's export: so many lines for each month; the budget stands in the first."""
    rows = [
        (
            line.unit,
            line.account,
            str(month),
            amount_text(line.budget if (month, part) == (1, 0) else 0),
            amount_text(_part(line.months[month], part, times)),
        )
        for line in year.lines
        for month in range(1, year.month + 1)
        for part in range(times)
    ]
    return csv_text(("Omkostningssted", "Artskonto", "Periode", "Korrigeret budget", "Forbrug"), rows)


def _part(ore: int, part: int, parts: int) -> int:
    """One of so many parts of an amount that sum to it."""
    return ore * (part + 1) // parts - ore * part // parts


def _truth(now: _Year) -> Mapping[str, Any]:
    """What the robot must find, from what was laid out."""
    used = [unit for unit in _units() if unit not in (NO_VALUE, MISSING, SENT_AGAIN)]
    return {
        "budget": sum(line.budget for line in now.lines),
        "spent": sum(line.spent(now.month) for line in now.lines),
        "told": sum(line.spent(now.month) for unit in used for line in now.of(unit)) + WRONG,
        "units": {unit: sum(line.spent(now.month) for line in now.of(unit)) for unit in _units()},
        "forecast": {unit: sum(line.forecast for line in now.of(unit)) for unit in used},
        "deviations": sorted([EXPLAINED, UNEXPLAINED]),
        "cases": sorted(
            [
                ["budget_file_again", 0],
                ["differs_from_erp", WRONG],
                *(["missing_department", 0] for _ in range(3)),
                *([["restated_history", LATE]] if now.month > 1 else []),  # a new year has no months yet
                ["unexplained_deviation", _overspent(now)],
                ["unusable_file", 0],
            ]
        ),
    }


def _overspent(now: _Year) -> int:
    line = now.of(UNEXPLAINED)[0]
    return line.forecast - line.budget


# ---------------------------------------------------------------- each department writes in its own way


def _workbook(unit: str, year: _Year, *, faulty: bool) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": CREATED})
        amount = book.add_format({"num_format": "#,##0.00"})
        way = int(unit) % 6
        if way == 5:  # noqa: PLR2004 - the sixth of six ways: the figures stand on the second sheet
            book.add_worksheet("Forside").write_string(0, 0, f"Budgetopfølgning, afdeling {unit}")
        sheet = book.add_worksheet("Opfølgning")
        for row, cells in enumerate(_sheet_rows(unit, year, way, faulty=faulty)):
            for column, value in enumerate(cells):
                if isinstance(value, Decimal):
                    sheet.write_number(row, column, value, amount)
                elif value is not None:
                    sheet.write_string(row, column, value)
        if faulty and unit == NO_VALUE:  # a formula that no program has computed
            sheet.write_formula(3, 4, "=SUM(A1:A1)", amount, "")
    return same_bytes(buffer.getvalue())


def _sheet_rows(unit: str, year: _Year, way: int, *, faulty: bool) -> Iterator[Row]:
    """Title rows, moved columns, amounts as Danish or English text, and rows of totals."""
    if way in (1, 4):
        yield (f"Afdeling {unit}", None, "Budgetopfølgning")
        yield ()
    english = ("Konto", "Forventet", "Budget", "Tekst", "Realiseret", "Kommentar")
    danish = ("Artskonto", "Tekst", "Korrigeret budget", "Forbrug", "Forventet regnskab", "Bemærkninger")
    yield english if way in (2, 4) else danish
    for number, line in enumerate(year.of(unit)):
        wrong = WRONG if faulty and unit == DIFFERS and number == 0 else 0
        spent = line.spent(year.month) + wrong
        budget, used, forecast = (_written(ore, way) for ore in (line.budget, spent, line.forecast))
        text, note = ACCOUNTS[line.account], line.note or None
        if way in (2, 4):
            yield (line.account, forecast, budget, text, used, note)
        else:
            yield (line.account, text, budget, used, forecast, note)
    if way in (1, 3):
        yield ()
        yield ("I alt", None, _written(sum(line.budget for line in year.of(unit)), way))


def _written(ore: int, way: int) -> str | Decimal:
    if way == 2:  # noqa: PLR2004 - the third of six ways: English texts
        return f"{kroner(ore):,.2f}"
    return amount_text(ore) if way == 3 else kroner(ore)  # noqa: PLR2004 - the fourth: Danish texts
