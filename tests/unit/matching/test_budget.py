"""The tolerance budget: over the cap, all matches of the pass are for a person, in whatever order."""

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Key, MatchPass, PassKind, Rules
from gevinst.domain.reconciliation import ItemState, Reconciliation
from unit.matching.builders import frame, groups, proposed, summary

ROUNDING = MatchPass(id="afrunding", kind=PassKind.TOLERANCE, tolerance=50, difference_account="øre")
EXACT = MatchPass(id="exact", kind=PassKind.ONE_TO_ONE, key=Key.CODE, days=5)


def with_budget(budget: int, left: Sequence[str], right: Sequence[str]) -> Reconciliation:
    """Reconcile by an exact pass and a pass that accepts 50 øre."""
    rules = Rules(passes=(EXACT, ROUNDING), tolerance_budget=budget)
    return reconcile(
        SideInput(items=frame(left)), SideInput(items=frame(right)), rules=rules, calendar=BankCalendar()
    )


LEFT = [
    "B1 2026-10-05 100,00 551101",
    "B2 2026-10-05 200,40 551102",
    "B3 2026-10-05 300,30 551103",
]
RIGHT = [
    "L1 2026-10-05 100,00 551101",
    "L2 2026-10-05 200,00 551102",
    "L3 2026-10-05 300,50 551103",
]


def test_within_the_budget_the_differences_are_accepted() -> None:
    result = with_budget(60, LEFT, RIGHT)

    assert len(groups(result)) == 3
    assert result.notes == ()
    assert result.bridge.accepted == 40 - 20


def test_over_the_budget_all_matches_of_the_pass_become_proposals() -> None:
    result = with_budget(59, LEFT, RIGHT)

    assert groups(result) == [(("B1",), ("L1",))]
    assert proposed(result) == [(("B2",), ("L2",)), (("B3",), ("L3",))]
    assert {one.reason for one in result.proposals} == {"proposal_budget"}
    assert result.notes == (("over_budget", {"rule": "afrunding", "spent": 60, "budget": 59}),)
    assert (result.bridge.accepted, result.bridge.difference) == (0, 0)


def test_without_a_budget_there_is_no_cap() -> None:
    assert len(groups(with_budget(0, LEFT, RIGHT))) == 3


def test_each_pass_has_the_budget_for_itself() -> None:
    fees = MatchPass(id="gebyr", kind=PassKind.NET_OF_FEE, fee_rate_low=1_000, fee_rate_high=20_000)
    rules = Rules(passes=(ROUNDING, fees), tolerance_budget=100)
    left = frame(["B1 2026-10-05 200,40 551102", "B2 2026-10-05 990,00 551109"])
    right = frame(["L1 2026-10-05 200,00 551102", "L2 2026-10-05 1.000,00 551109"])

    result = reconcile(SideInput(items=left), SideInput(items=right), rules=rules, calendar=BankCalendar())

    assert groups(result) == [(("B1",), ("L1",))]
    assert proposed(result) == [(("B2",), ("L2",))]


@settings(max_examples=30, deadline=None)
@given(
    differences=st.lists(st.integers(-50, 50), min_size=1, max_size=8),
    budget=st.integers(1, 200),
    seed=st.integers(0, 2**16),
)
def test_no_pass_accepts_more_than_its_budget_in_any_order(
    differences: list[int], budget: int, seed: int
) -> None:
    left = [f"B{at} 2026-10-05 {1000 + at},00 5511{at:02}" for at in range(len(differences))]
    right = [
        f"L{at} 2026-10-05 {_kroner((1000 + at) * 100 + ore)} 5511{at:02}"
        for at, ore in enumerate(differences)
    ]
    shuffled: list[list[Any]] = [list(left), list(right)]
    for side in shuffled:
        random.Random(seed).shuffle(side)  # noqa: S311 - a shuffle, not a secret

    result = with_budget(budget, left, right)

    spent = result.groups["difference"].abs().groupby(result.groups["pass_id"]).sum()
    assert all(total <= budget for total in spent.tolist())
    assert sorted(result.groups["group"].tolist()) == list(range(len(result.groups)))
    held = result.left[result.left["state"] == ItemState.MATCHED]["group"]
    assert set(held.tolist()) == set(result.groups["group"].tolist())
    assert summary(with_budget(budget, *shuffled)) == summary(result)


def _kroner(ore: int) -> str:
    return f"{ore // 100},{ore % 100:02}"
