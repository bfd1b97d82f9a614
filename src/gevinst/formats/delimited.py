"""Delimited text: which separator, and rows with their physical lines."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gevinst.domain.source import Assumption
from gevinst.formats.amounts import looks_like_amount
from gevinst.formats.dates import looks_like_date
from gevinst.formats.grid import Grid, Row, Syntax, is_blank
from gevinst.formats.plan import assume

SEPARATORS = (";", "\t", "|", ",")
SAMPLE_LINES = 150
SAMPLE_CHARACTERS = 200_000
# A cell longer than this is an unclosed quote that swallowed the rest of the file.
LONGEST_CELL = 1_000_000
DECLARATION = "sep="


class UnclosedQuoteError(Exception):
    """A quote opens and swallows the rest of the file. Holds the line where its record begins."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """How well a separator fits a sample."""

    separator: str
    typed: bool  #: some row pattern holds a date and an amount
    steady: float  #: share of rows with the commonest number of fields
    width: int


def read_delimited(text: str, separator: str | None = None) -> tuple[Grid, Assumption]:
    """Split a text into rows.

    Args:
        text: the whole file.
        separator: one character when a layout or a person names it.

    Raises:
        UnclosedQuoteError: a quote is not closed before the file ends.
    """
    declared, text, skipped = _declared(text)
    chosen = separator or declared or choose_separator(text)
    because = "separator.told" if separator or declared else "separator.steady"
    rows, lines = split_rows(text, chosen)
    grid = Grid(
        syntax=Syntax.DELIMITED,
        rows=rows,
        lines=[line + skipped for line in lines],
        outside=((1, "skipped.separator_line"),) if skipped else (),
        cut_last=bool(text) and not text.endswith(("\n", "\r")),
    )
    name = "TAB" if chosen == "\t" else chosen
    return grid, assume(subject="separator", taken=chosen, because=because, facts={"separator": name})


def split_rows(text: str, separator: str) -> tuple[list[Row], list[int]]:
    """The records of a text and the physical line on which each begins; blank lines are rows too."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != "\t"
    )
    rows: list[Row] = []
    lines: list[int] = []
    before = 0
    try:
        for row in reader:
            rows.append(row)
            lines.append(before + 1)
            before = reader.line_num
    except csv.Error as error:
        raise UnclosedQuoteError(before + 1) from error
    if rows and _swallowed(rows[-1]):
        raise UnclosedQuoteError(lines[-1])
    return rows, lines


def choose_separator(text: str) -> str:
    """The separator that gives steady rows with a date and an amount in them."""
    sample = "\n".join(text[:SAMPLE_CHARACTERS].splitlines()[:SAMPLE_LINES])
    fits = [_fit(sample, separator) for separator in SEPARATORS if separator in sample]
    usable = [fit for fit in fits if fit.width > 1]
    if not usable:
        return SEPARATORS[0]
    return max(
        usable, key=lambda fit: (fit.typed, round(fit.steady, 1), -SEPARATORS.index(fit.separator))
    ).separator


def _fit(sample: str, separator: str) -> _Fit:
    try:
        rows = [row for row in split_rows(sample, separator)[0] if any(not is_blank(cell) for cell in row)]
    except UnclosedQuoteError:
        rows = [line.split(separator) for line in sample.splitlines() if line.strip()]
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return _Fit(separator=separator, typed=False, steady=0, width=1)
    width, count = max(widths.items(), key=lambda entry: (entry[1], entry[0]))
    typed = sum(_has_date_and_amount(row) for row in rows)
    # Title and total rows are few; a file of one movement is half header.
    is_typed = typed * 3 >= len(rows) - 1 and typed > 0
    return _Fit(separator=separator, typed=is_typed, steady=count / len(rows), width=width)


def _has_date_and_amount(row: Sequence[object]) -> bool:
    dates = [
        index
        for index, cell in enumerate(row)
        if isinstance(cell, str) and cell.strip() and looks_like_date(cell)
    ]
    return bool(dates) and any(
        isinstance(cell, str) and index != dates[0] and looks_like_amount(cell)
        for index, cell in enumerate(row)
    )


def _swallowed(row: Row) -> bool:
    """Whether the last record holds line ends: a quote that opened and never closed."""
    return any(isinstance(cell, str) and cell.endswith(("\n", "\r")) for cell in row)


def _declared(text: str) -> tuple[str, str, int]:
    """The separator of an Excel line `sep=;`, the text behind it, and how many lines it took."""
    if text[: len(DECLARATION)].lower() != DECLARATION:
        return "", text, 0
    line, _, rest = text.partition("\n")
    mark = line.strip()[len(DECLARATION) :]
    return (mark, rest, 1) if len(mark) == 1 else ("", text, 0)
