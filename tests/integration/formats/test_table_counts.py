"""Whole numbers in the tables that flows read: a part of one is never read as a larger one."""

import json
from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flow import ColumnKind, SourceColumn, SourceShape
from gevinst.formats.table_source import read_tables

SHAPE = SourceShape(columns=(SourceColumn(key="count", kind=ColumnKind.COUNT, headings=("Antal",)),))


def counts(tmp_path: Path, *cells: object) -> list[int]:
    path = tmp_path / "liste.json"
    path.write_text(json.dumps([{"Antal": cell} for cell in cells]), "utf-8")
    return read_tables([path], SHAPE).rows["count"].tolist()


def test_whole_numbers_are_read_with_and_without_marks_of_thousands(tmp_path: Path) -> None:
    cells = [12, 12.0, "007", "-1.234", "1 234 567", "9" * 18]

    assert counts(tmp_path, *cells) == [12, 12, 7, -1234, 1_234_567, 10**18 - 1]


@pytest.mark.parametrize("cell", [12.5, 1.234, "1.5", "10.2026", "1.23.456", "9" * 19, 1e300, True])
def test_what_is_no_whole_number_stops_the_file(tmp_path: Path, cell: object) -> None:
    with pytest.raises(InputRejectedError) as error:
        counts(tmp_path, 1, cell)

    assert [(one.code, one.place.line) for one in error.value.findings] == [("TAB-003", 1)]
