"""The work list's workbook as it comes back, filled in by a person."""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date

from gevinst.app.case_sheet import FILL_IN, RowFault, SheetRefusedError, SheetRow
from gevinst.app.cases import CaseError
from gevinst.app.closing import REASONS, Answer, Closing
from gevinst.formats.dates import DateOrder, read_dates
from gevinst.formats.grid import Cell, Grid, cell_text
from gevinst.formats.headings import fold
from gevinst.formats.intake import Intake
from gevinst.formats.workbook import read_workbook
from gevinst.texts import Language, Texts

LARGEST = 5_000_000  # bytes; the largest that we write is well below one million
MEGABYTE = 1_000_000
NEEDED = ("key", *FILL_IN)


def read_case_sheet(name: str, content: bytes) -> list[SheetRow]:
    """The rows that a person has answered, in the order of the sheet.

    Args:
        name: of the file, for messages.
        content: its bytes.

    Raises:
        SheetRefusedError: CAS-016 it is not the work list's workbook; for each row that cannot be read:
            CAS-010 the key is none, CAS-013 the answer is none of those to choose from, CAS-014 no day.
        InputRejectedError: it is no workbook, is cut or unsafe.
    """
    if len(content) > LARGEST or not zipfile.is_zipfile(io.BytesIO(content)):
        raise _not_ours()
    intake = Intake.of(name, content, sha256=hashlib.sha256(content).hexdigest())
    for grid in read_workbook(intake):
        places = _places(grid)
        if places is not None:
            return _rows(grid, places)
    raise _not_ours()


def _not_ours() -> SheetRefusedError:
    return SheetRefusedError([RowFault(line=0, error=CaseError("CAS-016", megabytes=LARGEST // MEGABYTE))])


def _places(grid: Grid) -> dict[str, int] | None:
    """The column of each heading, in either language; None when it is another sheet."""
    headings = {fold(cell_text(cell)): at for at, cell in enumerate(grid.rows[0])} if grid.rows else {}
    found = {
        key: headings[fold(texts.get(f"sheet.column.{key}"))]
        for texts in map(Texts, Language)
        for key in NEEDED
        if fold(texts.get(f"sheet.column.{key}")) in headings
    }
    return found if set(found) == set(NEEDED) else None


def _rows(grid: Grid, places: Mapping[str, int]) -> list[SheetRow]:
    rows, faults = [], []
    for line, cells in zip(grid.lines[1:], grid.rows[1:], strict=True):
        values = {key: cells[at] if at < len(cells) else "" for key, at in places.items()}
        if not any(_filled(values[key]) for key in FILL_IN):
            continue
        try:
            rows.append(_row(line, values))
        except CaseError as error:
            faults.append(RowFault(line=line, error=error))
    if faults:
        raise SheetRefusedError(faults)
    return rows


def _filled(cell: Cell) -> bool:
    return bool(cell_text(cell))


def _row(line: int, values: Mapping[str, Cell]) -> SheetRow:
    key, _, version = cell_text(values["key"]).rpartition(":")
    if not key or not version.isdecimal():
        raise CaseError("CAS-010", key=cell_text(values["key"]))
    code = cell_text(values["code"])
    answer = Answer(
        closing=Closing(_chosen(cell_text(values["how"]), "case.how", tuple(Closing))),
        code=_chosen(code, "case.reason", REASONS) if code else "",
        account=cell_text(values["account"]),
        document=cell_text(values["document"]),
        until=_day(values["until"]),
        text=cell_text(values["text"]),
    )
    return SheetRow(line=line, key=key, version=int(version), answer=answer)


def _chosen(word: str, prefix: str, keys: Sequence[str]) -> str:
    """The key of a word to choose from, in either language.

    Raises:
        CaseError: CAS-013 it is none.
    """
    known = {fold(texts.get(f"{prefix}.{key}")): str(key) for texts in map(Texts, Language) for key in keys}
    if fold(word) not in known:
        choices = [Texts().get(f"{prefix}.{key}") for key in keys]
        raise CaseError("CAS-013", found=word or "–", choices=", ".join(choices))
    return known[fold(word)]


def _day(cell: Cell) -> date | None:
    """A day; None for none.

    Raises:
        CaseError: CAS-014 it is something else.
    """
    day = read_dates([cell], DateOrder.DMY)[0]
    if day is None and _filled(cell):
        raise CaseError("CAS-014", found=cell_text(cell))
    return day
