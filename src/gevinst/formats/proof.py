"""Proof by the running balance: which column is the amount, its sign, and the order of the rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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

    Args:
        amounts: øre by row; None in rows that are no movements.
        balances: øre after the movement of the row.
    """
    pairs = [(a, b) for a, b in zip(amounts, balances, strict=True) if a is not None and b is not None]
    if not pairs:
        return Proof(newest_first=False, reversed_sign=False, fits=0, steps=0)
    amount = np.array([a for a, _ in pairs], dtype=np.int64)
    balance = np.array([b for _, b in pairs], dtype=np.int64)
    step = np.diff(balance)
    tries = [
        _try(amount, step, newest_first=newest, reversed_sign=turned)
        for turned in (False, True)
        for newest in (False, True)
    ]
    return max(tries, key=lambda proof: proof.fits)


def _try(amount: np.ndarray, step: np.ndarray, *, newest_first: bool, reversed_sign: bool) -> Proof:
    expected = -amount[:-1] if newest_first else amount[1:]
    if reversed_sign:
        expected = -expected
    moving = (expected != 0) | (step != 0)  # a row of 0,00 proves nothing
    fits = int(np.count_nonzero((expected == step) & moving))
    return Proof(
        newest_first=newest_first, reversed_sign=reversed_sign, fits=fits, steps=int(np.count_nonzero(moving))
    )
