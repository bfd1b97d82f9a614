"""Overlap: rows that stood in the file of the period before and stand in this one again.

Counted by occurrence: of three equal rows where the earlier file had two on that day, two are doubles and one
is new. Equal rows of one file are never doubles of each other, since two payments may look alike.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gevinst.domain.item import ROW_ID
from gevinst.domain.reconciliation import Tally

#: What makes two rows the same row.
CONTENT = ("account", "booked", "amount", "currency", "reference", "text", "counterparty", "document")

Key = tuple[Hashable, ...]


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """A file without what stood in the earlier one."""

    items: pd.DataFrame  #: what is new, in the file's order
    duplicate: pd.DataFrame  #: the doubles, in the file's order


def without_overlap(items: pd.DataFrame, earlier: pd.DataFrame) -> Overlap:
    """Take out the rows that the earlier file had, as many of each as it had.

    Args:
        items: of this file (item.ITEM_COLUMNS).
        earlier: items of the file before, of the same source.

    Returns:
        Both parts; together they are the file. Only days that both files cover are looked at: a row booked
        after the earlier file's last day cannot have stood in it.
    """
    if not len(items) or not len(earlier):
        return Overlap(items=items, duplicate=items.iloc[:0])
    shared = items["booked"] <= earlier["booked"].max()
    left = Counter(_keys(earlier[earlier["booked"] >= items["booked"].min()]))
    double = np.zeros(len(items), dtype=np.bool_)
    for at, key in zip(np.flatnonzero(shared), _keys(items[shared]), strict=True):
        if left[key] > 0:
            left[key] -= 1
            double[at] = True
    return Overlap(
        items=items[~double].reset_index(drop=True), duplicate=items[double].reset_index(drop=True)
    )


def changed_rows(items: pd.DataFrame, earlier: pd.DataFrame) -> tuple[Tally, Tally]:
    """The rows that only a file has, and those that only the one it corrects has; both of one source."""
    return _tally(without_overlap(items, earlier).items), _tally(without_overlap(earlier, items).items)


def _tally(rows: pd.DataFrame) -> Tally:
    return Tally(count=len(rows), sum=int(rows["amount"].sum()))


def _keys(items: pd.DataFrame) -> Iterator[Key]:
    """The rows' content; with the id, where the file gives one."""
    ids = ["" if name.startswith(ROW_ID) else name for name in items["item_id"].tolist()]
    return zip(*(items[name].tolist() for name in CONTENT), ids, strict=True)
