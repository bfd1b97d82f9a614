"""The golden example, from ledger entries to the report's figures."""

from decimal import Decimal

import pytest

from gains import MONTHS, SETTINGS, a_card, a_month, a_robot, keep, tools
from gevinst.app.gain_report import gain_report
from gevinst.domain.gain_report import RobotGain
from gevinst.store.opening import StoreParts


@pytest.fixture
def golden(parts: StoreParts) -> RobotGain:
    """Give the report of three golden months."""
    card = a_card()
    keep(parts, card)
    for month in MONTHS:
        a_month(parts, card, month)
    [row] = gain_report([a_robot(card)], MONTHS, tools(parts)).robots
    return row


def rounded(value: Decimal, places: int = 2) -> Decimal:
    return round(value, places)


def test_hours_of_a_golden_month(golden: RobotGain) -> None:
    month = golden.months[0]

    assert rounded(month.gross, 4) == Decimal("132.0333")
    assert month.hours.middle == Decimal("129.4")
    assert (rounded(month.hours.low), rounded(month.hours.high)) == (Decimal("115.97"), Decimal("142.83"))
    assert month.items == 1_180


def test_money_of_a_golden_month(golden: RobotGain) -> None:
    month = golden.months[0]

    assert (month.value.middle, month.running_cost, month.net) == (4_464_300, 420_000, 4_044_300)


def test_investment_of_golden_months(golden: RobotGain) -> None:
    found = golden.investment

    assert found is not None
    assert rounded(found.payback or Decimal(0)) == Decimal("3.96")
    assert found.present_values[SETTINGS.discount_rate] == 203_122_716
    assert list(found.present_values) == [Decimal("0.025"), Decimal("0.035"), Decimal("0.045")]
    assert (found.payback_low or Decimal(0)) > (found.payback or Decimal(0))


def test_three_months_are_three_times_one(golden: RobotGain) -> None:
    assert golden.hours.middle == 3 * Decimal("129.4")
    assert golden.value.middle == 3 * 4_464_300
    assert golden.planned == 390
    assert golden.grade == "B"
