"""Balances of one account from a trial balance, as text and as a workbook."""

from pathlib import Path

import openpyxl
import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.formats.trial_balance import read_trial_balance

TEXT = "Konto;Kontonavn;Primosaldo;Bevægelse;Ultimosaldo\n9.22.05;Hovedkonto;1.000,00;-250,50;749,50\n"


def file_of(folder: Path, text: str) -> Path:
    path = folder / "saldobalance.csv"
    path.write_text(text, encoding="cp1252")
    return path


def test_the_balances_of_an_account_are_read_in_ore_with_their_line(tmp_path: Path) -> None:
    found = read_trial_balance(file_of(tmp_path, "Saldobalance oktober\n\n" + TEXT), "9.22.05")

    assert (found.opening, found.closing, found.place.line) == (100_000, 74_950, 4)


def test_a_workbook_is_read_as_well(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Saldobalance", 0)
    for row in (["Konto", "Primo", "Ultimo"], ["9.22.06", 10.5, 20.25]):
        sheet.append(row)
    book.save(tmp_path / "saldobalance.xlsx")

    found = read_trial_balance(tmp_path / "saldobalance.xlsx", "9.22.06")

    assert (found.opening, found.closing) == (1050, 2025)


@pytest.mark.parametrize(
    ("text", "account", "code"),
    [
        (TEXT, "9.99.99", "BAL-001"),
        (TEXT.replace("749,50", "749,5O"), "9.22.05", "BAL-002"),
        ("Dato;Beløb\n01-10-2026;1,00\n", "9.22.05", "LAY-003"),
        (" ", "9.22.05", "FIL-001"),
    ],
)
def test_a_trial_balance_that_cannot_be_used_says_why(
    tmp_path: Path, text: str, account: str, code: str
) -> None:
    with pytest.raises(InputRejectedError) as error:
        read_trial_balance(file_of(tmp_path, text), account)

    assert [finding.code for finding in error.value.findings] == [code]
