"""The parts of the work list: its workbook, and rows of inputs as they stood."""

from functools import lru_cache
from typing import TYPE_CHECKING

from gevinst.app.office import Office

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    from gevinst.app.case_sheet import SheetRow
    from gevinst.app.case_view import KeptRow
    from gevinst.domain.case import CaseItem
    from gevinst.domain.run import Run
    from gevinst.texts import Texts

ROWS_HELD = 256


def case_sheet(rows: "Sequence[Sequence[Any]]", texts: "Texts", *, made: "datetime", left_out: int) -> bytes:
    """The work list as a workbook; see reports.case_sheet."""
    from gevinst.reports.case_sheet import case_sheet as write  # noqa: PLC0415 - only the console needs it

    return write(rows, texts, made=made, left_out=left_out)


def read_case_sheet(name: str, content: bytes) -> "Sequence[SheetRow]":
    """The answers in the work list's workbook; see formats.case_sheet."""
    from gevinst.formats.case_sheet import read_case_sheet as read  # noqa: PLC0415 - only the console needs it

    return read(name, content)


def kept_row(of: Office, run: "Run", item: "CaseItem") -> "KeptRow | None":
    """The row of an item as it stood in the file that a run has kept; None when it cannot be shown."""
    return _row(of.runs / run.folder, item.file, item.sheet, item.line) if run.folder else None


@lru_cache(maxsize=ROWS_HELD)
def _row(folder: "Path", file: str, sheet: str, line: int) -> "KeptRow | None":
    """Evidence is never changed, so that a row once read is as good as read again."""
    from gevinst.formats.kept_row import kept_row as read  # noqa: PLC0415 - only the console needs it

    return read(folder, file, sheet=sheet, line=line)
