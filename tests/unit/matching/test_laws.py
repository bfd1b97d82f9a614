"""Laws that hold for any two sides, whatever is in them."""

import random
from collections import Counter
from dataclasses import replace

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gevinst.domain.matching.rules import STANDARD_PASSES, PassKind
from gevinst.domain.reconciliation import ItemState, Reconciliation, Side
from unit.matching.builders import Line, frame, groups, match, open_ids, proposed, summary
from unit.matching.strategies import two_sides

TwoSides = tuple[list[Line], list[Line]]
laws = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@laws
@given(two_sides())
def test_every_item_is_in_exactly_one_place(sides: TwoSides) -> None:
    left, right = sides
    result = match(left, right)

    in_groups = [item for group in groups(result) for end in group for item in end]
    in_proposals = [item for one in result.proposals for item in (*one.left, *one.right)]
    places = Counter([*in_groups, *in_proposals, *open_ids(result)])

    assert places == Counter(one.id for one in (*left, *right))


@laws
@given(two_sides())
def test_no_ore_is_lost_on_either_side(sides: TwoSides) -> None:
    result = match(*sides)

    for name, lines in zip((Side.LEFT, Side.RIGHT), sides, strict=True):
        assert result.totals[name].read.sum == sum(one.amount for one in lines)
        assert (result.totals[name].unplaced().count, result.totals[name].unplaced().sum) == (0, 0)


@laws
@given(two_sides())
def test_the_bridge_always_holds(sides: TwoSides) -> None:
    assert match(*sides).bridge.difference == 0


@laws
@given(two_sides())
def test_the_items_of_a_group_explain_its_sums(sides: TwoSides) -> None:
    result = match(*sides)

    for side, amount in ((result.left, "amount_left"), (result.right, "amount_right")):
        sums = side[side["group"] >= 0].groupby("group")["amount"].sum()
        told = result.groups.set_index("group")[amount]
        assert (told.reindex(sums.index) == sums).all()
        assert not told.drop(sums.index).any()


@laws
@given(two_sides())
def test_the_standard_passes_accept_no_difference(sides: TwoSides) -> None:
    assert not match(*sides).groups["difference"].any()


@laws
@given(two_sides(), st.integers(min_value=0, max_value=2**32))
def test_the_order_of_the_rows_does_not_show(sides: TwoSides, seed: int) -> None:
    shuffled = [list(side) for side in sides]
    for side in shuffled:
        random.Random(seed).shuffle(side)  # noqa: S311 - a shuffle, not a secret

    assert summary(match(*shuffled)) == summary(match(*sides))


@laws
@given(two_sides(), st.integers(min_value=0, max_value=2**32))
def test_ids_that_say_nothing_do_not_decide_what_is_matched(sides: TwoSides, seed: int) -> None:
    renamed = [_renamed(side, seed) for side in sides]

    before, after = match(*sides), match(*renamed)

    for name in ("left", "right"):
        assert _looks(getattr(before, name)) == _looks(getattr(after, name))


@laws
@given(two_sides())
def test_the_same_input_gives_the_same_result(sides: TwoSides) -> None:
    first, second = match(*sides), match(*sides)

    assert first.groups.equals(second.groups)
    assert first.left.equals(second.left)
    assert first.proposals == second.proposals


@laws
@given(two_sides())
def test_the_two_sides_change_places_and_the_matches_stay(sides: TwoSides) -> None:
    left, right = sides

    there, back = match(left, right), match(right, left)

    assert _counts(there) == tuple(reversed(_counts(back)))
    if not _paired_in_order(there):
        assert groups(there) == sorted((one, other) for other, one in groups(back))
        assert proposed(there) == sorted((one, other) for other, one in proposed(back))


@laws
@given(two_sides())
def test_a_proposal_lists_alternatives_among_its_own_items(sides: TwoSides) -> None:
    for one in match(*sides).proposals:
        assert one.alternatives
        assert {item for left, _ in one.alternatives for item in left} <= set(one.left)
        assert {item for _, right in one.alternatives for item in right} <= set(one.right)


@laws
@given(two_sides())
def test_one_to_one_passes_pair_equal_amounts_within_their_window(sides: TwoSides) -> None:
    windows = {
        rule.id: max(rule.days, rule.far_days) for rule in STANDARD_PASSES if rule.kind is PassKind.ONE_TO_ONE
    }

    made = match(*sides).groups
    made = made[made["pass_id"].isin(list(windows))]

    assert (made["n_left"] == 1).all()
    assert (made["n_right"] == 1).all()
    assert (made["amount_left"] == made["amount_right"]).all()
    assert (made["days"].abs() <= made["pass_id"].map(windows).astype("int64")).all()


@laws
@given(two_sides())
def test_items_of_matched_groups_alone_match_again(sides: TwoSides) -> None:
    left, right = sides
    matched = {item for group in groups(match(left, right)) for end in group for item in end}
    kept = [[one for one in side if one.id in matched] for side in (left, right)]

    again = match(*kept)

    assert open_ids(again) == set()


def _renamed(side: list[Line], seed: int) -> list[Line]:
    names = [f"N{number}" for number in range(len(side))]
    random.Random(seed).shuffle(names)  # noqa: S311 - a shuffle, not a secret
    return [replace(one, id=name) for one, name in zip(side, names, strict=True)]


def _looks(side: pd.DataFrame) -> Counter[tuple[object, ...]]:
    columns = ["booked", "amount", "text", "reference", "state"]
    return Counter(map(tuple, side[columns].astype(str).to_numpy().tolist()))


def _counts(result: Reconciliation) -> tuple[Counter[str], Counter[str]]:
    return Counter(result.left["state"]), Counter(result.right["state"])


def _paired_in_order(result: Reconciliation) -> bool:
    return bool(result.groups["alike"].any() or (result.groups["reason"] == "earliest").any())


def test_an_empty_side_leaves_the_other_open() -> None:
    result = match([], ["R1 2026-10-05 100,00 Husleje"])

    assert open_ids(result) == {"R1"}
    assert len(frame([])) == 0
    assert set(result.right["state"]) == {ItemState.OPEN}


def test_an_item_that_one_rule_of_a_pass_has_paired_is_not_paired_again() -> None:
    far = ["F1 2025-01-06 71.235,11 Begyndelse", "F2 2026-12-28 91.235,11 Slutning"]
    left = ["L1 2026-10-05 12.345,67 Varmeværk", "L2 2026-10-05 12.345,67 Varmeværk", *far]
    right = ["R1 2026-10-08 12.345,67 Varmeværk", "R2 2026-10-08 12.345,67 Varmeværk"]
    nearer = "R3 2026-10-06 12.345,67 Varmeværk"

    result = match(left, [*right, nearer, *(line.replace("F", "G", 1) for line in far)])

    placed = Counter(result.left["group"]), Counter(result.right["group"])
    for found, size in zip(placed, ("n_left", "n_right"), strict=True):
        assert {group: found[group] for group in result.groups["group"]} == dict(
            zip(result.groups["group"], result.groups[size], strict=True)
        )
