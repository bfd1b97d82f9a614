"""Check rules of Danish numbers, on numbers whose digits were worked out by hand or that are published."""

import pytest

from gevinst.domain.check_rules import bank_problem, cpr_problem, cvr_problem, gln_problem


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("10000009", ""),  # 1*2 + 9*1 = 11
        ("10000008", "check_digit"),
        ("1000000", "form"),
        ("00000000", "form"),
        ("1000000A", "form"),
        ("", "form"),
    ],
)
def test_a_cvr_number_is_held_to_modulus_eleven(number: str, problem: str) -> None:
    assert cvr_problem(number) == problem


@pytest.mark.parametrize("at", range(8))
def test_one_wrong_digit_of_a_cvr_number_is_found(at: int) -> None:
    right = "10000009"
    wrong = right[:at] + str((int(right[at]) + 1) % 10) + right[at + 1 :]

    assert cvr_problem(wrong) != ""


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("4006381333931", ""),  # the example that GS1's rule is explained with
        ("4006381333932", "check_digit"),
        ("400638133393", "form"),
        ("40063813339310", "form"),
    ],
)
def test_a_gln_is_held_to_its_check_digit(number: str, problem: str) -> None:
    assert gln_problem(number) == problem


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("611280-0001", ""),  # day + 60: belongs to nobody
        ("6112800001", ""),
        ("901280-0001", ""),  # 30 December
        ("921280-0001", "date"),  # 32 December
        ("611399-0001", "date"),
        ("890200-4001", ""),  # 29 February 2000
        ("890200-0001", "date"),  # 1900 was no leap year
        ("890237-4001", "date"),  # digit 4 and year 37 is 1937
        ("61128-0001", "form"),
        ("611280 0001", "form"),
    ],
)
def test_a_cpr_number_is_held_to_its_form_and_date(number: str, problem: str) -> None:
    assert cpr_problem(number) == problem


@pytest.mark.parametrize(
    ("registration", "account", "problem"),
    [
        ("2030", "1234567", ""),
        ("2030", "", "half"),
        ("", "1234567", "half"),
        ("0123", "1234567", "registration"),
        ("203", "1234567", "registration"),
        ("2030", "123", "account"),
        ("2030", "12345678901", "account"),
        ("2030", "0000000", "account"),
        ("2030", "12A4567", "account"),
    ],
)
def test_a_bank_account_has_both_parts_in_form(registration: str, account: str, problem: str) -> None:
    assert bank_problem(registration, account) == problem
