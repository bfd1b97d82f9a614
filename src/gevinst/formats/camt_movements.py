"""The items of a camt statement by columns, put there entry by entry or many alike at once."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import pandas as pd

from gevinst.formats.camt_entry import RAW, Movement
from gevinst.formats.column_blocks import ENOUGH, ColumnBlocks

NUMBERS = ("entry", "in_statement", "part", "amount", "line")
DAYS = ("booked", "value_date")
TEXTS = ("currency", "reference", "document", "text", "counterparty")
RAW_COLUMNS = tuple(RAW)
COLUMNS = (*NUMBERS, *DAYS, *TEXTS, *RAW_COLUMNS)


class Movements:
    """Movements of one statement, kept in the order of the file."""

    def __init__(self) -> None:
        self._blocks = ColumnBlocks(
            numbers=NUMBERS, days=DAYS, texts=(*TEXTS, *RAW_COLUMNS), order=("entry", "part")
        )
        self._single: list[Movement] = []
        self._many: list[Mapping[str, Sequence[Any]]] = []
        self._count = 0
        self._waiting = 0

    def __len__(self) -> int:
        return self._count

    def add(self, movements: Sequence[Movement]) -> None:
        """Add movements one by one."""
        self._single.extend(movements)
        self._counted(len(movements))

    def add_columns(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add many at once: the values of `COLUMNS`, equally long."""
        self._many.append(columns)
        self._counted(len(columns["entry"]))

    def settle(self, *, enough: int = ENOUGH) -> None:
        """Put what was added in order; what is added later stands behind it. Few movements wait for more."""
        if self._waiting < enough:
            return
        pieces = [*self._many, *([_columns(self._single)] if self._single else [])]
        self._blocks.add({name: [*chain(*(one[name] for one in pieces))] for name in COLUMNS})
        self._single, self._many, self._waiting = [], [], 0

    def frame(self) -> pd.DataFrame:
        """`COLUMNS` of every movement, by entry and part."""
        self.settle(enough=1)
        return self._blocks.frame()

    def _counted(self, more: int) -> None:
        self._count += more
        self._waiting += more


def _columns(movements: Sequence[Movement]) -> dict[str, Sequence[Any]]:
    fields = dict(zip(Movement._fields, zip(*movements, strict=True), strict=True))
    return {**fields, **dict(zip(RAW_COLUMNS, zip(*fields["raw"], strict=True), strict=True))}
