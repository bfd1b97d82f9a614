"""Error cells of an OpenDocument spreadsheet: their stored value is 0, and only their text says so."""

import io
from collections.abc import Iterator

from lxml import etree

from gevinst.formats.intake import Intake
from gevinst.formats.xml_node import local_name
from gevinst.formats.xml_safe import check_well_formed, syntax_error

ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
CELLS = frozenset({"table-cell", "covered-table-cell"})
MOST_REPEATED = 1_000
Errors = dict[tuple[int, int], str]


def ods_errors(intake: Intake, xml: bytes) -> dict[str, Errors]:
    """The error cells of each sheet by (line from 1, column from 0).

    Args:
        intake: the workbook, for messages.
        xml: its content.xml.

    Raises:
        InputRejectedError: FIL-004 not well-formed, FIL-005 a DTD.
    """
    check_well_formed(intake.with_content(xml))
    sheets: dict[str, Errors] = {}
    errors: Errors = {}
    line = 0
    try:
        for event, element in etree.iterparse(
            io.BytesIO(xml), events=("start", "end"), resolve_entities=False
        ):
            name = local_name(element)
            if event == "start" and name == "table":
                line, errors = 1, sheets.setdefault(_attribute(element, "name"), {})
            elif event == "end" and name == "table-row" and sheets:
                repeated = _number(element, "number-rows-repeated")
                for column, text in _row_errors(element):
                    errors |= {(line + more, column): text for more in range(min(repeated, MOST_REPEATED))}
                line += repeated
                element.clear()
    except etree.XMLSyntaxError as error:
        raise syntax_error(intake, error) from error
    return sheets


def _row_errors(row: etree._Element) -> Iterator[tuple[int, str]]:
    column = 0
    for cell in row:
        if local_name(cell) not in CELLS:
            continue
        text = "".join(map(str, cell.itertext())).strip()
        if _attribute(cell, "formula") and (text in ERRORS or text.startswith("Err:")):
            yield column, text
        column += _number(cell, "number-columns-repeated")


def _attribute(element: etree._Element, name: str) -> str:
    return next((str(value) for key, value in element.items() if str(key).rpartition("}")[2] == name), "")


def _number(element: etree._Element, name: str) -> int:
    text = _attribute(element, name)
    return int(text) if text.isdecimal() else 1
