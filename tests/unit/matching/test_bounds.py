"""Inputs that would make a search explode end soon, and say what was not searched."""

import time

from benchmarks import matching_worst_cases as worst
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Rules
from gevinst.domain.reconciliation import Reconciliation

MOST_SECONDS = 60  # processor time; an unbounded search takes hours


def bounded(sides: worst.Sides) -> Reconciliation:
    start = time.process_time()
    left, right = (SideInput(items=side) for side in sides)
    result = reconcile(left, right, rules=Rules(), calendar=BankCalendar())
    assert time.process_time() - start < MOST_SECONDS
    return result


def test_ten_thousand_equal_amounts_on_one_day_are_left_with_a_note() -> None:
    result = bounded(worst.equal_amounts())

    assert set(result.left["cause"]) == {"not_searched"}
    assert result.notes == (("crowded", {"keys": 1}),)


def test_as_many_equal_amounts_on_both_sides_pair_in_order() -> None:
    left, _ = worst.equal_amounts()
    result = bounded((left, left.assign(item_id=left["item_id"].str.replace("B", "L"))))

    assert set(result.left["state"]) == {"matched"}
    assert set(result.groups["reason"]) == {"interchangeable"}


def test_sums_that_belong_to_nothing_stay_open() -> None:
    result = bounded(worst.subset_trap())

    assert set(result.left["state"]) <= {"open", "proposed"}


def test_one_number_on_everything_decides_nothing_by_itself() -> None:
    result = bounded(worst.one_key())

    assert result.bridge.difference == 0
    assert len(result.groups) > 0
