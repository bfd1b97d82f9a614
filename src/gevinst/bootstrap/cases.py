"""The parts of the work list: its workbook, and rows of inputs as they stood."""

from typing import TYPE_CHECKING

from gevinst.app.office import Office

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from gevinst.app.case_sheet import SheetRow
    from gevinst.app.case_view import KeptRow
    from gevinst.domain.case import CaseItem
    from gevinst.domain.run import Run
    from gevinst.texts import Texts


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
    from gevinst.formats.kept_row import kept_row as read  # noqa: PLC0415 - only the console needs it

    if not run.folder:
        return None
    return read(of.runs / run.folder, item.file, side=item.side, sheet=item.sheet, line=item.line)
