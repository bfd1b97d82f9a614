"""A list as one native Excel table."""

from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from gevinst.domain.flow import Column, ColumnKind, ResultTable
from gevinst.reports import excel_table as module
from gevinst.reports.excel_table import excel_table

TABLE = ResultTable(
    key="consolidated",
    columns=(
        Column(key="unit"),
        Column(key="first", kind=ColumnKind.DAY),
        Column(key="amount", kind=ColumnKind.AMOUNT, heading="Beløb i alt"),
    ),
    rows=pd.DataFrame(
        {
            "unit": ["=1+1", "0101010001"],
            "first": pd.to_datetime(pd.Series(["2026-10-01", None])),
            "amount": pd.Series([123_456, -50], dtype="Int64"),
        }
    ),
    summed=("amount",),
)


def sheet_of(table: ResultTable) -> Worksheet:
    """The sheet of the workbook that Excel opens."""
    sheet = openpyxl.load_workbook(BytesIO(excel_table(table))).active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_texts_stay_texts_and_days_and_amounts_are_values() -> None:
    sheet = sheet_of(TABLE)

    assert [cell.value for cell in sheet[1]] == ["Enhed", "Første dag", "Beløb i alt"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert sheet["B2"].number_format == "dd-mm-yyyy"
    assert [sheet["C2"].value, sheet["C3"].value] == [1234.56, -0.5]


def test_a_number_of_a_person_is_masked() -> None:
    sheet = sheet_of(TABLE)

    assert "0001" not in sheet["A3"].value


def test_it_is_one_table_with_a_live_total() -> None:
    sheet = sheet_of(TABLE)

    assert sheet.tables["Liste"].ref == "A1:C4"
    assert sheet["C4"].value.startswith("=SUBTOTAL(109")


def test_the_same_list_gives_the_same_bytes() -> None:
    assert excel_table(TABLE) == excel_table(TABLE)


def test_a_sheet_that_cannot_hold_all_rows_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SHEET_ROWS", 1)

    sheet = sheet_of(TABLE)

    assert sheet["A4"].value == "Her står 1 af 2; resten står i *.csv."
