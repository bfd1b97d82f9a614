"""Dates of a column: their shapes, the order of day and month by evidence, and strict reading.

A date that the chosen order cannot read is a finding. Nothing is guessed value by value: one order holds for
a file.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gevinst.formats.grid import Cell
from gevinst.formats.text_column import TextColumn, coded_cells
from gevinst.formats.value_columns import DayColumn

MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan januar january januari",
            "feb februar february februari",
            "mar mär mrz marts mars march märz",
            "apr april",
            "maj mai may",
            "jun juni june",
            "jul juli july",
            "aug august augusti",
            "sep sept september",
            "okt oct oktober october",
            "nov november",
            "dec dez des december dezember desember",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME = r"(?:[T ]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
# A day with a time behind it, in RE2's syntax; the day is the first group.
_MOMENT = rf"^(\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}){_TIME}$"
MANY = 2000
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "iso": re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME),
    "parts": re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})" + _TIME),
    "compact8": re.compile(r"(\d{2})(\d{2})(\d{2})(\d{2})"),
    "compact6": re.compile(r"(\d{2})(\d{2})(\d{2})"),
    "named": re.compile(r"(\d{1,2})[-. /]{1,2}([^\W\d_]{3,9})[-. /]{1,2}(\d{4}|\d{2})" + _TIME),
    # May 4, 2026: the month has a name and the year four digits, so nothing is left to ask.
    "month_first": re.compile(r"([^\W\d_]{3,9})\.? (\d{1,2})(?:st|nd|rd|th|\.)?,? (\d{4})" + _TIME),
}
FIRST_YEAR, LAST_YEAR = 1980, 2079
CENTURY = 2000
# Evidence short of a day above 12: this many different days, and a span this many times shorter.
FEWEST_DAYS = 5
SHORTER = 4
SATURDAY = 5
_EPOCH = date(1970, 1, 1).toordinal()
_NO_DAY = np.iinfo(np.int64).min  # what numpy keeps for NaT


class DateOrder(StrEnum):
    """Which part of a date comes first."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


@dataclass(frozen=True, kw_only=True)
class OrderChoice:
    """The order of the dates in a file, and why."""

    order: DateOrder
    because: str  #: reason key
    sure: bool = True
    alternatives: tuple[DateOrder, ...] = ()
    example: str = ""


def shape_of(text: str) -> str:
    """The shape of a date text, a key of `_SHAPES`, or "" when it is no date."""
    for name, pattern in _SHAPES.items():
        if pattern.fullmatch(text):
            return name
    return ""


@lru_cache(maxsize=4096)  # a year has few days, and each is met in several columns and questions
def read_date(text: str, order: DateOrder) -> date | None:
    """Read one date; None when the order cannot read it or the day does not exist."""
    for name, pattern in _SHAPES.items():
        found = pattern.fullmatch(text)
        if found:
            parts = _parts(name, found, order)
            return _day(*parts) if parts else None
    return None


def read_dates(cells: Sequence[Cell], order: DateOrder) -> DayColumn:
    """Read a column; None for each cell that is no date. Equal texts are read once."""
    if isinstance(cells, TextColumn):
        words, codes = _without_times(cells).coded()
        days = DayColumn.of([read_date(word.strip(), order) for word in words]).days
        return DayColumn(days=days[codes])
    different, codes = coded_cells(cells)
    return DayColumn(days=DayColumn.of([_cell_date(cell, order) for cell in different]).days[codes])


def _without_times(cells: TextColumn) -> TextColumn:
    """A long column of moments as days, so that few texts are different; other texts as they are."""
    if len(cells) < MANY or cells[:MANY].distinct() < MANY // 2:
        return cells
    return cells.stripped().replaced(_MOMENT, r"\1")


def _texts(cells: Sequence[Cell]) -> list[str]:
    """The different texts of a column that hold something, without spaces around them."""
    if isinstance(cells, TextColumn):
        cells = _without_times(cells).unique()
    return [text for cell in cells if isinstance(cell, str) and (text := cell.strip())]


def day_column(days: Sequence[date | None]) -> NDArray[np.datetime64]:
    """Days as a column of seconds; NaT for None."""
    numbers = (_NO_DAY if day is None else day.toordinal() - _EPOCH for day in days)
    return (
        np.fromiter(numbers, dtype=np.int64, count=len(days)).astype("datetime64[D]").astype("datetime64[s]")
    )


def _cell_date(cell: Cell, order: DateOrder) -> date | None:
    if isinstance(cell, datetime):
        return _within(cell.date())
    if isinstance(cell, date):
        return _within(cell)
    if isinstance(cell, str):
        return read_date(cell.strip(), order)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and float(cell).is_integer():
        text = str(int(cell))
        return read_date(text, order) if shape_of(text) == "compact8" else None
    return None


def looks_like_date(cell: Cell) -> bool:
    """Whether any order reads the cell as a date."""
    if isinstance(cell, str):
        return _is_date_text(cell.strip())
    return any(_cell_date(cell, order) for order in DateOrder)


@lru_cache(maxsize=4096)  # the first rows of a file are looked at from several sides
def _is_date_text(text: str) -> bool:
    return bool(shape_of(text)) and any(read_date(text, order) for order in DateOrder)


def choose_order(columns: Iterable[Sequence[Cell]]) -> OrderChoice:
    """Find the one order of day, month and year for all date columns of a file.

    Args:
        columns: the cells of each date column, the booking date first; blanks and real dates do not count.
    """
    columns = list(columns)
    texts = dict.fromkeys(text for column in columns for text in _texts(column))
    unique = [text for text in texts if shape_of(text)]
    if not unique:
        return OrderChoice(order=DateOrder.DMY, because="date_order.real")
    loose = [text for text in unique if shape_of(text) not in {"iso", "named", "month_first"}]
    if not loose:
        return OrderChoice(order=DateOrder.YMD, because="date_order.year_first", example=unique[0])
    if all("." in text for text in loose):
        return OrderChoice(order=DateOrder.DMY, because="date_order.points", example=loose[0])
    return _by_readability(loose, columns[0])


def _by_readability(texts: list[str], first_column: Sequence[Cell]) -> OrderChoice:
    """Keep the orders that read the most texts; more than one needs softer evidence."""
    readable = {order: [read_date(text, order) for text in texts] for order in DateOrder}
    unread = {order: days.count(None) for order, days in readable.items()}
    fewest = min(unread.values())
    kept = [order for order in DateOrder if unread[order] == fewest]
    if len(kept) == 1:
        order = kept[0]
        others = [other for other in DateOrder if other is not order]
        witness = next(
            (
                text
                for text, *days in zip(texts, *(readable[o] for o in (order, *others)), strict=True)
                if _decides(days)
            ),
            texts[0],
        )
        return OrderChoice(order=order, because="date_order.only_reading", example=witness)
    if len({tuple(readable[order]) for order in kept}) == 1:
        return OrderChoice(order=kept[0], because="date_order.same_either_way", example=texts[0])
    return _by_span(kept, texts, first_column)


def _decides(days: list[date | None]) -> bool:
    return days[0] is not None and not any(days[1:])


def _by_span(kept: list[DateOrder], texts: list[str], first_column: Sequence[Cell]) -> OrderChoice:
    days = {order: sorted({day for text in texts if (day := read_date(text, order))}) for order in kept}
    span = {order: (found[-1] - found[0]).days for order, found in days.items()}
    ranked = sorted(kept, key=lambda order: (span[order], list(DateOrder).index(order)))
    best, rivals = ranked[0], ranked[1:]
    undecided = OrderChoice(
        order=DateOrder.DMY if DateOrder.DMY in kept else best,
        because="date_order.undecided",
        sure=False,
        alternatives=tuple(ranked),
        example=texts[0],
    )
    far_shorter = all(span[other] >= SHORTER * max(span[best], 1) for other in rivals)
    weekend = {order: sum(day.weekday() >= SATURDAY for day in found) for order, found in days.items()}
    calm = all(weekend[best] <= weekend[other] for other in rivals)
    strictly = all(weekend[best] < weekend[other] for other in rivals)
    if far_shorter and _firm(best, texts, len(days[best]), calm=calm, strictly=strictly):
        return replace(undecided, order=best, because="date_order.shorter_span", sure=True)
    in_order = [order for order in kept if _is_sorted(first_column, order)]
    if len(in_order) == 1 and len(days[in_order[0]]) >= FEWEST_DAYS:
        return replace(undecided, order=in_order[0], because="date_order.sorted", sure=True)
    return undecided


def _firm(best: DateOrder, texts: list[str], days: int, *, calm: bool, strictly: bool) -> bool:
    """Whether a short span may decide.

    A rent list dated the 1st of each month spans eleven days when read month first: so weekends must agree,
    and the unusual order needs more.
    """
    if not calm:
        return False
    if best is DateOrder.DMY:
        return days >= FEWEST_DAYS or all("-" in text for text in texts)
    return days >= FEWEST_DAYS and strictly


def _is_sorted(cells: Sequence[Cell], order: DateOrder) -> bool:
    days = read_dates(cells, order)
    steps = np.diff(days.days[days.known]).astype(np.int64)
    return bool((steps >= 0).all() or (steps <= 0).all())


def _parts(shape: str, found: re.Match[str], order: DateOrder) -> tuple[int, int, int] | None:
    """Year, month, day as numbers, two-digit years in this century."""
    groups = found.groups()
    if shape == "iso":
        return int(groups[0]), int(groups[2]), int(groups[3])
    if shape == "named":
        month = MONTHS.get(groups[1].casefold().rstrip("."), 0)
        return (_year(groups[2]), month, int(groups[0])) if month else None
    if shape == "month_first":
        month = MONTHS.get(groups[0].casefold(), 0)
        return (int(groups[2]), month, int(groups[1])) if month else None
    if shape == "compact8":
        text = found[0]
        first, second, year = (text[:2], text[2:4], text[4:])
        return (
            _ordered(order, first, second, year)
            if order is not DateOrder.YMD
            else (int(text[:4]), int(text[4:6]), int(text[6:]))
        )
    first, second, last = (groups[0], groups[2], groups[3]) if shape == "parts" else groups
    return _ordered(order, first, second, last)


def _ordered(order: DateOrder, first: str, second: str, last: str) -> tuple[int, int, int] | None:
    if order is DateOrder.DMY:
        return _year(last), int(second), int(first)
    if order is DateOrder.MDY:
        return _year(last), int(first), int(second)
    # Year first has two digits here; four stand in the shape `iso`.
    return (_year(first), int(second), int(last)) if len(first) == len(last) == len("yy") else None


def _year(digits: str) -> int:
    if len(digits) > len("yy"):
        return int(digits)
    year = CENTURY + int(digits)
    return year if year <= LAST_YEAR else year - 100


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return _within(date(year, month, day))
    except ValueError:
        return None


def _within(day: date) -> date | None:
    """Days far out of a ledger's range are typing errors or spreadsheet noise (serial 0, year 9999)."""
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
