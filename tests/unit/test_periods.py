"""Which month a run is of when nobody says."""

from datetime import UTC, datetime

import pytest

from gevinst.app.start_run import default_period
from gevinst.bootstrap import here


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
