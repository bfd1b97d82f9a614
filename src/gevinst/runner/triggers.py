"""APScheduler triggers in the days that a finance office counts in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.schedule import Schedule

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


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
        day = earliest.astimezone(COPENHAGEN).date()
        while True:
            day = self.schedule.day_from(day, self.calendar)
            local = datetime.combine(day, self.schedule.at, tzinfo=COPENHAGEN)
            firing = local.astimezone(UTC)
            if firing >= earliest:
                return firing
            day += timedelta(days=1)
