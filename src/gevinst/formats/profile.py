"""What the cells of a column look like, whatever it is called."""

from collections.abc import Sequence
from dataclasses import dataclass

from gevinst.formats.amounts import looks_like_amount
from gevinst.formats.dates import looks_like_date
from gevinst.formats.grid import Cell, cell_text, is_blank
from gevinst.formats.table import Table

SAMPLE = 250
LONG_NUMBER = 6  #: digits of equal length from here on are a number of something, not an amount
MOST = 0.8


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Shares of a column's cells that are filled."""

    filled: float  #: share of all sampled rows
    dates: float
    amounts: float
    money: float  #: amounts with decimals, marks or a sign
    fixed_digits: bool  #: whole numbers of one length: accounts, ids, compact dates
    length: float  #: mean length as text
    distinct: float

    @property
    def is_dates(self) -> bool:
        """Whether it can be a column of dates."""
        return self.dates >= MOST

    @property
    def is_amounts(self) -> bool:
        """Whether it can be a column of amounts."""
        return self.amounts >= MOST and not (self.is_dates and self.money < MOST)

    @property
    def is_money(self) -> bool:
        """Whether it looks like money even without a name."""
        return self.is_amounts and not self.fixed_digits


def profiles(table: Table) -> list[Profile]:
    """One profile for each column, from rows spread over the whole table."""
    step = max(1, len(table.rows) // SAMPLE)
    return [profile(column[::step]) for column in table.columns]


def profile(cells: Sequence[Cell]) -> Profile:
    """The profile of some cells of one column."""
    filled = [cell for cell in cells if not is_blank(cell)]
    count = max(len(filled), 1)
    texts = [cell_text(cell) for cell in filled]
    amounts = [text for cell, text in zip(filled, texts, strict=True) if looks_like_amount(cell)]
    digits = [text for text in amounts if text.isdigit()]
    lengths = {len(text) for text in digits}
    return Profile(
        filled=len(filled) / max(len(cells), 1),
        dates=sum(map(looks_like_date, filled)) / count,
        amounts=len(amounts) / count,
        money=(len(amounts) - len(digits)) / count,
        fixed_digits=bool(digits)
        and len(digits) == len(amounts)
        and len(lengths) == 1
        and min(lengths) >= LONG_NUMBER,
        length=sum(map(len, texts)) / count,
        distinct=len(set(texts)) / count,
    )
