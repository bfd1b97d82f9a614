"""Records of another width than the headings, in the tables that flows read: no cell moves unseen."""

from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flow import ColumnKind, SourceColumn, SourceShape
from gevinst.formats.table_source import read_tables

SHAPE = SourceShape(
    columns=(
        SourceColumn(key="text", headings=("Tekst",)),
        SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb",)),
        SourceColumn(key="note", headings=("Bemærkning",)),
    ),
)
HEAD = "Tekst;Beløb;Bemærkning\na;1,00;x\n"


def amounts(tmp_path: Path, rows: str) -> list[int]:
    path = tmp_path / "liste.csv"
    path.write_text(HEAD + rows, "utf-8")
    return read_tables([path], SHAPE).rows["amount"].tolist()


@pytest.mark.parametrize("row", ["b;2,00;", "b;2,00\n", "b;2,00;x;;\n", '"b;c";2,00;x'])
def test_a_record_without_its_last_cells_or_with_blank_ones_behind_is_read(tmp_path: Path, row: str) -> None:
    assert amounts(tmp_path, row) == [100, 200]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("b;17;2,00;x\n", "CEL-005"),  # the text is "b;17", not the amount 17,00
        ("b;1", "FIL-004"),  # it was 1.250,00
    ],
)
def test_a_record_that_a_separator_or_the_files_end_changed_stops_it(
    tmp_path: Path, row: str, code: str
) -> None:
    with pytest.raises(InputRejectedError) as error:
        amounts(tmp_path, row)

    assert [(one.code, one.place.line) for one in error.value.findings] == [(code, 3)]
