"""Tables that people write as TOML."""

from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flow import ColumnKind, SourceColumn, SourceShape
from gevinst.formats.table_source import read_tables

SHAPE = SourceShape(
    columns=(
        SourceColumn(key="name", headings=("Navn",)),
        SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb", "amount"), required=False),
    )
)


def read(tmp_path: Path, text: str) -> list[list[object]]:
    path = tmp_path / "t.toml"
    path.write_text(text, "utf-8")
    rows = read_tables([path], SHAPE).rows
    return rows[["name", "amount", "place_line"]].to_numpy().tolist()


def test_each_row_has_the_line_of_its_heading(tmp_path: Path) -> None:
    text = '# people\n[[a]]\nnavn = "x"\namount = "1.250,00"\n\n[[a]]\nNavn = "y"\namount = "-5"\n'

    assert read(tmp_path, text) == [["x", 125_000, 2], ["y", -500, 6]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[[a]]\nnavn = "x\n', 2),
        ('[[a]]\nnavn = ["x"]\n', 1),
        ('[[a]]\nnavn = "x"\nNavn = "y"\n', 1),
        ('[a]\nnavn = "x"\n', 1),
        ('[[a]]\nnavn = "x"\n[[a.b]]\nc = 1\n', 1),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(InputRejectedError) as error:
        read(tmp_path, text)

    assert [(one.code, one.place.line) for one in error.value.findings] == [("TAB-007", line)]


def test_a_list_without_rows_has_no_table(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError, match="TAB-001"):
        read(tmp_path, "a = []\n")
