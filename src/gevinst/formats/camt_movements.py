"""The items of a camt statement by columns, put there entry by entry or many alike at once."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from gevinst.formats.camt_entry import RAW, Movement
from gevinst.formats.dates import day_column

NUMBERS = ("entry", "in_statement", "part", "amount", "line")
DAYS = ("booked", "value_date")
TEXTS = ("currency", "reference", "document", "text", "counterparty")
RAW_COLUMNS = tuple(RAW)
COLUMNS = (*NUMBERS, *DAYS, *TEXTS, *RAW_COLUMNS)
ENOUGH = 2_000  # movements that wait before they become columns


class Movements:
    """Movements of one statement, kept in the order of the file."""

    def __init__(self) -> None:
        self._blocks: list[dict[str, pd.Series[Any]]] = []
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
        self._blocks.append(_block({name: [*chain(*(one[name] for one in pieces))] for name in COLUMNS}))
        self._single, self._many, self._waiting = [], [], 0

    def frame(self) -> pd.DataFrame:
        """`COLUMNS` of every movement, by entry and part."""
        self.settle(enough=1)
        if len(self._blocks) != 1:
            self._blocks = [{name: self._taken(name) for name in COLUMNS}]
        return pd.DataFrame(self._blocks[0], copy=False)

    def _taken(self, name: str) -> "pd.Series[Any]":
        """One column of all blocks, which let go of it: a large file is not held twice."""
        pieces = [block.pop(name) for block in self._blocks or [_block({name: [] for name in COLUMNS})]]
        return pd.concat(pieces, ignore_index=True)

    def _counted(self, more: int) -> None:
        self._count += more
        self._waiting += more


def _columns(movements: Sequence[Movement]) -> dict[str, Sequence[Any]]:
    fields = dict(zip(Movement._fields, zip(*movements, strict=True), strict=True))
    return {**fields, **dict(zip(RAW_COLUMNS, zip(*fields["raw"], strict=True), strict=True))}


def _block(columns: Mapping[str, Sequence[Any]]) -> "dict[str, pd.Series[Any]]":
    numbers = {name: pd.Series(columns[name], dtype="int64") for name in NUMBERS}
    days = {name: pd.Series(day_column(columns[name])) for name in DAYS}
    texts = {name: pd.Series(columns[name], dtype="str") for name in (*TEXTS, *RAW_COLUMNS)}
    order = np.lexsort((numbers["part"], numbers["entry"]))
    every = {**numbers, **days, **texts}
    return {name: values.take(order).reset_index(drop=True) for name, values in every.items()}
