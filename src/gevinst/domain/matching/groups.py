"""The groups that the passes have made, with the evidence of each, as columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from gevinst.domain.item import TEXT_DTYPE
from gevinst.domain.matching.columns import Indexes, Mask, chosen
from gevinst.domain.reconciliation import GROUP_COLUMNS


@dataclass(kw_only=True)
class Groups:
    """Grows by whole columns of pairs and by single groups; numbered from 0 as they come."""

    count: int = 0
    _frames: list[pd.DataFrame] = field(default_factory=list)
    _singles: list[Mapping[str, Any]] = field(default_factory=list)

    def add_pairs(self, columns: Mapping[str, Any], size: int) -> Indexes:
        """Add `size` groups; a column is an array of that length or one value for all.

        Returns:
            Their numbers.
        """
        numbers = np.arange(self.count, self.count + size)
        self._frames.append(_typed({"group": numbers, **columns}, size))
        self.count += size
        return numbers

    def add(self, values: Mapping[str, Any]) -> int:
        """Add one group and return its number."""
        self._singles.append({"group": self.count, **values})
        self.count += 1
        return self.count - 1

    def take_back(self, taken: Mask) -> Indexes:
        """Forget the groups of the mask and number the others anew.

        Returns:
            The new number of each old one, -1 for none.
        """
        numbers: Indexes = np.where(taken, -1, np.cumsum(~taken) - 1)
        self._frames = [self.frame().assign(group=numbers)[~taken]]
        self._singles.clear()
        self.count = int((~taken).sum())
        return numbers

    def frame(self) -> pd.DataFrame:
        """GROUP_COLUMNS, one row a group, by number."""
        singles = {
            name: [one[name] for one in self._singles] for name in GROUP_COLUMNS if name != "difference"
        }
        frames = [*self._frames, _typed(singles, len(self._singles))]
        return pd.concat(frames).sort_values("group", kind="stable", ignore_index=True)


def _typed(columns: Mapping[str, Any], size: int) -> pd.DataFrame:
    """A frame with GROUP_COLUMNS."""
    sums = {name: np.broadcast_to(columns[name], size) for name in ("amount_left", "amount_right")}
    every = {**columns, "difference": sums["amount_left"] - sums["amount_right"]}
    return pd.DataFrame({name: _column(every[name], dtype, size) for name, dtype in GROUP_COLUMNS.items()})


def _column(values: Any, dtype: str, size: int) -> Any:
    if isinstance(values, str):
        return chosen([values], np.zeros(size, dtype=np.int64))
    if dtype == TEXT_DTYPE:
        return pd.array(values, dtype="str")
    return np.broadcast_to(np.asarray(values, dtype=dtype), size)
