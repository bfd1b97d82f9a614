"""Periods: calendar months, written as 2026-10."""

import re
from datetime import date, timedelta

_PERIOD = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")


def is_period(text: str) -> bool:
    """Whether the text is a month such as 2026-10."""
    return _PERIOD.fullmatch(text) is not None


def period_of(day: date) -> str:
    """The month of a day."""
    return f"{day:%Y-%m}"


def previous_period(period: str) -> str:
    """The month before."""
    return period_of(date.fromisoformat(f"{period}-01") - timedelta(days=1))


def period_end(period: str) -> date:
    """The last day of a month."""
    return (date.fromisoformat(f"{period}-01") + timedelta(days=31)).replace(day=1) - timedelta(days=1)
