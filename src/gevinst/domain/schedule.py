"""Schedules in words: when a robot is due, in the days that a finance office counts in."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from gevinst.domain.calendar import BankCalendar

_TIME = r"(?:kl\.? )?(?P<hour>[01]?\d|2[0-3])[.:](?P<minute>[0-5]\d)"
_NTH = re.compile(rf"(?P<nth>\d{{1,2}})(?:\.|st|nd|rd|th) bank ?da[yg] {_TIME}", re.IGNORECASE)
_LAST = re.compile(rf"(?:last|sidste) bank ?da[yg] {_TIME}", re.IGNORECASE)
_DAILY = re.compile(rf"(?:weekdays|bank days|bankdage|hver bankdag) {_TIME}", re.IGNORECASE)
MOST_BANK_DAYS = 23  # no month has more
FIRST_HOUR_OF_GAP, LAST_HOUR_OF_GAP = 2, 3  # clocks change between two and three at night


class Days(StrEnum):
    """Which days a schedule takes."""

    EVERY_BANK_DAY = "every"
    NTH_BANK_DAY = "nth"
    LAST_BANK_DAY = "last"


class ScheduleError(ValueError):
    """Words that are no schedule."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When a robot is due, in the office's local time."""

    days: Days
    nth: int = 0  #: of the month, from 1; NTH_BANK_DAY only
    at: time

    def day_from(self, earliest: date, calendar: BankCalendar) -> date:
        """The first day on or after `earliest` that the schedule takes."""
        day = earliest
        while not self._takes(day, calendar):
            day += timedelta(days=1)
        return day

    def _takes(self, day: date, calendar: BankCalendar) -> bool:
        if not calendar.is_bank_day(day):
            return False
        if self.days is Days.EVERY_BANK_DAY:
            return True
        if self.days is Days.NTH_BANK_DAY:
            return calendar.bank_days_between(day.replace(day=1) - timedelta(days=1), day) == self.nth
        last = day.replace(day=monthrange(day.year, day.month)[1])
        return calendar.bank_days_between(day, last) == 0


def parse_schedule(words: str) -> Schedule:
    """Read a schedule such as "3rd bank day 06:00", "3. bankdag kl. 06.00" or "weekdays 06:00".

    Weekdays are bank days: a Danish holiday is none.

    Raises:
        ScheduleError: other words, more than 23 bank days, or a time in the hour that clocks skip or repeat.
    """
    for pattern, days in (
        (_NTH, Days.NTH_BANK_DAY),
        (_LAST, Days.LAST_BANK_DAY),
        (_DAILY, Days.EVERY_BANK_DAY),
    ):
        found = pattern.fullmatch(" ".join(words.split()))
        if found:
            nth = int(found["nth"]) if days is Days.NTH_BANK_DAY else 0
            at = time(int(found["hour"]), int(found["minute"]))
            if FIRST_HOUR_OF_GAP <= at.hour < LAST_HOUR_OF_GAP:
                raise ScheduleError("between 02 and 03 clocks change")
            if days is Days.NTH_BANK_DAY and not 1 <= nth <= MOST_BANK_DAYS:
                raise ScheduleError("no month has so many bank days")
            return Schedule(days=days, nth=nth, at=at)
    raise ScheduleError("not a schedule")
