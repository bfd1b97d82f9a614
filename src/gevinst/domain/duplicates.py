"""Invoices that may stand twice in a list, ranked by how sure it is, with the reason.

Numbers are compared as people damage them: letters like digits, signs and leading zeros do not count; then
one digit that differs, two that changed places, or an end that is cut. Invoices that a credit note or a
reversal has taken back are no duplicates.
"""

from enum import StrEnum

import numpy as np
import pandas as pd

from gevinst.domain.matching.codes import near_codes

LOOKS_LIKE = str.maketrans("OQILSB", "001158")
SHORTEST_NUMBER = 5  # a number that two suppliers share by chance is short
NEAR_KEYS = ["supplier", "amount", "day"]
MOST_IN_BLOCK = 50  # equal amounts of one supplier and day that are compared with each other


class Reason(StrEnum):
    """Why two invoices may be one, surest first."""

    SAME_ALL = "same_all"  #: supplier, number, amount and day
    SAME_NUMBER = "same_number"  #: supplier, number and amount; another day
    DAMAGED_NUMBER = "damaged_number"  #: the same number in another way of writing
    NEAR_NUMBER = "near_number"  #: same supplier, amount and day; the number is damaged
    OTHER_SUPPLIER = "other_supplier"  #: number, amount and day under another supplier
    OTHER_AMOUNT = "other_amount"  #: supplier and number with another amount


RANKS = {reason: rank for rank, reason in enumerate(Reason, 1)}
PAIR_COLUMNS = ("first", "again", "rank")


def mended_number(numbers: "pd.Series[str]") -> "pd.Series[str]":
    """Invoice numbers without what people write differently."""
    plain = numbers.str.upper().str.replace(r"[^0-9A-ZÆØÅ]", "", regex=True)
    digits = plain.str.translate(LOOKS_LIKE)
    mostly = plain.str.count(r"\d") * 2 >= plain.str.len()  # else its letters are a word
    return plain.where(~mostly, digits).str.lstrip("0").astype("str")


def without_reversed(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Which invoices stand: those that are owed and that no credit of the same number and size took back.

    Args:
        rows: supplier, number, amount (øre, > 0 owed), any order; day decides which of equal ones is taken
            back: the latest.
    """
    keys = pd.DataFrame(
        {"supplier": rows["supplier"], "number": mended_number(rows["number"]), "size": rows["amount"].abs()},
        index=rows.index,
    )
    owed = rows["amount"] > 0
    ordered = rows.sort_values(["day", "place_file", "place_line"], ascending=False, kind="stable").index
    keys["turn"] = -1
    for side in (owed, rows["amount"] < 0):
        turn = keys.loc[ordered][side.loc[ordered]].groupby(["supplier", "number", "size"]).cumcount()
        keys.loc[turn.index, "turn"] = turn
    index = pd.MultiIndex.from_frame(keys)
    taken_back = index.isin(index[(rows["amount"] < 0).to_numpy(dtype=bool)])
    return owed & ~taken_back


def find_duplicates(rows: pd.DataFrame) -> pd.DataFrame:
    """Each invoice that may repeat an earlier one, once, with the surest reason.

    Args:
        rows: supplier, number, day, amount (øre, > 0), place_file, place_line; unique index.

    Returns:
        `first` and `again` (index labels), `rank` (see RANKS), in the order of rank and `again`.
    """
    ordered = rows.sort_values(["day", "place_file", "place_line"], kind="stable")
    frame = ordered.assign(
        mended=mended_number(ordered["number"]), label=ordered.index, order=range(len(rows))
    )
    numbered = frame[frame["mended"] != ""]
    long = numbered[numbered["mended"].str.len() >= SHORTEST_NUMBER]
    pairs = [
        _with_first(numbered, ["supplier", "number", "amount", "day"], Reason.SAME_ALL),
        _with_first(numbered, ["supplier", "number", "amount"], Reason.SAME_NUMBER),
        _with_first(numbered, ["supplier", "mended", "amount"], Reason.DAMAGED_NUMBER),
        _near(numbered),
        _with_first(long, ["mended", "amount", "day"], Reason.OTHER_SUPPLIER),
        _with_first(numbered, ["supplier", "mended"], Reason.OTHER_AMOUNT),
    ]
    found = pd.concat(pairs, ignore_index=True)
    return found.sort_values(["rank", "again"], kind="stable").drop_duplicates("again", ignore_index=True)


def left_uncompared(rows: pd.DataFrame) -> int:
    """How many invoices share supplier, amount and day with too many to look for numbers nearly alike."""
    return int((rows.groupby(NEAR_KEYS)["number"].transform("size") > MOST_IN_BLOCK).sum())


def _with_first(rows: pd.DataFrame, keys: list[str], reason: Reason) -> pd.DataFrame:
    """Every row that is not the first with its keys, beside that first one."""
    first = rows.groupby(keys)["label"].transform("first")
    again = (first != rows["label"]).to_numpy(dtype=bool)
    return _pairs(first[again].tolist(), rows["label"][again].tolist(), reason)


def _pairs(first: list[int], again: list[int], reason: Reason) -> pd.DataFrame:
    columns = (first, again, [RANKS[reason]] * len(first))
    return pd.DataFrame(
        {name: np.array(values, dtype="int64") for name, values in zip(PAIR_COLUMNS, columns, strict=True)}
    )


def _near(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of one supplier, amount and day whose numbers are alike but for usual damage."""
    size = rows.groupby(NEAR_KEYS)["label"].transform("size")
    block = rows[size.between(2, MOST_IN_BLOCK)]
    both = block.merge(block, on=NEAR_KEYS, suffixes=("_first", "_again"))
    both = both[(both["order_first"] < both["order_again"]) & (both["mended_first"] != both["mended_again"])]
    alike = [
        _is_damage(one, other) for one, other in zip(both["mended_first"], both["mended_again"], strict=True)
    ]
    near = both[np.array(alike, dtype=bool)]
    return _pairs(near["label_first"].tolist(), near["label_again"].tolist(), Reason.NEAR_NUMBER)


def _is_damage(one: str, other: str) -> bool:
    """Whether the numbers are alike; those that differ in the last digit alone are the next of a series."""
    kind = near_codes(one, other)
    return bool(kind) and not (kind == "digit" and one[:-1] == other[:-1])
