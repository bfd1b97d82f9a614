from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.money import AmountError
from gevinst.formats.xml_values import TooLargeError, compact_date, exact_number, exact_ore, iso_date


@pytest.mark.parametrize(
    ("text", "ore"),
    [
        ("1234.50", 123450),
        ("-0.01", -1),
        ("+7", 700),
        (".5", 50),
        ("5.", 500),
        ("6312.5000", 631250),
        ("0", 0),
        ("10000000000000.00", 10**15),
    ],
)
def test_a_decimal_is_read_as_ore(text: str, ore: int) -> None:
    assert exact_ore(text) == ore


@pytest.mark.parametrize("text", ["", ".", "-", "1,50", "1 000", "1e3", "0.005", "NaN", "INF", "1.2.3", "١"])  # noqa: RUF001 - an Arabic digit
def test_what_is_no_decimal_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        exact_ore(text)


@pytest.mark.parametrize("text", ["10000000000000.01", "9" * 5000])
def test_an_amount_beyond_any_office_is_refused_as_that(text: str) -> None:
    with pytest.raises(TooLargeError):
        exact_ore(text)


@given(st.integers(-(10**15), 10**15))
def test_every_amount_comes_back_as_it_was_written(ore: int) -> None:
    assert exact_ore(f"{Decimal(ore).scaleb(-2):f}") == ore


def test_a_price_keeps_its_decimals() -> None:
    assert exact_number("0.123456") == Decimal("0.123456")


@pytest.mark.parametrize("text", ["", "otte", "1,5", "1" * 40])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        exact_number(text)


@pytest.mark.parametrize(
    "text", ["2026-02-28", "2026-02-28Z", "2026-02-28+01:00", "2026-02-28T23:59:59.5Z", "2026-02-28T10:30:00"]
)
def test_the_day_of_a_date_is_the_day_as_written(text: str) -> None:
    assert iso_date(text) == date(2026, 2, 28)


@pytest.mark.parametrize("text", ["", "2026-02-30", "28-02-2026", "2026-2-8", "20260228", "2026-02-28x"])
def test_what_is_no_iso_date_has_no_day(text: str) -> None:
    assert iso_date(text) is None


def test_a_compact_date_has_eight_digits() -> None:
    assert compact_date("20260504") == date(2026, 5, 4)
    assert compact_date("20261304") is None
    assert compact_date("2026-05-04") is None
