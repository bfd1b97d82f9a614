"""The answer of KMD Opus: its messages as rows, and XML that is unsafe or something else is refused."""

from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.formats.intake import take_in
from gevinst.formats.kmd_answer import answer_grids

ANSWER = """<a:FinancePostingResponse xmlns:a="urn:a">
<CONTROL_FIELDS><FILE_NAME>journal.csv</FILE_NAME></CONTROL_FIELDS>
<RETURN><RECEIV_DOC>4711</RECEIV_DOC><MESSAGE_TYPE>S</MESSAGE_TYPE><MESSAGE_TEXT> Ok </MESSAGE_TEXT></RETURN>
<RETURN><MESSAGE_TYPE>E</MESSAGE_TYPE><MESSAGE_NUM>12</MESSAGE_NUM></RETURN>
</a:FinancePostingResponse>
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "svar.xml"
    file.write_text(text, encoding="utf-8")
    return file


def test_each_message_is_a_row_with_the_line_where_it_stands(tmp_path: Path) -> None:
    (grid,) = answer_grids(take_in(written(tmp_path, ANSWER)))

    assert list(grid.rows[1:]) == [
        ["journal.csv", "4711", "S", "", "Ok"],
        ["journal.csv", "", "E", "12", ""],
    ]
    assert list(grid.lines) == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<rss/>", "POS-024"),
        ("<FinancePostingResponse/>", "POS-024"),
        (ANSWER[:-10], "FIL-004"),
        (f'<!DOCTYPE a [<!ENTITY x "y">]>{ANSWER}', "FIL-005"),
    ],
)
def test_what_is_no_answer_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(InputRejectedError) as refused:
        answer_grids(take_in(written(tmp_path, text)))

    assert [one.code for one in refused.value.findings] == [code]
