"""Two tables of amounts compared by a key that both have: per key, both sums and their difference."""

from dataclasses import dataclass

import pandas as pd

from gevinst.domain.flow import PLACE_COLUMNS

BOTH, ONE, OTHER = "both", "left_only", "right_only"  # as pandas names where a key is


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Every key of either side once."""

    keys: pd.DataFrame
    """The key columns; `one` and `other` Int64 øre (0 where a side lacks the key); `difference`, other less
    one; `where` both, left_only or right_only; `day` and PLACE_COLUMNS of the first row, the one side's
    where it has the key."""

    @property
    def differing(self) -> pd.DataFrame:
        """Keys whose sums differ, or that one side lacks."""
        return self.keys[(self.keys["difference"] != 0) | (self.keys["where"] != BOTH)]


def compare(one: pd.DataFrame, other: pd.DataFrame, *, by: tuple[str, ...]) -> Comparison:
    """Sum both sides by key and lay them side by side, in the order of the keys.

    Args:
        one: with the key columns (str, none empty), `amount` Int64 øre, `day`, and PLACE_COLUMNS.
        other: as `one`.
        by: the key columns.
    """
    sides = [_summed(side, by) for side in (one, other)]
    both = sides[0].merge(sides[1], on=list(by), how="outer", indicator="where", suffixes=("", "_other"))
    both = both.rename(columns={"amount": "one", "amount_other": "other"})
    both = both.assign(
        **{name: both[name].fillna(both[f"{name}_other"]) for name in ("day", *PLACE_COLUMNS)},
        one=both["one"].fillna(0).astype("Int64"),
        other=both["other"].fillna(0).astype("Int64"),
        where=both["where"].astype(str),
    )
    both["difference"] = both["other"] - both["one"]
    kept = [*by, "one", "other", "difference", "where", "day", *PLACE_COLUMNS]
    return Comparison(keys=both[kept].sort_values(list(by), ignore_index=True))


def _summed(side: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    first = dict.fromkeys(("day", *PLACE_COLUMNS), "first")
    return side.groupby(list(by), as_index=False, sort=False).agg({"amount": "sum", **first})
