"""Danish bank days: which days money moves, and how far apart two days are in them.

Source: Nationalbanken's published list of bank closing days. They are the public holidays, and four days that
banks add: the day after Ascension, 5 June, 24 and 31 December. 1 May is a bank day. A test holds the public
holidays to those of the package `holidays`, which itself loads every country of the world, 0.1 s in each run.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from dateutil.easter import easter  # type: ignore[import-untyped]
from numpy.typing import NDArray

SATURDAY = 5
FIRST_YEAR = 2000  # outside these years only weekends count as closed
LAST_YEAR = 2050


#: By month and day.
FIXED = ((1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31))
#: Days after Easter: Maundy Thursday to Easter Monday, Ascension and the day after, Whit Sunday and Monday.
MOVABLE = (-3, -2, 0, 1, 39, 40, 49, 50)
GREAT_PRAYER_DAY = 26
LAST_GREAT_PRAYER_DAY = 2023  # the year


@lru_cache(maxsize=256)
def bank_holidays(year: int) -> frozenset[date]:
    """Days of one year on which Danish banks are closed; of the weekends only Easter and Whitsun."""
    movable = [*MOVABLE, GREAT_PRAYER_DAY] if year <= LAST_GREAT_PRAYER_DAY else MOVABLE
    sunday = easter(year)
    return frozenset(
        {date(year, *day) for day in FIXED} | {sunday + timedelta(days=after) for after in movable}
    )


@dataclass(frozen=True, kw_only=True)
class BankCalendar:
    """Bank days of an office: Danish bank days less the office's own closed days."""

    closed_days: frozenset[date] = field(default_factory=frozenset)  #: the office's own closed days

    def is_bank_day(self, day: date) -> bool:
        """Whether money moves on this day."""
        return day.weekday() < SATURDAY and day not in bank_holidays(day.year) and day not in self.closed_days

    def last_closed(self, today: date) -> date:
        """The last bank day before a day: the bank adds nothing more to it."""
        day = today - timedelta(days=1)
        while not self.is_bank_day(day):
            day -= timedelta(days=1)
        return day

    def add_bank_days(self, day: date, count: int) -> date:
        """The bank day `count` bank days after `day` (before it when negative).

        A `day` that is no bank day counts from the next bank day when going forward and from the one before
        when going back, so that `add_bank_days(saturday, 0)` is Monday.
        """
        step = -1 if count < 0 else 1
        current = day
        while not self.is_bank_day(current):
            current += timedelta(days=step)
        for _ in range(abs(count)):
            current += timedelta(days=step)
            while not self.is_bank_day(current):
                current += timedelta(days=step)
        return current

    def bank_days_between(self, start: date, end: date) -> int:
        """Bank days after `start` up to and with `end`; negative when `end` is before `start`."""
        both = self.ordinals(np.array([start, end], dtype="datetime64[D]"))
        return int(both[1] - both[0])

    def ordinals(self, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """Number each day on a line of bank days, so that a difference counts bank days.

        Args:
            days: datetime64, any unit; no NaT.

        Returns:
            int64, same length: a day that is no bank day has the number of the bank day before it.
        """
        start = np.datetime64(f"{FIRST_YEAR}-01-01", "D")
        dates = days.astype("datetime64[D]")
        result: NDArray[np.int64] = np.busday_count(
            start, dates + np.timedelta64(1, "D"), busdaycal=_numpy_calendar(self.closed_days)
        )
        return result


@lru_cache(maxsize=16)
def _numpy_calendar(closed_days: frozenset[date]) -> np.busdaycalendar:
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    days = {day for year in years for day in bank_holidays(year)} | closed_days
    return np.busdaycalendar(holidays=sorted(np.datetime64(day, "D") for day in days))
