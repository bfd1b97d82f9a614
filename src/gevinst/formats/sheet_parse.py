"""A worksheet's XML that is written in an unusual way, written again in the usual one.

Prefixes, other quotes and cells that do not name their place are right XML; a parser reads them, slowly. What
comes out has every cell with its place, whether it holds a formula, a value or which error, and else only
hidden rows and merged cells.
"""

import re
from collections.abc import Mapping

from gevinst.formats.grid import column_index, column_letter
from gevinst.formats.intake import Intake
from gevinst.formats.sheet_scan import LAST_COLUMN, LAST_ROW
from gevinst.formats.xml_safe import walk

_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ROW = re.compile(r"[0-9]{1,7}")
_RANGE = re.compile(r"[A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7}")
_NO_ERROR = re.compile(r"[^A-Z0-9#/!?]")  # what no error value such as #DIV/0! holds
_KINDS = frozenset({"e", "str"})  # of the kinds of a cell, those that matter here
_TRUE = frozenset({"1", "true"})
_KEPT = frozenset({"f", "v"})


def usual_form(intake: Intake, xml: bytes) -> bytes:
    """The sheet as usual programs write it.

    Args:
        intake: the workbook, for messages.
        xml: the sheet.

    Raises:
        InputRejectedError: FIL-003 letters, FIL-004 not well-formed, FIL-005 a DTD, a cell outside any sheet.
    """
    writing = _Writing(intake)
    walk(intake.with_content(xml), start=writing.start, end=writing.end, text=writing.text)
    return b"<worksheet>%b</worksheet>" % bytes(writing.out)


class _Writing:
    """Writes what a parser tells."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._line, self._column = 0, -1
        self._in_value = False
        self._kind = ""
        self.out = bytearray()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "row":
            self._row(attributes)
        elif name == "c":
            self._cell(attributes)
        elif name in _KEPT:
            self._write(f"<{name}>")
        elif name == "mergeCell" and _RANGE.fullmatch(attributes.get("ref", "")):
            self._write(f'<mergeCell ref="{attributes["ref"]}"/>')
        self._in_value = name == "v"

    def end(self, name: str) -> None:
        """An element ends."""
        self._in_value = False
        if name in _KEPT or name in {"row", "c"}:
            self._write(f"</{name}>")

    def text(self, text: str) -> None:
        """Text within an element."""
        if self._in_value and text.strip():
            self._write(_NO_ERROR.sub("", text) if self._kind == "e" else "1")

    def _row(self, attributes: Mapping[str, str]) -> None:
        given = attributes.get("r", str(self._line + 1))
        if not _ROW.fullmatch(given):
            raise self._far()
        self._move(int(given), -1)
        hidden = ' hidden="1"' if attributes.get("hidden") in _TRUE else ""
        self._write(f'<row r="{self._line}"{hidden}>')

    def _cell(self, attributes: Mapping[str, str]) -> None:
        if "r" in attributes:
            found = _CELL.fullmatch(attributes["r"])
            if not found:
                raise self._far()
            self._move(int(found[2]), column_index(found[1]))
        else:
            self._move(max(self._line, 1), self._column + 1)
        self._kind = attributes.get("t", "")
        kind = f' t="{self._kind}"' if self._kind in _KINDS else ""
        self._write(f'<c r="{column_letter(self._column)}{self._line}"{kind}>')

    def _move(self, line: int, column: int) -> None:
        if line > LAST_ROW or column >= LAST_COLUMN:
            raise self._far()
        self._line, self._column = line, column

    def _far(self) -> Exception:
        return self._intake.rejected("FIL-005", what="far cell")

    def _write(self, text: str) -> None:
        self.out += text.encode()
