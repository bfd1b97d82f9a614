from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.money import AmountError, NumberStyle, parse_number
from gevinst.formats.amounts import choose_style, read_amount, read_amounts

COMMA, POINT = NumberStyle.COMMA, NumberStyle.POINT


@pytest.mark.parametrize(
    "text", ["1.234,50", "1234,5", "1 234,50", "1.234,50 kr.", "DKK 1.234,50", "kr 1.234,50", "1234,50 DKK"]
)
def test_an_amount_is_the_same_with_and_without_marks(text: str) -> None:
    assert read_amount(text, COMMA) == 123450


def test_a_minus_behind_kroner_may_be_the_typographic_one() -> None:
    assert read_amount("kr. −50,05", COMMA) == read_amount("kr. -50,05", COMMA) == -5005


def test_whole_kroner_with_a_dash_are_whole_kroner() -> None:
    assert read_amount("1.250,-", COMMA) == 125000


@pytest.mark.parametrize("text", ["", " ", "1.234,5O", "1,234.50", "12.34,50", "1,2345", "abc", "--1", "1-2"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        read_amount(text, COMMA)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.234,567", "1234.567"), ("7,5-", "-7.5"), ("(7,5)", "-7.5"), ("+3", "3"), (",25", "0.25")],
)
def test_a_number_is_written_as_an_amount_with_any_count_of_decimals(text: str, number: str) -> None:
    assert str(parse_number(text, COMMA)) == str(Decimal(number))


@pytest.mark.parametrize("text", ["", " ", "-", "--1", "12.34,5", "1,5O"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        parse_number(text, COMMA)


def test_an_account_number_is_no_amount() -> None:
    with pytest.raises(AmountError):
        read_amount("080790002010094000", COMMA)


def test_true_and_false_are_no_amounts() -> None:
    assert read_amounts([True, 1.0, False], COMMA) == [None, 100, None]


def test_one_amount_with_two_decimals_decides_the_style() -> None:
    assert choose_style([["1.234", "12,50"]]).style is COMMA
    assert choose_style([["1,234", "12.50"]]).style is POINT


def test_two_groups_of_thousands_decide_the_style() -> None:
    choice = choose_style([["1.234.567", "1.234"]])

    assert (choice.style, choice.sure) == (COMMA, True)


def test_only_one_mark_before_three_digits_is_asked_about() -> None:
    choice = choose_style([["1.234", "5.678"]])

    assert (choice.sure, choice.example) == (False, "1.234")


def test_numbers_and_whole_kroner_have_no_style() -> None:
    assert choose_style([["1200", "-5"], [12.5]]).sure


def test_as_much_evidence_for_both_styles_is_asked_about() -> None:
    assert not choose_style([["1.234,50", "1,234.50"]]).sure


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_two_decimals_decide_the_style_and_give_the_same_ore_back(ore: int) -> None:
    whole, part = divmod(abs(ore), 100)
    english = f"{'-' if ore < 0 else ''}{whole:,}.{part:02d}"
    danish = english.translate(str.maketrans(",.", ".,"))

    assert (choose_style([[english]]).style, read_amount(english, POINT)) == (POINT, ore)
    assert (choose_style([[danish]]).style, read_amount(danish, COMMA)) == (COMMA, ore)
