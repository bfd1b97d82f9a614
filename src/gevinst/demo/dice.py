"""Chance that is the same on every machine, and amounts that are never drawn twice."""

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import TypeVar

from gevinst.demo.month import Month

#: How busy the first and the last bank day of a month are, next to 10 for any other day.
FIRST_DAY_WEIGHT = 18
LAST_DAY_WEIGHT = 15
DAY_WEIGHT = 10


T = TypeVar("T")


class Dice:
    """Draws for one purpose. Each purpose has its own dice, so that a change in one flow leaves the others.

    Only `Random.random()` is used: Python promises its sequence for a seed in every version.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        self._random = Random(f"{seed}:{purpose}")  # noqa: S311 (made-up data, no secret)

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, not with, `limit`."""
        return int(self._random.random() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + self.below(high - low + 1)

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self.below(len(choices))]

    def chance(self, percent: int) -> bool:
        """True in `percent` of 100 draws."""
        return self.below(100) < percent

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in a drawn order."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(len(rest))]

    def days(self, month: Month, count: int) -> list[date]:
        """`count` bank days of the month, in order; the first and the last day come up more often."""
        middle = len(month.bank_days) - 2
        bag = [month.bank_days[0]] * FIRST_DAY_WEIGHT
        bag += [day for day in month.bank_days[1 : middle + 1] for _ in range(DAY_WEIGHT)]
        bag += [month.bank_days[-1]] * LAST_DAY_WEIGHT
        return sorted(self.pick(bag) for _ in range(count))


class Amounts:
    """Amounts in øre that no other draw of the office has, so that an amount alone never misleads."""

    def __init__(self, taken: Sequence[int] = ()) -> None:
        self._taken = {abs(amount) for amount in taken}

    def draw(self, dice: Dice, low: int, high: int, *, step: int = 1) -> int:
        """An amount not drawn before.

        Args:
            dice: the dice of the flow.
            low: kroner, included.
            high: kroner, included; small amounts come up more often than large ones.
            step: øre between two possible amounts; 100 gives whole kroner.
        """
        steps = (high - low) * 100 // step + 1
        while True:
            amount = low * 100 + min(dice.below(steps), dice.below(steps)) * step
            if amount not in self._taken:
                self._taken.add(amount)
                return amount
