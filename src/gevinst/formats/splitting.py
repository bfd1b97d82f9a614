"""Records of a delimited text: by column where that gives the same as record by record, which is slow."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from gevinst.formats.column_rows import ColumnRows, columns_padded
from gevinst.formats.grid import Row
from gevinst.formats.text_column import TEXT, TextColumn
from gevinst.formats.utf8_text import Utf8Text

# A cell longer than this is an unclosed quote that swallowed the rest of the file.
LONGEST_CELL = 1_000_000
# A record fits in two blocks at most, so none that is read by columns has a cell longer than LONGEST_CELL.
BLOCK = 500_000
AT_ONCE = 5_000  # records that are Python objects at a time
FEWEST_FIELDS = 2
NO_SEPARATORS = ('"', " ", "\r", "\n")
# Records of another width than most. With more, leaving out fields is a habit of the file.
MOST_OTHERS = 1000


class UnclosedQuoteError(Exception):
    """A quote opens and swallows the rest of the file. Holds the line where its record begins."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


def split(
    text: Utf8Text, separator: str, width: int, *, first_line: int = 1
) -> tuple[ColumnRows, Sequence[int]]:
    """The records of a text and the physical line on which each begins; blank lines are rows too.

    Args:
        text: all of it.
        separator: one character.
        width: fields of most records.
        first_line: physical line on which the text begins.

    Raises:
        UnclosedQuoteError: a quote is not closed before the file ends, or not within LONGEST_CELL letters.
    """
    rows = split_columns(text, separator, width)
    if rows is None:
        return split_records(text, separator, width, first_line=first_line)
    return rows, range(first_line, first_line + len(rows))


def split_rows(text: str, separator: str) -> list[Row]:
    """The records of a short text.

    Raises:
        UnclosedQuoteError: see split.
    """
    return [row for _, row in _records(io.StringIO(text, newline=""), separator)]


def split_records(
    text: Utf8Text, separator: str, width: int, *, first_line: int = 1
) -> tuple[ColumnRows, list[int]]:
    """What `split` gives, record by record; only some are Python objects at a time.

    Raises:
        UnclosedQuoteError: see split.
    """
    source = io.TextIOWrapper(text.opened(), encoding="utf-8", newline="")
    gathered = _Gathered(max(width, 1))
    lines: list[int] = []
    block: list[Row] = []
    for line, row in _records(source, separator, first_line=first_line):
        lines.append(line)
        block.append(row)
        if len(block) == AT_ONCE:
            gathered.add(block)
            block = []
    gathered.add(block)
    return gathered.rows(), lines


class _Gathered:
    """Rows on their way into columns of one width."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.chunks: list[list[pa.Array]] = [[] for _ in range(width)]
        self.sizes: list[NDArray[np.int32]] = []
        self.wide: dict[int, Row] = {}
        self.count = 0

    def add(self, rows: Sequence[Row]) -> None:
        """Take the next rows."""
        sizes = np.fromiter(map(len, rows), dtype=np.int32, count=len(rows))
        for at in np.flatnonzero(sizes > self.width).tolist():
            self.wide[self.count + at] = rows[at]
        for chunks, cells in zip(self.chunks, columns_padded(rows, self.width), strict=True):
            chunks.append(pa.array(cells, type=TEXT))
        self.sizes.append(sizes)
        self.count += len(rows)

    def rows(self) -> ColumnRows:
        """All rows."""
        columns = tuple(TextColumn(pa.chunked_array(chunks, type=TEXT)) for chunks in self.chunks)
        sizes = np.concatenate(self.sizes)
        return ColumnRows(columns=columns, sizes=sizes, wide=self.wide, start=0, stop=self.count)


def _records(source: Iterable[str], separator: str, *, first_line: int = 1) -> Iterator[tuple[int, Row]]:
    """Each record with the physical line on which it begins."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(source, delimiter=separator, skipinitialspace=separator != "\t")
    line = begun = first_line
    row: list[str] = []
    try:
        for row in reader:
            yield line, row
            begun, line = line, first_line + reader.line_num
    except csv.Error as error:
        raise UnclosedQuoteError(line) from error
    if _swallowed(row):
        raise UnclosedQuoteError(begun)


def _swallowed(row: Row) -> bool:
    """Whether the last record holds line ends: a quote that opened and never closed."""
    return any(isinstance(cell, str) and cell.endswith(("\n", "\r")) for cell in row)


def split_columns(text: Utf8Text, separator: str, width: int) -> ColumnRows | None:
    """The records of a text by column, each on one physical line; None where record by record is the way."""
    if width < FEWEST_FIELDS or separator in NO_SEPARATORS or not separator.isascii():
        return None
    if text.head(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:  # Arrow would leave it out
        return None
    found = _parsed(text, separator, width)
    return None if found is None else _with_odd_rows(*found)


def _with_odd_rows(columns: Sequence[TextColumn], odd: Mapping[int, Row]) -> ColumnRows:
    """Rows of another width put between the even ones, padded or cut to their width."""
    count = len(columns[0]) + len(odd)
    if not odd:
        return ColumnRows(columns=tuple(columns), start=0, stop=count)
    places = np.array(list(odd), dtype=np.int64)
    sizes = np.full(count, len(columns), dtype=np.int32)
    sizes[places] = [len(row) for row in odd.values()]
    # The even rows first, the odd ones behind them; then each to its place.
    is_odd = np.zeros(count, dtype=np.bool_)
    is_odd[places] = True
    order = np.empty(count, dtype=np.int64)
    order[~is_odd] = np.arange(count - len(odd))
    order[places] = np.arange(count - len(odd), count)
    cells = columns_padded(list(odd.values()), len(columns))
    whole = [
        TextColumn.chained([column, TextColumn.of(map(str, more))]).ordered(order)
        for column, more in zip(columns, cells, strict=True)
    ]
    wide = {number: row for number, row in odd.items() if len(row) > len(columns)}
    return ColumnRows(columns=tuple(whole), sizes=sizes, wide=wide, start=0, stop=count)


def _parsed(text: Utf8Text, separator: str, width: int) -> tuple[list[TextColumn], dict[int, Row]] | None:
    lines = _Lines(text)
    others: dict[int, str] = {}

    def keep(row: pa_csv.InvalidRow) -> str:
        others[row.number - 1] = row.text
        return "skip" if len(others) <= MOST_OTHERS else "error"

    names = [str(index) for index in range(width)]
    try:
        table = pa_csv.read_csv(
            pa.PythonFile(replace(text, blocks=lines.blocks).opened(), mode="r"),
            # Row numbers are only known to one thread.
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names),
            parse_options=pa_csv.ParseOptions(
                delimiter=separator,
                quote_char='"' if text.quoted else False,
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
    if odd is None or (text.quoted and not _one_line_each(lines.count, columns, odd)):
        return None
    bare = _without_leading_spaces(columns, separator, quoted=text.quoted)
    return None if bare is None else (bare, odd)


def _odd_rows(others: Mapping[int, str], separator: str) -> dict[int, Row] | None:
    try:
        # With a line end behind it, a quote that is open is found out.
        found = {number: split_rows(f"{text}\n", separator) for number, text in others.items()}
    except UnclosedQuoteError:
        return None
    if any(len(rows) != 1 for rows in found.values()):
        return None
    return {number: rows[0] for number, rows in found.items()}


class _Lines:
    """Counts the lines of a text while it is read."""

    def __init__(self, text: Utf8Text) -> None:
        self._text = text
        self.count = int(text.cut_last)

    def blocks(self) -> Iterator[bytes]:
        """The text."""
        before = b""
        for block in self._text.blocks():
            if self._text.quoted:
                self.count += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
                self.count -= before.endswith(b"\r") and block.startswith(b"\n")
            yield block
            before = block


def _one_line_each(lines: int, columns: Sequence[TextColumn], odd: Mapping[int, Row]) -> bool:
    """Whether no record goes over several lines: then there are as many as lines."""
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
