"""A column of numbers that tell rows apart, whatever it is called: two files may have them in common."""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from gevinst.formats.grid import Cell, cell_text
from gevinst.formats.headings import roles_of
from gevinst.formats.profile import Profile
from gevinst.formats.table import Table

HALF = 0.5
NEARLY_ALL = 0.9  # of the filled cells hold a number
FEW_TWICE = 0.8  # of the filled cells are different
MOST_LOOKED_AT = 1000  # rows
OTHERWISE = frozenset(  # roles of a column whose numbers name no payment
    {"amount", "debit", "credit", "balance", "date", "value_date", "indicator", "id", "position", "account"}
)
_NUMBER = re.compile(r"(?<![\d.,])\d{5,}(?![\d.,]*[.,]\d)")


def numbered_column(table: Table, looks: Sequence[Profile], used: Collection[int]) -> int | None:
    """The free column whose cells nearly all hold a number of five digits or more, hardly any twice.

    A column that is named as an amount, a day or a running number is none, nor one that holds days or counts
    the rows.
    """
    free = [
        index
        for index, look in enumerate(looks)
        if index not in used
        and look.filled >= HALF
        and look.dates < HALF
        and look.distinct >= FEW_TWICE
        and not OTHERWISE & {role for role, _ in roles_of(table.names[index])}
    ]
    numbered = [index for index in free if _holds_numbers(table.columns[index][:MOST_LOOKED_AT])]
    return max(numbered, key=lambda index: (looks[index].distinct, -index), default=None)


def _holds_numbers(cells: Sequence[Cell]) -> bool:
    texts = [text for text in map(cell_text, cells) if text]
    with_number = sum(bool(_NUMBER.search(text)) for text in texts)
    return with_number >= max(1, len(texts) * NEARLY_ALL) and not _counts_rows(texts)


def _counts_rows(texts: Sequence[str]) -> bool:
    if len(texts) < 2 or not all(text.isdecimal() for text in texts):  # noqa: PLR2004 - one row counts nothing
        return False
    steps = {int(after) - int(before) for before, after in pairwise(texts)}
    return steps in ({1}, {-1})
