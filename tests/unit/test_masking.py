"""What is masked stays masked, wherever a text is cut."""

import pytest

from gevinst.domain.masking import LONGEST_FOUND, mask_cpr, mask_log, shown_value


@pytest.mark.parametrize("written", ["0101801234", "010180-1234", "010180 1234"])
def test_a_cpr_number_loses_its_last_four_digits(written: str) -> None:
    assert mask_cpr(f"Husleje {written}.") == "Husleje 010180-XXXX."


@pytest.mark.parametrize("number", ["01018012345", "3113801234", "0113801234", "20201010"])
def test_a_number_that_is_no_cpr_number_is_left(number: str) -> None:
    assert mask_cpr(number) == number


@pytest.mark.parametrize("before", range(LONGEST_FOUND - 11, LONGEST_FOUND + 1))
def test_a_cut_shows_no_digit_more_of_a_cpr_number(before: int) -> None:
    text = "x " * (before // 2) + " " * (before % 2) + "0101801234"

    assert "0101801" not in shown_value(text)
    assert "0101801" not in mask_log(text, LONGEST_FOUND)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql+psycopg://gevinst:hem%40lig@db/gevinst", "postgresql+psycopg://gevinst:***@db/gevinst"),
        ("https://:kode@hook.example/x", "https://:***@hook.example/x"),
        ("https://hook.example:8443/a@b", "https://hook.example:8443/a@b"),
        ("kl. 06:00 til en@kommune.example", "kl. 06:00 til en@kommune.example"),
    ],
)
def test_a_log_shows_an_address_without_its_password(text: str, masked: str) -> None:
    assert mask_log(text) == masked
