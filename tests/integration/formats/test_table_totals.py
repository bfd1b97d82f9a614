"""Rows of totals in the tables that flows read: left out, but held against the rows."""

from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flow import ColumnKind, SourceColumn, SourceShape
from gevinst.formats.table_source import read_tables

SHAPE = SourceShape(
    columns=(
        SourceColumn(key="text", headings=("Tekst",)),
        SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb",)),
    ),
    skip=("i alt", "saldo"),
)


def rows_of(tmp_path: Path, *lines: str) -> int:
    path = tmp_path / "liste.csv"
    path.write_text("\n".join(["Tekst;Beløb", *lines, ""]), "utf-8")
    return len(read_tables([path], SHAPE).rows)


@pytest.mark.parametrize(
    "lines",
    [
        ("a;1.000,50", "b;-2,00", "I alt;998,50"),
        ("a;1,00", "I alt;1,00", "b;2,00", "I alt;2,00"),  # one for each part
        ("a;1,00", "I alt;1,00", "b;2,00", "I alt;3,00"),  # and at last one for all
        ("I alt;3,00", "a;1,00", "b;2,00"),  # above the rows
        ("a;1,00", "b;2,00", "I alt;"),
        ("a;1,00", "b;2,00", "Saldo;77,00"),  # a balance is no sum
        ("Saldo;70,00", "a;1,00", "b;2,00", "I alt;73,00"),  # nor is one that goes on from a balance
        ("a;10,00", "b;12,00", "I alt;12,00"),  # the last of a column of balances
    ],
)
def test_a_total_that_agrees_is_left_out(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert rows_of(tmp_path, *lines) == sum(not one.startswith(("I alt", "Saldo")) for one in lines)


@pytest.mark.parametrize("lines", [("a;1,00", "b;2,00", "I alt;4,00"), ("a;1,00", "I alt;2,00")])
def test_a_total_that_does_not_agree_stops_the_file_with_its_cell_and_both_sums(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    with pytest.raises(InputRejectedError) as error:
        rows_of(tmp_path, *lines)

    [finding] = error.value.findings
    line = len(lines) + 1
    assert (finding.code, finding.place.line, finding.place.cell) == ("TAB-047", line, f"B{line}")
    assert (finding.found, finding.facts["sum"]) == (lines[-1][-4:], 300 if len(lines) == 3 else 100)
