"""Delimited text: which separator, and rows with their physical lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gevinst.domain.source import Assumption
from gevinst.formats.amounts import looks_like_amount
from gevinst.formats.dates import looks_like_date
from gevinst.formats.grid import Grid, Row, Syntax, blank_row
from gevinst.formats.plan import assume
from gevinst.formats.splitting import UnclosedQuoteError, split, split_rows
from gevinst.formats.utf8_text import Utf8Text

SEPARATORS = (";", "\t", "|", ",")
SAMPLE_LINES = 150
SAMPLE_BYTES = 200_000
HALF = 0.5
DECLARATION = "sep="
LONGEST_DECLARATION = 200  # with blanks behind it


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """How well a separator fits a sample."""

    separator: str
    typed: bool  #: some row pattern holds a date and an amount
    steady: float  #: share of rows with the commonest number of fields
    width: int


def read_delimited(text: Utf8Text, separator: str | None = None) -> tuple[Grid, Assumption]:
    """Split a text into rows.

    Args:
        text: the whole file.
        separator: one character when a layout or a person names it.

    Raises:
        UnclosedQuoteError: a quote is not closed before the file ends.
    """
    declared, text, skipped = _declared(text)
    sample = _sample(text)
    chosen = separator or declared or choose_separator(sample)
    because = "separator.told" if separator or declared else "separator.steady"
    width = _commonest_width(_sample_rows(sample, chosen))
    rows, lines = split(text, chosen, width, first_line=1 + skipped)
    grid = Grid(
        syntax=Syntax.DELIMITED,
        rows=rows,
        lines=lines,
        outside=((1, "skipped.separator_line"),) if skipped else (),
        cut_last=text.cut_last,
    )
    name = "TAB" if chosen == "\t" else chosen
    return grid, assume(subject="separator", taken=chosen, because=because, facts={"separator": name})


def _sample(text: Utf8Text) -> str:
    """The first lines."""
    head = text.head(SAMPLE_BYTES).decode(errors="ignore")
    return "\n".join(head.splitlines()[:SAMPLE_LINES])


def choose_separator(sample: str) -> str:
    """The separator that gives steady rows with a date and an amount in them."""
    fits = [_fit(sample, separator) for separator in SEPARATORS if separator in sample]
    usable = [fit for fit in fits if fit.width > 1]
    if not usable:
        return SEPARATORS[0]
    return max(
        usable, key=lambda fit: (fit.typed, round(fit.steady, 1), -SEPARATORS.index(fit.separator))
    ).separator


def _sample_rows(sample: str, separator: str) -> list[Row]:
    """The records of a sample that hold something."""
    try:  # with a line end behind it, a quote that is open is found out
        rows = split_rows(f"{sample}\n", separator)
    except UnclosedQuoteError as error:
        lines = sample.split("\n")
        whole = "\n".join(lines[: error.line - 1])
        # The sample may end within a record; a quote that opens early is a fault of the file.
        is_cut = error.line - 1 > len(lines) * HALF
        rows = split_rows(whole, separator) if is_cut else [line.split(separator) for line in lines]
    return [row for row in rows if not blank_row(row)]


def _commonest_width(rows: Sequence[Row]) -> int:
    """The commonest number of fields, the larger on a tie; 1 where no row has two."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(widths.items(), key=lambda entry: (entry[1], entry[0]))[0] if widths else 1


def _fit(sample: str, separator: str) -> _Fit:
    rows = _sample_rows(sample, separator)
    width = _commonest_width(rows)
    if width == 1:
        return _Fit(separator=separator, typed=False, steady=0, width=1)
    typed = sum(_has_date_and_amount(row) for row in rows)
    # Title and total rows are few; a file of one movement is half header.
    is_typed = typed * 3 >= len(rows) - 1 and typed > 0
    steady = sum(len(row) == width for row in rows) / len(rows)
    return _Fit(separator=separator, typed=is_typed, steady=steady, width=width)


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


def _declared(text: Utf8Text) -> tuple[str, Utf8Text, int]:
    """The separator of an Excel line `sep=;`, the text behind it, and how many lines it took."""
    line, end, _ = text.head(LONGEST_DECLARATION).partition(b"\n")
    if line[: len(DECLARATION)].lower() != DECLARATION.encode():
        return "", text, 0
    mark = line.decode(errors="ignore").strip()[len(DECLARATION) :]
    return (mark, text.without(len(line) + len(end)), 1) if len(mark) == 1 else ("", text, 0)
