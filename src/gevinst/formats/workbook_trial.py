"""Lay out the sheets of an old or rare kind of workbook in a process of its own, before ours does.

In .xls, .xlsb and .ods the places of cells are not known before the library has laid out the whole area up to
the farthest one. A damaged file that names a cell far out makes it end the process for want of memory: no
exception tells. So it ends one that may end. What the library does not show of an .xls, its error cells, is
looked up there too.
"""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

from gevinst.formats.intake import Intake
from gevinst.formats.sheet_scan import LAST_COLUMN, LAST_ROW
from gevinst.formats.workbook_parts import LARGEST_AREA, Parts, SheetMarks

MOST_MEMORY = 3 << 30  # bytes of address space; the largest .xls takes less than one
MOST_SECONDS = 120
FAR = 3  # exit code
OLE = b"\xd0\xcf\x11\xe0"
FAULTS = (CalamineError, PasswordError, ZipError, OSError, ValueError)


def try_out(intake: Intake) -> Parts:
    """See whether a workbook can be laid out, and what an .xls says beside its values.

    Raises:
        InputRejectedError: FIL-005 it takes more memory or time than any real one, or breaks the library.
    """
    command = [sys.executable, "-m", "gevinst.formats.workbook_trial"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=intake.content, capture_output=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise intake.rejected("FIL-005", what="workbook") from error
    return parts_of(intake, done.returncode, done.stdout)


def parts_of(intake: Intake, code: int, answer: bytes) -> Parts:
    """What a trial said, by its exit code and its output.

    Raises:
        InputRejectedError: FIL-005 it did not end well.
    """
    if code:
        raise intake.rejected("FIL-005", what="far cell" if code == FAR else "workbook")
    said = json.loads(answer or b"{}")
    sheets = {name: SheetMarks(errors=_by_place(cells)) for name, cells in said.get("errors", {}).items()}
    return Parts(sheets=sheets, days_from_1904=bool(said.get("from_1904")))


def _by_place(cells: list[tuple[int, int, str]]) -> dict[tuple[int, int], str]:
    return {(line, column): value for line, column, value in cells}


def main() -> int:
    """Try the workbook that stands on standard input."""
    _limit_memory()
    code, answer = tried(sys.stdin.buffer.read())
    sys.stdout.write(answer)
    return code


def tried(content: bytes) -> tuple[int, str]:
    """Lay out a workbook: the exit code and the answer. A fault that our process can tell is left to it."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            height, width = sheet.total_height, sheet.total_width
            if height > LAST_ROW or width > LAST_COLUMN or height * width > LARGEST_AREA:
                return FAR, ""
    except FAULTS:
        return 0, ""
    return 0, json.dumps(_marks_of(content)) if content.startswith(OLE) else ""


def _marks_of(content: bytes) -> dict[str, Any]:
    """The error cells of each sheet of an .xls, and from when its days count; nothing where it is damaged."""
    import xlrd  # type: ignore[import-untyped]  # noqa: PLC0415 - only for these files

    try:
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), ragged_rows=True)
        errors = {sheet.name: list(_errors(sheet)) for sheet in book.sheets()}
    except Exception:  # noqa: BLE001 - it raises whatever its parts do; the values were read by another
        return {}
    return {"errors": errors, "from_1904": book.datemode == 1}


def _errors(sheet: Any) -> Iterator[tuple[int, int, str]]:
    """Line from 1, column from 0 and value, such as #N/A."""
    from xlrd import XL_CELL_ERROR, error_text_from_code  # noqa: PLC0415 - as above

    for row in range(sheet.nrows):
        for column, kind in enumerate(sheet.row_types(row)):
            if kind == XL_CELL_ERROR:
                yield row + 1, column, error_text_from_code.get(sheet.cell_value(row, column), "#?")


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
