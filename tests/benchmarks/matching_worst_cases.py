"""The inputs that make matching explode: each ends in bounded time, and says what was not searched.

python tests/benchmarks/matching_worst_cases.py
"""

import sys
import time
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.item import items_frame
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Rules

Numbers = NDArray[np.int64]
Sides = tuple[pd.DataFrame, pd.DataFrame]
FIRST_DAY = np.datetime64("2026-01-05", "D")


def equal_amounts() -> Sides:
    """10,000 equal amounts on one day on one side, 9,900 on the other."""
    return _side("B", np.full(10_000, 25_000)), _side("L", np.full(9_900, 25_000))


def equal_amounts_other_texts() -> Sides:
    """10,000 equal amounts on one day, each with a text of its own, so that nothing is interchangeable."""
    texts = [[f"{name} nr {number}" for number in range(10_000)] for name in ("Plads", "Stol")]
    return _side("B", np.full(10_000, 25_000), text=texts[0]), _side(
        "L", np.full(10_000, 25_000), text=texts[1]
    )


def no_references() -> Sides:
    """20,000 rows of random amounts over a year without any reference or text."""
    rng = np.random.default_rng(1)
    amounts, days = rng.integers(10_000, 100_000, 20_000), rng.integers(0, 365, 20_000)
    return _side("B", amounts, days=days + 1), _side("L", amounts, days=days)


def one_key() -> Sides:
    """One reference on all 20,000 rows."""
    rng = np.random.default_rng(2)
    amounts, days = rng.integers(1_000, 50_000, 20_000), rng.integers(0, 60, 20_000)
    texts = ["Aftale 7700123"] * 20_000
    return _side("B", amounts, days=days, text=texts), _side("L", amounts[::-1], days=days[::-1], text=texts)


def subset_trap() -> Sides:
    """500 sums against 5,000 small parts of one party, none of which belongs to any of them."""
    rng = np.random.default_rng(3)
    parts, sums = rng.integers(100, 9_999, 5_000), rng.integers(20_000, 60_000, 500)
    left = _side("B", sums, days=rng.integers(0, 250, 500), text=["Vognmand Fjord"] * 500)
    return left, _side("L", parts, days=rng.integers(0, 250, 5_000), text=["Vognmand Fjord"] * 5_000)


def fifty_amounts() -> Sides:
    """200,000 rows of 50 amounts over a year."""
    rng = np.random.default_rng(4)
    amounts = rng.choice(rng.integers(1_000, 900_000, 50), 200_000)
    days = rng.integers(0, 365, 200_000)
    return _side("B", amounts, days=days + rng.integers(0, 3, 200_000)), _side("L", amounts, days=days)


def reversals_of_one_number() -> Sides:
    """10,000 postings of one number that cancel each other in any way one likes."""
    amounts = np.tile([50_000, -50_000], 5_000)
    return _side("B", amounts[:10]), _side("L", amounts, text=["Kontrakt 880123"] * 10_000)


CASES: Mapping[str, Callable[[], Sides]] = {
    case.__name__: case
    for case in (
        *(equal_amounts, equal_amounts_other_texts, no_references, one_key),
        *(subset_trap, fifty_amounts, reversals_of_one_number),
    )
}


def _side(
    prefix: str, amounts: Numbers, *, days: Numbers | int = 0, text: list[str] | None = None
) -> pd.DataFrame:
    count = len(amounts)
    columns = {
        "item_id": [f"{prefix}{number}" for number in range(count)],
        "booked": (FIRST_DAY + np.broadcast_to(days, count)).astype("datetime64[s]"),
        "amount": amounts,
        "text": text or [""] * count,
        "currency": "DKK",
    }
    return items_frame(columns)


def main() -> None:
    """Time each case and show what the result says."""
    for name in sys.argv[1:] or CASES:
        left, right = CASES[name]()
        start = time.process_time()
        result = reconcile(
            SideInput(items=left), SideInput(items=right), rules=Rules(), calendar=BankCalendar()
        )
        seconds = time.process_time() - start
        states = result.left["state"].value_counts().to_dict()
        causes = result.left["cause"].value_counts().head(3).to_dict()
        sys.stdout.write(f"{name:28} {seconds:7.2f} s  {states}  {causes}  {list(result.notes)}\n")


if __name__ == "__main__":
    main()
