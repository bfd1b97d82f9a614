"""Tables that flows read: any text file or workbook, its columns found by their headings."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from gevinst.domain.finding import Finding, InputRejectedError, Severity
from gevinst.domain.flow import PLACE_COLUMNS, ColumnKind, FileRead, SourceColumn, SourceShape, TableRead
from gevinst.domain.masking import shown_value
from gevinst.domain.money import AmountError, NumberStyle, parse_number
from gevinst.domain.place import Place
from gevinst.domain.source import RowCounts
from gevinst.formats.amounts import amount_or_none, choose_style
from gevinst.formats.dates import choose_order, read_dates
from gevinst.formats.delimited import read_delimited
from gevinst.formats.encoding import decode_clean
from gevinst.formats.grid import Cell, Grid, Row, Syntax, blank_row, cell_text, column_letter, is_blank
from gevinst.formats.headings import fold
from gevinst.formats.intake import Intake, take_in
from gevinst.formats.invoice_rows import invoice_grids
from gevinst.formats.json_table import JSON_ENDINGS, json_grids
from gevinst.formats.kmd_answer import answer_grids
from gevinst.formats.lock_list import lock_grids
from gevinst.formats.project_list import project_grids
from gevinst.formats.toml_table import TOML_ENDING, toml_grids
from gevinst.formats.workbook import read_workbook

ZIP_START = b"PK"
OLE_START = b"\xd0\xcf\x11\xe0"
BALANCE_WORD = "saldo"  # a row that tells a balance is no sum of the rows
_COUNT = re.compile(r"-?(?:[0-9]{1,3}(?:[. ][0-9]{3}){1,5}|[0-9]{1,18})")
MOST_HEADER_ROWS = 60  # rows among which a header is looked for
_DTYPES = {
    ColumnKind.TEXT: "str",
    ColumnKind.AMOUNT: "Int64",
    ColumnKind.DAY: "datetime64[ns]",
    ColumnKind.COUNT: "Int64",
    ColumnKind.NUMBER: "str",
}


#: Ways to write tables that need a reader of their own, by SourceShape.form.
_FORMS: Mapping[str, Callable[[Intake], list[Grid]]] = {
    "invoices": invoice_grids,
    "kmd_answer": answer_grids,
    "lock_list": lock_grids,
    "project_list": project_grids,
}


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One file's rows. A frame is made of all files together: one for each of many small files costs more."""

    cells: Mapping[str, Sequence[Any]]  #: values of each column
    places: Mapping[str, Sequence[Any]]  #: PLACE_COLUMNS
    findings: tuple[Finding, ...]
    file: FileRead


def read_tables(paths: Sequence[Path], shape: SourceShape) -> TableRead:
    """Read files of one shape as one table, one below the other; every file's findings come together.

    Raises:
        InputRejectedError: a file cannot be used at all; holds every finding of every file.
    """
    parts: list[_Part] = []
    refused: list[Finding] = []  # by a shape that needs every file, else set aside
    for path in paths:
        try:
            parts.append(_read_one(take_in(path), shape))
        except InputRejectedError as error:
            refused += error.findings
    if refused and not (shape.set_aside and parts):
        raise InputRejectedError(refused)
    return TableRead(
        rows=_frame(shape, parts),
        findings=(
            *(finding for part in parts for finding in part.findings),
            *(replace(finding, severity=Severity.WARNING) for finding in refused),
        ),
        set_aside=tuple(refused),
        files=tuple(part.file for part in parts),
    )


def _read_one(intake: Intake, shape: SourceShape) -> _Part:
    grids = _grids(intake, shape)
    for grid in grids:
        header = _header(grid, shape.columns)
        if header is not None:
            return _Reading(intake, grid, header, shape).table()
    raise _no_header(intake, grids, shape)


def _grids(intake: Intake, shape: SourceShape) -> list[Grid]:
    if shape.form:
        return _FORMS[shape.form](intake)
    if intake.head.startswith((ZIP_START, OLE_START)):
        return read_workbook(intake)
    if intake.name.casefold().endswith(TOML_ENDING):
        return toml_grids(intake)
    if intake.name.casefold().endswith(JSON_ENDINGS):
        return json_grids(intake)
    grid, _ = read_delimited(decode_clean(intake).utf8)
    return [grid]


def _header(grid: Grid, columns: Sequence[SourceColumn]) -> int | None:
    """The row with all required headings, wherever it stands among the first rows."""
    for at, row in enumerate(grid.rows[:MOST_HEADER_ROWS]):
        names = {fold(cell_text(cell)) for cell in row}
        if all(_named(column, names) for column in columns if column.required):
            return at
    return None


def _named(column: SourceColumn, names: Iterable[str]) -> bool:
    known = set(names)
    return any(fold(heading) in known for heading in column.headings)


def _no_header(intake: Intake, grids: Sequence[Grid], shape: SourceShape) -> InputRejectedError:
    """TAB-001 with the headings that are missing in the row that has most of them."""
    rows = [(grid, at, row) for grid in grids for at, row in enumerate(grid.rows[:MOST_HEADER_ROWS])]
    wanted = [column for column in shape.columns if column.required]

    def missing(row: Row) -> list[str]:
        names = {fold(cell_text(cell)) for cell in row}
        return [column.headings[0] for column in wanted if not _named(column, names)]

    if not rows:
        return intake.rejected("TAB-001", missing=", ".join(column.headings[0] for column in wanted))
    grid, at, row = min(rows, key=lambda one: len(missing(one[2])))
    place = intake.place(line=grid.lines[at], sheet=grid.sheet)
    finding = Finding(code="TAB-001", place=place, facts={"missing": ", ".join(missing(row))})
    return InputRejectedError([finding])


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """Rows of a grid that hold records, and those that do not."""

    rows: list[Row]
    lines: list[int]
    skipped: tuple[tuple[int, str], ...]
    totals: list[tuple[int, Row, int]]  #: line, cells, and how many records stand above


class _Reading:
    """One table of one file, on its way to typed columns."""

    def __init__(self, intake: Intake, grid: Grid, header: int, shape: SourceShape) -> None:
        self._intake, self._grid, self._header, self._shape = intake, grid, header, shape
        self._names = [fold(cell_text(cell)) for cell in grid.rows[header]]
        self._findings: list[Finding] = []
        # Whole words: a supplier called Totalentreprise A/S is no row of totals.
        self._totals = re.compile(rf"(?:{'|'.join(map(re.escape, shape.skip))})(?!\w)")

    def table(self) -> _Part:
        """The table, or the reasons why it cannot be used."""
        kept = self._records()
        self._check_widths(kept)
        where = {column.key: self._position(column) for column in self._shape.columns}
        values = {column.key: self._column(column, where[column.key], kept) for column in self._shape.columns}
        if kept.totals and not self._findings:  # else the sums are of what could be read
            self._check_total(kept, where, values)
        if any(finding.severity is Severity.ERROR for finding in self._findings):
            raise InputRejectedError(self._findings)
        places: dict[str, list[Any]] = {
            "place_file": [self._intake.name] * len(kept.rows),
            "place_sheet": [self._grid.sheet] * len(kept.rows),
            "place_line": list(kept.lines),
        }
        outside = [one for one in self._grid.outside if one[0] > self._grid.lines[self._header]]
        after = len(self._grid.rows) - self._header - 1 + len(outside)
        counts = RowCounts(in_file=after, read=len(kept.rows), skipped=after - len(kept.rows))
        file = FileRead(
            file=self._intake.name,
            sha256=self._intake.sha256,
            counts=counts,
            sheet=self._grid.sheet,
            header_line=self._grid.lines[self._header],
            skipped=tuple(sorted((*outside, *kept.skipped))),
            letters={key: column_letter(at) for key, at in where.items() if at is not None},
        )
        return _Part(cells=values, places=places, findings=tuple(self._findings), file=file)

    def _records(self) -> _Kept:
        rows: list[Row] = []
        lines, skipped, totals = [], [], []
        for row, line in zip(
            self._grid.rows[self._header + 1 :], self._grid.lines[self._header + 1 :], strict=True
        ):
            reason = self._no_record(row)
            if reason:
                skipped.append((line, reason))
                if reason == "subtotal":
                    totals.append((line, row, len(rows)))
            else:
                rows.append(row)
                lines.append(line)
        return _Kept(rows=rows, lines=lines, skipped=tuple(skipped), totals=totals)

    def _check_widths(self, kept: _Kept) -> None:
        """Records of a text that hold more than there are headings, and a last one that the file's end cut.

        In a workbook people write beside a table, and no cell moves for that.
        """
        if self._grid.syntax is not Syntax.DELIMITED:
            return
        wanted = len(self._names)
        for row, line in zip(kept.rows, kept.lines, strict=True):
            if len(row) > wanted and not blank_row(row[wanted:]):
                self._tell_width("CEL-005", line, row)
        if self._grid.cut_last and kept.lines[-1:] == [self._grid.lines[-1]] and len(kept.rows[-1]) < wanted:
            self._tell_width("FIL-004", kept.lines[-1], kept.rows[-1])

    def _tell_width(self, code: str, line: int, row: Row) -> None:
        self._findings.append(self._intake.finding(code, line=line, fields=len(row), wanted=len(self._names)))

    def _check_total(
        self, kept: _Kept, where: Mapping[str, int | None], values: Mapping[str, Sequence[Any]]
    ) -> None:
        """The last totals are the sum of all records, of those above, or of those since the totals before.

        One that is none of these tells of a record that is missing or changed. In a column of balances they
        may repeat the last one; a list that tells balances in rows of their own is not added up.
        """
        line, row, above = kept.totals[-1]
        if any(_first_text(one).startswith(BALANCE_WORD) for _, one, _ in kept.totals):
            return
        since = kept.totals[-2][2] if len(kept.totals) > 1 else 0
        for column in self._shape.columns:
            at = where[column.key]
            if column.kind is not ColumnKind.AMOUNT or at is None or at >= len(row) or is_blank(row[at]):
                continue
            *_, told = _amounts([*(one[at] if at < len(one) else "" for one in kept.rows), row[at]])
            amounts = [one or 0 for one in values[column.key]]
            sums = [sum(amounts), sum(amounts[:above]), sum(amounts[since:above])]
            if told not in (*sums, *amounts[above - 1 : above]):
                self._tell("TAB-047", line, at, column, found=shown_value(row[at]), sum=sums[0])

    def _no_record(self, row: Row) -> str:
        """Why a row is no record; "" for one that is."""
        if blank_row(row):
            return "blank"
        if self._shape.skip and self._totals.match(_first_text(row)):
            return "subtotal"
        names = [fold(cell_text(cell)) for cell in row]
        return "header" if names[: len(self._names)] == self._names else ""

    def _position(self, column: SourceColumn) -> int | None:
        """Where the column stands; a heading that stands twice is an error, not a guess."""
        wanted = {fold(heading) for heading in column.headings}
        found = [at for at, name in enumerate(self._names) if name in wanted]
        if len(found) > 1:
            self._tell("TAB-002", self._grid.lines[self._header], found[1], column, found=column.headings[0])
        return found[0] if found else None

    def _column(self, column: SourceColumn, at: int | None, kept: _Kept) -> list[Any]:
        if at is None:
            return [None if column.kind is not ColumnKind.TEXT else ""] * len(kept.rows)
        cells = [row[at] if at < len(row) else "" for row in kept.rows]
        if column.empty:
            cells = ["" if cell_text(cell) in column.empty else cell for cell in cells]
        self._check_cells(column, at, kept, cells)
        values = _READERS[column.kind](cells)
        for cell, value, line in zip(cells, values, kept.lines, strict=True):
            if value is None and not is_blank(cell):
                self._tell("TAB-003", line, at, column, found=shown_value(cell))
            elif column.filled and is_blank(cell):
                self._tell("TAB-004", line, at, column)
        return values

    def _check_cells(self, column: SourceColumn, at: int, kept: _Kept, cells: Sequence[Cell]) -> None:
        """Cells that show an error, or a formula that nobody has computed."""
        for line, cell in zip(kept.lines, cells, strict=True):
            if (line, at) in self._grid.errors:
                self._tell("TAB-005", line, at, column, found=self._grid.errors[line, at])
            elif is_blank(cell) and (line, at) in self._grid.formulas:
                self._tell("TAB-006", line, at, column)

    def _tell(
        self, code: str, line: int, at: int, column: SourceColumn, *, found: str = "", **facts: int
    ) -> None:
        place = Place(
            file=self._intake.name, sheet=self._grid.sheet, line=line, cell=f"{column_letter(at)}{line}"
        )
        unread = code == "TAB-003" and column.doubtful
        self._findings.append(
            Finding(
                code=code,
                place=place,
                found=found,
                severity=Severity.WARNING if unread else Severity.ERROR,
                facts={"column": column.headings[0], **facts},
            )
        )


def _first_text(row: Row) -> str:
    """What a row begins with, in small letters."""
    return next((cell_text(cell) for cell in row if not is_blank(cell)), "").casefold()


def _texts(cells: Sequence[Cell]) -> list[Any]:
    return [cell_text(cell) for cell in cells]


def _amounts(cells: Sequence[Cell]) -> list[Any]:
    style = choose_style([cells]).style
    return [amount_or_none(cell, style) for cell in cells]


def _days(cells: Sequence[Cell]) -> list[Any]:
    return list(read_dates(cells, choose_order([cells]).order))


def _counts(cells: Sequence[Cell]) -> list[Any]:
    return [None if is_blank(cell) else _whole(cell) for cell in cells]


def _whole(cell: Cell) -> int | None:
    """A count; a point between digits marks thousands in a text, and a part of one in a number."""
    if isinstance(cell, float) and not cell.is_integer():
        return None
    text = cell_text(cell)
    return int(re.sub("[. ]", "", text)) if _COUNT.fullmatch(text) else None


def _numbers(cells: Sequence[Cell]) -> list[Any]:
    style = choose_style([cells]).style
    return [None if is_blank(cell) else _decimal(cell, style) for cell in cells]


def _decimal(cell: Cell, style: NumberStyle) -> str | None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell_text(cell)
    try:
        return str(parse_number(cell_text(cell), style))
    except AmountError:
        return None


_READERS = {
    ColumnKind.TEXT: _texts,
    ColumnKind.AMOUNT: _amounts,
    ColumnKind.DAY: _days,
    ColumnKind.COUNT: _counts,
    ColumnKind.NUMBER: _numbers,
}


def _frame(shape: SourceShape, parts: Sequence[_Part]) -> pd.DataFrame:
    """The rows of all files, one below the other."""
    typed = {
        column.key: pd.Series(
            _filled(column, chain.from_iterable(part.cells[column.key] for part in parts)),
            dtype=_DTYPES[column.kind],
        )
        for column in shape.columns
    }
    for name, kind in zip(PLACE_COLUMNS, ("str", "str", "int64"), strict=True):
        places = chain.from_iterable(part.places[name] for part in parts)
        typed[name] = pd.Series(list(places), dtype=kind)
    return pd.DataFrame(typed)


def _filled(column: SourceColumn, values: Iterable[Any]) -> list[Any]:
    """Texts have no gaps; other kinds keep theirs."""
    if column.kind in (ColumnKind.TEXT, ColumnKind.NUMBER):
        return ["" if value is None else value for value in values]
    return list(values)
