"""What stands around a table: the account in the title lines, and rows that leave out empty fields."""

import re

import numpy as np

from gevinst.formats.column_rows import filled_rows, widths_of
from gevinst.formats.grid import Syntax, cell_text
from gevinst.formats.table import Table

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_ACCOUNT = re.compile(
    r"\b(?:konto(?:nr|nummer)?|account(?: no| number)?|statuskonto|artskonto|finanskonto)\b\.?\s*:?\s*"
    r"(?P<number>\d[\d .-]{2,20}\d)",
    re.IGNORECASE,
)
SHORT_SHARE = 0.1


def account_above(table: Table) -> str:
    """The account that the lines above the header name, or ""."""
    for row in table.grid.rows[: table.first if table.header is None else table.header]:
        text = " ".join(cell_text(cell) for cell in row if cell_text(cell))
        if (found := _IBAN.search(text)) and is_iban(found[0].replace(" ", "")):
            return found[0].replace(" ", "")
        if found := _ACCOUNT.search(text):
            return found["number"].strip()
    return ""


def is_iban(text: str) -> bool:
    """Whether the check digits of an IBAN fit (ISO 13616, mod 97)."""
    moved = text[4:] + text[:4]
    return (
        moved.isalnum() and moved.isascii() and int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
    )


def short_rows(table: Table) -> bool:
    """Whether the file leaves out empty fields at the end of its rows, as some banks do.

    One short row among full ones is a broken row; many are a habit.
    """
    if table.grid.syntax is not Syntax.DELIMITED:
        return table.grid.syntax is Syntax.WORKBOOK
    widths = widths_of(table.rows)
    if (widths >= table.width).all():
        return False
    filled = widths[filled_rows(table.rows) & (widths > 1)]
    short = int(np.count_nonzero(filled < table.width))
    return short > max(1, len(filled) * SHORT_SHARE)
