"""Print the engine's quality, for each kind of event, and its speed: `python tests/quality`.

Without options it makes the report that docs/explanation/matching.md gives, with the same seeds.

`--read 10` prints as many matches and open items of the demo office, as a controller reads them.
"""

import argparse
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS)]  # as pytest does: tests are no package

from quality.demo import accounts  # noqa: E402 - found by the line above
from quality.files import TwoFiles  # noqa: E402 - as above
from quality.month import month  # noqa: E402 - as above
from quality.payments import payments  # noqa: E402 - as above
from quality.reading import read_aloud  # noqa: E402 - as above
from quality.score import Score, score, total  # noqa: E402 - as above
from quality.two_files import MIXES, two_files  # noqa: E402 - as above

#: Looked at while the rules were made, by source.
TUNING = {
    "outsider": (
        *range(1, 12),
        *range(101, 105),
        *(901, 902, 9101, 9102, 9301, 9302),
        *range(2001, 2004),
        *range(3001, 3006),
    ),
    "month": (1, 2, 3),
    "payments": (1, 2, 3),
    "demo": (7, 11, 31, 32, 33, 2026, 9201, 9202),
}
SIZES = {"outsider": (5, 20, 100, 500, 2_000), "month": (300, 1_000), "payments": (100, 1_000), "demo": (0,)}
FIRST_SEED = 9_301
#: Files of each source and size in the report (docs/explanation/matching.md).
SEEDS = {"demo": 2, "outsider": 2, "month": 3, "payments": 3}
SPEED = TESTS / "benchmarks" / "matching_speed.py"


def outsider(size: int, seed: int) -> Iterator[TwoFiles]:
    """Two files of each mix."""
    yield from (two_files(replace(mix, rows=size, seed=seed)) for mix in MIXES.values())


SOURCES: Mapping[str, Callable[[int, int], Iterator[TwoFiles]]] = {
    "demo": lambda _, seed: (files for _, files in accounts(seed)),
    "outsider": outsider,
    "month": lambda size, seed: iter([month(size, seed)]),
    "payments": lambda size, seed: iter([payments(size, seed)]),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Score every source, and print a table of each."""
    chosen = _parser().parse_args(arguments)
    if chosen.read:
        read_aloud(chosen.read, seed=chosen.first_seed, say=say)
        return
    for source in chosen.sources:
        seeds = range(chosen.first_seed, chosen.first_seed + (chosen.seeds or SEEDS[source]))
        tuned = sorted(set(seeds) & set(TUNING[source]))
        say(f"{source}: seeds {seeds[0]} to {seeds[-1]}" + (f", of which tuned on: {tuned}" if tuned else ""))
        print_table(scored(source, chosen.sizes or SIZES[source], seeds), examples=chosen.examples)
    if chosen.speed:
        say(f"speed: {SPEED.relative_to(TESTS.parent)}")
        subprocess.run([sys.executable, SPEED, *map(str, chosen.speed)], check=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python tests/quality",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sources", nargs="+", choices=list(SOURCES), default=list(SOURCES))
    parser.add_argument("--sizes", nargs="+", type=int, help="rows a side; of its own for each source")
    parser.add_argument("--seeds", type=int, help="files of each source and size; of its own for each source")
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--examples", action="store_true", help="show what was missed or wrong")
    parser.add_argument("--speed", nargs="*", type=int, default=[10_000, 100_000], metavar="ROWS")
    parser.add_argument("--read", type=int, default=0, metavar="COUNT", help="matches and open items to read")
    return parser


def scored(source: str, sizes: Sequence[int], seeds: Sequence[int]) -> Mapping[str, Score]:
    """The scores of one source, by kind."""
    scores: dict[str, Score] = defaultdict(Score)
    for size in sizes:
        for seed in seeds:
            for files in SOURCES[source](size, seed):
                for kind, one in score(files).items():
                    scores[kind].add(one)
    return scores


def print_table(scores: Mapping[str, Score], *, examples: bool) -> None:
    """One row for each kind, and three for all."""
    say(f"{'kind':48} {'true':>6} {'found':>8} {'proposed':>9} {'false':>6} {'faults':>7} {'shown':>8}")
    rows = [*sorted(scores.items()), ("ALL DECIDABLE", total(scores, doubtful=False))]
    for kind, one in [*rows, ("ALL DOUBTFUL", total(scores, doubtful=True))]:
        asked = one.proposed / one.true if one.true else 0
        named = f"{one.named / one.faults:8.2%}" if one.faults else f"{'':8}"
        found = f"{one.recall:8.2%} {asked:9.2%}" if one.true else f"{'':18}"
        say(f"{kind:48} {one.true:6} {found} {one.false:6} {one.faults or '':>7} {named}")
        for example in one.examples if examples and not kind.isupper() else ():
            say(f"       {example}")
    every = total(scores)
    made = every.found + every.false
    say(f"precision {every.precision:.5f} ({every.false} false of {made} groups), F1 {every.f1:.4f}\n")


def say(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
