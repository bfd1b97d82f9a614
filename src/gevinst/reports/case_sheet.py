"""The work list as a workbook: what is known is locked, what a person fills in is not."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # has annotations, but no py.typed
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from gevinst.app.case_sheet import FILL_IN, KNOWN
from gevinst.app.closing import REASONS, Closing
from gevinst.domain.money import kroner
from gevinst.texts import Language, Texts

WIDTHS = {
    "key": 14,
    "robot": 22,
    "period": 9,
    "why": 46,
    "what": 38,
    "amount": 15,
    "age": 9,
    "oldest": 12,
    "place": 36,
    "state": 16,
    "how": 26,
    "code": 18,
    "account": 14,
    "document": 14,
    "until": 13,
    "text": 34,
}
LONGEST_TEXT = 32_767  # characters that a cell holds
LONGEST_ANSWER = 500
LISTS_AT = {"how": 0, "code": 1}  # columns of the sheet with the words to choose from
FIRST_DAY = date(2000, 1, 1)


def case_sheet(rows: Sequence[Sequence[Any]], texts: Texts, *, made: datetime, left_out: int = 0) -> bytes:
    """The workbook as a file's content.

    Args:
        rows: one for each case, values in the order of KNOWN; amounts in øre, `oldest` a day.
        texts: the language of headings and choices.
        made: the moment that it shows.
        left_out: cases of the list that it does not hold.
    """
    content = io.BytesIO()
    texts_only = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, {**texts_only, "in_memory": True}) as book:
        _Book(book, texts).write(rows, made, left_out)
    return content.getvalue()


class _Book:
    def __init__(self, book: xlsxwriter.Workbook, texts: Texts) -> None:
        self.texts = texts
        day = "dd.mm.yyyy" if texts.language is Language.DANISH else "yyyy-mm-dd"
        top: dict[str, Any] = {"valign": "top"}
        fill = {**top, "bg_color": "#FFF9E5", "border": 4, "locked": False}
        self.styles = {
            "text": book.add_format({**top, "text_wrap": True, "num_format": "@"}),
            "amount": book.add_format({**top, "num_format": "#,##0.00;[Red]-#,##0.00"}),
            "age": book.add_format({**top, "num_format": "#,##0"}),
            "oldest": book.add_format({**top, "num_format": day, "align": "left"}),
            "fill": book.add_format({**fill, "text_wrap": True, "num_format": "@"}),
            "until": book.add_format({**fill, "num_format": day, "align": "left"}),
            "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F4", "text_wrap": True}),
        }
        self.cases = book.add_worksheet(texts.get("sheet.cases"))
        self.help = book.add_worksheet(texts.get("sheet.help"))
        self.lists = book.add_worksheet(texts.get("sheet.lists"))

    def write(self, rows: Sequence[Sequence[Any]], made: datetime, left_out: int) -> None:
        self._choices()
        self._heads()
        for number, values in enumerate(rows, start=1):
            for at, (key, value) in enumerate(zip(KNOWN, values, strict=True)):
                self._known(number, at, key, value)
            for at, key in enumerate(FILL_IN, start=len(KNOWN)):
                self.cases.write_blank(number, at, None, self.styles["until" if key == "until" else "fill"])
        self._validate(len(rows))
        self._guide(made, len(rows), left_out)
        for sheet in (self.cases, self.help, self.lists):
            _protect(sheet)

    def _heads(self) -> None:
        sheet = self.cases
        for at, key in enumerate((*KNOWN, *FILL_IN)):
            sheet.set_column(at, at, WIDTHS[key])
            sheet.write_string(0, at, self.texts.get(f"sheet.column.{key}"), self.styles["head"])
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _known(self, row: int, at: int, key: str, value: Any) -> None:
        style = self.styles.get(key, self.styles["text"])
        if key == "amount":
            self.cases.write_number(row, at, kroner(value), style)
        elif key == "age":
            self.cases.write_number(row, at, value, style)
        elif key == "oldest":
            self.cases.write_datetime(row, at, datetime.combine(value, datetime.min.time()), style)
        else:
            self.cases.write_string(row, at, str(value)[:LONGEST_TEXT], style)

    def _choices(self) -> None:
        words = {
            "how": [self.texts.get(f"case.how.{one}") for one in Closing],
            "code": [self.texts.get(f"case.reason.{one}") for one in REASONS],
        }
        for key, at in LISTS_AT.items():
            self.lists.set_column(at, at, WIDTHS[key])
            self.lists.write_string(0, at, self.texts.get(f"sheet.column.{key}"), self.styles["head"])
            for row, word in enumerate(words[key], start=1):
                self.lists.write_string(row, at, word, self.styles["text"])

    def _validate(self, count: int) -> None:
        last = max(count, 1)
        for at, key in enumerate(FILL_IN, start=len(KNOWN)):
            self.cases.data_validation(1, at, last, at, self._rule(key))
        self.cases.autofilter(0, 0, last, len(KNOWN) + len(FILL_IN) - 1)

    def _rule(self, key: str) -> dict[str, Any]:
        told = {
            "error_title": self.texts.get("sheet.wrong"),
            "error_message": self.texts.get(f"sheet.wrong.{key}" if key in LISTS_AT else "sheet.wrong.long"),
        }
        if key in LISTS_AT:
            letter, many = "AB"[LISTS_AT[key]], len(Closing if key == "how" else REASONS)
            name = self.lists.get_name().replace("'", "''")
            return {"validate": "list", "source": f"='{name}'!${letter}$2:${letter}${many + 1}", **told}
        if key == "until":
            message = self.texts.get("sheet.wrong.until")
            return {"validate": "date", "criteria": ">", "value": FIRST_DAY, **told, "error_message": message}
        return {"validate": "length", "criteria": "<=", "value": LONGEST_ANSWER, **told}

    def _guide(self, made: datetime, count: int, left_out: int) -> None:
        self.help.set_column(0, 0, 100)
        lines = [self.texts.get("sheet.made", moment=self.texts.moment(made), count=count)]
        if left_out:
            lines.append(self.texts.get("sheet.left_out", count=left_out))
        lines += [self.texts.get(f"sheet.guide.{number}") for number in range(1, 6)]
        for row, line in enumerate(lines):
            self.help.write_string(row, 0, line, self.styles["text"])


def _protect(sheet: Worksheet) -> None:
    """Lock what is not to be filled in; the lock has no password, it only guards against slips."""
    sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
