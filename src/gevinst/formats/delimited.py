"""Delimited text: which separator, and rows with their physical lines."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as pa_csv

from gevinst.domain.source import Assumption
from gevinst.formats.amounts import looks_like_amount
from gevinst.formats.column_rows import ColumnRows
from gevinst.formats.dates import looks_like_date
from gevinst.formats.grid import Grid, Row, Syntax, is_blank
from gevinst.formats.plan import assume
from gevinst.formats.text_column import TEXT, TextColumn

SEPARATORS = (";", "\t", "|", ",")
SAMPLE_LINES = 150
SAMPLE_BYTES = 200_000
# A record fits in two blocks at most, so none that is read by columns has a cell longer than LONGEST_CELL.
BLOCK = 500_000
FEWEST_FIELDS = 2
NO_SEPARATORS = ('"', " ", "\r", "\n")
# Records of another width than most. With more, leaving out fields is a habit of the file.
MOST_OTHERS = 1000
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


def read_delimited(utf8: bytes, separator: str | None = None) -> tuple[Grid, Assumption]:
    """Split a text into rows.

    Args:
        utf8: the whole file.
        separator: one character when a layout or a person names it.

    Raises:
        UnclosedQuoteError: a quote is not closed before the file ends.
    """
    declared, utf8, skipped = _declared(utf8)
    sample = _sample(utf8)
    chosen = separator or declared or choose_separator(sample)
    because = "separator.told" if separator or declared else "separator.steady"
    rows, lines = _split(utf8, chosen, sample)
    grid = Grid(
        syntax=Syntax.DELIMITED,
        rows=rows,
        lines=range(lines.start + skipped, lines.stop + skipped)
        if isinstance(lines, range)
        else [line + skipped for line in lines],
        outside=((1, "skipped.separator_line"),) if skipped else (),
        cut_last=bool(utf8) and not utf8.endswith((b"\n", b"\r")),
    )
    name = "TAB" if chosen == "\t" else chosen
    return grid, assume(subject="separator", taken=chosen, because=because, facts={"separator": name})


def _split(utf8: bytes, separator: str, sample: str) -> tuple[Sequence[Row], Sequence[int]]:
    """By columns where that gives the same as row by row, which is the slow way."""
    rows = split_columns(utf8, separator, _commonest_width(_sample_rows(sample, separator)))
    return split_rows(utf8.decode(), separator) if rows is None else (rows, range(1, len(rows) + 1))


def _sample(utf8: bytes) -> str:
    """The first lines."""
    text = utf8[:SAMPLE_BYTES].decode(errors="ignore")
    return "\n".join(text.splitlines()[:SAMPLE_LINES])


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


def split_columns(utf8: bytes, separator: str, width: int) -> ColumnRows | None:
    """The records of a text by column, each on one physical line; None where row by row is the way.

    Args:
        utf8: the text.
        separator: one character.
        width: fields of most records.
    """
    if width < FEWEST_FIELDS or separator in NO_SEPARATORS or not separator.isascii():
        return None
    if utf8.startswith(codecs.BOM_UTF8):  # Arrow would leave it out
        return None
    found = _parsed(utf8, separator, width)
    if found is None:
        return None
    columns, odd = found
    return ColumnRows.of(columns, odd)


def _parsed(
    utf8: bytes, separator: str, width: int
) -> tuple[list[TextColumn], dict[int, Sequence[str]]] | None:
    quoted = b'"' in utf8
    others: dict[int, str] = {}

    def keep(row: pa_csv.InvalidRow) -> str:
        others[row.number - 1] = row.text
        return "skip" if len(others) <= MOST_OTHERS else "error"

    names = [str(index) for index in range(width)]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(utf8),
            # Row numbers are only known to one thread.
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names),
            parse_options=pa_csv.ParseOptions(
                delimiter=separator,
                quote_char='"' if quoted else False,
                newlines_in_values=False,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=pa_csv.ConvertOptions(
                check_utf8=False, column_types=dict.fromkeys(names, TEXT), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns = [TextColumn(column) for column in table.columns]
    odd = _odd_rows(others, separator)
    if odd is None or (quoted and not _one_line_each(utf8, columns, odd)):
        return None
    bare = _without_leading_spaces(columns, separator, quoted=quoted)
    return None if bare is None else (bare, odd)


def _odd_rows(others: Mapping[int, str], separator: str) -> dict[int, Sequence[str]] | None:
    try:
        # With a line end behind it, a quote that is open is found out.
        split = {number: split_rows(f"{text}\n", separator)[0] for number, text in others.items()}
    except UnclosedQuoteError:
        return None
    if any(len(rows) != 1 for rows in split.values()):
        return None
    return {number: [str(cell) for cell in rows[0]] for number, rows in split.items()}


def _one_line_each(utf8: bytes, columns: Sequence[TextColumn], odd: Mapping[int, Sequence[str]]) -> bool:
    """Whether no record goes over several lines: then there are as many as line ends."""
    ends = utf8.count(b"\n") + utf8.count(b"\r") - utf8.count(b"\r\n")
    lines = ends + (not utf8.endswith((b"\n", b"\r")))
    even = len(columns[0])
    last = [column[even - 1] for column in columns] if even else []
    return even + len(odd) == lines and not any(mark in cell for cell in last for mark in "\r\n")


def _without_leading_spaces(
    columns: Sequence[TextColumn], separator: str, *, quoted: bool
) -> list[TextColumn] | None:
    """Spaces behind a separator are no part of a cell; in quotes they are, which cannot be told from here."""
    if separator == "\t":
        return list(columns)
    spaced = [bool(column.starting(" ").any()) for column in columns]
    if quoted and any(spaced):
        return None
    return [column.without_start(" ") if has else column for column, has in zip(columns, spaced, strict=True)]


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
    try:
        return [row for row in split_rows(sample, separator)[0] if any(not is_blank(cell) for cell in row)]
    except UnclosedQuoteError:
        return [line.split(separator) for line in sample.splitlines() if line.strip()]


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


def _swallowed(row: Row) -> bool:
    """Whether the last record holds line ends: a quote that opened and never closed."""
    return any(isinstance(cell, str) and cell.endswith(("\n", "\r")) for cell in row)


def _declared(utf8: bytes) -> tuple[str, bytes, int]:
    """The separator of an Excel line `sep=;`, the text behind it, and how many lines it took."""
    if utf8[: len(DECLARATION)].lower() != DECLARATION.encode():
        return "", utf8, 0
    line, _, rest = utf8.partition(b"\n")
    mark = line.decode().strip()[len(DECLARATION) :]
    return (mark, rest, 1) if len(mark) == 1 else ("", utf8, 0)
