"""Which rows of the input a run's files hold, read again from its evidence."""

import json
from pathlib import Path

from gevinst.app.ports import OUTPUT_LINES
from gevinst.domain.flow import SentLine
from gevinst.formats.kept_run import kept_lines


def test_lines_are_those_of_the_file_that_left_and_nothing_of_another(tmp_path: Path) -> None:
    kept = {"bilag.xml": {"sha256": "ab", "lines": [["B1", "T1", "90540000", -250]]}}
    (tmp_path / OUTPUT_LINES).write_text(json.dumps(kept), "utf-8")
    line = SentLine(document="B1", item="T1", account="90540000", amount=-250)

    assert kept_lines(tmp_path, "bilag.xml", "ab") == (line,)
    assert kept_lines(tmp_path, "bilag.xml", "") == (line,)  # it died before the hash was noted
    assert kept_lines(tmp_path, "bilag.xml", "cd") is None
    assert kept_lines(tmp_path, "andet.xml", "ab") is None
    assert kept_lines(tmp_path / "væk", "bilag.xml", "ab") is None
