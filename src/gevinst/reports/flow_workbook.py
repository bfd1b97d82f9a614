"""`resultat.xlsx`: a flow's controls, cases and lists for Excel; totals and differences are live formulas."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter  # type: ignore[import-untyped]  # has annotations, but no py.typed
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from gevinst.app.flow_report import FlowReport
from gevinst.domain.flow import PLACE_COLUMNS, Column, ColumnKind, FlowResult, ResultTable
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.domain.period import period_end
from gevinst.reports.flow_page import case_row, column_title, column_values, control_words, flow_conclusion
from gevinst.texts import Language, Texts
from gevinst.texts.findings import finding_sentence

AMOUNT_FORMAT = "#,##0.00;[Red]-#,##0.00"
LONGEST_NAME = 31  # Excel's own limit for a sheet
MOST_SHEET_ROWS = 1_048_000  # Excel stops at 1,048,576; what is beyond stands in the list's CSV
WIDTHS = {
    ColumnKind.TEXT: 26,
    ColumnKind.AMOUNT: 16,
    ColumnKind.DAY: 12,
    ColumnKind.COUNT: 10,
    ColumnKind.NUMBER: 14,
}


def write_flow_workbook(path: Path, report: FlowReport, language: Language | str = Language.DANISH) -> None:
    """Write the workbook. The same report gives the same bytes."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        end = period_end(report.run.period)
        book.set_properties({"title": report.robot.id, "created": datetime(end.year, end.month, end.day)})  # noqa: DTZ001 - a day, no moment
        _Pen(book, report, Texts(language)).write()


def rest_words(texts: Texts, shown: int, of: int) -> str:
    """That a sheet could not hold all rows, and where they are."""
    return texts.get("flow.rest", shown=texts.number(shown), of=texts.number(of), file="*.csv")


class _Pen:
    """Writes one workbook; text is always text."""

    def __init__(self, book: xlsxwriter.Workbook, report: FlowReport, texts: Texts) -> None:
        self._book, self._report, self._texts = book, report, texts
        day = "dd.mm.yyyy" if texts.language is Language.DANISH else "yyyy-mm-dd"
        self._formats: dict[str, Format] = {
            "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F4", "text_wrap": True}),
            "title": book.add_format({"bold": True, "font_size": 14, "text_wrap": True}),
            "bold": book.add_format({"bold": True, "top": 1, "num_format": AMOUNT_FORMAT}),
            ColumnKind.TEXT: book.add_format({"num_format": "@", "valign": "top"}),
            ColumnKind.AMOUNT: book.add_format({"num_format": AMOUNT_FORMAT, "valign": "top"}),
            ColumnKind.DAY: book.add_format({"num_format": day, "align": "left", "valign": "top"}),
            ColumnKind.COUNT: book.add_format({"num_format": "#,##0", "valign": "top"}),
            ColumnKind.NUMBER: book.add_format({"num_format": "@", "align": "right", "valign": "top"}),
        }

    def write(self) -> None:
        """All sheets."""
        self._summary()
        if self._report.result is not None:
            self._cases(self._report.result)
            for table in self._report.result.tables:
                self._table(table)
        self._findings()

    def _summary(self) -> None:
        sheet = self._sheet("flow.sheet.summary")
        sheet.set_column(0, 0, 60)
        sheet.set_column(1, 3, 18)
        sheet.write_string(0, 0, mask_cpr(flow_conclusion(self._report, self._texts)), self._formats["title"])
        heads = ("flow.control", "flow.expected", "flow.found", "flow.difference")
        for at, key in enumerate(heads):
            sheet.write_string(2, at, self._texts.get(key), self._formats["head"])
        for row, one in enumerate(self._report.result.controls if self._report.result else (), 3):
            style = self._formats[ColumnKind.AMOUNT if one.is_amount else ColumnKind.COUNT]
            expected, found = (float(kroner(v)) if one.is_amount else v for v in (one.expected, one.found))
            sheet.write_string(row, 0, control_words(one, self._texts), self._formats[ColumnKind.TEXT])
            sheet.write_number(row, 1, expected, style)
            sheet.write_number(row, 2, found, style)
            sheet.write_formula(row, 3, f"=ROUND(C{row + 1}-B{row + 1},2)", style, found - expected)

    def _cases(self, result: FlowResult) -> None:
        sheet = self._sheet("flow.cases")
        rows = [(case_row(one, self._texts), one) for one in result.cases]
        frame = pd.DataFrame(
            {
                "why": [row["why"] for row, _ in rows],
                "what": [row["what"] for row, _ in rows],
                "day": pd.to_datetime([one.day for _, one in rows]),
                "amount": pd.Series([one.amount for _, one in rows], dtype="Int64"),
                "place": [row["place"] for row, _ in rows],
            }
        )
        columns = (
            Column(key="why"),
            Column(key="what"),
            Column(key="day", kind=ColumnKind.DAY),
            Column(key="amount", kind=ColumnKind.AMOUNT),
            Column(key="place"),
        )
        self._rows(sheet, columns, frame, ("amount",))

    def _table(self, table: ResultTable) -> None:
        sheet = self._sheet(f"flow.table.{table.key}")
        places = [Column(key=name, kind=_place_kind(name)) for name in PLACE_COLUMNS if name in table.rows]
        self._rows(sheet, (*table.columns, *places), table.rows, table.summed)

    def _rows(
        self, sheet: Worksheet, columns: tuple[Column, ...], rows: pd.DataFrame, summed: tuple[str, ...]
    ) -> None:
        every, rows = len(rows), rows.head(MOST_SHEET_ROWS)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, WIDTHS[column.kind])
            sheet.write_string(0, at, column_title(column, self._texts), self._formats["head"])
            for row, value in enumerate(column_values(rows, column, self._texts).tolist(), 1):
                self._cell(sheet, row, at, kind=column.kind, value=value)
            if column.key in summed and len(rows):
                letter = xlsxwriter.utility.xl_col_to_name(at)
                total = float(kroner(int(rows[column.key].sum())))
                formula = f"=SUBTOTAL(109,{letter}2:{letter}{len(rows) + 1})"
                sheet.write_formula(len(rows) + 1, at, formula, self._formats["bold"], total)
        if every > len(rows):
            sheet.write_string(len(rows) + 2, 0, rest_words(self._texts, len(rows), every))
        sheet.freeze_panes(1, 0)
        if len(rows):
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)

    def _cell(self, sheet: Worksheet, row: int, at: int, *, kind: ColumnKind, value: Any) -> None:
        style = self._formats[kind]
        if pd.isna(value):
            return
        if kind is ColumnKind.AMOUNT:
            sheet.write_number(row, at, float(kroner(int(value))), style)
        elif kind is ColumnKind.COUNT:
            sheet.write_number(row, at, int(value), style)
        elif kind is ColumnKind.DAY:
            sheet.write_datetime(row, at, value.to_pydatetime(), style)
        else:
            sheet.write_string(row, at, mask_cpr(str(value)), style)

    def _findings(self) -> None:
        found = (*self._report.rejected, *self._report.warnings)
        if not found:
            return
        sheet = self._sheet("flow.warnings")
        sheet.set_column(0, 0, 120)
        for row, one in enumerate(found):
            sheet.write_string(row, 0, mask_cpr(finding_sentence(one, self._texts)))

    def _sheet(self, key: str) -> Worksheet:
        return self._book.add_worksheet(self._texts.get(key).replace("/", "-")[:LONGEST_NAME])


def _place_kind(name: str) -> ColumnKind:
    return ColumnKind.COUNT if name == "place_line" else ColumnKind.TEXT
