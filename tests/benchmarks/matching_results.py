"""One hash of the result of each set: whether a change that should only be faster has changed an answer.

python tests/benchmarks/matching_results.py            # before and after the change, and compare
python tests/benchmarks/matching_results.py --shuffle 7  # the rows in another order: the same hashes
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import pandas as pd

sys.path[:0] = [str(Path(__file__).parents[1])]  # as pytest does: tests are no package

from benchmarks import matching_worst_cases as worst  # noqa: E402 - found by the line above
from benchmarks.matching_speed import two_sides  # noqa: E402 - as above
from gevinst.domain.calendar import BankCalendar  # noqa: E402 - as above
from gevinst.domain.matching.engine import SideInput, reconcile  # noqa: E402 - as above
from gevinst.domain.matching.rules import Rules  # noqa: E402 - as above
from gevinst.domain.reconciliation import Reconciliation  # noqa: E402 - as above
from quality.two_files import MIXES, Mix, two_files  # noqa: E402 - as above

Sides = tuple[pd.DataFrame, pd.DataFrame]
QUALITY_SIZES, QUALITY_SEEDS = (20, 100, 500, 2_000), (1, 2)


def result_hash(result: Reconciliation) -> str:
    """A hash of all that a result says: each item's place, each group's evidence, the proposals and notes."""
    digest = hashlib.sha256()
    for frame in (result.left, result.right, result.groups):
        digest.update(frame.to_csv(index=False).encode())
    told = [[asdict(one) for one in result.proposals], list(result.notes), asdict(result.bridge)]
    digest.update(json.dumps(told, default=str, sort_keys=True).encode())
    return digest.hexdigest()


def reconciled(sides: Sides) -> Reconciliation:
    """Two frames by the standard passes."""
    left, right = (SideInput(items=side) for side in sides)
    return reconcile(left, right, rules=Rules(), calendar=BankCalendar())


def shuffled(sides: Sides, seed: int) -> Sides:
    """The same rows in another order."""
    left, right = (side.sample(frac=1, random_state=seed).reset_index(drop=True) for side in sides)
    return left, right


def sets() -> Iterator[tuple[str, Callable[[], Sides]]]:
    """The sets by name: speed, worst cases, and the hostile files of the quality report."""
    for count in (2_500, 20_000, 100_000):
        yield f"speed {count}", partial(_plain, count, payers=True)
    yield "speed without payers 50000", partial(_plain, 50_000, payers=False)
    yield from worst.CASES.items()
    for name, mix in MIXES.items():
        for size in QUALITY_SIZES:
            for seed in QUALITY_SEEDS:
                yield f"quality {name} {size} {seed}", partial(_hostile, replace(mix, rows=size, seed=seed))


def _plain(count: int, *, payers: bool) -> Sides:
    return two_sides(count, payers=payers)[:2]


def _hostile(mix: Mix) -> Sides:
    files = two_files(mix)
    return files.left, files.right


def hashes(chosen: Mapping[str, Callable[[], Sides]], *, shuffle: int | None) -> Iterator[tuple[str, str]]:
    """Name and hash of each set."""
    for name, make in chosen.items():
        sides = make()
        yield name, result_hash(reconciled(sides if shuffle is None else shuffled(sides, shuffle)))


def main() -> None:
    """Print a line for each set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shuffle", type=int, help="seed of another order of the rows")
    parser.add_argument("--only", default="", help="sets whose name begins so")
    given = parser.parse_args()
    chosen = {name: make for name, make in sets() if name.startswith(given.only)}
    for name, found in hashes(chosen, shuffle=given.shuffle):
        sys.stdout.write(f"{found[:16]}  {name}\n")


if __name__ == "__main__":
    main()
