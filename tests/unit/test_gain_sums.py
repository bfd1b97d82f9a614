"""Shares, quarters, the stopwatch and the three cases of an idea, as sums."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.gain_measure import Key, Stopwatch, baseline_lines, baseline_of, summary_of
from gevinst.domain.gain_plan import BusinessCase, Case, Idea, Verdict, monthly_hours, weigh
from gevinst.domain.gain_quality import wilson
from gevinst.domain.gain_quarters import (
    last_ended_quarter,
    months_between,
    months_of,
    months_until,
    quarter_end,
    quarter_named,
    quarter_of,
)
from gevinst.domain.gain_settings import GainSettings, IdeaRule
from gevinst.domain.gain_terms import HourlyRate
from gevinst.domain.gains import GainKind, Grade, Method, to_ore

# --- Shares (formula 12) ---


def test_a_share_has_wilsons_interval() -> None:
    found = wilson(9, 400)

    assert found is not None
    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (
        Decimal("0.0225"),
        Decimal("0.0119"),
        Decimal("0.0422"),
    )


def test_no_error_in_a_sample_is_not_no_error_at_all() -> None:
    found = wilson(0, 59)

    assert found is not None
    assert found.low == 0
    assert Decimal("0.05") < found.high < Decimal("0.07")


def test_an_empty_sample_says_nothing() -> None:
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="from 0 to all"):
        wilson(3, 2)


@given(n=st.integers(1, 10_000), data=st.data())
def test_a_share_lies_within_its_interval(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    found = wilson(count, n)

    assert found is not None
    noise = Decimal("1E-20")
    assert 0 <= found.low <= found.value + noise
    assert found.value - noise <= found.high <= 1


# --- Quarters ---


def test_quarters_and_their_months() -> None:
    assert months_of("2026-Q4") == ["2026-10", "2026-11", "2026-12"]
    assert quarter_of("2026-03") == "2026-Q1"
    assert quarter_end("2026-Q1") == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("day", "quarter"),
    [(date(2026, 1, 1), "2025-Q4"), (date(2026, 3, 31), "2025-Q4"), (date(2026, 11, 2), "2026-Q3")],
)
def test_the_last_quarter_that_is_over(day: date, quarter: str) -> None:
    assert last_ended_quarter(day) == quarter


def test_stretches_of_months_pass_new_year() -> None:
    assert months_between("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months_until("2026-02", 3) == ["2025-12", "2026-01", "2026-02"]
    assert months_between("2026-02", "2026-01") == []


@pytest.mark.parametrize("text", ["2026-Q0", "26-Q1", "2026-Q1x", "2026--Q1"])
def test_other_texts_are_no_quarter(text: str) -> None:
    assert quarter_named(text) == ""


# --- The stopwatch ---


def test_items_are_timed_one_after_the_other() -> None:
    watch = Stopwatch(started=100.0)

    for now in (160.0, 250.0):
        watch.press(Key.NEXT, now)

    assert watch.minutes == [Decimal("1.00"), Decimal("1.50")]


def test_a_pause_is_not_work() -> None:
    watch = Stopwatch(started=0.0)

    watch.press(Key.PAUSE, 60.0)
    watch.press(Key.NEXT, 360.0)  # goes on
    watch.press(Key.NEXT, 420.0)

    assert watch.minutes == [Decimal("2.00")]


def test_an_item_that_went_wrong_is_timed_anew() -> None:
    watch = Stopwatch(started=0.0)
    watch.press(Key.NEXT, 60.0)

    watch.press(Key.UNDO, 90.0)
    watch.press(Key.NEXT, 210.0)

    assert watch.minutes == [Decimal("2.00")]


def test_undo_ends_a_pause_too() -> None:
    watch = Stopwatch(started=0.0)
    watch.press(Key.NEXT, 60.0)
    watch.press(Key.PAUSE, 70.0)

    watch.press(Key.UNDO, 100.0)
    watch.press(Key.NEXT, 160.0)

    assert watch.minutes == [Decimal("1.00")]


def test_a_key_that_is_pressed_twice_makes_no_item() -> None:
    watch = Stopwatch(started=0.0)

    for now in (60.0, 60.1, 120.0):
        watch.press(Key.NEXT, now)

    assert watch.minutes == [Decimal("1.00"), Decimal("1.00")]


def test_a_measurement_gives_mean_spread_and_grade() -> None:
    minutes = [Decimal(value) for value in ("2", "4", "4", "4", "5", "5", "7", "9", "5", "5")]
    summary = summary_of(minutes)
    baseline = baseline_of(summary, Method.STOPWATCH, date(2026, 10, 5))

    assert (summary.n, summary.mean, summary.sd, summary.outliers) == (10, Decimal(5), Decimal("1.89"), 0)
    assert baseline.grade(date(2026, 10, 5)) is Grade.B
    assert baseline.interval is not None
    assert baseline.valid_until == date(2028, 10, 5)


def test_one_measurement_has_no_spread() -> None:
    assert summary_of([Decimal(3)]).sd == 0


def test_a_forgotten_pause_is_told() -> None:
    assert summary_of([*[Decimal(2)] * 20, Decimal(45)]).outliers == 1


def test_a_leap_day_is_valid_until_the_day_before() -> None:
    assert baseline_of(summary_of([Decimal(1)]), Method.STOPWATCH, date(2028, 2, 29)).valid_until == date(
        2030, 2, 28
    )


def test_the_lines_of_the_card_are_those_of_the_measurement() -> None:
    baseline = baseline_of(
        summary_of([Decimal("6.25"), Decimal("6.75")]), Method.STOPWATCH, date(2026, 10, 5)
    )

    assert baseline_lines(baseline) == [
        "minutes = 6.50",
        "sd = 0.35",
        "n = 2",
        'method = "stopwatch"',
        "measured = 2026-10-05",
        "valid_until = 2028-10-05",
    ]


# --- Ideas ---

IDEA = Idea(
    title="Udlæg",
    unit="Løn",
    kind=GainKind.FREED_TIME,
    purpose="Hurtigere svar",
    items=(Decimal(400), Decimal(520), Decimal(650)),
    minutes=(Decimal("2.5"), Decimal(4), Decimal("6.5")),
    exceptions=(Decimal("0.05"), Decimal("0.1"), Decimal("0.25")),
    exception_minutes=Decimal(6),
    occasions=Decimal(4),
    occasion_minutes=Decimal(15),
    supervision_hours=Decimal("1.5"),
    rate=HourlyRate(amount=34_500, year=2026),
    investments=(),
    probability=2,
    consequence=3,
    risk="",
)


def weighed(idea: Idea = IDEA, rule: IdeaRule | None = None, *, investment: int = 7_000_000) -> BusinessCase:
    settings = GainSettings(rule=rule or IdeaRule())
    return weigh(idea, settings, investment=investment, running_cost=240_000, rate=34_500, year=2026)


def test_hours_of_an_idea_can_be_counted_on_paper() -> None:
    # 468 items of 4 minutes, 4 occasions of 15, 52 exceptions 2 minutes beyond the old way
    hours = monthly_hours(IDEA, Decimal(520), Decimal(4), Decimal("0.1"))

    assert hours == (Decimal(468) * 4 + 60 - 104) / 60 - Decimal("1.5")


def test_the_pessimistic_case_has_the_worst_of_everything() -> None:
    case = weighed()
    worst, likely, best = case.cases

    assert [one.case for one in case.cases] == list(Case)
    assert (worst.items, worst.minutes, worst.exceptions, worst.investment) == (
        Decimal(400),
        Decimal("2.5"),
        Decimal("0.25"),
        10_500_000,
    )
    assert (best.exceptions, best.investment) == (Decimal("0.05"), 7_000_000)
    assert worst.hours < likely.hours < best.hours


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        (IdeaRule(go_pessimistic_value=-20_000_000), Verdict.GO),
        (IdeaRule(), Verdict.TRIAL),  # the pessimistic case loses money
        (IdeaRule(go_pessimistic_value=-20_000_000, go_risk=5), Verdict.TRIAL),
        (IdeaRule(go_pessimistic_value=-20_000_000, go_payback_months=Decimal(6)), Verdict.TRIAL),
        (IdeaRule(go_risk=3, trial_risk=5), Verdict.NO_GO),
        (IdeaRule(go_payback_months=Decimal(3), trial_payback_months=Decimal(4)), Verdict.NO_GO),
    ],
)
def test_the_strictest_line_of_the_rule_decides(rule: IdeaRule, verdict: Verdict) -> None:
    assert weighed(rule=rule).verdict is verdict


def test_an_idea_that_never_pays_back_is_not_built() -> None:
    case = weighed(replace(IDEA, items=(Decimal(10), Decimal(20), Decimal(30))))

    assert case.case(Case.LIKELY).payback is None
    assert case.verdict is Verdict.NO_GO


# --- Øre ---


@given(st.integers(0, 10**9))
def test_ore_of_hours_are_those_of_their_minutes(hundredths: int) -> None:
    """Hours are minutes by 60: what the division leaves must not move an amount that ends in a half."""
    minutes = Decimal(hundredths).scaleb(-2)

    assert to_ore(minutes / 60 * 34_500) == to_ore(minutes * 34_500 / 60)


def test_a_half_ore_goes_away_from_zero() -> None:
    assert [to_ore(Decimal(value)) for value in ("0.5", "1.5", "-0.5", "-1.5")] == [1, 2, -1, -2]
