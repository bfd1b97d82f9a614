"""Complaints of other programs about amounts; each test names its source."""

from pathlib import Path

import pytest

from gevinst.domain.money import AmountError, NumberStyle, parse_amount
from gevinst.formats.reading import read_source
from unit.matching.builders import groups, match


def test_ten_times_ten_ore_are_one_krone() -> None:
    """Source: github.com/frappe/erpnext/issues/54043: a drift of 1e-14 throws and rolls all back."""
    left = ["B1 2026-10-05 1,00 Samlet 551122"]
    right = [f"L{at} 2026-10-05 0,10 551122" for at in range(10)]

    result = match(left, right)

    assert len(groups(result)) == 1
    assert result.groups["difference"].tolist() == [0]


def csv_amounts(folder: Path, *amounts: str) -> list[int]:
    rows = [f"0{at + 1}-10-2026;Tekst {at};{amount}" for at, amount in enumerate(amounts)]
    file = folder / "bank.csv"
    file.write_text("\n".join(["Dato;Tekst;Beløb", *rows, ""]), encoding="utf-8")
    return [int(amount) for amount in read_source(file).items["amount"]]


def test_nine_kroner_are_nine_kroner(tmp_path: Path) -> None:
    """Source: github.com/frappe/erpnext/issues/59039: `9,00` read as 900."""
    assert parse_amount("9,00") == 900  # øre
    assert csv_amounts(tmp_path, "9,00", "1.234,50", "-10,00") == [900, 123_450, -1_000]


def test_a_single_decimal_is_not_taken_for_thousands() -> None:
    """Source: github.com/actualbudget/actual/issues/5020: `-110.7` read as -1,107.00."""
    assert parse_amount("-110.7", NumberStyle.POINT) == -11_070
    assert parse_amount("-110,7") == -11_070
    with pytest.raises(AmountError):
        parse_amount("-110.7")
