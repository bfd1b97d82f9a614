"""The engine's quality on files of another make: next to no false match, and what can be decided is found."""

from dataclasses import replace
from functools import cache

from quality.score import DOUBTFUL, Score, score
from quality.two_files import MIXES, two_files

SEEDS = (901, 902)
SIZES = (5, 20, 100, 300)


@cache
def scored() -> dict[str, Score]:
    found: dict[str, Score] = {}
    for mix in MIXES.values():
        for size in SIZES:
            for seed in SEEDS:
                for kind, one in score(two_files(replace(mix, rows=size, seed=seed))).items():
                    found.setdefault(kind, Score()).add(one)
    return found


def test_next_to_none_of_the_groups_made_is_false() -> None:
    made = sum(one.found for one in scored().values())
    false = sum(one.false for one in scored().values())

    assert made > 2_000
    assert false <= made * 0.0005, [
        line for one in scored().values() for line in one.examples if "FALSE" in line
    ]


def test_what_a_person_could_decide_is_found() -> None:
    decidable = [one for kind, one in scored().items() if not kind.endswith(DOUBTFUL)]

    assert sum(one.found for one in decidable) >= 0.99 * sum(one.true for one in decidable)


def test_what_is_not_found_is_mostly_proposed() -> None:
    missed = sum(one.true - one.found for one in scored().values())

    assert sum(one.proposed for one in scored().values()) >= 0.6 * missed


def test_a_reference_in_any_usual_shape_is_found() -> None:
    for kind in ("reference intact", "leading zeros", "prefix", "spaces in reference", "reference in text"):
        assert scored()[kind].found == scored()[kind].true, scored()[kind].examples
