"""Small workbooks in the old and rare formats, made in memory: .xls, .xlsb and .ods with the same rows."""

import io
import struct
import zipfile
from collections.abc import Sequence
from datetime import date

import xlwt  # type: ignore[import-untyped]

HEADER = ("Dato", "Bilag", "Tekst", "Beløb")
ROWS: Sequence[tuple[date, int, str, float]] = (
    (date(2026, 1, 5), 7001, "Leje", 1250.5),
    (date(2026, 1, 6), 7002, "Gebyr", -12.25),
)
_EPOCH = date(1899, 12, 30)
_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
# Records of an .xlsb: MS-XLSB 2.3.2.
_ROW, _REAL, _TEXT = 0, 5, 6
_BOOK, _END_BOOK, _SHEETS, _END_SHEETS, _SHEET = 0x83, 0x84, 0x8F, 0x90, 0x9C
_WORKSHEET, _END_WORKSHEET, _DATA, _END_DATA, _DIMENSION = 0x81, 0x82, 0x91, 0x92, 0x94


def old_book() -> bytes:
    """The rows as Excel 97 keeps them, and one with an error as its text."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Poster")
    day = xlwt.easyxf(num_format_str="dd-mm-yyyy")
    for line, row in enumerate((HEADER, *ROWS, (ROWS[0][0], 7003, "", 10.0))):
        for column, cell in enumerate(row):
            if cell != "":
                sheet.write(line, column, cell, *([day] if isinstance(cell, date) else []))
    sheet.row(len(ROWS) + 1).set_cell_error(2, 0x2A)  # #N/A
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def open_book() -> bytes:
    """The rows as OpenDocument keeps them."""
    lines = "".join(
        f"<table:table-row>{''.join(map(_open_cell, row))}</table:table-row>" for row in (HEADER, *ROWS)
    )
    sheet = f'<table:table table:name="Poster">{lines}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    return _package(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b"<manifest/>",
            "content.xml": f"<office:document-content {_NAMES}>{body}</office:document-content>".encode(),
        }
    )


def _open_cell(cell: object) -> str:
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell}"/>'
    if isinstance(cell, str):
        return f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'


def binary_book(*, amounts_in: int = 3) -> bytes:
    """The rows as Excel's binary format keeps them; days are plain numbers there.

    Args:
        amounts_in: the column of the amounts, from 0.
    """
    link = 'Id="rId1" Type="worksheet" Target="worksheets/sheet1.bin"'
    return _package(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.bin": b"".join(
                [
                    _record(_BOOK),
                    _record(_SHEETS),
                    _record(_SHEET, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Poster")),
                    _record(_END_SHEETS),
                    _record(_END_BOOK),
                ]
            ),
            "xl/_rels/workbook.bin.rels": f"<Relationships><Relationship {link}/></Relationships>".encode(),
            "xl/worksheets/sheet1.bin": _binary_sheet((0, 1, 2, amounts_in)),
        }
    )


def _binary_sheet(columns: Sequence[int]) -> bytes:
    rows = (HEADER, *((float((day - _EPOCH).days), *rest) for day, *rest in ROWS))
    parts = [_record(_WORKSHEET)]
    parts.append(_record(_DIMENSION, struct.pack("<IIII", 0, len(rows) - 1, 0, columns[-1])))
    parts.append(_record(_DATA))
    for line, row in enumerate(rows):
        parts.append(_record(_ROW, struct.pack("<II", line, 0) + bytes(9)))
        for column, cell in zip(columns, row, strict=True):
            place = struct.pack("<II", column, 0)
            kept = _wide(cell) if isinstance(cell, str) else struct.pack("<d", cell)
            parts.append(_record(_TEXT if isinstance(cell, str) else _REAL, place + kept))
    return b"".join([*parts, _record(_END_DATA), _record(_END_WORKSHEET)])


def _record(number: int, content: bytes = b"") -> bytes:
    return _seven_bits(number) + _seven_bits(len(content)) + content


def _seven_bits(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*made, number])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _package(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return packed.getvalue()
