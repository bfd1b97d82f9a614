"""Schedules beyond bank days: words, intervals, single moments, cron lines."""

from datetime import UTC, datetime, time, timedelta

import pytest

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.occurrence import ClosedDay, Firing
from gevinst.domain.schedule import (
    EXAMPLES,
    Cron,
    Days,
    Interval,
    Once,
    Schedule,
    ScheduleError,
    Timing,
    parse_timing,
)
from gevinst.runner.triggers import next_firing, trigger_of

MONDAY = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def due(words: str, after: datetime, closed: ClosedDay = ClosedDay.RUN) -> Firing | None:
    return next_firing(parse_timing(words), after, closed=closed, calendar=BankCalendar())


@pytest.mark.parametrize(
    ("words", "timing"),
    [
        ("2 bankdage før periodeluk kl. 06.00", Schedule(days=Days.BEFORE_CLOSE, nth=2, at=time(6))),
        ("2 bank days before period close 06:00", Schedule(days=Days.BEFORE_CLOSE, nth=2, at=time(6))),
        ("den 15. kl. 6.00", Schedule(days=Days.DAY_OF_MONTH, nth=15, at=time(6))),
        ("hver mandag kl. 06.00", Schedule(days=Days.WEEKDAY, nth=0, at=time(6))),
        ("dagligt kl. 06.00", Schedule(days=Days.EVERY_DAY, at=time(6))),
        ("hvert 30. minut", Interval(minutes=30)),
        ("2026-11-02 06:00", Once(at=datetime(2026, 11, 2, 6, 0))),  # noqa: DTZ001 - local, without a zone
        ("cron: 30 5 * * 1-5", Cron(fields="30 5 * * 1-5")),
    ],
)
def test_words_are_understood_in_danish_and_english(words: str, timing: Timing) -> None:
    assert parse_timing(words) == timing


@pytest.mark.parametrize("words", EXAMPLES)
def test_each_example_is_a_schedule_that_comes_due(words: str) -> None:
    assert due(words, datetime(2026, 11, 1, tzinfo=UTC)) is not None


@pytest.mark.parametrize(
    "words", ["every 0 minutes", "2026-02-30 06:00", "day 32 06:00", "each tuesday 06:00"]
)
def test_words_that_are_none_are_refused(words: str) -> None:
    with pytest.raises(ScheduleError):
        parse_timing(words)


def test_the_nearest_words_are_offered() -> None:
    with pytest.raises(ScheduleError, match='did you mean "3rd bank day 06:00"'):
        parse_timing("3rd bankday at 06:00")


def test_a_cron_line_that_is_none_is_refused() -> None:
    with pytest.raises(ScheduleError, match="cron"):
        trigger_of(Cron(fields="99 5 * * *"))


@pytest.mark.parametrize(("day", "local"), [("0", 8), ("7", 8), ("sun", 8), ("1", 9), ("6-7", 7), ("5-7", 6)])
def test_cron_counts_days_of_the_week_from_sunday(day: str, local: int) -> None:
    found = due(f"cron: 0 6 * * {day}", MONDAY)

    assert found is not None
    assert found.nominal.day == local


def test_an_interval_is_the_same_for_every_clock() -> None:
    found = due("every 30 minutes", MONDAY + timedelta(minutes=7, seconds=3))

    assert found is not None
    assert found.nominal == MONDAY + timedelta(minutes=30)


def test_a_single_moment_comes_due_once() -> None:
    found = due("2026-11-02 14:00", MONDAY)

    assert found is not None
    assert found.nominal == MONDAY + timedelta(hours=1)
    assert due("2026-11-02 14:00", found.nominal) is None


def test_christmas_eve_moves_to_the_next_bank_day() -> None:
    found = due("daily 06:00", datetime(2026, 12, 23, 12, 0, tzinfo=UTC), ClosedDay.AFTER)

    assert found is not None
    assert (found.nominal.day, found.planned.day) == (28, 24)


def test_a_schedule_that_names_no_day_never_comes_due() -> None:
    assert due("cron: 0 6 31 2 *", MONDAY) is None
