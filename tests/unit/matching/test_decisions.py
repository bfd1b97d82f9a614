"""What people decide goes before every pass, is never overwritten, and can be undone without a trace."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.decision import Decision, DecisionKind, Standing, in_force, standing_of
from gevinst.domain.matching.decided import decisions_for
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import STANDARD_PASSES, MatchPass, PassKind, Rules
from gevinst.domain.reconciliation import Reconciliation
from unit.matching.builders import Line, frame, groups, open_ids, proposed, summary
from unit.matching.strategies import two_sides

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
TwoSides = tuple[list[Line], list[Line]]
laws = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def decision(number: int, kind: str = "match", **parts: Any) -> Decision:
    """A controller's decision about October."""
    plain = Decision(
        number=number,
        robot="hovedkonto",
        period="2026-10",
        kind=DecisionKind(kind),
        who="controller",
        at=NOON,
        run_id="run-1",
    )
    return replace(plain, **parts)


def decide(left: Sequence[Line | str], right: Sequence[Line | str], *decisions: Decision) -> Reconciliation:
    """Reconcile October with what people have decided."""
    return of_frames(frame(left), frame(right), decisions)


def of_frames(
    left: pd.DataFrame,
    right: pd.DataFrame,
    decisions: Sequence[Decision],
    *,
    period: str = "2026-10",
    rules: Rules | None = None,
) -> Reconciliation:
    return reconcile(
        SideInput(items=left),
        SideInput(items=right),
        rules=rules or Rules(),
        calendar=BankCalendar(),
        decisions=decisions_for(decisions, period, left, right),
    )


def notes(result: Reconciliation) -> list[tuple[str, Any]]:
    return [(key, facts["number"]) for key, facts in result.notes]


HUNDRED = 10_000


def test_a_decided_match_is_made_though_no_pass_would_make_it() -> None:
    match = decision(
        1,
        left=("B1",),
        right=("L1", "L2"),
        amount_left=10_050,
        amount_right=HUNDRED,
        account="øreafrunding",
        reason="aftalt",
    )

    result = decide(
        ["B1 2026-10-05 100,50 Ukendt"], ["L1 2026-10-28 60,00 A", "L2 2026-10-29 40,00 B"], match
    )

    [group] = result.groups.to_dict("records")
    assert (group["pass_id"], group["reason"], group["key"]) == (
        "decision",
        "decision",
        "1 · controller · 2026-11-02",
    )
    assert (group["difference"], group["difference_account"]) == (50, "øreafrunding")
    assert (result.bridge.accepted, result.bridge.difference) == (50, 0)


def test_a_decision_takes_its_items_before_any_pass_does() -> None:
    left = ["B1 2026-10-05 100,00 Faktura 10023"]
    right = ["L1 2026-10-05 100,00 Faktura 10023", "L2 2026-10-06 100,00 Andet"]

    result = decide(
        left,
        right,
        decision(1, left=("B1",), right=("L2",), amount_left=HUNDRED, amount_right=HUNDRED),
    )

    assert groups(result) == [(("B1",), ("L2",))]
    assert open_ids(result) == {"L1"}


def test_what_people_have_split_is_never_grouped_nor_proposed() -> None:
    left, right = ["B1 2026-10-05 1.234,00 Husleje"], ["L1 2026-10-05 1.234,00 Husleje"]
    assert groups(decide(left, right)) == [(("B1",), ("L1",))]

    result = decide(left, right, decision(1, "unmatch", left=("B1",), right=("L1",)))

    assert groups(result) == proposed(result) == []
    assert open_ids(result) == {"B1", "L1"}


def test_a_batch_that_people_have_split_is_not_made() -> None:
    left = ["B1 2026-10-05 1.000,37 Samlet 551122"]
    right = ["L1 2026-10-05 600,17 551122", "L2 2026-10-05 400,20 551122"]
    assert groups(decide(left, right)) == [(("B1",), ("L1", "L2"))]

    result = decide(left, right, decision(1, "unmatch", left=("B1",), right=("L2",)))

    assert not any("B1" in one and "L2" in other for one, other in groups(result))


def test_a_settlement_that_people_have_split_is_not_made() -> None:
    left = frame(["B1 2026-10-05 2.482,75 Terminal 551122"])
    right = frame(["L1 2026-10-05 2.500,00 Terminal 551122"])
    fees = MatchPass(id="kort", kind=PassKind.NET_OF_FEE, fee_rate_low=3_000, fee_rate_high=13_000)
    rules = Rules(passes=(fees,))
    assert groups(of_frames(left, right, [], rules=rules)) == [(("B1",), ("L1",))]

    split = decision(1, "unmatch", left=("B1",), right=("L1",))

    assert groups(of_frames(left, right, [split], rules=rules)) == []


def test_accepted_items_leave_the_open_list_with_their_account() -> None:
    accept = decision(1, "accept", left=("B1",), amount_left=-4_500, account="gebyr", reason="bankgebyr")

    result = decide(["B1 2026-10-05 -45,00 Gebyr"], [], accept)

    [group] = result.groups.to_dict("records")
    assert (group["n_left"], group["n_right"], group["difference"]) == (1, 0, -4_500)
    assert (group["reason"], group["difference_account"]) == ("decision_accepted", "gebyr")
    assert result.outcome == "agreed"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (["B9 2026-10-05 100,00 Husleje"], "decision_gone"),
        (["B1 2026-10-05 100,01 Husleje"], "decision_changed"),
    ],
)
def test_a_decision_about_items_that_are_gone_or_changed_is_said_not_dropped(
    changed: list[str], said: str
) -> None:
    match = decision(7, left=("B1",), right=("L1",), amount_left=HUNDRED, amount_right=HUNDRED)

    result = decide(changed, ["L1 2026-10-28 100,00 Andet"], match)

    assert groups(result) == []
    assert notes(result) == [(said, 7)]


def test_the_later_of_two_decisions_about_one_pair_counts() -> None:
    left, right = ["B1 2026-10-05 1.234,00 Husleje"], ["L1 2026-10-05 1.234,00 Husleje"]
    match = decision(1, left=("B1",), right=("L1",), amount_left=123_400, amount_right=123_400)
    split = decision(2, "unmatch", left=("B1",), right=("L1",))

    assert notes(decide(left, right, match, split)) == [("decision_overruled", 1)]
    assert groups(decide(left, right, replace(split, number=1), replace(match, number=2))) == [
        (("B1",), ("L1",))
    ]


def test_an_item_goes_to_the_first_decision_that_has_it() -> None:
    left = ["B1 2026-10-05 100,00 A"]
    right = ["L1 2026-10-20 100,00 B", "L2 2026-10-21 100,00 C"]
    first = decision(1, left=("B1",), right=("L1",), amount_left=HUNDRED, amount_right=HUNDRED)

    result = decide(left, right, first, replace(first, number=2, right=("L2",)))

    assert groups(result) == [(("B1",), ("L1",))]
    assert notes(result) == [("decision_taken", 2)]


def carried(lines: Sequence[str], since: str) -> pd.DataFrame:
    return frame(lines).assign(carried_from=since)


def test_a_decision_follows_a_carried_item_to_the_next_period() -> None:
    match = decision(1, left=("row:3",), right=("row:9",), amount_left=HUNDRED, amount_right=HUNDRED)
    left = pd.concat(
        [
            frame(["row:3 2026-11-05 700,00 Ny"]),
            carried(["row:3_(2026-10) 2026-10-05 100,00 Gammel"], "2026-10"),
        ],
        ignore_index=True,
    )
    left["item_id"] = left["item_id"].str.replace("_", " ")
    right = carried(["row:9 2026-10-28 100,00 Andet"], "2026-10")

    result = of_frames(left, right, [match], period="2026-11")

    assert groups(result) == [(("row:3 (2026-10)",), ("row:9",))]


def test_of_two_carried_items_of_one_name_the_older_decision_means_the_older() -> None:
    note = decision(1, "note", left=("row:3",), reason="afventer")
    older = carried(["row:3 2026-10-05 100,00 Gammel"], "2026-10").assign(item_id="row:3 (2026-10)")
    newer = carried(["row:3 2026-11-05 100,00 Ny"], "2026-11")

    for left in (pd.concat([older, newer]), pd.concat([newer, older])):
        [found] = decisions_for([note], "2026-12", left, frame([]))
        [later] = decisions_for([replace(note, period="2026-11")], "2026-12", left, frame([]))

        assert (found.left, later.left) == (("row:3 (2026-10)",), ("row:3",))


def test_a_new_item_with_the_id_of_an_old_one_is_not_what_was_decided_about() -> None:
    match = decision(1, left=("row:3",), right=("row:9",), amount_left=HUNDRED, amount_right=HUNDRED)
    new = frame(["row:3 2026-11-05 100,00 Ny"])

    result = of_frames(new, frame(["row:9 2026-11-28 100,00 Andet"]), [match], period="2026-11")

    assert groups(result) == []
    assert notes(result) == []


def test_an_item_carried_from_a_later_period_is_not_what_was_decided_about() -> None:
    match = decision(1, left=("row:3",), right=("row:9",), amount_left=HUNDRED, amount_right=HUNDRED)
    left = carried(["row:3 2026-11-05 100,00 Ny"], "2026-11")

    assert decisions_for([match], "2026-12", left, frame([])) == []


def test_a_note_goes_on_with_those_of_its_items_that_do() -> None:
    note = decision(1, "note", left=("B1", "B2"), right=("L1",), reason="afventer")
    left = carried(["B2 2026-10-05 100,00 Gammel"], "2026-10")

    [found] = decisions_for([note], "2026-11", left, frame([]))
    result = of_frames(left, frame([]), [note], period="2026-11")

    assert (found.left, found.right) == (("B2",), ())
    assert result.notes == ()


def test_a_split_whose_other_side_is_settled_splits_nothing_more() -> None:
    split = decision(1, "unmatch", left=("B1", "B2"), right=("L1",))
    left = carried(["B1 2026-10-05 100,00 551122", "B2 2026-10-06 -100,00 551122"], "2026-10")

    assert groups(of_frames(left, frame([]), [split], period="2026-11")) == [(("B1", "B2"), ())]


def test_a_match_of_which_one_item_came_is_said_not_made() -> None:
    match = decision(1, left=("B1",), right=("L1",), amount_left=HUNDRED, amount_right=HUNDRED)
    left = carried(["B1 2026-10-05 100,00 Gammel"], "2026-10")

    assert notes(of_frames(left, frame([]), [match], period="2026-11")) == [("decision_gone", 1)]


def test_a_decision_does_not_reach_back() -> None:
    match = decision(1, period="2026-11", left=("B1",), right=("L1",))

    assert decisions_for([match], "2026-10", frame([]), frame([])) == []


def test_what_waits_for_a_second_person_does_not_count_until_another_approves() -> None:
    large = decision(1, left=("B1",), right=("L1",), needs_approval=True)
    own = decision(2, "approve", approves=1)
    other = decision(3, "approve", approves=1, who="leder")

    assert in_force([large]) == in_force([large, own]) == []
    assert in_force([large, own, other]) == [large]
    assert standing_of(large, [large, own]) is Standing.AWAITS_APPROVAL
    assert standing_of(large, [large, other]) is Standing.IN_FORCE
    undo = decision(4, "undo", undoes=1)
    assert standing_of(large, [large, other, undo]) is Standing.UNDONE


@st.composite
def decided(draw: st.DrawFn) -> tuple[TwoSides, list[Decision]]:
    """Two sides, and up to four decisions about items of them, with amounts right or wrong."""
    left, right = draw(two_sides())
    made: list[Decision] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        ends = [
            draw(st.lists(st.sampled_from(side), max_size=2, unique=True)) if side else []
            for side in (left, right)
        ]
        made.append(
            decision(
                number,
                draw(st.sampled_from(["match", "unmatch", "accept", "note"])),
                left=tuple(one.id for one in ends[0]),
                right=tuple(one.id for one in ends[1]),
                amount_left=sum(one.amount for one in ends[0]) + draw(st.sampled_from([0, 0, 0, 1])),
                amount_right=sum(one.amount for one in ends[1]),
                account="konto",
            )
        )
    made = [one for one in made if one.left or one.right]
    return (left, right), made


@laws
@given(decided())
def test_an_undo_restores_exactly_what_was_before(case: tuple[TwoSides, list[Decision]]) -> None:
    sides, made = case
    for last in made:
        before = [one for one in made if one is not last]
        undone = [*made, decision(99, "undo", undoes=last.number)]

        there, back = decide(*sides, *before), decide(*sides, *undone)

        assert back.left.equals(there.left)
        assert back.right.equals(there.right)
        assert back.groups.equals(there.groups)
        assert (back.proposals, back.notes, back.bridge) == (there.proposals, there.notes, there.bridge)


@laws
@given(decided())
def test_no_run_overwrites_a_decision(case: tuple[TwoSides, list[Decision]]) -> None:
    sides, made = case
    result = decide(*sides, *made)

    unheard = {facts["number"] for key, facts in result.notes if key.startswith("decision_")}
    found = groups(result)
    for one in made:
        if one.number in unheard:
            continue
        if one.kind in (DecisionKind.MATCH, DecisionKind.ACCEPT):
            assert (tuple(sorted(one.left)), tuple(sorted(one.right))) in found
        later = {(two.left, two.right) for two in made if two.number > one.number}
        if one.kind is DecisionKind.UNMATCH and one.left and one.right and not later:
            assert not any(set(one.left) & set(left) and set(one.right) & set(right) for left, right in found)


@laws
@given(decided(), st.randoms())
def test_decisions_keep_the_laws_of_a_reconciliation(
    case: tuple[TwoSides, list[Decision]], random: Any
) -> None:
    sides, made = case
    result = decide(*sides, *made)

    assert result.bridge.difference == 0
    for totals in result.totals.values():
        assert (totals.unplaced().count, totals.unplaced().sum) == (0, 0)
    shuffled = [random.sample(side, len(side)) for side in sides]
    assert summary(decide(*shuffled, *made)) == summary(result)


ROUNDING = MatchPass(id="afrunding", kind=PassKind.TOLERANCE, tolerance=30, difference_account="øre")


@st.composite
def carried_over(draw: st.DrawFn) -> tuple[list[Line], list[Line]]:
    """Two sides of which some right items are carried in from the month before, under ids of their own."""
    left, right = draw(two_sides())
    old = draw(st.lists(st.booleans(), min_size=len(right), max_size=len(right)))
    return left, [
        replace(one, id=f"{one.id} (2026-09)", booked=one.booked - timedelta(days=30)) if before else one
        for one, before in zip(right, old, strict=True)
    ]


@laws
@given(carried_over(), st.integers(0, 60), st.randoms())
def test_carried_items_and_a_budget_keep_the_laws_too(sides: TwoSides, budget: int, random: Any) -> None:
    rules = Rules(passes=(ROUNDING, *STANDARD_PASSES), tolerance_budget=budget)

    def settle(left: Sequence[Line], right: Sequence[Line]) -> Reconciliation:
        ledger = frame(right)
        since = ledger["item_id"].str.contains("(2026-09)", regex=False).map({True: "2026-09", False: ""})
        return of_frames(frame(left), ledger.assign(carried_from=since.astype("str")), [], rules=rules)

    result = settle(*sides)

    assert result.bridge.difference == 0
    for totals in result.totals.values():
        assert (totals.unplaced().count, totals.unplaced().sum) == (0, 0)
    accepted = result.groups["difference"].abs().groupby(result.groups["pass_id"]).sum()
    assert not budget or all(spent <= budget for spent in accepted.tolist())
    shuffled = [random.sample(side, len(side)) for side in sides]
    assert summary(settle(*shuffled)) == summary(result)
