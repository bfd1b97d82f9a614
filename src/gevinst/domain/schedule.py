"""Schedules in words: when a robot is due, in the days that a finance office counts in."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum

from gevinst.domain.calendar import BankCalendar

_TIME = r"(?:kl\.? )?(?P<hour>[01]?\d|2[0-3])[.:](?P<minute>[0-5]\d)"
_AT = rf"(?: {_TIME})?"
DEFAULT_TIME = time(6)  # when the words name a day only
_BANK_DAYS = r"(?:bank days?|bankdage?)"
MOST_BANK_DAYS = 23  # no month has more
MOST_DAYS = 31
FIRST_HOUR_OF_GAP, LAST_HOUR_OF_GAP = 2, 3  # clocks change between two and three at night
WEEKDAYS = {
    name: number
    for names in (
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    )
    for number, name in enumerate(names)
}


class Days(StrEnum):
    """Which days a schedule takes."""

    EVERY_BANK_DAY = "every"
    NTH_BANK_DAY = "nth"
    LAST_BANK_DAY = "last"
    BEFORE_CLOSE = "before_close"  #: so many bank days before the month's last one, when the period closes
    DAY_OF_MONTH = "day_of_month"  #: open or closed; the last day of a month that is shorter
    WEEKDAY = "weekday"  #: open or closed; Monday is 0
    EVERY_DAY = "every_day"


_PATTERNS = {
    Days.NTH_BANK_DAY: rf"(?P<nth>\d{{1,2}})(?:\.|st|nd|rd|th) bank ?da[yg]{_AT}",
    Days.LAST_BANK_DAY: rf"(?:last|sidste) bank ?da[yg]{_AT}",
    Days.EVERY_BANK_DAY: rf"(?:weekdays|bank days|bankdage|hver bankdag){_AT}",
    Days.BEFORE_CLOSE: rf"(?P<nth>\d{{1,2}}) {_BANK_DAYS} (?:before period close|før periodeluk){_AT}",
    Days.DAY_OF_MONTH: rf"(?:day|den) (?P<nth>\d{{1,2}})\.?{_AT}",
    Days.WEEKDAY: rf"(?:every |hver )?(?P<weekday>{'|'.join(WEEKDAYS)}){_AT}",
    Days.EVERY_DAY: rf"(?:daily|dagligt|hver dag){_AT}",
}
_COMPILED = {days: re.compile(pattern, re.IGNORECASE) for days, pattern in _PATTERNS.items()}
_INTERVAL = re.compile(r"(?:every|hvert?) (?P<count>\d{1,4})\.? (?:minutes?|minut(?:ter)?)", re.IGNORECASE)
_ONCE = re.compile(rf"(?P<day>\d{{4}}-\d\d-\d\d) {_TIME}", re.IGNORECASE)
_CRON = re.compile(r"cron: ?(?P<fields>\S+ \S+ \S+ \S+ \S+)", re.IGNORECASE)
EXAMPLES = (
    "3rd bank day 06:00",
    "3. bankdag kl. 06.00",
    "3. bankdag",
    "last bank day 06:00",
    "last bank day",
    "sidste bankdag kl. 06.00",
    "sidste bankdag",
    "weekdays 06:00",
    "bankdage kl. 06.00",
    "hver bankdag kl. 06.00",
    "2 bank days before period close 06:00",
    "2 bankdage før periodeluk kl. 06.00",
    "day 15 06:00",
    "den 15. kl. 06.00",
    "monday 06:00",
    "hver mandag kl. 06.00",
    "daily 06:00",
    "dagligt kl. 06.00",
    "every 30 minutes",
    "hvert 30. minut",
    "2026-11-02 06:00",
    "cron: 30 5 * * 1-5",
)
MOST_MINUTES = 1440


class ScheduleError(ValueError):
    """Words that are no schedule."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When a robot is due, in the office's local time."""

    days: Days
    nth: int = 0  #: of the month, from 1; bank days before the close; weekday from 0
    at: time

    def day_from(self, earliest: date, calendar: BankCalendar) -> date:
        """The first day on or after `earliest` that the schedule takes."""
        day = earliest
        while not self._takes(day, calendar):
            day += timedelta(days=1)
        return day

    def _takes(self, day: date, calendar: BankCalendar) -> bool:
        last = day.replace(day=monthrange(day.year, day.month)[1])
        if self.days is Days.EVERY_DAY:
            return True
        if self.days is Days.WEEKDAY:
            return day.weekday() == self.nth
        if self.days is Days.DAY_OF_MONTH:
            return day.day == min(self.nth, last.day)
        return calendar.is_bank_day(day) and self._takes_bank_day(day, last, calendar)

    def _takes_bank_day(self, day: date, last: date, calendar: BankCalendar) -> bool:
        if self.days is Days.EVERY_BANK_DAY:
            return True
        if self.days is Days.NTH_BANK_DAY:
            return calendar.bank_days_between(day.replace(day=1) - timedelta(days=1), day) == self.nth
        to_close = self.nth if self.days is Days.BEFORE_CLOSE else 0
        return calendar.bank_days_between(day, last) == to_close


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Every so many minutes, counted from midnight UTC of 1 January 1970, so that each clock agrees."""

    minutes: int


@dataclass(frozen=True, kw_only=True)
class Once:
    """One moment in local time."""

    at: datetime  #: without a zone


@dataclass(frozen=True, kw_only=True)
class Cron:
    """The five fields of a crontab line, in local time; Sunday is 0 or 7."""

    fields: str


Timing = Schedule | Interval | Once | Cron


def parse_timing(words: str) -> Timing:
    """Read a schedule of days, an interval, a moment, or a cron line.

    Raises:
        ScheduleError: other words, with the nearest that are known.
    """
    text = " ".join(words.split())
    if found := _INTERVAL.fullmatch(text):
        if not 1 <= int(found["count"]) <= MOST_MINUTES:
            raise ScheduleError(f"between 1 and {MOST_MINUTES} minutes")
        return Interval(minutes=int(found["count"]))
    if found := _ONCE.fullmatch(text):
        return Once(at=datetime.combine(_day(found["day"]), _time(found)))
    if found := _CRON.fullmatch(text):
        return Cron(fields=found["fields"])
    return parse_schedule(text)


def parse_schedule(words: str) -> Schedule:
    """Read a schedule such as "3rd bank day 06:00", "3. bankdag kl. 06.00" or "weekdays 06:00".

    Weekdays are bank days: a Danish holiday is none. Words without a time mean six in the morning.

    Raises:
        ScheduleError: other words, more days than a month has, or a time in the hour that clocks change in.
    """
    text = " ".join(words.split())
    for days, pattern in _COMPILED.items():
        if found := pattern.fullmatch(text):
            at = _time(found)
            if FIRST_HOUR_OF_GAP <= at.hour < LAST_HOUR_OF_GAP:
                raise ScheduleError("between 02 and 03 clocks change")
            return Schedule(days=days, nth=_nth(days, found.groupdict()), at=at)
    near = get_close_matches(text.lower(), EXAMPLES, n=1, cutoff=0.4)
    raise ScheduleError(f'not a schedule; did you mean "{near[0]}"?' if near else "not a schedule")


def _nth(days: Days, found: dict[str, str]) -> int:
    if days is Days.WEEKDAY:
        return WEEKDAYS[found["weekday"].lower()]
    if "nth" not in found:
        return 0
    nth = int(found["nth"])
    most = MOST_DAYS if days is Days.DAY_OF_MONTH else MOST_BANK_DAYS
    least = 0 if days is Days.BEFORE_CLOSE else 1
    if not least <= nth <= most:
        raise ScheduleError("no month has so many days")
    return nth


def _time(found: re.Match[str]) -> time:
    if found["hour"] is None:
        return DEFAULT_TIME
    return time(int(found["hour"]), int(found["minute"]))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ScheduleError("there is no such day") from None
