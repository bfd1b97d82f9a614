"""Bank days, against Nationalbanken's published lists."""

from datetime import date, timedelta

import holidays
import numpy as np
import pytest

from gevinst.domain.calendar import FIRST_YEAR, LAST_YEAR, BankCalendar, bank_holidays

CLOSED_WEEKDAYS = {
    2026: ["01-01", "04-02", "04-03", "04-06", "05-14", "05-15", "05-25", "06-05", "12-24", "12-25", "12-31"],
    2027: ["01-01", "03-25", "03-26", "03-29", "05-06", "05-07", "05-17", "12-24", "12-31"],
}


@pytest.mark.parametrize("year", CLOSED_WEEKDAYS)
def test_every_weekday_of_a_year_is_a_bank_day_as_published(year: int) -> None:
    calendar = BankCalendar()
    days = [date(year, 1, 1) + timedelta(days=count) for count in range(365)]

    closed = [f"{day:%m-%d}" for day in days if day.weekday() < 5 and not calendar.is_bank_day(day)]

    assert closed == CLOSED_WEEKDAYS[year]


def test_every_public_holiday_is_closed_and_banks_add_four_days() -> None:
    public = set(holidays.country_holidays("DK", years=range(FIRST_YEAR, LAST_YEAR + 1)))
    closed = {day for year in range(FIRST_YEAR, LAST_YEAR + 1) for day in bank_holidays(year)}
    added = [day for day in closed - public if (day.month, day.day) not in {(6, 5), (12, 24), (12, 31)}]

    assert public - closed == set()
    assert all(day - timedelta(days=1) in public and day.weekday() == 4 for day in added)


def test_great_prayer_day_was_closed_in_2023_and_is_a_bank_day_from_2024() -> None:
    calendar = BankCalendar()

    assert not calendar.is_bank_day(date(2023, 5, 5))
    assert calendar.is_bank_day(date(2024, 4, 26))


def test_the_first_of_may_is_a_bank_day() -> None:
    assert BankCalendar().is_bank_day(date(2026, 5, 1))


def test_friday_to_monday_is_one_bank_day() -> None:
    assert BankCalendar().bank_days_between(date(2026, 10, 2), date(2026, 10, 5)) == 1


def test_counting_back_from_a_saturday_begins_at_friday() -> None:
    assert BankCalendar().add_bank_days(date(2026, 10, 31), -1) == date(2026, 10, 29)


def test_the_offices_own_closed_days_are_not_counted() -> None:
    calendar = BankCalendar(closed_days=frozenset({date(2026, 10, 14)}))

    assert calendar.add_bank_days(date(2026, 10, 13), 1) == date(2026, 10, 15)
    assert calendar.bank_days_between(date(2026, 10, 13), date(2026, 10, 15)) == 1


def test_the_bank_day_numbers_of_many_days_agree_with_counting_one_by_one() -> None:
    calendar = BankCalendar()
    first = date(2026, 1, 1)
    days = [first + timedelta(days=count) for count in range(800)]

    numbers = calendar.ordinals(np.array(days, dtype="datetime64[D]"))

    counted = np.cumsum([calendar.is_bank_day(day) for day in days])
    assert (numbers - numbers[0] == counted - counted[0]).all()
