"""A backtest accounts for every match that stands and every one that the rules would make, once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gevinst.app.backtest import PeriodTrial, compare
from gevinst.app.ports import KeptGroup
from gevinst.domain.run import Environment
from runs import a_run, ended

RUN = ended(a_run())


def group(left: str, right: str, *, made_by: str = "reference") -> KeptGroup:
    return KeptGroup(
        left=tuple(left.split()), right=tuple(right.split()), made_by=made_by, amount=100, difference=0
    )


@st.composite
def partitions(draw: st.DrawFn) -> list[KeptGroup]:
    """Some of eight items a side in groups, each item at most once."""
    numbers = draw(st.lists(st.integers(0, 4), min_size=8, max_size=8))
    others = draw(st.lists(st.integers(0, 4), min_size=8, max_size=8))
    made = []
    for number in range(1, 5):
        left = tuple(f"B{at}" for at in range(8) if numbers[at] == number)
        right = tuple(f"L{at}" for at in range(8) if others[at] == number)
        if left or right:
            made.append(KeptGroup(left=left, right=right, made_by="p", amount=1, difference=0))
    return made


def counted(groups: Sequence[KeptGroup]) -> Counter[tuple[tuple[str, ...], tuple[str, ...]]]:
    return Counter((one.left, one.right) for one in groups)


@given(partitions(), partitions())
def test_each_match_before_and_after_has_one_place(before: list[KeptGroup], after: list[KeptGroup]) -> None:
    trial = compare(RUN, before, after)

    gone = [*trial.lost, *(one for part in trial.changed for one in part.before)]
    fresh = [*trial.new, *(one for part in trial.changed for one in part.after)]
    kept = counted(before) & counted(after)
    assert trial.same == kept.total()
    assert counted(gone) + kept == counted(before)
    assert counted(fresh) + kept == counted(after)


@given(partitions(), partitions())
def test_parts_that_changed_share_no_item_with_others(
    before: list[KeptGroup], after: list[KeptGroup]
) -> None:
    trial = compare(RUN, before, after)

    parts = [[*part.before, *part.after] for part in trial.changed]
    parts += [[one] for one in (*trial.new, *trial.lost)]
    items = [{name for one in part for name in (*one.left, *one.right)} for part in parts]
    assert sum(map(len, items)) == len(set().union(*items))


def test_what_made_a_match_does_not_matter_only_its_items() -> None:
    assert compare(RUN, [group("B1", "L1")], [group("B1", "L1", made_by="andet")]) == PeriodTrial(
        run=RUN, same=1
    )


def test_what_stands_in_production_or_was_decided_is_touched() -> None:
    before = [group("B1", "L1"), group("B2", "L2", made_by="decision"), group("B3", "L3")]
    after = [group("B3", "L4")]
    trial = replace(RUN, environment=Environment.TRIAL)

    assert compare(RUN, before, after).touched == (before[0], before[1], before[2])
    assert compare(trial, before, after).touched == (before[1],)
