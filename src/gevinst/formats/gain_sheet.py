"""Time sheets: minutes of each item, from a CSV file or a workbook by columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.gain_measure import MOST_MINUTES, SECONDS_PER_MINUTE
from gevinst.domain.gains import to_hundredths
from gevinst.domain.masking import shown_value
from gevinst.domain.place import Place
from gevinst.formats.delimited import read_delimited
from gevinst.formats.encoding import decode_clean
from gevinst.formats.grid import Cell, Grid, Row, blank_row, cell_text, column_letter
from gevinst.formats.headings import near_misses
from gevinst.formats.intake import Intake, take_in
from gevinst.formats.workbook import read_workbook

ZIP_START = b"PK"
MOMENT_FORMATS = (
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M"),
    *("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y %H.%M", "%H:%M:%S", "%H:%M", "%H.%M"),
)


@dataclass(frozen=True, kw_only=True)
class TimeColumns:
    """Where the times are: minutes, or start and end."""

    minutes: str = ""
    start: str = ""
    end: str = ""
    where: tuple[str, str] | None = None  #: only rows whose column has this value


def read_time_sheet(path: Path, columns: TimeColumns, sheet: str = "") -> list[Decimal]:
    """Minutes of each row, two decimals, in the order of the file.

    Raises:
        InputRejectedError: with every finding: TID-001 a column is missing, TID-002 no time, TID-003 the
            end is before the start, TID-004 no rows, TID-005 an unlikely time; or those of a file that
            cannot be read.
    """
    intake = take_in(path)
    grid = _grid(intake, sheet)
    header = next((at for at, row in enumerate(grid.rows) if not blank_row(row)), None)
    if header is None:
        raise intake.rejected("TID-004")
    return _Sheet(intake, grid, columns, header).minutes()


def _grid(intake: Intake, sheet: str) -> Grid:
    if intake.head.startswith(ZIP_START):
        return read_workbook(intake, sheet or None)[0]
    return read_delimited(decode_clean(intake).utf8)[0]


class _Sheet:
    """The rows under one header."""

    def __init__(self, intake: Intake, grid: Grid, columns: TimeColumns, header: int) -> None:
        self.intake, self.grid, self.columns, self.header = intake, grid, columns, header
        self.names = [cell_text(cell).strip() for cell in grid.rows[header]]
        self.findings: list[Finding] = []

    def minutes(self) -> list[Decimal]:
        """Minutes of the wanted rows; raises with all that is wrong."""
        wanted = (
            self.columns.minutes,
            self.columns.start,
            self.columns.end,
            (self.columns.where or ("",))[0],
        )
        at = {name: self._column(name) for name in filter(None, wanted)}
        if self.findings:
            raise InputRejectedError(self.findings)
        found = [self._row(line, row, at) for line, row in self._rows(at)]
        if self.findings:
            raise InputRejectedError(self.findings)
        minutes = [one for one in found if one is not None]
        if not minutes:
            raise self.intake.rejected("TID-004")
        return minutes

    def _column(self, name: str) -> int:
        folded = [one.casefold() for one in self.names]
        if name.casefold() in folded:
            return folded.index(name.casefold())
        near = near_misses(name, self.names) or self.names
        place = self.intake.place(line=self.grid.lines[self.header], sheet=self.grid.sheet)
        self.findings.append(
            Finding(code="TID-001", place=place, found=f"{name} ({', '.join(map(shown_value, near))})")
        )
        return -1

    def _rows(self, at: dict[str, int]) -> Iterator[tuple[int, Row]]:
        where = self.columns.where
        after = self.header + 1
        for line, row in zip(self.grid.lines[after:], self.grid.rows[after:], strict=True):
            padded = [*row, *[""] * (len(self.names) - len(row))]
            if blank_row(row) or (where and cell_text(padded[at[where[0]]]).strip() != where[1]):
                continue
            yield line, padded

    def _row(self, line: int, row: Row, at: dict[str, int]) -> Decimal | None:
        if self.columns.minutes:
            column = at[self.columns.minutes]
            minutes = _number(row[column])
        else:
            column = at[self.columns.end]
            minutes = self._between(line, row, at)
            if self.findings and minutes is None:
                return None
        if minutes is None:
            return self._wrong("TID-002", line, column, row[column])
        if not 0 < minutes <= MOST_MINUTES:
            return self._wrong("TID-005", line, column, row[column])
        return to_hundredths(minutes)

    def _between(self, line: int, row: Row, at: dict[str, int]) -> Decimal | None:
        moments = []
        for name in (self.columns.start, self.columns.end):
            moment = _moment(row[at[name]])
            if moment is None:
                return self._wrong("TID-002", line, at[name], row[at[name]])
            moments.append(moment)
        seconds = (moments[1] - moments[0]).total_seconds()
        if seconds < 0:
            return self._wrong("TID-003", line, at[self.columns.end], row[at[self.columns.end]])
        return Decimal(str(seconds)) / SECONDS_PER_MINUTE

    def _wrong(self, code: str, line: int, column: int, cell: Cell) -> Decimal | None:
        """Keep the finding; there is no time."""
        place = Place(
            file=self.intake.name, sheet=self.grid.sheet, line=line, cell=f"{column_letter(column)}{line}"
        )
        self.findings.append(Finding(code=code, place=place, found=shown_value(cell_text(cell))))
        return None


def _number(cell: Cell) -> Decimal | None:
    """Minutes as a number: 6,5 or 6.5 or 00:06:30; a workbook's own number as it is."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return Decimal(repr(cell))
    text = cell_text(cell).strip().replace("\u00a0", "")
    if text.count(":") == 2 and text.replace(":", "").isdecimal():  # noqa: PLR2004 - hours:minutes:seconds
        hours, minutes, seconds = map(int, text.split(":"))
        return Decimal(hours * 60 + minutes) + Decimal(seconds) / SECONDS_PER_MINUTE
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment(cell: Cell) -> datetime | None:
    """A moment, or a time of the day."""
    if isinstance(cell, datetime):
        return cell
    text = cell_text(cell).strip()
    return next((moment for one in MOMENT_FORMATS if (moment := _parsed(text, one)) is not None), None)


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - only the time between two of them counts
    except ValueError:
        return None
