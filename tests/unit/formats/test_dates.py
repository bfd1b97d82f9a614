from datetime import date, datetime

import pytest

from gevinst.formats.dates import DateOrder, choose_order, read_date, read_dates


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("31.01.2026", DateOrder.DMY),
        ("31-01-26", DateOrder.DMY),
        ("01/31/2026", DateOrder.MDY),
        ("2026-01-31", DateOrder.YMD),
        ("2026/1/31", DateOrder.DMY),
        ("20260131", DateOrder.YMD),
        ("31012026", DateOrder.DMY),
        ("310126", DateOrder.DMY),
        ("31-Jan-2026", DateOrder.DMY),
        ("31. januar 2026", DateOrder.DMY),
        ("January 31, 2026", DateOrder.DMY),
        ("jan. 31 2026", DateOrder.YMD),
        ("Januar 31st, 2026", DateOrder.MDY),
        ("2026-01-31T23:59:00+01:00", DateOrder.DMY),
        ("31-01-2026 08:15", DateOrder.DMY),
    ],
)
def test_a_date_is_read_in_each_way_it_is_written(text: str, order: DateOrder) -> None:
    assert read_date(text, order) == date(2026, 1, 31)


@pytest.mark.parametrize(
    "text",
    [
        "31-02-2026",
        "00-01-2026",
        "2026-13-01",
        "1-1-1",
        "0-0-0000",
        "31-01-1899",
        "i går",
        "May 40, 2026",
        "Lot 4, 2026",
    ],
)
def test_a_day_that_does_not_exist_is_no_date(text: str) -> None:
    assert all(read_date(text, order) is None for order in DateOrder)


def test_a_month_with_a_name_leaves_no_order_to_ask_for() -> None:
    choice = choose_order([["May 4, 2026", "May 5, 2026"]])

    assert (choice.sure, read_date("May 4, 2026", choice.order)) == (True, date(2026, 5, 4))


def test_two_digit_years_are_of_this_century_and_the_last_of_the_one_before() -> None:
    assert read_date("01-01-79", DateOrder.DMY) == date(2079, 1, 1)
    assert read_date("28-04-99", DateOrder.DMY) == date(1999, 4, 28)


def test_a_workbook_date_needs_no_order() -> None:
    assert read_dates([datetime(2026, 3, 4, 12, 0), date(2026, 3, 4), 46085.5], DateOrder.MDY) == [  # noqa: DTZ001 - a cell
        date(2026, 3, 4),
        date(2026, 3, 4),
        None,
    ]


def test_a_day_above_twelve_decides_the_order() -> None:
    choice = choose_order([["01/02/2026", "01/13/2026"]])

    assert (choice.order, choice.sure, choice.example) == (DateOrder.MDY, True, "01/13/2026")


def test_one_impossible_date_does_not_turn_the_order_of_the_others() -> None:
    choice = choose_order([["13/01/2026", "14/01/2026", "01/14/2026"]])

    assert choice.order is DateOrder.DMY


def test_a_value_date_decides_for_the_booking_date() -> None:
    choice = choose_order([["01/02/2026"], ["28/01/2026"]])

    assert (choice.order, choice.sure) == (DateOrder.DMY, True)


def test_points_are_always_day_first() -> None:
    assert choose_order([["01.02.2026"]]).sure


def test_a_month_of_bank_days_is_read_as_one_month() -> None:
    bank_days = [
        "01/10/2026",
        "02/10/2026",
        "05/10/2026",
        "06/10/2026",
        "07/10/2026",
        "08/10/2026",
        "09/10/2026",
    ]

    choice = choose_order([bank_days])

    assert (choice.order, choice.sure) == (DateOrder.DMY, True)


def test_the_first_of_each_month_is_not_taken_for_the_days_of_january() -> None:
    rents = [f"01/{month:02d}/2026" for month in range(1, 13)]

    choice = choose_order([rents])

    assert not choice.sure
    assert set(choice.alternatives) == {DateOrder.DMY, DateOrder.MDY}


def test_a_single_date_that_reads_both_ways_is_asked_about() -> None:
    choice = choose_order([["03/04/2026", "03/04/2026"]])

    assert not choice.sure


def test_a_date_that_is_the_same_both_ways_needs_no_question() -> None:
    assert choose_order([["05/05/2026"]]).sure
