"""Rules mined from hand work: readable passes with honest figures, never by chance, never by themselves."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gevinst.app.hand_work import hand_work
from gevinst.cli.rules import toml_of
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.decision import Decision, DecisionKind
from gevinst.domain.matching.rules import PassKind
from gevinst.domain.reconciliation import Side
from gevinst.domain.rule_mining import Ends, HandWork, suggest_rules, wilson_bound
from gevinst.domain.run import RunState
from gevinst.formats.robot_folder import load_rules
from gevinst.store.memory import MemoryRunStore
from gevinst.texts import Language, Texts
from runs import MORNING, a_run, an_item, ended
from unit.matching.builders import frame

CALENDAR = BankCalendar()


def rent(period: str, count: int, *, wrong: int = 0) -> HandWork:
    """A month in which people matched rents 15 to 20 days apart by hand, some with another posting."""
    left = [f"B{at} {period}-01 {1000 + at},37 Husleje 5511{at:02}" for at in range(count)]
    right = [f"L{at} {period}-{22 + at % 5} {1000 + at},37 Leje 5511{at:02}" for at in range(count)]
    right += [f"X{at} {period}-02 {1000 + at},37 Andet" for at in range(wrong)]
    matched: dict[Ends, str] = {
        ((f"B{at}",), (f"X{at}" if at < wrong else f"L{at}",)): "" for at in range(count)
    }
    handled = {("left", name) for ends in matched for name in ends[0]}
    return HandWork(
        period=period,
        left=frame(left),
        right=frame(right),
        matched=matched,
        handled=frozenset(handled | {("right", name) for ends in matched for name in ends[1]}),
    )


@pytest.mark.parametrize(
    ("right", "tried", "bound"), [(123, 125, 943), (381, 381, 990), (30, 30, 886), (0, 0, 0), (0, 10, 0)]
)
def test_the_wilson_bound_is_what_tables_say(right: int, tried: int, bound: int) -> None:
    assert wilson_bound(right, tried) == bound


@given(st.integers(1, 500), st.integers(0, 500))
def test_the_bound_is_below_the_share_and_grows_with_it(tried: int, right: int) -> None:
    right = min(right, tried)

    assert 0 <= wilson_bound(right, tried) <= 1000 * right / tried
    assert wilson_bound(right, tried) <= wilson_bound(right * 2, tried * 2)


def test_steady_hand_work_suggests_a_pass_with_its_evidence() -> None:
    work = [rent("2026-08", 25), rent("2026-09", 25), rent("2026-10", 20)]

    suggestions = suggest_rules(work, CALENDAR)

    best = suggestions[0]
    assert (best.rule.kind, best.rule.days) == (PassKind.ONE_TO_ONE, 20)
    assert (best.learnt.right, best.learnt.tried, best.learnt.bound) == (50, 50, wilson_bound(50, 50))
    assert (best.held_out.right, best.held_out.tried) == (20, 20)


def test_too_little_hand_work_suggests_nothing() -> None:
    assert suggest_rules([rent("2026-08", 25), rent("2026-09", 25)], CALENDAR) == []
    assert suggest_rules([], CALENDAR) == []


def test_a_pass_that_is_wrong_too_often_is_not_suggested() -> None:
    work = [rent("2026-08", 25, wrong=6), rent("2026-09", 25, wrong=6), rent("2026-10", 20)]

    assert all(not one.learnt.wrong for one in suggest_rules(work, CALENDAR))


def test_counter_examples_are_kept_and_shown() -> None:
    work = [rent(period, 29, wrong=1) for period in ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10")]

    suggestions = suggest_rules(work, CALENDAR)

    by_code = [one for one in suggestions if one.learnt.wrong]
    assert by_code
    assert by_code[0].learnt.wrong[0] == ("2026-06", (("B0",), ("L0",)))
    assert by_code[0].learnt.right == 4 * 28


def test_a_pass_that_fails_in_the_latest_period_is_not_suggested() -> None:
    work = [rent("2026-08", 25), rent("2026-09", 25), rent("2026-10", 20, wrong=20)]

    assert suggest_rules(work, CALENDAR) == []


def test_hand_work_is_what_people_had_before_them_and_still_hold_true() -> None:
    store = MemoryRunStore()
    run = a_run()
    store.start(run)
    store.save_open_items(run, [an_item("B1"), an_item("B2"), an_item("L1", side=Side.RIGHT)])
    store.finish(ended(run, RunState.OPEN_ITEMS))
    match = Decision(
        robot="hovedkonto",
        period="2026-10",
        kind=DecisionKind.MATCH,
        left=("B1",),
        right=("L1",),
        account="øre",
        who="controller",
        at=MORNING,
        run_id="run-1",
    )
    store.decide(match, seen=0)
    store.decide(replace(match, left=("B2",), right=("gone",)), seen=1)
    store.decide(replace(match, kind=DecisionKind.ACCEPT, left=("B2",), right=()), seen=2)
    store.decide(replace(match, kind=DecisionKind.UNDO, left=(), right=(), undoes=3), seen=3)

    [work] = hand_work("hovedkonto", store)

    assert work.matched == {(("B1",), ("L1",)): "øre"}
    assert (list(work.left["item_id"]), list(work.right["item_id"])) == (["B1", "B2"], ["L1"])
    assert ("left", "B1") in work.handled


def rounded(period: str, count: int) -> HandWork:
    """A month in which people accepted differences of 25 øre on an account."""
    left = [f"B{at} {period}-05 {1000 + at},25 Faktura 5511{at:02}" for at in range(count)]
    right = [f"L{at} {period}-06 {1000 + at},00 Faktura 5511{at:02}" for at in range(count)]
    matched: dict[Ends, str] = {((f"B{at}",), (f"L{at}",)): "6.45.51 øre" for at in range(count)}
    handled = {(side, f"{name}{at}") for side, name in (("left", "B"), ("right", "L")) for at in range(count)}
    return HandWork(
        period=period, left=frame(left), right=frame(right), matched=matched, handled=frozenset(handled)
    )


def test_differences_that_people_accept_suggest_a_tolerance_on_their_account() -> None:
    work = [rounded("2026-08", 20), rounded("2026-09", 20), rounded("2026-10", 10)]

    [found] = suggest_rules(work, CALENDAR)

    assert (found.rule.kind, found.rule.tolerance) == (PassKind.TOLERANCE, 50)
    assert found.rule.difference_account == "6.45.51 øre"


def test_a_suggestion_is_a_rule_that_can_be_used_as_it_stands(tmp_path: Path) -> None:
    work = [rounded("2026-08", 20), rounded("2026-09", 20), rounded("2026-10", 10)]
    [found] = suggest_rules(work, CALENDAR)
    file = tmp_path / "rules.toml"

    for language in Language:
        file.write_text(toml_of(found, Texts(language)), encoding="utf-8")

        assert load_rules(file).passes[0] == found.rule
    assert "# Right 40 of 40 times, lower bound 91.2%" in file.read_text(encoding="utf-8")


def test_counter_examples_stand_in_the_suggestion() -> None:
    work = [rent(period, 29, wrong=1) for period in ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10")]
    found = next(one for one in suggest_rules(work, CALENDAR) if one.learnt.wrong)

    said = toml_of(found, Texts())

    assert said.startswith("# Samme beløb og samme nummer; højst ")
    assert "# Modeksempel 2026-06: B0 | L0" in said
    assert "# Seneste periode, holdt udenfor: 28 af 29." in said
