"""Letters in the tables that flows read: a file that was damaged is not used."""

from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flow import SourceColumn, SourceShape
from gevinst.domain.flows.debt_sorting import LOCK_SHAPE
from gevinst.formats.table_source import read_tables

SHAPE = SourceShape(columns=(SourceColumn(key="text", headings=("Tekst",)),))
LOCKS = "ForretnPartner:\t7\n3004\x0005000000000001\t51\n"


@pytest.mark.parametrize(
    ("shape", "name", "text"),
    [
        (SHAPE, "liste.csv", "Tekst;Bilag\na\x00b;1\n"),
        (SHAPE, "liste.json", '{"Tekst": "a"}\n{"Tekst": "a\x7fb"}\n'),
        (LOCK_SHAPE, "spaerrer.txt", LOCKS),
    ],
)
def test_a_control_character_stops_the_file_with_its_line(
    tmp_path: Path, shape: SourceShape, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")

    with pytest.raises(InputRejectedError) as error:
        read_tables([tmp_path / name], shape)

    assert [(one.code, one.place.line) for one in error.value.findings] == [("CEL-006", 2)]
