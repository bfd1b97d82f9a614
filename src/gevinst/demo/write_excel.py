"""Workbooks that are the same bytes on every machine: fixed times, no compression to differ by library."""

import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import xlsxwriter  # type: ignore[import-untyped]

Cell = str | int | Decimal | date | None
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
DATE_STYLE = "dd-mm-yyyy"
AMOUNT_STYLE = "#,##0.00"
UNIX = 3


def workbook(sheet: str, rows: Sequence[Sequence[Cell]], *, widths: Sequence[int] = ()) -> bytes:
    """One sheet: texts as text, dates as dates, Decimals as amounts; None is an empty cell.

    Args:
        sheet: name of the sheet.
        rows: from row 1 on, any length each.
        widths: of the columns, in characters.
    """
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": CREATED})
    styles = {
        date: book.add_format({"num_format": DATE_STYLE}),
        Decimal: book.add_format({"num_format": AMOUNT_STYLE}),
    }
    target = book.add_worksheet(sheet)
    for column, width in enumerate(widths):
        target.set_column(column, column, width)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            _write(target, (number, column), value, styles=styles)
    book.close()
    return same_bytes(buffer.getvalue())


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    value: Cell,
    *,
    styles: dict[type, xlsxwriter.format.Format],
) -> None:
    if isinstance(value, str):
        sheet.write_string(*place, value)
    elif isinstance(value, date):
        sheet.write_datetime(*place, datetime(value.year, value.month, value.day), styles[date])  # noqa: DTZ001 (a day)
    elif isinstance(value, Decimal):
        sheet.write_number(*place, value, styles[Decimal])
    elif value is not None:
        sheet.write_number(*place, value)


def same_bytes(book: bytes) -> bytes:
    """The workbook packed anew: stored, members in order, one time for all."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, date_time=ZIP_TIME)
            member.create_system = UNIX
            target.writestr(member, source.read(name))
    return buffer.getvalue()
