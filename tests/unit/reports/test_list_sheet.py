"""A list written as finished XML, read back by another library."""

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # has annotations, but no py.typed
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl.utils.escape import unescape

from gevinst.reports.list_sheet import ListSheet, xml_text

KINDS = ("n", "text", "day", "kr", "fill_in")
FORMATS = {"n": "#,##0", "text": "@", "day": "dd.mm.yyyy", "kr": "#,##0.00", "fill_in": "General"}


def written(folder: Path, rows: list[tuple[Any, ...]]) -> Path:
    path = folder / "liste.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Liste", worksheet_class=ListSheet)
        styles = [(kind, book.add_format({"num_format": FORMATS[kind]})) for kind in KINDS]
        for at, kind in enumerate(KINDS):
            sheet.write_string(0, at, kind)
        assert sheet.write_list(1, rows, styles) == len(rows)
        sheet.autofilter(0, 0, len(rows), len(KINDS) - 1)
    return path


def cells(path: Path) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path)["Liste"].iter_rows(min_row=2, values_only=True))


def test_each_kind_of_cell_has_its_value_and_its_format(tmp_path: Path) -> None:
    path = written(tmp_path, [(1, "Husleje", date(2026, 10, 13), -123456, None), (2, "", None, 5, "")])

    sheet = openpyxl.load_workbook(path)["Liste"]

    assert cells(path) == [
        (1, "Husleje", datetime(2026, 10, 13), -1234.56, None),  # noqa: DTZ001 - a day in a cell
        (2, None, None, 0.05, None),
    ]
    assert [cell.number_format for cell in sheet[2]] == [FORMATS[kind] for kind in KINDS]
    assert sheet.dimensions == "A1:E3"


@pytest.mark.parametrize(
    "text",
    [
        "<r><t>El</t></r>",
        "=1+1",
        "El & <vand>",
        "  to ord ",
        "to\nlinjer",
        "tab\tog\rretur",
        "_x0041_",
        "\x00\x1f",
        "\ud800",
        "\uffff",
        "👍",
        "]]>",
    ],
)
def test_a_text_stands_as_it_is(tmp_path: Path, text: str) -> None:
    [(_, found, *_)] = cells(written(tmp_path, [(1, text, None, None, None)]))

    assert unescape(found) == text


def test_a_long_list_is_one_well_formed_sheet(tmp_path: Path) -> None:
    rows = [(number, f"R{number}", date(2026, 1, 1), number * 7, None) for number in range(3_000)]
    path = written(tmp_path, rows)

    assert [row[3] for row in cells(path)] == [number * 7 / 100 for number in range(3_000)]
    with zipfile.ZipFile(path) as package:
        assert etree.fromstring(package.read("xl/worksheets/sheet1.xml")).tag.endswith("worksheet")


def test_a_list_without_rows_is_a_sheet_with_a_heading(tmp_path: Path) -> None:
    assert openpyxl.load_workbook(written(tmp_path, []))["Liste"]["B1"].value == "text"


@given(st.text())
def test_every_text_is_well_formed_xml(text: str) -> None:
    found = etree.fromstring(f"<t>{xml_text(text)}</t>").text or ""

    assert unescape(found) == text
