"""APScheduler triggers in the days that a finance office counts in.

All answer in UTC and compute in local dates. APScheduler's own cron fires at 02:30 twice when clocks go back,
and its calendar trigger skips the day when they go forward: so cron runs here on the wall clock as if it had
no zone, and each wall time is then turned into the moment it stands for.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.occurrence import ClosedDay, Firing
from gevinst.domain.schedule import Cron, Interval, Once, Schedule, ScheduleError, Timing
from gevinst.texts import OFFICE_ZONE

LONGEST_MOVE = timedelta(days=14)  # to a bank day, over Christmas, and over an office's own closed days
LOOKED_AHEAD = timedelta(days=5 * 366)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


class ScheduleTrigger(BaseTrigger):  # type: ignore[misc] # apscheduler has no types
    """Fires by a Schedule.

    Computes in local dates and answers in UTC, so that no day is skipped or fired twice when clocks change.
    """

    def __init__(self, schedule: Schedule, calendar: BankCalendar | None = None) -> None:
        self.schedule = schedule
        self.calendar = calendar or BankCalendar()

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first firing after `previous_fire_time`, or at or after `now` when there is none; UTC."""
        earliest = previous_fire_time + timedelta(microseconds=1) if previous_fire_time else now
        day = earliest.astimezone(OFFICE_ZONE).date()
        while True:
            day = self.schedule.day_from(day, self.calendar)
            local = datetime.combine(day, self.schedule.at, tzinfo=OFFICE_ZONE)
            firing = local.astimezone(UTC)
            if firing >= earliest:
                return firing
            day += timedelta(days=1)


class IntervalTrigger(BaseTrigger):  # type: ignore[misc] # as above
    """Fires every so many minutes of real time."""

    def __init__(self, interval: Interval) -> None:
        self.step = timedelta(minutes=interval.minutes)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """See ScheduleTrigger."""
        earliest = previous_fire_time + timedelta(microseconds=1) if previous_fire_time else now
        return EPOCH + self.step * -((EPOCH - earliest) // self.step)


class OnceTrigger(BaseTrigger):  # type: ignore[misc] # as above
    """Fires at one moment."""

    def __init__(self, once: Once) -> None:
        self.at = moments_of(once.at, both=False)[0]

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The moment, unless it has passed."""
        return self.at if previous_fire_time is None and self.at >= now else None


class WallCronTrigger(BaseTrigger):  # type: ignore[misc] # as above
    """Fires by a cron line on the office's wall clock.

    A time that clocks skip fires when they have moved; a time that they repeat fires the first time, or both
    times when the hour is a wildcard: a daily line fires once on each day, an hourly one 23, 24 or 25 times.
    """

    def __init__(self, cron: Cron) -> None:
        minute, hour, day, month, weekday = cron.fields.split(" ")
        self.both = hour.startswith("*")
        try:
            self.wall = CronTrigger(
                minute=minute,
                hour=hour,
                day=day,
                month=month,
                day_of_week=_named_days(weekday),
                timezone=UTC,
            )
        except (ValueError, IndexError) as error:
            raise ScheduleError(f"cron: {error}") from None

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """See ScheduleTrigger; None when no moment is left."""
        earliest = previous_fire_time + timedelta(microseconds=1) if previous_fire_time else now
        # Two hours back: the wall time of a moment in the fold stands before that of the moment itself.
        wall = earliest.astimezone(OFFICE_ZONE).replace(tzinfo=UTC) - timedelta(hours=2)
        best: datetime | None = None
        for found in self._walls(wall):
            moments = moments_of(found, both=self.both)
            if best is not None and moments[0] > best:
                break  # a later wall time has a later first moment
            later = [moment for moment in moments if moment >= earliest]
            best = min(later if best is None else [best, *later], default=None)
        return best

    def _walls(self, start: datetime) -> Iterator[datetime]:
        found = self.wall.get_next_fire_time(None, start)
        while found is not None:
            yield found
            found = self.wall.get_next_fire_time(found, found + timedelta(microseconds=1))


def trigger_of(timing: Timing, calendar: BankCalendar | None = None) -> BaseTrigger:
    """The trigger that fires by a timing.

    Raises:
        ScheduleError: a cron line that is none.
    """
    match timing:
        case Schedule():
            return ScheduleTrigger(timing, calendar)
        case Interval():
            return IntervalTrigger(timing)
        case Once():
            return OnceTrigger(timing)
        case Cron():
            return WallCronTrigger(timing)


def firings(
    timing: Timing, after: datetime, until: datetime, *, closed: ClosedDay, calendar: BankCalendar
) -> list[Firing]:
    """The moments after one and up to and with another, UTC, oldest first; moved off closed days."""
    widened = LONGEST_MOVE if closed in (ClosedDay.BEFORE, ClosedDay.AFTER) else timedelta(0)
    found = {
        firing.nominal: firing
        for firing in (
            _moved(moment, closed, calendar)
            for moment in _between(trigger_of(timing, calendar), after - widened, until + widened)
        )
        if after < firing.nominal <= until
    }
    return [found[nominal] for nominal in sorted(found)]


def next_firing(
    timing: Timing,
    now: datetime,
    *,
    closed: ClosedDay,
    calendar: BankCalendar,
    also_skipped: bool = False,
) -> Firing | None:
    """The first moment after now, of those that are skipped too if wanted; None when five years have none."""
    start = now - LONGEST_MOVE if closed is ClosedDay.AFTER else now
    best: Firing | None = None
    for moment in _between(trigger_of(timing, calendar), start, now + LOOKED_AHEAD):
        if best is not None and not _may_come_before(best, moment, closed, calendar):
            return best
        firing = _moved(moment, closed, calendar)
        wanted = firing.nominal > now and (also_skipped or not firing.skipped)
        if wanted and (best is None or firing.nominal < best.nominal):
            best = firing
    return best


def _may_come_before(best: Firing, moment: datetime, closed: ClosedDay, calendar: BankCalendar) -> bool:
    """Whether a later moment may be moved to before the best one: over closed days, back to the same day."""
    if closed is not ClosedDay.BEFORE:
        return False
    day = moment.astimezone(OFFICE_ZONE).date()
    return day == best.planned or not calendar.is_bank_day(day)


def _between(trigger: BaseTrigger, after: datetime, until: datetime) -> Iterator[datetime]:
    moment = trigger.get_next_fire_time(None, after + timedelta(microseconds=1))
    while moment is not None and moment <= until:
        yield moment
        moment = trigger.get_next_fire_time(moment, moment)


def _moved(moment: datetime, closed: ClosedDay, calendar: BankCalendar) -> Firing:
    local = moment.astimezone(OFFICE_ZONE)
    day = local.date()
    if closed is ClosedDay.RUN or calendar.is_bank_day(day):
        return Firing(nominal=moment, planned=day)
    if closed is ClosedDay.SKIP:
        return Firing(nominal=moment, planned=day, skipped=True)
    new_day = calendar.add_bank_days(day, 0) if closed is ClosedDay.AFTER else _bank_day_before(day, calendar)
    return Firing(nominal=_moment_on(new_day, local.time()), planned=day, moved=True)


def _bank_day_before(day: date, calendar: BankCalendar) -> date:
    while not calendar.is_bank_day(day):
        day -= timedelta(days=1)
    return day


def _moment_on(day: date, at: time) -> datetime:
    return moments_of(datetime.combine(day, at), both=False)[0]


def moments_of(wall: datetime, *, both: bool) -> list[datetime]:
    """The moments in UTC that a time on the wall clock stands for.

    One; after the gap when clocks skip it; when they repeat it the first, or both.
    """
    naive = wall.replace(tzinfo=None)
    first = naive.replace(tzinfo=OFFICE_ZONE, fold=0).astimezone(UTC)
    second = naive.replace(tzinfo=OFFICE_ZONE, fold=1).astimezone(UTC)
    if first.astimezone(OFFICE_ZONE).replace(tzinfo=None) != naive:  # skipped: when clocks had moved
        return [_end_of_gap(naive)]
    return [first, second] if both and second != first else [first]


def _end_of_gap(naive: datetime) -> datetime:
    """The moment at which clocks went forward over a wall time: they do so on the hour."""
    after = naive.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return after.replace(tzinfo=OFFICE_ZONE).astimezone(UTC)


def _named_days(field: str) -> str:
    """Days of the week by name: crontab counts from Sunday, APScheduler from Monday."""
    parts = []
    for part in field.split(","):
        span, slash, step = part.partition("/")
        ends = [DAY_NAMES[int(end)] if end.isdecimal() else end for end in span.split("-")]
        days = _days_between(ends) if len(ends) > 1 else ends
        parts += days[:: int(step)] if step and span != "*" else [slash.join((span, step))] if step else days
    return ",".join(parts)


def _days_between(ends: list[str]) -> list[str]:
    first, last = DAY_NAMES.index(ends[0].lower()), DAY_NAMES.index(ends[1].lower(), 1)
    return list(DAY_NAMES[first : last + 1]) if first <= last else ["*"]
