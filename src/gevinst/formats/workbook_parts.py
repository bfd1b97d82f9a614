"""The inside of an xlsx package: limits before parsing, and marks that cell values do not show.

calamine gives "" for an error cell and for a formula without a stored value; both must stop a run. The
sheet's XML tells them apart from blanks.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

from lxml import etree

from gevinst.formats.grid import column_index
from gevinst.formats.intake import Intake
from gevinst.formats.ods_parts import ods_errors
from gevinst.formats.sheet_parse import usual_form
from gevinst.formats.sheet_scan import Extent, UnusualSheetError, scanned
from gevinst.formats.xml_safe import tree_of

# A full sheet of 1,048,576 rows and 12 columns is some 500 MB of XML, packed ten to fifteen times.
LARGEST_UNPACKED = 1_200_000_000
LARGEST_RATIO = 150
RATIO_FROM = 20_000_000
MOST_MEMBERS = 2_000
# calamine lays out the whole area up to the last cell; one cell in the far corner would take all memory.
LARGEST_AREA = 40_000_000
LARGEST_PARSED = 400_000_000  # XML that is read by a parser

#: What the standard library raises for a package that is cut or damaged.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    KeyError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
BOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TRUE = frozenset({"1", "true", "on"})
_ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)(\d+)"[^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<',
    re.DOTALL,
)
_EMPTY_FORMULA = re.compile(
    rb'<(?:\w+:)?c\b(?![^>]*\bt="str")[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
MOST_MERGED = 200


@dataclass(frozen=True, kw_only=True)
class SheetMarks:
    """What the XML of one sheet says beside the values."""

    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    formulas: frozenset[tuple[int, int]] = frozenset()
    merged: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: int = 0


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Marks by sheet name; empty for .xls and .xlsb."""

    sheets: Mapping[str, SheetMarks]
    laid_out: bool = False  #: how far the cells of every sheet reach is known
    days_from_1904: bool = False


def check_package(intake: Intake) -> None:
    """Refuse a package that would unpack to more than any real workbook.

    Raises:
        InputRejectedError: FIL-005.
    """
    with zipfile.ZipFile(io.BytesIO(intake.content)) as package:
        members = package.infolist()
    size = sum(member.file_size for member in members)
    ratio = size // max(len(intake.content), 1)
    if (
        len(members) > MOST_MEMBERS
        or size > LARGEST_UNPACKED
        or (size > RATIO_FROM and ratio > LARGEST_RATIO)
    ):
        raise intake.rejected("FIL-005", what="zip bomb")
    names = {member.filename.replace("\\", "/").casefold() for member in members}
    if len(names) < len(members):  # which of two parts of one name is read differs from library to library
        raise intake.rejected("FIL-005", what="zip")
    if any(member.flag_bits & 1 for member in members):
        raise intake.rejected("FIL-008")


def read_parts(intake: Intake) -> Parts:
    """Read the marks of each sheet of an xlsx, and the error cells of an ods.

    Raises:
        InputRejectedError: FIL-004 a part that cannot be unpacked, FIL-005 a DTD or a cell far out.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(intake.content)) as package:
            if "content.xml" in package.namelist():
                if package.getinfo("content.xml").file_size > LARGEST_PARSED:
                    raise intake.rejected("FIL-005", what="XML")
                found = ods_errors(intake, package.read("content.xml"))
                return Parts(sheets={name: SheetMarks(errors=errors) for name, errors in found.items()})
            if not {BOOK, LINKS} <= set(package.namelist()):
                return Parts(sheets={})
            book, links = (_tree(intake, package.read(path)) for path in (BOOK, LINKS))
            paths = _sheet_paths(package, book, links)
            return Parts(
                sheets={name: _marks(intake, package, path) for name, path in paths.items()},
                laid_out=True,
                days_from_1904=any(one.get("date1904") in TRUE for one in book.iter("{*}workbookPr")),
            )
    except UNREADABLE as error:
        raise intake.rejected("FIL-004") from error


def _sheet_paths(package: zipfile.ZipFile, book: etree._Element, links: etree._Element) -> dict[str, str]:
    """Sheet name → path of its XML."""
    names = {name.casefold(): name for name in package.namelist()}
    targets = {link.get("Id", ""): link.get("Target", "") for link in links.iter("{*}Relationship")}
    paths: dict[str, str] = {}
    for sheet in book.iter("{*}sheet"):
        relation = next((str(value) for key, value in sheet.items() if str(key).endswith("}id")), "")
        target = targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path.casefold() in names:
            paths[sheet.get("name", "")] = names[path.casefold()]
    return paths


def _tree(intake: Intake, content: bytes) -> etree._Element:
    return tree_of(intake.with_content(content))


def _marks(intake: Intake, package: zipfile.ZipFile, path: str) -> SheetMarks:
    try:
        with package.open(path) as sheet:
            return _marks_of(intake, sheet)
    except UnusualSheetError:
        if package.getinfo(path).file_size > LARGEST_PARSED:
            raise intake.rejected("FIL-005", what="XML") from None
        return _marks_of(intake, io.BytesIO(usual_form(intake, package.read(path))))


def _marks_of(intake: Intake, sheet: IO[bytes]) -> SheetMarks:
    whole, hidden = Extent(), 0
    errors: dict[tuple[int, int], str] = {}
    formulas: list[tuple[int, int]] = []
    merged: list[tuple[int, int]] = []
    for xml, extent in scanned(sheet):
        whole += extent
        errors |= dict(_errors(xml)) if extent.errors else {}
        formulas += _empty_formulas(xml) if extent.formulas else ()
        merged += _merged(xml) if extent.merged else ()
        hidden += len(_HIDDEN_ROW.findall(xml)) if extent.hidden else 0
    if whole.rows * whole.columns > LARGEST_AREA:
        raise intake.rejected("FIL-005", what="far cell")
    return SheetMarks(
        errors=errors, formulas=frozenset(formulas), merged=frozenset(merged), hidden_rows=hidden
    )


def _merged(xml: bytes) -> Iterator[tuple[int, int]]:
    """The cells that stand under a merged one; a range of whole columns is cut off."""
    for left, top, right, bottom in _MERGED.findall(xml):
        first, last = column_index(left.decode()), column_index(right.decode())
        for line in range(int(top), min(int(bottom), int(top) + MOST_MERGED) + 1):
            for column in range(first, min(last, first + MOST_MERGED) + 1):
                if (line, column) != (int(top), first):
                    yield line, column


def _errors(xml: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for letters, row, value in _ERROR_CELL.findall(xml):
        yield (int(row), column_index(letters.decode())), value.decode()


def _empty_formulas(xml: bytes) -> Iterator[tuple[int, int]]:
    for letters, row in _EMPTY_FORMULA.findall(xml):
        yield int(row), column_index(letters.decode())
