"""Project postings as SAP spools them (CJI3, text with tabulators): each record on two lines, headings too.

A record may be moved one field to the right behind the longest run of empty headings. Where it stands is told
by two anchors, the posting day and the period. A record that fits nowhere, or in two places, stops the file:
a column that has slipped would put amounts on wrong projects.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.masking import shown_value
from gevinst.formats.dates import looks_like_date
from gevinst.formats.encoding import decode_clean
from gevinst.formats.grid import Grid, Syntax, blank_row
from gevinst.formats.headings import fold
from gevinst.formats.intake import Intake
from gevinst.formats.physical_lines import printed_lines

UNSURE = "TAB-021"
CUT = "TAB-022"
DAY_ANCHOR, PERIOD_ANCHOR = "Bogføringsdato", "Periode"
MOST_HEAD_LINES = 60
LAST_PERIOD = 16  # special periods of SAP
LARGEST_OFFSET = 1
_DASHES = frozenset("-| ")


@dataclass(frozen=True, kw_only=True)
class _Heading:
    """The two lines of headings."""

    at: int  #: index of the first
    first: list[str]
    second: list[str]

    @property
    def names(self) -> list[str]:
        """All headings; one that stands again gets a number."""
        seen: Counter[str] = Counter()
        names = []
        for name in (*self.first, *self.second):
            seen[name] += 1
            names.append(f"{name} {seen[name]}" if name and seen[name] > 1 else name)
        return names

    def gap(self, cells: Sequence[str]) -> int:
        """Where the longest run of empty headings of a line ends; 0 when it has none."""
        runs = [(name, list(part)) for name, part in groupby(enumerate(cells), lambda one: not one[1])]
        empty = [part for is_empty, part in runs if is_empty]
        return max(empty, key=len)[-1][0] + 1 if empty else 0


def project_grids(intake: Intake) -> list[Grid]:
    """The postings of a spool as one table; none when its headings are not there.

    Raises:
        InputRejectedError: TAB-021 where the columns of a record stand is unsure; TAB-022 half a record.
    """
    lines = [[cell.strip() for cell in line.split("\t")] for line in printed_lines(decode_clean(intake).text)]
    heading = _heading(lines)
    if heading is None:
        return []
    rows: list[list[str]] = [heading.names]
    numbers, outside, findings = [heading.at + 1], [], []
    for number, record in _records(lines, heading):
        if isinstance(record, str):
            outside.append((number, record))
            continue
        row = _placed(record, heading)
        if isinstance(row, str):
            place = intake.place(line=number)
            findings.append(Finding(code=row, place=place, found=shown_value(" ".join(record[0])[:40])))
        else:
            rows.append(row)
            numbers.append(number)
    if findings:
        raise InputRejectedError(findings)
    return [Grid(syntax=Syntax.DELIMITED, rows=rows, lines=numbers, outside=outside)]


def _heading(lines: Sequence[list[str]]) -> _Heading | None:
    wanted = {fold(DAY_ANCHOR), fold(PERIOD_ANCHOR)}
    for at in range(min(len(lines) - 1, MOST_HEAD_LINES)):
        first, second = lines[at], lines[at + 1]
        names = {fold(cell) for cell in first}
        if wanted & names and wanted <= names | {fold(cell) for cell in second}:
            return _Heading(at=at, first=first, second=second)
    return None


def _records(
    lines: Sequence[list[str]], heading: _Heading
) -> Iterator[tuple[int, tuple[list[str], list[str]] | str]]:
    """Two lines of a record, or why a line is none; blank lines, dashes, sums and repeated heads are none."""
    waiting: tuple[int, list[str]] | None = None
    for number, cells in enumerate(lines[heading.at + 2 :], heading.at + 3):
        reason = _no_record(cells, heading)
        if reason:
            yield number, reason
        elif waiting is None:
            waiting = (number, cells)
        else:
            yield waiting[0], (waiting[1], cells)
            waiting = None
    if waiting is not None:
        yield waiting[0], (waiting[1], [])


def _no_record(cells: list[str], heading: _Heading) -> str:
    text = "".join(cells)
    if blank_row(cells) or set(text) <= _DASHES:
        return "blank"
    if text.startswith("*"):
        return "subtotal"
    return "header" if cells in (heading.first, heading.second) else ""


def _placed(record: tuple[list[str], list[str]], heading: _Heading) -> list[str] | str:
    """The record's cells below their headings, or the code of why that is unsure."""
    if not record[1]:
        return CUT
    fits = {tuple(row) for row in _offers(record, heading) if _anchored(row, heading)}
    return list(fits.pop()) if len(fits) == 1 else UNSURE


def _offers(record: tuple[list[str], list[str]], heading: _Heading) -> Iterator[list[str]]:
    for first in _moved(record[0], heading.first, heading.gap(heading.first)):
        for second in _moved(record[1], heading.second, heading.gap(heading.second)):
            yield [*first, *second]


def _moved(cells: list[str], heads: Sequence[str], gap: int) -> Iterator[list[str]]:
    """A line as it stands, and with an offset behind the gap undone; none that would lose a text."""
    for offset in range((LARGEST_OFFSET if gap else 0) + 1):
        dropped = cells[gap : gap + offset]
        row = cells[:gap] + cells[gap + offset :]
        if any(dropped) or any(row[len(heads) :]):
            continue
        row = (row + [""] * len(heads))[: len(heads)]
        # A text below no heading is a column that has slipped.
        if not any(cell for cell, head in zip(row, heads, strict=True) if not head):
            yield row


def _anchored(row: Sequence[str], heading: _Heading) -> bool:
    folded = [fold(name) for name in heading.names]
    day, period = row[folded.index(fold(DAY_ANCHOR))], row[folded.index(fold(PERIOD_ANCHOR))]
    return looks_like_date(day) and period.isdecimal() and 1 <= int(period) <= LAST_PERIOD
