"""Rows that come bit by bit, kept as columns: those of a large file are objects for a short while only."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gevinst.formats.dates import day_column

ENOUGH = 2_000  # rows that wait before they become columns


class ColumnBlocks:
    """Columns of equal length that grow block by block.

    Args:
        numbers: names of columns of int64.
        days: names of columns of days, some of them None.
        texts: names of columns of texts.
        order: columns that each block is sorted by, the first of them first; blocks come in order.
    """

    def __init__(
        self, *, numbers: Sequence[str], days: Sequence[str], texts: Sequence[str], order: Sequence[str] = ()
    ) -> None:
        self._numbers, self._days, self._texts, self._order = numbers, days, texts, order
        self.names = (*numbers, *days, *texts)
        self._blocks: list[dict[str, pd.Series[Any]]] = []

    def add(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add a block: every column by its name."""
        block: dict[str, pd.Series[Any]] = {
            **{name: pd.Series(columns[name], dtype="int64") for name in self._numbers},
            **{name: pd.Series(day_column(columns[name])) for name in self._days},
            **{name: pd.Series(columns[name], dtype="str") for name in self._texts},
        }
        if self._order:
            order = np.lexsort([block[name] for name in reversed(self._order)])
            block = {name: values.take(order).reset_index(drop=True) for name, values in block.items()}
        self._blocks.append(block)

    def frame(self) -> pd.DataFrame:
        """All blocks, one under the other."""
        if not self._blocks:
            self.add({name: [] for name in self.names})
        if len(self._blocks) > 1:
            self._blocks = [{name: self._taken(name) for name in self.names}]
        return pd.DataFrame(self._blocks[0], copy=False)

    def _taken(self, name: str) -> "pd.Series[Any]":
        """One column of all blocks, which let go of it: a large file is not held twice."""
        return pd.concat([block.pop(name) for block in self._blocks], ignore_index=True)
