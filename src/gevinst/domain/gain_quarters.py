"""Quarters and stretches of months in which gains are counted."""

import re
from collections.abc import Sequence
from datetime import date

from gevinst.domain.period import period_end

MONTHS_OF_YEAR = 12
MONTHS_OF_QUARTER = 3
_QUARTER = re.compile(r"(20\d{2})-?[QqKk]([1-4])")


def quarter_named(text: str) -> str:
    """A quarter as it is written here, 2026-Q3; takes 2026Q3 and 2026-K3 too; "" for none."""
    found = _QUARTER.fullmatch(text.strip())
    return f"{found[1]}-Q{found[2]}" if found else ""


def quarter_of(period: str) -> str:
    """The quarter of a month."""
    year, month = period.split("-")
    return f"{year}-Q{(int(month) - 1) // MONTHS_OF_QUARTER + 1}"


def months_of(quarter: str) -> list[str]:
    """The three months of a quarter."""
    year, number = quarter.split("-Q")
    first = (int(number) - 1) * MONTHS_OF_QUARTER + 1
    return [f"{year}-{month:02}" for month in range(first, first + MONTHS_OF_QUARTER)]


def quarter_end(quarter: str) -> date:
    """The last day of a quarter."""
    return period_end(months_of(quarter)[-1])


def last_ended_quarter(today: date) -> str:
    """The latest quarter that is over."""
    year, quarter = today.year, (today.month - 1) // MONTHS_OF_QUARTER
    return f"{year}-Q{quarter}" if quarter else f"{year - 1}-Q4"


def months_between(first: str, last: str) -> list[str]:
    """The months from one to another, both included; none when the first is later."""
    start, end = _index(first), _index(last)
    return [f"{one // MONTHS_OF_YEAR}-{one % MONTHS_OF_YEAR + 1:02}" for one in range(start, end + 1)]


def months_until(last: str, count: int = MONTHS_OF_YEAR) -> list[str]:
    """So many months up to and with one."""
    index = _index(last) - count + 1
    return months_between(f"{index // MONTHS_OF_YEAR}-{index % MONTHS_OF_YEAR + 1:02}", last)


def quarters_of(months: Sequence[str]) -> list[str]:
    """The quarters of some months, in their order."""
    return list(dict.fromkeys(quarter_of(month) for month in months))


def _index(period: str) -> int:
    year, month = period.split("-")
    return int(year) * MONTHS_OF_YEAR + int(month) - 1
