"""A sheet whose long list is written row by row as finished XML, several times as fast as cell by cell.

XlsxWriter makes the book, its formats and all other sheets. What it does for each cell of a list (checks, a
tuple, attributes by name) is done here once for each column.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from xlsxwriter.format import Format  # type: ignore[import-untyped]  # has annotations, but no py.typed
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from gevinst.domain.money import kroner_text

DAY_ZERO = date(1899, 12, 30).toordinal()
# What stands otherwise in XML: its marks, letters that it cannot hold, and what looks like one so written.
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
Writer = Callable[[str, Any], str]


class ListSheet(Worksheet):  # type: ignore[misc]  # as above
    """A sheet of a workbook in constant memory, with a list below its heading."""

    def write_list(
        self,
        first: int,
        rows: Iterable[Sequence[Any]],
        styles: Sequence[tuple[str, Format]],
        *,
        cut: Callable[[str], str] = str,
    ) -> int:
        """Write rows below all that was written before; gives their number.

        Args:
            first: row of the first, from 0.
            rows: one value for each column; None and "" leave a cell out.
            styles: kind and format of each column: text; day; kr, øre that show as kroner; n, a whole number;
                fill_in, always blank.
            cut: makes each text one that a cell holds.
        """
        writers = [_writer(xl_col_to_name(at), kind, style, cut) for at, (kind, style) in enumerate(styles)]
        self._write_single_row(first)  # the heading, which waits until a later row comes
        write, count = self.row_data_fh.write, 0
        for count, values in enumerate(rows, start=1):
            place = str(first + count)
            cells = "".join([one(place, value) for one, value in zip(writers, values, strict=True)])
            write(f'<row r="{place}">{cells}</row>')
        if count:
            self._check_dimensions(first + count - 1, len(styles) - 1)
            self.previous_row = first + count
        return count


def _writer(letter: str, kind: str, style: Format, cut: Callable[[str], str]) -> Writer:
    """Writes the cells of one column."""
    head, index = f'<c r="{letter}', f'" s="{style._get_xf_index()}"'  # noqa: SLF001 - it has no public name
    if kind == "fill_in":
        return lambda place, _: f"{head}{place}{index}/>"
    if kind == "text":
        inline = f'{index} t="inlineStr"><is><t xml:space="preserve">'
        return lambda place, value: (
            f"{head}{place}{inline}{xml_text(cut(value))}</t></is></c>" if value else ""
        )
    show = _NUMBERS[kind]
    return lambda place, value: (
        "" if value is None or value == "" else f"{head}{place}{index}><v>{show(value)}</v></c>"
    )


_NUMBERS: dict[str, Callable[[Any], str]] = {
    "kr": lambda ore: kroner_text(ore, "."),
    "n": str,
    "day": lambda day: str(day.toordinal() - DAY_ZERO),
}


def xml_text(text: str) -> str:
    """A text as it stands in a cell's XML; letters that XML cannot hold become _xHHHH_, as Excel does."""
    return _SPECIAL.sub(_written, text) if _SPECIAL.search(text) else text


def _written(found: re.Match[str]) -> str:
    return _MARKS.get(found[0]) or f"_x{ord(found[0]):04X}_"
