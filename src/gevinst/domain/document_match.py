"""Two lists of postings compared document by document, with every difference and its kind.

First equal rows are paired: same document, day and amount, one by one, so that what stands twice on one side
needs two on the other. What is left of a document is then compared by its sum.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from gevinst.domain.flow import PLACE_COLUMNS, Column, ColumnKind, Control, FlowCase, ResultTable
from gevinst.domain.flow_rows import joined_keys, list_of, place_of, total


class Kind(StrEnum):
    """How a row, or what is left of a document, stands to the other side."""

    SAME = "same"  #: an equal row on the other side
    SUM = "same_sum"  #: the document's rows have the same sum and day on both sides
    DAY = "other_day"  #: the same sum, another day
    AMOUNT = "other_amount"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"
    TWICE_LEFT = "twice_left"  #: the document agrees, and stands once more on the left
    TWICE_RIGHT = "twice_right"


AGREED = (Kind.SAME, Kind.SUM)
#: What the list of differences shows beside a flow's own keys.
DIFFERENCE_COLUMNS = (
    Column(key="document"),
    Column(key="difference_kind", worded=True),
    Column(key="day_left", kind=ColumnKind.DAY),
    Column(key="amount_left", kind=ColumnKind.AMOUNT),
    Column(key="day_right", kind=ColumnKind.DAY),
    Column(key="amount_right", kind=ColumnKind.AMOUNT),
    Column(key="off_by", kind=ColumnKind.AMOUNT),
)


@dataclass(frozen=True, kw_only=True)
class DocumentMatch:
    """Every row of both sides with its kind, and the differences."""

    left: pd.DataFrame  #: as given, with `kind`
    right: pd.DataFrame
    differences: pd.DataFrame
    #: one row a document: the keys, amount_left, amount_right, difference (left less right), day_left,
    #: day_right, kind, and PLACE_COLUMNS of the first row behind it (left goes before right)


def compare_documents(left: pd.DataFrame, right: pd.DataFrame, keys: Sequence[str]) -> DocumentMatch:
    """Compare two frames with the key columns, `day`, `amount` (øre) and PLACE_COLUMNS.

    A blank document is compared like any other: by its sum.
    """
    names = list(keys)
    pairs = _paired(left, right, [*names, "day", "amount"])
    found = _summed(left[~pairs[0]], right[~pairs[1]], names)
    agreed = (left[pairs[0]], right[pairs[1]])
    found["kind"] = _kinds(found, agreed, names)
    return DocumentMatch(
        left=_with_kind(left, pairs[0], found, names),
        right=_with_kind(right, pairs[1], found, names),
        differences=found[~found["kind"].isin(AGREED)].reset_index(drop=True),
    )


def _paired(left: pd.DataFrame, right: pd.DataFrame, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """For each side, which rows have an equal one on the other."""
    index = [_occurrences(rows, names) for rows in (left, right)]
    return index[0].isin(index[1]), index[1].isin(index[0])


def _occurrences(rows: pd.DataFrame, names: list[str]) -> pd.MultiIndex:
    number = rows.groupby(names, dropna=False).cumcount()
    return pd.MultiIndex.from_frame(rows[names].assign(number=number))


def _summed(left: pd.DataFrame, right: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """What is left of each document on both sides, in the order of its keys."""
    sides = [_by_document(rows, names) for rows in (left, right)]
    found = sides[0].merge(sides[1], how="outer", on=names, suffixes=("_left", "_right"))
    for side in ("left", "right"):
        found[f"amount_{side}"] = found[f"amount_{side}"].fillna(0).astype("Int64")
    found["off_by"] = found["amount_left"] - found["amount_right"]
    for name in PLACE_COLUMNS:
        found[name] = found[f"{name}_left"].where(found["rows_left"].notna(), found[f"{name}_right"])
    found["place_line"] = found["place_line"].astype("int64")
    return found


def _by_document(rows: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    firsts = {name: (name, "first") for name in ("day", *PLACE_COLUMNS)}
    grouped = rows.sort_values(["day", *PLACE_COLUMNS], kind="stable").groupby(names, as_index=False)
    return grouped.agg(amount=("amount", "sum"), rows=("amount", "size"), **firsts)


def _kinds(found: pd.DataFrame, agreed: tuple[pd.DataFrame, pd.DataFrame], names: list[str]) -> np.ndarray:
    no_left, no_right = found["rows_left"].isna(), found["rows_right"].isna()
    same = (found["off_by"] == 0).to_numpy(dtype=bool)
    again = [
        _stands_already(found, rows, names, f"amount_{side}")
        for rows, side in zip(agreed, ("left", "right"), strict=True)
    ]
    return np.select(
        [
            no_right & again[0],
            no_left & again[1],
            no_right,
            no_left,
            same & (found["day_left"] == found["day_right"]),
            same,
        ],
        [Kind.TWICE_LEFT, Kind.TWICE_RIGHT, Kind.ONLY_LEFT, Kind.ONLY_RIGHT, Kind.SUM, Kind.DAY],
        Kind.AMOUNT,
    )


def _stands_already(found: pd.DataFrame, agreed: pd.DataFrame, names: list[str], amount: str) -> np.ndarray:
    """Whether the document already agrees with a row of this amount."""
    known = pd.MultiIndex.from_frame(agreed[[*names, "amount"]])
    return pd.MultiIndex.from_frame(found[[*names, amount]]).isin(known)


def _with_kind(rows: pd.DataFrame, same: np.ndarray, found: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    kinds = rows[names].merge(found[[*names, "kind"]], how="left", on=names)["kind"].to_numpy()
    return rows.assign(kind=np.where(same, Kind.SAME, kinds))


def difference_table(match: DocumentMatch, columns: tuple[Column, ...]) -> ResultTable:
    """The list of differences."""
    rows = match.differences.rename(columns={"kind": "difference_kind"})
    return list_of("differences", columns, rows, summed=("amount_left", "amount_right", "off_by"))


def match_controls(
    read: Sequence[pd.DataFrame], match: DocumentMatch, aside: pd.DataFrame, *, difference: int
) -> tuple[Control, ...]:
    """That no row is lost, and that the list of differences tells of the whole difference.

    Args:
        read: both sides as the files had them.
        match: of the rows that were compared.
        aside: those that were not.
        difference: left less right, øre, from other sums than the list's.
    """
    kept = (match.left, match.right, aside)
    return (
        Control(key="rows", expected=sum(map(len, read)), found=sum(map(len, kept)), is_amount=False),
        Control(key="sum", expected=sum(map(total, read)), found=sum(map(total, kept))),
        Control(key="differences_listed", expected=difference, found=total(match.differences, "off_by")),
    )


def difference_cases(
    match: DocumentMatch, keys: tuple[str, ...], as_of: date, *, document: str, account: str = ""
) -> Iterator[FlowCase]:
    """A case for each difference; its amount is the difference, or the sum where only the day differs."""
    found = match.differences
    ids = joined_keys(found, keys)
    for row, item_id in zip(found.to_dict("records"), ids, strict=True):
        yield FlowCase(
            item_id=item_id,
            cause=f"document_{row['kind']}",
            amount=int(row["amount_left"] if row["kind"] == Kind.DAY else row["off_by"]),
            day=_first_day(row, as_of),
            reference=str(row[account]) if account else "",
            document=str(row[document]),
            text=str(row[document]),
            place=place_of(row),
        )


def _first_day(row: dict[Any, Any], as_of: date) -> date:
    days = [row[name].date() for name in ("day_left", "day_right") if not pd.isna(row[name])]
    return min(days, default=as_of)
