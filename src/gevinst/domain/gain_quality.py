"""Formula 12: quality, in its own units."""

from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

from gevinst.domain.gains import CONFIDENCE


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share found in a sample, with its 95 % interval."""

    count: int
    n: int
    low: Decimal
    high: Decimal

    @property
    def value(self) -> Decimal:
        """Count by n."""
        return Decimal(self.count) / self.n


def wilson(count: int, n: int) -> Share | None:
    """The share with Wilson's interval, which holds for few errors too; None for an empty sample.

    Raises:
        ValueError: more counted than there are.

    Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
    """
    if not 0 <= count <= n:
        raise ValueError("a share counts from 0 to all")
    if n == 0:
        return None
    z = Decimal(repr(NormalDist().inv_cdf((1 + CONFIDENCE) / 2)))
    share, square = Decimal(count) / n, z * z / n
    centre = share + square / 2
    half = z * (share * (1 - share) / n + square / (4 * n)).sqrt()
    low, high = ((centre + sign * half) / (1 + square) for sign in (-1, 1))
    return Share(count=count, n=n, low=max(Decimal(0), low), high=min(Decimal(1), high))
