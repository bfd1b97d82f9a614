"""Rows of tables that flows read: sums, places, lists, and keys that stay the same from run to run."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gevinst.domain.flow import PLACE_COLUMNS, Column, ResultTable
from gevinst.domain.place import Place


def total(rows: pd.DataFrame, column: str = "amount") -> int:
    """Sum of an amount column, øre."""
    return int(rows[column].sum())


def place_of(row: Mapping[Any, Any]) -> Place:
    """Where a row stood."""
    file, sheet, line = (row[name] for name in PLACE_COLUMNS)
    return Place(file=str(file), sheet=str(sheet), line=int(line))


def list_of(
    key: str, columns: tuple[Column, ...], rows: pd.DataFrame, *, summed: tuple[str, ...] = ()
) -> ResultTable:
    """A list of rows with its columns and their places, and nothing else that the rows hold."""
    kept = rows[[*(one.key for one in columns), *PLACE_COLUMNS]]
    return ResultTable(key=key, columns=columns, rows=kept, summed=summed)


def joined_keys(rows: pd.DataFrame, columns: tuple[str, ...]) -> "pd.Series[str]":
    """A key for each row from its columns, days as 2026-10-31; the second of two equal rows ends in #2.

    The same rows get the same keys in another order, as equal rows cannot be told apart anyway.
    """
    keys = _text(rows[columns[0]])
    for name in columns[1:]:
        keys = keys + ":" + _text(rows[name])
    number = keys.groupby(keys).cumcount() + 1
    return keys.where(number == 1, keys + "#" + number.astype("str"))


def _text(values: "pd.Series[Any]") -> "pd.Series[str]":
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    texts: pd.Series[str] = values.astype("str").fillna("")
    return texts
