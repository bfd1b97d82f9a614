"""Rows of totals are left out by whole words, so that no supplier whose name begins so is lost."""

from pathlib import Path

import pytest

from gevinst.domain.flow import ColumnKind, SourceColumn, SourceShape
from gevinst.formats.table_source import read_tables

SHAPE = SourceShape(
    columns=(
        SourceColumn(key="name", headings=("Navn",)),
        SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb",)),
    ),
    skip=("i alt", "sum", "total"),
)


def names(tmp_path: Path, last: str) -> list[str]:
    """The names of the records of a list of two rows."""
    path = tmp_path / "liste.csv"
    path.write_text(f"Navn;Beløb\nKontor A/S;10,00\n{last};10,00\n", "utf-8")
    return read_tables([path], SHAPE).rows["name"].tolist()


@pytest.mark.parametrize("name", ["Totalentreprise A/S", "Sumatra Kaffe", "Summerhill"])
def test_a_name_that_begins_like_a_total_is_a_record(tmp_path: Path, name: str) -> None:
    assert names(tmp_path, name) == ["Kontor A/S", name]


@pytest.mark.parametrize("text", ["I alt", "SUM", "Total:", "Sum i alt", "i alt (kr.)"])
def test_a_row_of_totals_is_left_out(tmp_path: Path, text: str) -> None:
    assert names(tmp_path, text) == ["Kontor A/S"]
