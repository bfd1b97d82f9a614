"""Print the engine's quality on made-up files, for each kind of event: `python tests/quality`."""

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]  # as pytest does: tests are no package

from quality.score import Score, score, total  # noqa: E402 - found by the line above
from quality.two_files import MIXES, two_files  # noqa: E402 - as above


def main() -> None:
    """Score every mix and size, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[5, 20, 100, 500, 2_000])
    parser.add_argument("--seeds", type=int, default=5, help="files of each mix and size")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--examples", action="store_true", help="show what was missed or wrong")
    chosen = parser.parse_args()
    scores: dict[str, Score] = defaultdict(Score)
    for mix in MIXES.values():
        for size in chosen.sizes:
            for seed in range(chosen.first_seed, chosen.first_seed + chosen.seeds):
                _add(scores, score(two_files(replace(mix, rows=size, seed=seed))))
    _say(scores, examples=chosen.examples)


def say(line: str) -> None:
    """Write a line of the table."""
    sys.stdout.write(f"{line}\n")


def _add(scores: dict[str, Score], more: Mapping[str, Score]) -> None:
    for kind, one in more.items():
        scores[kind].add(one)


def _say(scores: Mapping[str, Score], *, examples: bool) -> None:
    say(f"{'kind':48} {'true':>7} {'found':>8} {'proposed':>9} {'false':>6}")
    rows = [*sorted(scores.items()), ("ALL DECIDABLE", total(scores, doubtful=False))]
    for kind, one in [*rows, ("ALL DOUBTFUL", total(scores, doubtful=True))]:
        share = one.found / one.true if one.true else 0
        asked = one.proposed / one.true if one.true else 0
        say(f"{kind:48} {one.true:7} {share:8.2%} {asked:9.2%} {one.false:6}")
        for example in one.examples if examples and not kind.isupper() else ():
            say(f"       {example}")
    found = sum(one.found for one in scores.values())
    false = sum(one.false for one in scores.values())
    made = found + false
    say(f"precision of the groups made: {found / max(made, 1):.5f} ({false} false of {made})")


if __name__ == "__main__":
    main()
