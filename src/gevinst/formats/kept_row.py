"""One row of an input as it stood, read again from a run's evidence."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from zipfile import BadZipFile

from gevinst.app.case_view import KeptRow
from gevinst.domain.finding import InputRejectedError
from gevinst.formats.encoding import decode
from gevinst.formats.grid import Row, blank_row, cell_text, column_letter
from gevinst.formats.intake import take_in
from gevinst.formats.kept_run import INPUT, kept_source
from gevinst.formats.physical_lines import physical_lines
from gevinst.formats.workbook import read_workbook

BOOKS = frozenset({".xlsx", ".xls", ".xlsb", ".ods", ".xlsm"})
LARGEST_BOOK = 10_000_000  # bytes; a page must not wait for more
LARGEST_TEXT = 300_000_000
ROWS_HELD = 256
#: A posting of a bank's XML is some lines; a row of a text file is one, or a few in quotes.
MOST_LINES = 80
LONGEST_LINE = 2_000  # characters shown
XML_ENDS = ("</Ntry>", "</TxDtls>", "</Line>", "</StatementLine>")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def kept_row(folder: Path, file: str, *, side: str, sheet: str, line: int) -> KeptRow | None:
    """The row of a line; None when the file is gone, encrypted, unreadable or too large to read for a page.

    Args:
        folder: evidence of the run.
        file: name of the input, without folder.
        side: left or right; both may have been read from files of one name.
        sheet: of a workbook; "" for a text.
        line: physical line or row, from 1; 0 for an item without.
    """
    path = _kept_file(folder, side, file)
    if path is None or line < 1:
        return None
    try:
        facts = path.stat()
        return _row(path, (facts.st_size, facts.st_mtime_ns), sheet, line)
    except (InputRejectedError, BadZipFile, OSError):
        return None


@lru_cache(maxsize=ROWS_HELD)
def _row(path: Path, stamp: tuple[int, int], sheet: str, line: int) -> KeptRow | None:
    """A row once read is as good as read again, while its file is there and the same."""
    if path.suffix.lower() in BOOKS:
        return _book_row(path, sheet, line) if stamp[0] <= LARGEST_BOOK else None
    return _text_row(path, line) if stamp[0] <= LARGEST_TEXT else None


def _kept_file(folder: Path, side: str, file: str) -> Path | None:
    """The kept input of a name; a name from a database, which others may have changed, leads nowhere else."""
    if not file or file != Path(file).name or "\\" in file:
        return None
    named = re.compile(rf"(\d+-)?{re.escape(file)}")  # of equal names, evidence numbers all but the first
    kept = (path for path in sorted((folder / INPUT).rglob("*")) if path.is_file() and not path.is_symlink())
    found = [path for path in kept if named.fullmatch(path.name)]
    if len(found) > 1:
        source = kept_source(folder, side, file)
        return source if source in found else None
    return found[0] if found and found[0].name == file else None


def _book_row(path: Path, sheet: str, line: int) -> KeptRow | None:
    grid = read_workbook(take_in(path), sheet or None)[0]
    if line > len(grid.rows):
        return None
    row, heads = grid.rows[line - 1], _headings(grid.rows[: line - 1], grid.rows[line - 1])
    cells = [
        (column_letter(at), cell_text(heads[at]) if at < len(heads) else "", cell_text(cell))
        for at, cell in enumerate(row)
    ]
    return KeptRow(cells=tuple(one for one in cells if one[2]))


def _headings(above: Sequence[Row], row: Row) -> Row:
    """The first row above that is as wide as the row: its headings, most likely."""
    width = sum(bool(cell_text(cell)) for cell in row)
    wide = (one for one in above if sum(bool(cell_text(cell)) for cell in one) >= width)
    return next((one for one in wide if not blank_row(one)), ())


def _text_row(path: Path, line: int) -> KeptRow | None:
    with path.open("rb") as file:
        is_wide = file.read(2) in UTF16_MARKS
    lines = _decoded(path, line) if is_wide else _counted(path, line)
    shown = tuple(_entry(one.rstrip("\r\n")[:LONGEST_LINE] for one in lines))
    return KeptRow(lines=shown) if any(shown) else None


def _counted(path: Path, line: int) -> list[str]:
    """Lines by counting line ends, which is quick in large files."""
    with path.open("rb") as file:
        found = b"".join(islice(file, line - 1, line - 1 + MOST_LINES))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return found.decode(encoding).split("\n")
        except UnicodeDecodeError:
            continue
    return found.decode("latin-1").split("\n")


def _decoded(path: Path, line: int) -> list[str]:
    return physical_lines(decode(take_in(path)).text)[line - 1 : line - 1 + MOST_LINES]


def _entry(lines: Iterable[str]) -> Iterable[str]:
    """The first line; of an entry in XML or in a bank's own format, all to its end."""
    is_entry = False
    for number, text in enumerate(lines):
        if number == 0:
            is_entry = text.lstrip().startswith("<") or text.startswith(":61:")
        elif not is_entry or text.startswith((":61:", ":62")) or not text.strip():
            return
        yield text
        if text.strip().startswith(XML_ENDS):
            return
