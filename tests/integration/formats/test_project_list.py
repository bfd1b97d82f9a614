"""Spools of project postings: two lines a record, and loud when unsure."""

from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flows.project_postings import SHAPE
from gevinst.formats.table_source import read_tables

HEADS = (
    "\tBilagsnummer\tBoL\tPSP-element\t\t\t\tPeriode\tBogføringsdato\tOmk.art",
    "\tProjektdefinition\tOmkArtsbetegnelse\t\t\tVrd./CO-områdevaluta\tBoL\tBetegnelse",
)
FIRST = "\t300001\t1\tXG-1-1\t\t\t\t10\t05.10.2026\t40001000"
SECOND = "\tXG-1\tLøn\t\t\t1.000,00\t1\tVikar"


def read(tmp_path: Path, *lines: str) -> list[tuple[object, ...]]:
    path = tmp_path / "spool.txt"
    path.write_text("\n".join((*HEADS, *lines)) + "\n", "cp1252")
    rows = read_tables([path], SHAPE).rows
    return list(zip(rows["document"], rows["amount"], rows["text"], rows["place_line"], strict=True))


def test_a_record_on_two_lines_is_one_row(tmp_path: Path) -> None:
    assert read(tmp_path, FIRST, SECOND) == [("300001", 100_000, "Vikar", 3)]


@pytest.mark.parametrize("moved", ["first", "second", "both"])
def test_a_record_moved_one_field_is_put_back(tmp_path: Path, moved: str) -> None:
    first = FIRST.replace("\t10\t", "\t\t10\t") if moved in ("first", "both") else FIRST
    second = SECOND.replace("\t1.000", "\t\t1.000") if moved in ("second", "both") else SECOND

    assert read(tmp_path, first, second) == [("300001", 100_000, "Vikar", 3)]


def test_a_text_below_no_heading_stops_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError, match="TAB-021"):
        read(tmp_path, FIRST, SECOND.replace("\t1.000", "\t\t\t1.000"))


def test_a_form_feed_at_a_page_ends_no_line(tmp_path: Path) -> None:
    assert read(tmp_path, "\f", FIRST, SECOND) == [("300001", 100_000, "Vikar", 4)]


def test_every_unsure_record_is_told(tmp_path: Path) -> None:
    wrong = FIRST.replace("\t10\t", "\tten\t")

    with pytest.raises(InputRejectedError) as caught:
        read(tmp_path, wrong, SECOND, FIRST, SECOND, wrong, SECOND)

    assert [(one.code, one.place.line) for one in caught.value.findings] == [("TAB-021", 3), ("TAB-021", 7)]


def test_lines_that_are_no_records_are_told(tmp_path: Path) -> None:
    path = tmp_path / "spool.txt"
    path.write_text("\n".join((*HEADS, FIRST, SECOND, "*\t1.000,00", "", *HEADS)) + "\n", "cp1252")

    (file,) = read_tables([path], SHAPE).files

    assert file.skipped == ((5, "subtotal"), (6, "blank"), (7, "header"), (8, "header"))
