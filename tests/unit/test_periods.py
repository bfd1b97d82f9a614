"""Which month a run is of when nobody says."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from gevinst.app.start_run import default_period, period_due
from gevinst.bootstrap import here
from gevinst.domain.occurrence import RunMonth
from unattended import a_robot


@pytest.mark.parametrize(
    ("moment", "period"),
    [
        (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), "2026-09"),
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), "2026-10"),  # midnight in Copenhagen
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "2026-12"),
    ],
)
def test_the_month_turns_at_midnight_in_copenhagen(
    monkeypatch: pytest.MonkeyPatch, moment: datetime, period: str
) -> None:
    monkeypatch.setattr(here, "now", lambda: moment)

    assert default_period(here.today()) == period


@pytest.mark.parametrize(
    ("today", "period"),
    [
        (date(2026, 11, 2), "2026-10"),  # a Monday: the last closed bank day is Friday 30 October
        (date(2026, 11, 3), "2026-11"),
        (date(2026, 11, 30), "2026-11"),
        (date(2026, 12, 1), "2026-11"),
    ],
)
def test_a_robot_that_runs_through_the_month_takes_that_of_the_last_closed_bank_day(
    today: date, period: str
) -> None:
    assert period_due(replace(a_robot(), month=RunMonth.CURRENT), today) == period
