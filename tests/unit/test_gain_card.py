"""The gain card: its versions, and what contradicts itself in it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gains import FIXED, TERMS, TIMED, a_card
from gevinst.domain.gain_card import (
    baselines_of,
    card_problems,
    card_values,
    card_version,
    planned_range,
)
from gevinst.domain.gain_terms import PlannedGain, QualityBefore, ShownAmount
from gevinst.domain.gains import FIXED_CASE, Baseline, GainCard, GainKind, Grade, Method, three_point

ESTIMATE = Baseline(
    minutes=three_point(Decimal(3), Decimal(6), Decimal(15))[0],
    sd=Decimal(2),
    method=Method.EXPERT,
    measured=date(2026, 3, 1),
    valid_until=date(2028, 3, 1),
    estimate=(Decimal(3), Decimal(6), Decimal(15)),
    measured_by="Controller",
)


def kinds(card: GainCard) -> list[str]:
    return [one.kind for one in card_problems(card)]


def test_the_golden_card_contradicts_nothing() -> None:
    assert card_problems(a_card()) == []


def test_a_card_comes_back_from_what_is_kept_of_it() -> None:
    card = a_card(case_types={"match": TIMED, "guessed": ESTIMATE, "new": None})

    assert baselines_of(card_values(card)) == {"match": TIMED, "guessed": ESTIMATE, FIXED_CASE: FIXED}


def test_a_card_that_was_kept_before_it_named_who_measured_can_still_be_read() -> None:
    kept = card_values(a_card())
    kept["case_types"]["match"].pop("measured_by")

    assert baselines_of(kept)["match"] == TIMED


def test_a_version_follows_the_content_and_nothing_else() -> None:
    card = a_card()

    assert card_version(replace(card, version="other")) == card.version
    assert card_version(replace(card, fixed=replace(FIXED, minutes=Decimal("21.00")))) == card.version
    assert card_version(replace(card, fixed=replace(FIXED, minutes=Decimal("21.5")))) != card.version


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize("method", [Method.STOPWATCH, Method.TIMESTAMPS, Method.SELF_REPORT])
def test_one_measurement_is_not_measured(method: Method, n: int) -> None:
    assert kinds(a_card(case_types={"match": replace(TIMED, method=method, n=n)})) == ["n_one"]


def test_a_measurement_cannot_expire_before_it_was_made() -> None:
    assert kinds(a_card(case_types={"match": replace(TIMED, valid_until=date(2026, 3, 1))})) == [
        "valid_until"
    ]


@pytest.mark.parametrize(("low", "likely", "high"), [(6, 3, 15), (3, 16, 15), (0, 6, 15)])
def test_an_estimate_runs_from_low_to_high_above_0(low: int, likely: int, high: int) -> None:
    wrong = replace(ESTIMATE, estimate=(Decimal(low), Decimal(likely), Decimal(high)))

    assert kinds(a_card(case_types={"match": wrong})) == ["estimate"]


def test_an_estimate_is_not_called_measured() -> None:
    wrong = replace(ESTIMATE, method=Method.TIMESTAMPS, n=20)

    assert kinds(a_card(case_types={"match": wrong})) == ["estimate_method"]


def test_an_estimate_shows_its_own_ends_and_is_graded_c() -> None:
    assert ESTIMATE.interval == (Decimal(3), Decimal(15))
    assert ESTIMATE.grade(date(2026, 4, 1)) is Grade.C


def test_hours_recover_no_money() -> None:
    assert kinds(a_card(kind=GainKind.RECOVERED)) == ["recovered"]


def test_a_budget_gain_names_the_budget() -> None:
    assert kinds(a_card(kind=GainKind.BUDGET)) == ["budget"]
    named = replace(TERMS, budget_reference="Budget 2027, konto 6.45.51")
    assert kinds(a_card(named, kind=GainKind.BUDGET)) == []


def test_an_amount_needs_a_document() -> None:
    shown = ShownAmount(recovered=True, amount=1_000, period="2026-07", document=" ")

    assert kinds(a_card(replace(TERMS, amounts=(shown,)))) == ["document"]


def test_a_sample_has_no_more_errors_than_items() -> None:
    assert kinds(a_card(replace(TERMS, quality=QualityBefore(errors=5, sample=4)))) == ["errors"]


@pytest.mark.parametrize(("hours", "wrong"), [("130", False), ("65", True), ("158", False), ("159", True)])
def test_planned_hours_must_agree_with_planned_items(hours: str, *, wrong: bool) -> None:
    plan = PlannedGain(items_per_month=1_180, hours_per_month=Decimal(hours))
    card = a_card(replace(TERMS, plan=plan))

    assert planned_range(card, 1_180)[0].quantize(Decimal("0.01")) == Decimal("132.03")
    assert kinds(card) == (["plan"] if wrong else [])


def test_a_case_type_cannot_have_a_name_of_the_ledgers_own() -> None:
    assert kinds(a_card(case_types={"supervision": TIMED})) == ["case_name"]
