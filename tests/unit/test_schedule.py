"""Schedules in words, and their firings over DST, holidays and month ends."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.schedule import Days, Schedule, ScheduleError, parse_schedule
from gevinst.runner.triggers import ScheduleTrigger
from gevinst.texts import OFFICE_ZONE


@pytest.mark.parametrize(
    "words", ["3rd bank day 06:00", "3. bankdag kl. 06.00", "3. bankdag 6.00", "3th bank day 06:00"]
)
def test_the_third_bank_day_is_understood_in_danish_and_english(words: str) -> None:
    assert parse_schedule(words) == Schedule(days=Days.NTH_BANK_DAY, nth=3, at=time(6))


@pytest.mark.parametrize(
    "words",
    ["", "each tuesday 06:00", "24th bank day 06:00", "0. bankdag 06:00", "weekdays 25:00", "weekdays 02:30"],
)
def test_words_that_are_no_certain_schedule_are_refused(words: str) -> None:
    with pytest.raises(ScheduleError):
        parse_schedule(words)


def test_the_third_bank_day_of_april_2026_waits_for_easter() -> None:
    schedule = parse_schedule("3rd bank day 06:00")

    assert schedule.day_from(date(2026, 4, 1), BankCalendar()) == date(2026, 4, 8)


def test_the_last_bank_day_of_december_is_the_thirtieth() -> None:
    schedule = parse_schedule("last bank day 06:00")

    assert schedule.day_from(date(2026, 12, 1), BankCalendar()) == date(2026, 12, 30)


def test_a_daily_schedule_fires_once_on_every_bank_day_of_three_years() -> None:
    trigger = ScheduleTrigger(parse_schedule("weekdays 06:00"))
    calendar = BankCalendar()
    firings = [trigger.get_next_fire_time(None, datetime(2026, 1, 1, tzinfo=UTC))]
    while firings[-1].year < 2029:
        firings.append(trigger.get_next_fire_time(firings[-1], firings[-1]))

    local = [firing.astimezone(OFFICE_ZONE) for firing in firings[:-1]]
    days = [date(2026, 1, 1) + timedelta(days=count) for count in range(3 * 365 + 1)]
    assert [moment.date() for moment in local] == [day for day in days if calendar.is_bank_day(day)]
    assert {moment.time() for moment in local} == {time(6)}


def test_firings_keep_local_time_when_clocks_change() -> None:
    trigger = ScheduleTrigger(parse_schedule("weekdays 06:00"))
    friday = datetime(2026, 10, 23, 4, tzinfo=UTC)

    monday = trigger.get_next_fire_time(friday, friday)

    assert monday == datetime(2026, 10, 26, 5, tzinfo=UTC)


def test_a_firing_at_this_very_moment_is_given_once() -> None:
    trigger = ScheduleTrigger(parse_schedule("weekdays 06:00"))
    due = datetime(2026, 10, 26, 5, tzinfo=UTC)

    first = trigger.get_next_fire_time(None, due)
    second = trigger.get_next_fire_time(first, due)

    assert first == due
    assert all(later > earlier for earlier, later in pairwise([first, second]))
