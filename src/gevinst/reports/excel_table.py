"""A list as one native Excel table: filters, banded rows, a total row with live formulas."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import pandas as pd
import xlsxwriter  # type: ignore[import-untyped]  # has annotations, but no py.typed

from gevinst.domain.flow import ColumnKind, ResultTable
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.reports.flow_page import column_title, column_values
from gevinst.reports.flow_workbook import AMOUNT_FORMAT, LONGEST_NAME, MOST_SHEET_ROWS, WIDTHS, rest_words
from gevinst.texts import Language, Texts

MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - the same list gives the same bytes on any day
FORMATS = {ColumnKind.AMOUNT: AMOUNT_FORMAT, ColumnKind.DAY: "dd-mm-yyyy", ColumnKind.COUNT: "#,##0"}
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def excel_table(table: ResultTable, language: Language | str = Language.DANISH) -> bytes:
    """The list as a workbook of one sheet; texts are texts, days dd-mm-yyyy, amounts kroner."""
    texts = Texts(language)
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **SAFE}) as book:
        book.set_properties({"created": MADE})
        sheet = book.add_worksheet(texts.get(f"flow.table.{table.key}")[:LONGEST_NAME])
        for at, column in enumerate(table.columns):
            sheet.set_column(at, at, WIDTHS[column.kind])
        shown = replace(table, rows=table.rows.head(MOST_SHEET_ROWS))
        last = max(len(shown.rows), 1)
        total = 1 if table.summed and len(table.rows) else 0
        sheet.add_table(
            0,
            0,
            last + total,
            len(table.columns) - 1,
            {
                "name": "Liste",
                "total_row": bool(total),
                "columns": list(_columns(book, shown, texts)),
                "data": list(_data(shown, texts)),
            },
        )
        if len(table.rows) > len(shown.rows):
            sheet.write_string(last + 2, 0, rest_words(texts, len(shown.rows), len(table.rows)))
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def _columns(book: Any, table: ResultTable, texts: Texts) -> Iterator[dict[str, Any]]:
    for column in table.columns:
        shown: dict[str, Any] = {"header": column_title(column, texts)}
        if column.kind in FORMATS:
            shown["format"] = book.add_format({"num_format": FORMATS[column.kind]})
        if column.key in table.summed and len(table.rows):
            shown["total_function"] = "sum"
            shown["total_value"] = float(kroner(int(table.rows[column.key].sum())))
        yield shown


def _data(table: ResultTable, texts: Texts) -> Iterator[tuple[Any, ...]]:
    columns = [
        [_value(value, column.kind) for value in column_values(table.rows, column, texts).tolist()]
        for column in table.columns
    ]
    return zip(*columns, strict=True)


def _value(value: Any, kind: ColumnKind) -> Any:
    if pd.isna(value):
        return None
    if kind is ColumnKind.AMOUNT:
        return float(kroner(int(value)))
    if kind is ColumnKind.COUNT:
        return int(value)
    return value.to_pydatetime() if kind is ColumnKind.DAY else mask_cpr(str(value))
