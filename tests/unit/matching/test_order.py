"""The order of the rows in the files shows nowhere in a result, not even in the number of a group."""

from collections.abc import Callable

import pytest

from benchmarks.matching_results import Sides, reconciled, result_hash, shuffled
from benchmarks.matching_speed import two_sides
from quality.two_files import MIXES, two_files

SHUFFLES = 100


def hostile() -> Sides:
    """Damaged numbers, batches, doubles, reversals and faults."""
    files = two_files(MIXES["many faults"])
    return files.left, files.right


def crowded() -> Sides:
    """Common amounts without payers, so that most items have rivals."""
    left, right, _ = two_sides(150, payers=False)
    return left, right


@pytest.mark.parametrize("make", [hostile, crowded])
def test_a_hundred_orders_of_the_rows_give_one_result(make: Callable[[], Sides]) -> None:
    sides = make()

    hashes = {result_hash(reconciled(shuffled(sides, seed))) for seed in range(SHUFFLES)}

    assert hashes == {result_hash(reconciled(sides))}
