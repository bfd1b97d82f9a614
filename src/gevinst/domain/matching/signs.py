"""Whether the two sides write money in with opposite signs."""

from dataclasses import dataclass

import pandas as pd

FEWEST_OPPOSITE = 3  # equal amounts with opposite signs before a side is turned
TIMES_MORE = 3  # … and so many times more than with the same sign


@dataclass(frozen=True, kw_only=True)
class SignVerdict:
    """Equal amounts of the two sides, by sign."""

    same: int  #: pairs with the same sign
    opposite: int  #: pairs with opposite signs

    @property
    def reversed(self) -> bool:
        """The right side's signs are to be turned."""
        return self.opposite >= FEWEST_OPPOSITE and self.opposite > TIMES_MORE * self.same


def compare_signs(left: pd.Series, right: pd.Series) -> SignVerdict:
    """Count the amounts (int64 øre) that the sides share, as they are and with the right side turned."""
    return SignVerdict(same=_common(left, right), opposite=_common(left, -right))


def _common(left: pd.Series, right: pd.Series) -> int:
    counts = (
        left[left != 0]
        .value_counts()
        .to_frame("left")
        .join(right.value_counts().rename("right"), how="inner")
    )
    return int(counts.min(axis=1).sum())
