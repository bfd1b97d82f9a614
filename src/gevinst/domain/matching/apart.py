"""Items that people have said do not belong together: no group may hold them."""

from collections.abc import Iterable

import numpy as np

from gevinst.domain.matching.marks import Indexes, Mask

Ends = tuple[frozenset[int], frozenset[int]]


class Apart:
    """What people have split, as positions on the board.

    Of a split over both sides no left item may be with a right one; of one of a single side, no two may be
    together.
    """

    def __init__(self) -> None:
        self._splits: list[Ends] = []

    def split(self, left: Iterable[int], right: Iterable[int]) -> None:
        """Keep these items apart from now on."""
        self._splits.append((frozenset(left), frozenset(right)))

    def parted_from(self, side: int, at: int) -> int | None:
        """The first item of the other side that people have split from an item; None for none."""
        others = [split[1 - side] for split in self._splits if at in split[side] and split[1 - side]]
        return min(others[-1]) if others else None

    def forbids(self, left: Iterable[int], right: Iterable[int]) -> bool:
        """Whether a group of these items is split by people."""
        ends = (frozenset(left), frozenset(right))
        return any(_together(split, ends) for split in self._splits)

    def allowed(self, left: Indexes, right: Indexes) -> Mask:
        """Which pairs (left[i], right[i]) nobody has split."""
        mask: Mask = np.ones(len(left), dtype=np.bool_)
        for of_left, of_right in self._splits:
            mask &= ~(np.isin(left, sorted(of_left)) & np.isin(right, sorted(of_right)))
        return mask


def _together(split: Ends, ends: Ends) -> bool:
    (left, right), (has_left, has_right) = split, ends
    if left and right:
        return bool(left & has_left) and bool(right & has_right)
    return len(left & has_left) > 1 or len(right & has_right) > 1
