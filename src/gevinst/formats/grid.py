"""Grid: the cells of one sheet or text file, before anyone knows what they mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeAlias

Cell: TypeAlias = str | float | int | bool | date | datetime | time | timedelta
Row: TypeAlias = Sequence[Cell]

LETTERS = 26


class Syntax(StrEnum):
    """How a file is written."""

    DELIMITED = "delimited"  #: text with separators
    LIST = "list"  #: a screen list: pipes and dashed lines
    WORKBOOK = "workbook"  #: xlsx, xls, xlsb, ods
    CAMT = "camt"  #: ISO 20022 statements
    BANK = "bank"  #: a bank's own format, read by the reader that the layout's id names


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Rows of one sheet or text, each with its physical line."""

    syntax: Syntax
    rows: Sequence[Row]
    lines: Sequence[int]  #: physical line of each row's first character, from 1
    sheet: str = ""
    outside: Sequence[
        tuple[int, str]
    ] = ()  #: (line, reason key) of lines that are no rows: page heads, dashes
    cut_last: bool = False  #: the last line has no line end
    errors: Mapping[tuple[int, int], str] = field(
        default_factory=dict
    )  #: (line, column from 0): error value such as #N/A
    formulas: frozenset[tuple[int, int]] = (
        frozenset()
    )  #: (line, column from 0) of formulas that hold no value
    merged: frozenset[tuple[int, int]] = frozenset()  #: (line, column from 0) under a merged cell, blank
    hidden_rows: int = 0
    days_from_1904: bool = False  #: a number that is a day counts from 1904, not from 1900


def column_letter(index: int) -> str:
    """The spreadsheet letter of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The column, counted from 0, of a spreadsheet letter: A is 0."""
    number = 0
    for letter in letters.upper():
        number = number * LETTERS + ord(letter) - ord("A") + 1
    return number - 1


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing that a person would see."""
    return isinstance(cell, str) and not cell.strip()


def blank_row(row: Iterable[Cell]) -> bool:
    """Whether a row holds nothing that a person would see."""
    return all(is_blank(cell) for cell in row)


def cell_text(cell: Cell) -> str:
    """A cell as text: whole numbers without decimals, dates as ISO, text without outer spaces."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
