"""`afstemning.xlsx`: the work list and the result for Excel, with the bridge as live formulas."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # has annotations, but no py.typed
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from gevinst.app.run_report import RunReport
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.domain.reconciliation import ItemState, Reconciliation, Side, Tally
from gevinst.reports.control import PLACES, bridge_lines, control_lines, side_name
from gevinst.reports.doubt import doubts
from gevinst.reports.items import Item, items_of, place_words
from gevinst.reports.list_sheet import ListSheet
from gevinst.reports.matches import MOST_MATCHED, other_title, pass_title, workbook_holds_all
from gevinst.reports.numbers import period_words
from gevinst.reports.open_items import OpenItem, open_items
from gevinst.reports.sentences import because, conclude, finding_words, group_rows
from gevinst.texts import Language, Texts

LONGEST_CELL = 32_767  # Excel's own limit
SURELY_SHORT = LONGEST_CELL // 2
SHEETS = ("conclusion", "open", "doubt", "matched", "rejected", "control")
_AMOUNT_FORMAT = "#,##0.00;[Red]-#,##0.00"


def write_workbook(path: Path, report: RunReport, language: Language | str = Language.DANISH) -> None:
    """Write the workbook. The same report gives the same bytes."""
    texts = Texts(language)
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,  # each row is written once, from left to right
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        created = datetime(report.as_of.year, report.as_of.month, report.as_of.day)  # noqa: DTZ001 - a day, no moment
        book.set_properties({"title": report.robot_title, "created": created})
        pen = _Pen(book, report, texts)
        lists = _Lists(pen, open_items(report, texts))
        _conclusion_sheet(pen, lists)
        lists.write()


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column of a list."""

    key: str  #: heading, report.sheet.column.<key>
    width: int
    kind: str = "text"  #: text, day, kr, n


class _Pen:
    """Writes cells of each kind in one workbook; text is always text."""

    def __init__(self, book: xlsxwriter.Workbook, report: RunReport, texts: Texts) -> None:
        self.report, self.texts = report, texts
        self.sheets: dict[str, ListSheet] = {
            key: book.add_worksheet(self.sheet_name(key), worksheet_class=ListSheet) for key in SHEETS
        }
        plain: dict[str, Any] = {"valign": "top"}
        day_format = "dd.mm.yyyy" if texts.language is Language.DANISH else "yyyy-mm-dd"
        self.formats: dict[str, Format] = {
            "text": book.add_format({**plain, "text_wrap": True, "num_format": "@"}),
            "day": book.add_format({**plain, "num_format": day_format, "align": "left"}),
            "kr": book.add_format({**plain, "num_format": _AMOUNT_FORMAT}),
            "n": book.add_format({**plain, "num_format": "#,##0"}),
            "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F4", "text_wrap": True}),
            "title": book.add_format({"bold": True, "font_size": 16}),
            "bold": book.add_format({"bold": True, "valign": "top", "text_wrap": True}),
            "total": book.add_format({"bold": True, "top": 1, "num_format": _AMOUNT_FORMAT}),
            "fill_in": book.add_format({**plain, "bg_color": "#FFF9E5", "text_wrap": True, "border": 4}),
        }
        for sheet in self.sheets.values():
            sheet.set_landscape()
            sheet.set_paper(9)  # A4
            sheet.fit_to_pages(1, 0)
            sheet.set_footer(f"&L{report.run.run_id}&R&P / &N")

    def sheet_name(self, key: str) -> str:
        """Name of a sheet in the workbook's language."""
        return self.texts.get(f"report.sheet.{key}")

    def heading(self, key: str) -> str:
        """Heading of a column."""
        return self.texts.get(f"report.sheet.column.{key}")

    def cell(self, sheet: Worksheet, row: int, column: int, value: object, *, kind: str = "text") -> None:
        """Write one value: øre as kroner, a day as a date, anything else as it is."""
        style = self.formats[kind]
        if value is None or value == "":
            if kind == "fill_in":
                sheet.write_blank(row, column, None, style)
        elif isinstance(value, int):
            sheet.write_number(row, column, value if kind == "n" else kroner(value), style)
        elif kind == "day":
            sheet.write_datetime(row, column, value, style)
        else:
            sheet.write_string(row, column, _cell_text(str(value), self.texts), style)

    def table(self, key: str, columns: Sequence[_Column], rows: Iterable[Sequence[Any]]) -> int:
        """Write a list with a frozen, filtered header; gives the number of rows."""
        sheet = self.sheets[key]
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            sheet.write_string(0, at, self.heading(column.key), self.formats["head"])
        styles = [(column.kind, self.formats[column.kind]) for column in columns]
        count = sheet.write_list(1, rows, styles, cut=partial(_cell_text, texts=self.texts))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
        sheet.repeat_rows(0)
        return count


def _cell_text(text: str, texts: Texts) -> str:
    """A text cut to what a cell holds; letters beyond U+FFFF count as two."""
    if len(text) <= SURELY_SHORT or len(text.encode("utf-16-le", "replace")) // 2 <= LONGEST_CELL:
        return text
    mark = texts.get("report.sheet.cut")
    end = (LONGEST_CELL - len(mark)) * 2
    return text.encode("utf-16-le", "replace")[:end].decode("utf-16-le", "ignore") + mark


OPEN_COLUMNS = (
    _Column(key="number", width=6, kind="n"),
    _Column(key="side", width=10),
    _Column(key="state", width=10),
    _Column(key="id", width=18),
    _Column(key="booked", width=12, kind="day"),
    _Column(key="amount", width=16, kind="kr"),
    _Column(key="text", width=38),
    _Column(key="reference", width=20),
    _Column(key="age", width=10, kind="n"),
    _Column(key="cause", width=24),
    _Column(key="because", width=48),
    _Column(key="suspect", width=20),
    _Column(key="suspect_place", width=34),
    _Column(key="place", width=40),
    _Column(key="owner", width=20),
    _Column(key="decision", width=16, kind="fill_in"),
    _Column(key="remark", width=30, kind="fill_in"),
)
DOUBT_COLUMNS = (
    _Column(key="proposal", width=10, kind="n"),
    _Column(key="answer", width=12),
    _Column(key="side", width=10),
    _Column(key="id", width=18),
    _Column(key="booked", width=12, kind="day"),
    _Column(key="amount", width=16, kind="kr"),
    _Column(key="text", width=38),
    _Column(key="place", width=40),
    _Column(key="because", width=60),
)
MATCHED_COLUMNS = (
    _Column(key="group", width=8, kind="n"),
    _Column(key="rule", width=30),
    _Column(key="side", width=10),
    _Column(key="id", width=18),
    _Column(key="booked", width=12, kind="day"),
    _Column(key="amount", width=16, kind="kr"),
    _Column(key="text", width=38),
    _Column(key="reference", width=20),
    _Column(key="place", width=40),
    _Column(key="difference", width=14, kind="kr"),
    _Column(key="difference_account", width=16),
    _Column(key="because", width=60),
)
REJECTED_COLUMNS = (
    _Column(key="code", width=10),
    _Column(key="error", width=32),
    _Column(key="place", width=40),
    _Column(key="found", width=24),
    _Column(key="expected", width=40),
    _Column(key="do", width=60),
)


class _Lists:
    """The sheets that are lists, and where the bridge's formulas find their sums."""

    def __init__(self, pen: _Pen, rows: Sequence[OpenItem]) -> None:
        self.pen, self.rows = pen, rows

    def write(self) -> None:
        """Write all lists."""
        pen = self.pen
        pen.table("open", OPEN_COLUMNS, map(self._open_row, self.rows))
        pen.table("doubt", DOUBT_COLUMNS, self._doubt_rows())
        result = pen.report.result
        pen.table("matched", MATCHED_COLUMNS, self._matched_rows(result) if result else ())
        pen.table("rejected", REJECTED_COLUMNS, self._rejected_rows())
        if result:
            _control_sheet(pen, result)

    def _side(self, side: Side) -> str:
        return side_name(side, self.pen.report.sides, self.pen.texts)

    def _open_row(self, row: OpenItem) -> Sequence[Any]:
        texts, item = self.pen.texts, row.item
        return (
            row.number,
            self._side(item.side),
            texts.get(f"state.{item.state}"),
            item.item_id,
            item.booked,
            item.amount,
            item.text,
            item.number,
            item.age_bank_days,
            row.title,
            " ".join([row.because, *row.notes]),
            row.suspect.item_id if row.suspect else "",
            place_words(row.suspect.place, texts) if row.suspect else "",
            place_words(item.place, texts),
            self.pen.report.controller_group,
            "",
            "",
        )

    def _doubt_rows(self) -> Iterable[Sequence[Any]]:
        for doubt in doubts(self.pen.report, self.pen.texts):
            for number, answer in enumerate(doubt.alternatives, start=1):
                for item in answer.left + answer.right:
                    yield (
                        doubt.number,
                        self.pen.texts.get("report.sheet.answer", number=number),
                        self._side(item.side),
                        item.item_id,
                        item.booked,
                        item.amount,
                        item.text,
                        place_words(item.place, self.pen.texts),
                        doubt.because,
                    )

    def _matched_rows(self, result: Reconciliation) -> Iterable[Sequence[Any]]:
        """The items of each group together; a group's difference stands once, so that it can be summed."""
        titles = {rule.id: pass_title(rule, self.pen.texts) for rule in result.rules.passes}
        groups = {group.group: group for group in group_rows(result.groups)}
        for number, items in groupby(self._matched_items(result), key=lambda item: item.group):
            group = groups[number]
            title = titles.get(group.pass_id) or other_title(group.pass_id, self.pen.texts)
            said = because(group, self.pen.texts)
            difference: tuple[Any, Any] = (group.difference, group.difference_account)
            for item in items:
                yield (number + 1, title, *self._matched_cells(item), *difference, said)
                difference = (None, None)

    def _matched_cells(self, item: Item) -> Sequence[Any]:
        return (
            self._side(item.side),
            item.item_id,
            item.booked,
            item.amount,
            item.text,
            item.number,
            place_words(item.place, self.pen.texts),
        )

    def _matched_items(self, result: Reconciliation) -> list[Item]:
        items: list[Item] = []
        for side, frame in ((Side.LEFT, result.left), (Side.RIGHT, result.right)):
            items += items_of(side, frame[frame["state"] == ItemState.MATCHED].head(MOST_MATCHED))
        return sorted(items, key=lambda item: item.group)

    def _rejected_rows(self) -> Iterable[Sequence[Any]]:
        for finding in self.pen.report.rejected:
            words = finding_words(finding, self.pen.texts)
            yield (words.code, words.title, words.place, words.found, words.expected, words.do)


def _conclusion_sheet(pen: _Pen, lists: _Lists) -> None:
    report, texts, sheet = pen.report, pen.texts, pen.sheets["conclusion"]
    words = conclude(report, texts)
    sheet.set_portrait()
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 1, 56)
    sheet.set_column(2, 2, 20)
    title = f"{report.robot_title} {period_words(report.run.period, texts)}".strip()
    sheet.write_string(0, 0, _cell_text(title, texts), pen.formats["title"])
    sheet.write_string(1, 0, words.headline, pen.formats["title"])
    sheet.write_string(2, 0, words.detail)
    row = 4
    if report.result:
        row = _bridge_rows(pen, report.result, row, most=len(lists.rows))
    for label, value in _identity(report, texts):
        row += 1
        pen.cell(sheet, row, 1, label)
        pen.cell(sheet, row, 2, value)


def _identity(report: RunReport, texts: Texts) -> Iterable[tuple[str, str]]:
    yield texts.get("report.fact.account"), mask_cpr(report.account_title)
    yield texts.get("report.fact.run"), report.run.run_id
    yield texts.get("report.fact.version"), report.run.robot_version
    yield texts.get("report.fact.as_of"), texts.day(report.as_of)
    yield texts.get("report.fact.controller_group"), report.controller_group


def _bridge_rows(pen: _Pen, result: Reconciliation, row: int, *, most: int) -> int:
    """The bridge; only the two balances are figures, the rest recomputes from the lists."""
    sheet, texts, bridge = pen.sheets["conclusion"], pen.texts, result.bridge
    first = row + 1  # spreadsheet number of the bridge's first line
    left, right = (side_name(side, pen.report.sides, texts) for side in Side)
    open_sum = f"SUMIFS('{{0}}'!$F$2:$F${most + 1},'{{0}}'!$B$2:$B${most + 1},\"{{1}}\")"
    formulas = {
        "B": "=" + open_sum.format(pen.sheet_name("open"), left),
        "C": "=-" + open_sum.format(pen.sheet_name("open"), right),
        "D": _accepted(pen, result),
        "E": f"=SUM(C{first}:C{first + 3})",
        "G": f"=C{first + 5}-C{first + 4}",
    }
    for line in bridge_lines(pen.report, texts):
        style = pen.formats["total" if line.kind in ("total", "check") else "kr"]
        sheet.write_string(row, 0, line.letter)
        sheet.write_string(row, 1, line.label, None if line.kind == "add" else pen.formats["bold"])
        if formulas.get(line.letter):
            sheet.write_formula(row, 2, formulas[line.letter], style, kroner(line.amount))
        else:
            sheet.write_number(row, 2, kroner(line.amount), style)
        row += 1
    holds, fails = texts.get("report.bridge.holds"), texts.get("report.bridge.fails")
    verdict = f'=IF(ROUND(C{first + 6},2)=0,"{holds}","{fails}")'
    sheet.write_formula(row, 1, verdict, pen.formats["bold"], holds if bridge.holds else fails)
    if not workbook_holds_all(result):
        row += 1
        sheet.write_string(row, 1, texts.get("report.sheet.not_all", most=MOST_MATCHED))
    return row + 1


def _accepted(pen: _Pen, result: Reconciliation) -> str:
    """The sum over the list of matches; "" when the list does not hold them all."""
    if not workbook_holds_all(result):
        return ""
    matched = sum(int((frame["state"] == ItemState.MATCHED).sum()) for frame in (result.left, result.right))
    return f"=SUM('{pen.sheet_name('matched')}'!$J$2:$J${max(matched, 1) + 1})"


def _control_sheet(pen: _Pen, result: Reconciliation) -> None:
    """Control totals; what is in no place is a formula."""
    sheet, texts = pen.sheets["control"], pen.texts
    names = [side_name(side, pen.report.sides, texts) for side in Side]
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 4, 18)
    heads = [texts.get("report.control.place")]
    for name in names:
        heads += [f"{name}, {texts.get(f'report.control.{what}').lower()}" for what in ("items", "sum")]
    for at, head in enumerate(heads):
        sheet.write_string(0, at, head, pen.formats["head"])
    for row, line in enumerate(control_lines(result), start=1):
        sheet.write_string(row, 0, texts.get(f"report.control.{line.key}"), pen.formats["text"])
        for at, (value, kind) in enumerate(_figures(line.left, line.right), start=1):
            if line.key == "unplaced":
                letter = "ABCDE"[at]
                formula = f"={letter}2-SUM({letter}3:{letter}{len(PLACES) + 2})"
                sheet.write_formula(
                    row, at, formula, pen.formats[kind], kroner(value) if kind == "kr" else value
                )
            else:
                pen.cell(sheet, row, at, value, kind=kind)
    _files(pen, sheet, len(PLACES) + 5)
    sheet.freeze_panes(1, 0)


def _figures(left: Tally, right: Tally) -> list[tuple[int, str]]:
    return [(left.count, "n"), (left.sum, "kr"), (right.count, "n"), (right.sum, "kr")]


def _files(pen: _Pen, sheet: Worksheet, row: int) -> None:
    for source in pen.report.sources:
        pen.cell(sheet, row, 0, mask_cpr(source.file), kind="bold")
        lines: list[tuple[str, Any, str]] = [
            ("rows", source.rows.in_file, "n"),
            ("read", source.rows.read, "n"),
            ("skipped", source.rows.skipped, "n"),
            ("opening", source.opening, "kr"),
            ("debit", source.debit, "kr"),
            ("credit", source.credit, "kr"),
            ("closing", source.closing, "kr"),
        ]
        for key, value, kind in lines:
            row += 1
            pen.cell(sheet, row, 0, pen.texts.get(f"report.files.{key}"))
            pen.cell(sheet, row, 1, value, kind=kind)
        row += 1
        sheet.write_string(row, 0, f"SHA-256 {source.sha256}")
        row += 2
