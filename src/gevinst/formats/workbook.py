"""Workbooks (xlsx, xls, xlsb, ods): one grid for each visible sheet, cells as Python values."""

import io

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum, ZipError

from gevinst.formats.grid import Cell, Grid, Row, Syntax
from gevinst.formats.headings import fold, near_misses
from gevinst.formats.intake import Intake
from gevinst.formats.workbook_parts import Parts, SheetMarks, check_package, read_parts
from gevinst.formats.workbook_trial import try_out


def read_workbook(intake: Intake, wanted: str | None = None) -> list[Grid]:
    """Read the visible sheets, or the one that is wanted.

    Raises:
        InputRejectedError: FIL-004 cut; FIL-005 unsafe; FIL-008 a password; LAY-001 no such sheet.
    """
    parts = _safe_parts(intake)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(intake.content))
        names = [sheet.name for sheet in book.sheets_metadata if sheet.visible is SheetVisibleEnum.Visible]
        chosen = names if wanted is None else [_sheet_named(intake, wanted, book.sheet_names)]
        return [_grid(intake, book, name, parts) for name in chosen]
    except PasswordError as error:
        raise intake.rejected("FIL-008") from error
    except (CalamineError, ZipError, OSError, ValueError) as error:
        raise intake.rejected("FIL-004") from error


def _safe_parts(intake: Intake) -> Parts:
    if not intake.head.startswith(b"PK"):
        return try_out(intake)
    check_package(intake)
    parts = read_parts(intake)
    if not parts.laid_out:
        try_out(intake)
    return parts


def _sheet_named(intake: Intake, wanted: str, names: list[str]) -> str:
    for name in names:
        if fold(name) == fold(wanted):
            return name
    near = ", ".join(near_misses(wanted, names) or names)
    raise intake.rejected("LAY-001", wanted=wanted, near=near, what="sheet")


def _grid(intake: Intake, book: CalamineWorkbook, name: str, parts: Parts) -> Grid:
    if parts.laid_out and name not in parts.sheets:  # the library finds a sheet that we do not
        raise intake.rejected("FIL-004")
    marks = parts.sheets.get(name, SheetMarks())
    cells = list(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
    for line, column in marks.errors:  # an ods holds 0 there
        if line <= len(cells) and column < len(cells[line - 1]):
            cells[line - 1][column] = ""
    rows = _rows(cells, marks)
    return Grid(
        syntax=Syntax.WORKBOOK,
        rows=rows,
        lines=range(1, len(rows) + 1),
        sheet=name,
        errors=marks.errors,
        formulas=marks.formulas,
        merged=marks.merged,
        hidden_rows=marks.hidden_rows,
        days_from_1904=parts.days_from_1904,
    )


def _rows(rows: list[list[Cell]], marks: SheetMarks) -> list[Row]:
    """The rows to the last with a value, an error or a formula; many sheets end with formatted blanks."""
    marked = max((line for line, _ in (*marks.errors, *marks.formulas)), default=0)
    end = len(rows)
    while end > marked and all(_is_empty(cell) for cell in rows[end - 1]):
        end -= 1
    missing: list[Row] = [[""] for _ in range(marked - end)]
    return [*rows[:end], *missing]


def _is_empty(cell: Cell) -> bool:
    return cell == "" and isinstance(cell, str)
