"""Lay out the sheets of an old or rare kind of workbook in a process of its own, before ours does.

In .xls, .xlsb and .ods the places of cells are not known before the library has laid out the whole area up to
the farthest one. A damaged file that names a cell far out makes it end the process for want of memory: no
exception tells. So it ends one that may end.
"""

import io
import subprocess
import sys

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

from gevinst.formats.intake import Intake
from gevinst.formats.workbook_parts import LARGEST_AREA

MOST_MEMORY = 3 << 30  # bytes of address space; the largest .xls takes less than one
MOST_SECONDS = 120
FAR = 3  # exit code
FAULTS = (CalamineError, PasswordError, ZipError, OSError, ValueError)


def try_out(intake: Intake) -> None:
    """See whether a workbook can be laid out.

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
    if done.returncode:
        raise intake.rejected("FIL-005", what="far cell" if done.returncode == FAR else "workbook")


def main() -> int:
    """Lay out the workbook that stands on standard input; a fault that our process can tell is left to it."""
    _limit_memory()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > LARGEST_AREA:
                return FAR
    except FAULTS:
        return 0
    return 0


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
