"""Proof by the running balance: which column is the amount, its sign, and the order of the rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gevinst.formats.value_columns import OreColumn

# A file with one broken row must still be understood, so that the broken row can be named.
MOST = 0.8


@dataclass(frozen=True, kw_only=True)
class Proof:
    """How well amounts explain the balances beside them."""

    newest_first: bool
    reversed_sign: bool
    fits: int  #: steps from row to row that fit
    steps: int  #: steps that could be tried

    @property
    def holds(self) -> bool:
        """Whether most steps fit."""
        return self.steps > 0 and self.fits >= MOST * self.steps

    @property
    def rows(self) -> int:
        """Rows that the fitting steps cover."""
        return self.fits + 1


def prove(amounts: Sequence[int | None], balances: Sequence[int | None]) -> Proof:
    """Try both orders and both signs; the best wins, oldest first and money in positive on a tie.

    A balance may stand on some rows only, such as the last of each day: from one to the next it must move by
    the sum of the rows between.

    Args:
        amounts: øre by row; None in rows that are no movements.
        balances: øre after the movement of the row.
    """
    moved, stated = OreColumn.of(amounts), OreColumn.of(balances)
    amount = moved.ore[moved.known]
    at = np.flatnonzero(stated.known[moved.known])
    if not len(at):
        return Proof(newest_first=False, reversed_sign=False, fits=0, steps=0)
    step = np.diff(stated.ore[moved.known][at])
    after = np.cumsum(amount)
    oldest_first, newest_first = np.diff(after[at]), -np.diff((after - amount)[at])
    tries = [
        _try(turn * expected, step, newest_first=newest, reversed_sign=turn < 0)
        for turn in (1, -1)
        for newest, expected in ((False, oldest_first), (True, newest_first))
    ]
    return max(tries, key=lambda proof: proof.fits)


def _try(expected: np.ndarray, step: np.ndarray, *, newest_first: bool, reversed_sign: bool) -> Proof:
    moving = (expected != 0) | (step != 0)  # a row of 0,00 proves nothing
    fits = int(np.count_nonzero((expected == step) & moving))
    return Proof(
        newest_first=newest_first, reversed_sign=reversed_sign, fits=fits, steps=int(np.count_nonzero(moving))
    )
