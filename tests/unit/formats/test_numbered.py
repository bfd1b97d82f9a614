"""Which free column holds numbers that tell rows apart."""

import pytest

from gevinst.formats.numbered import _holds_numbers


@pytest.mark.parametrize(
    "cells", [["2266114", "2266999"], ["nr 2266114", "INV-2266999"], [2266114.0, 2266999.0]]
)
def test_numbers_of_five_digits_or_more_tell_rows_apart(cells: list[str | float]) -> None:
    assert _holds_numbers(cells)


@pytest.mark.parametrize(
    "cells", [["12345,00", "20000,50"], ["1", "2"], ["10001", "10002", "10003"], ["tekst", "mere"], ["", ""]]
)
def test_amounts_short_numbers_counts_and_words_do_not(cells: list[str]) -> None:
    assert not _holds_numbers(cells)
