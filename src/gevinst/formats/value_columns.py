"""Values of one column, read: øre and days as numpy arrays that read as sequences with None for no value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Self, overload

import numpy as np
from numpy.typing import NDArray

LARGEST = int(np.iinfo(np.int64).max)
NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True, kw_only=True, eq=False)
class OreColumn(Sequence[int | None]):
    """Amounts by row."""

    ore: NDArray[np.int64]  #: 0 where there is no amount
    known: NDArray[np.bool_]

    @classmethod
    def of(cls, amounts: Sequence[int | None]) -> "OreColumn":
        """The column of these amounts."""
        if isinstance(amounts, OreColumn):
            return amounts
        known = np.fromiter((amount is not None for amount in amounts), dtype=np.bool_, count=len(amounts))
        ore = np.fromiter((amount or 0 for amount in amounts), dtype=np.int64, count=len(amounts))
        return cls(ore=ore, known=known)

    def __len__(self) -> int:
        return len(self.ore)

    @overload
    def __getitem__(self, at: int) -> int | None: ...
    @overload
    def __getitem__(self, at: slice) -> "OreColumn": ...
    def __getitem__(self, at: int | slice) -> "int | OreColumn | None":
        if isinstance(at, slice):
            return OreColumn(ore=self.ore[at], known=self.known[at])
        return int(self.ore[at]) if self.known[at] else None

    def total(self, rows: NDArray[np.int64]) -> int:
        """The sum of these rows; rows without an amount add nothing."""
        chosen = self.ore[rows]
        if len(chosen) and int(np.abs(chosen).max()) > LARGEST // len(chosen):
            return sum(map(int, chosen))
        return int(chosen.sum())

    def __iter__(self) -> Iterator[int | None]:
        for amount, known in zip(self.ore.tolist(), self.known.tolist(), strict=True):
            yield amount if known else None

    def __eq__(self, other: object) -> bool:
        if isinstance(other, OreColumn):
            return np.array_equal(self.ore, other.ore) and np.array_equal(self.known, other.known)
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as for a list

    def __neg__(self) -> "OreColumn":
        return OreColumn(ore=-self.ore, known=self.known)


@dataclass(frozen=True, kw_only=True, eq=False)
class DayColumn(Sequence[date | None]):
    """Days by row."""

    days: NDArray[np.datetime64] = field(repr=False)  #: datetime64[D]; NaT where there is no day

    @classmethod
    def of(cls, days: Sequence[date | None]) -> Self:
        """The column of these days."""
        return cls(days=np.array([NO_DAY if day is None else day for day in days], dtype="datetime64[D]"))

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which rows have a day."""
        return ~np.isnat(self.days)

    def __len__(self) -> int:
        return len(self.days)

    @overload
    def __getitem__(self, at: int) -> date | None: ...
    @overload
    def __getitem__(self, at: slice) -> "DayColumn": ...
    def __getitem__(self, at: int | slice) -> "date | DayColumn | None":
        if isinstance(at, slice):
            return DayColumn(days=self.days[at])
        found: date | None = self.days[at].item()
        return found

    def __iter__(self) -> Iterator[date | None]:
        yield from self.days.tolist()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, DayColumn):
            return np.array_equal(self.days, other.days, equal_nan=True)
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as for a list
