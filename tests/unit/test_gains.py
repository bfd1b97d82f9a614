"""Crediting rules and gain formulas, with the golden example to the øre."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.gains import (
    Baseline,
    GainCard,
    GainEntry,
    GainKind,
    Grade,
    HandledException,
    Method,
    ValueTotals,
    Workload,
    credited_minutes,
    credits_for,
    full_time_equivalents,
    gross_hours,
    hourly_cost,
    in_price_level,
    net_hours,
    net_hours_interval,
    net_present_value,
    nominal_rate,
    payback_months,
    realised,
    return_on_investment,
    shared_cost,
    t_quantile,
    three_point,
    totals_by_kind,
    value_of,
)
from gevinst.domain.run import Environment, Run, RunState
from runs import MORNING, a_run, ended

TIMED = Baseline(
    minutes=Decimal("6.5"),
    sd=Decimal("2.1"),
    n=40,
    method=Method.STOPWATCH,
    measured=date(2026, 3, 1),
    valid_until=date(2028, 3, 1),
)
FIXED = replace(TIMED, minutes=Decimal(21), sd=Decimal(0))
CARD = GainCard(robot="hovedkonto", version="1", case_types={"match": TIMED}, fixed=FIXED)
RATE = Decimal("0.035")

# --- The golden example ---

MONTH = Workload(
    items={"match": 1_180},
    occasions=12,
    exceptions=[HandledException(minutes=Decimal(9), case_type="match")] * 20,
    rework=Decimal(45),
    supervision=Decimal(63),
)
BASELINES = {"match": Decimal("6.5")}
YEARS = [-16_000_000, *[12 * 4_044_300] * 5]


def test_golden_hours() -> None:
    gross = gross_hours(MONTH, BASELINES, Decimal(21))

    assert round(gross, 4) == Decimal("132.0333")
    assert net_hours(MONTH, BASELINES, Decimal(21)) == Decimal("129.4")


def test_golden_interval() -> None:
    interval = net_hours_interval(MONTH, CARD)

    assert interval is not None
    assert round(interval.low, 2) == Decimal("115.97")
    assert interval.middle == Decimal("129.4")
    assert round(interval.high, 2) == Decimal("142.83")


def test_golden_money() -> None:
    value = value_of(Decimal("129.4"), 34_500)
    net = value - 420_000

    assert (value, net) == (4_464_300, 4_044_300)
    months = payback_months(16_000_000, [net] * 60)
    assert months is not None
    assert round(months, 2) == Decimal("3.96")
    assert net_present_value(YEARS, RATE) == 203_122_716


def test_golden_posts() -> None:
    assert round(full_time_equivalents(Decimal("129.4") * 12, Decimal(1_409)), 2) == Decimal("1.10")


# --- What is credited ---


def test_each_finished_item_and_the_planned_occasion_are_credited() -> None:
    entries = credited(items=["2026-10:2030:B1", "2026-10:2030:B2"])

    assert [(entry.item_key, entry.case_type, entry.minutes) for entry in entries] == [
        ("2026-10:2030:B1", "match", Decimal("6.50")),
        ("2026-10:2030:B2", "match", Decimal("6.50")),
        ("fixed:hovedkonto:2026-10", "fixed", Decimal("21.00")),
    ]
    assert credited_minutes(entries) == Decimal("34.00")


@pytest.mark.parametrize(
    "state", [one for one in RunState if one not in (RunState.AGREED, RunState.OPEN_ITEMS)]
)
def test_a_run_that_did_not_do_its_work_earns_nothing(state: RunState) -> None:
    assert credited(run=ended(a_run(), state)) == []


@pytest.mark.parametrize("environment", [Environment.TRIAL, Environment.TEST])
def test_trials_and_tests_earn_nothing(environment: Environment) -> None:
    assert credited(run=ended(a_run(environment=environment))) == []


def test_the_same_item_twice_earns_once() -> None:
    assert len(credited(items=["k1", "k1"], planned=False)) == 1


def test_a_run_without_items_earns_the_fixed_minutes_of_a_planned_occasion_only() -> None:
    assert credited_minutes(credited(items=[], planned=True)) == Decimal("21.00")
    assert credited(items=[], planned=False) == []


def test_extra_runs_of_a_period_have_the_same_key_for_the_fixed_minutes() -> None:
    hourly = [credited(run=ended(a_run(f"run-{hour}", after=60 * hour)), items=[]) for hour in range(24)]

    assert {entry.item_key for entries in hourly for entry in entries} == {"fixed:hovedkonto:2026-10"}


def test_without_measured_fixed_minutes_an_occasion_earns_nothing() -> None:
    assert credited(items=[], card=replace(CARD, fixed=None)) == []


def test_work_that_nobody_did_before_frees_no_time() -> None:
    new_control = replace(CARD, case_types={"match": None})

    assert credited(card=new_control, planned=False) == []


def test_run_time_of_the_robot_is_neither_added_nor_taken_off() -> None:
    run = ended(a_run())
    slow = replace(run, ended=run.started + timedelta(hours=9))

    assert credited(run=slow) == credited(run=run)


def test_a_guess_is_never_credited() -> None:
    guess = replace(TIMED, method=Method.GUESS)

    assert credited(card=replace(CARD, case_types={"match": guess}, fixed=guess)) == []


def test_a_case_type_that_the_card_does_not_know_is_an_error() -> None:
    with pytest.raises(KeyError, match="other"):
        credits_for(ended(a_run()), {"other": ["k1"]}, CARD, planned=False, at=MORNING)


def test_an_entry_holds_whole_hundredths_of_minutes_and_a_zone() -> None:
    (entry,) = credited(planned=False, items=["k1"])

    for wrong in ({"minutes": Decimal("6.505")}, {"minutes": Decimal(-1)}, {"sign": 0}):
        with pytest.raises(ValueError, match="gain entry"):
            replace(entry, **wrong)
    with pytest.raises(ValueError, match="zone"):
        replace(entry, at=datetime(2026, 11, 2))  # noqa: DTZ001 - the fault that is tested


# --- Grades and intervals ---


@pytest.mark.parametrize(
    ("method", "n", "on", "grade"),
    [
        (Method.STOPWATCH, 30, date(2026, 11, 2), Grade.A),
        (Method.STOPWATCH, 29, date(2026, 11, 2), Grade.B),
        (Method.STOPWATCH, 9, date(2026, 11, 2), Grade.C),
        (Method.STOPWATCH, 30, date(2028, 2, 29), Grade.A),
        (Method.STOPWATCH, 30, date(2028, 3, 1), Grade.B),
        (Method.STOPWATCH, 30, date(2028, 3, 2), Grade.C),
        (Method.TIMESTAMPS, 500, date(2026, 11, 2), Grade.B),
        (Method.SELF_REPORT, 30, date(2026, 11, 2), Grade.C),
        (Method.EXPERT, 0, date(2026, 11, 2), Grade.C),
        (Method.GUESS, 500, date(2026, 11, 2), Grade.D),
        (Method.GUESS, 500, date(2028, 3, 2), Grade.D),
    ],
)
def test_a_grade_follows_method_sample_and_age(method: Method, n: int, on: date, grade: Grade) -> None:
    assert replace(TIMED, method=method, n=n).grade(on) is grade


def test_too_few_measurements_show_no_interval() -> None:
    few = replace(TIMED, n=9)

    assert few.interval is None
    assert net_hours_interval(MONTH, replace(CARD, case_types={"match": few})) is None
    assert replace(TIMED, n=10).interval is not None


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [(1, "12.7062"), (2, "4.3027"), (3, "3.1824"), (9, "2.2622"), (39, "2.0227"), (120, "1.9799")],
)
def test_quantiles_are_those_of_the_printed_tables(degrees: int, expected: str) -> None:
    assert round(t_quantile(degrees), 4) == Decimal(expected)


def test_quantiles_of_another_confidence() -> None:
    assert round(t_quantile(10, 0.99), 4) == Decimal("3.1693")


def test_three_points_give_a_mean_and_a_spread() -> None:
    assert three_point(Decimal(3), Decimal(6), Decimal(15)) == (Decimal(7), Decimal(2))


# --- Hours ---


def test_an_exception_costs_only_what_it_takes_beyond_the_old_way() -> None:
    quick = HandledException(minutes=Decimal(2), case_type="match")
    slow = HandledException(minutes=Decimal("36.5"), case_type="match")

    hours = net_hours(Workload(items={"match": 10}, exceptions=[quick, slow]), BASELINES)

    assert hours == (Decimal(65) - 30) / 60


def test_a_robot_that_costs_more_than_it_frees_shows_so() -> None:
    assert net_hours(Workload(items={"match": 0}, supervision=Decimal(60)), BASELINES) == -1


# --- Money ---


@pytest.mark.parametrize(("hours", "kroner"), [(1_924, 260), (1_649, 303), (1_409, 355)])
def test_an_hour_costs_what_the_effective_year_makes_it(hours: int, kroner: int) -> None:
    assert round(hourly_cost(50_000_000, Decimal(hours)) / 100) == kroner


def test_overhead_is_added_only_when_asked_for() -> None:
    assert hourly_cost(50_000_000, Decimal(1_000), Decimal("0.2")) == 60_000


def test_kinds_of_gain_are_not_added_together() -> None:
    values = {GainKind.BUDGET: 100, GainKind.FREED_TIME: 20, GainKind.AVOIDED: 3, GainKind.RECOVERED: 4_000}

    assert totals_by_kind(values) == ValueTotals(treasury=4_100, capacity=20, avoided=3)


def test_a_shared_cost_is_split_to_the_last_ore() -> None:
    third = Decimal(1) / 4

    assert shared_cost(1_001, {"a": third, "b": third, "c": 2 * third}) == {"a": 250, "b": 250, "c": 501}


@pytest.mark.parametrize("keys", [{"a": Decimal("0.5")}, {"a": Decimal("0.6"), "b": Decimal("0.6")}])
def test_keys_that_lose_or_double_a_cost_are_refused(keys: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        shared_cost(1_000, keys)


@given(cost=st.integers(0, 10**12), percents=st.lists(st.integers(1, 99), min_size=1, max_size=6))
def test_shares_of_a_cost_sum_to_the_cost(cost: int, percents: list[int]) -> None:
    keys = {f"robot-{number}": Decimal(percent) / 1_000 for number, percent in enumerate(percents)}
    keys["rest"] = 1 - sum(keys.values(), Decimal(0))

    assert sum(shared_cost(cost, keys).values()) == cost


# --- Investment ---


def test_payback_is_interpolated_within_the_month() -> None:
    assert payback_months(100, [40, 40, 40]) == Decimal("2.5")


def test_an_investment_that_does_not_come_back_has_no_payback() -> None:
    assert payback_months(100, [10, -5, 10]) is None
    assert payback_months(0, []) == 0


def test_discounted_payback_takes_longer() -> None:
    simple, discounted = payback_months(100, [10] * 24), payback_months(100, [10] * 24, Decimal("0.1"))

    assert simple == 10
    assert discounted is not None
    assert round(discounted, 2) == Decimal("10.46")


def test_year_zero_is_not_discounted() -> None:
    assert net_present_value([-100, 110], Decimal("0.1")) == 0
    assert net_present_value(YEARS, RATE) != 196_253_832  # what discounting the first year too gives


def test_net_present_values_stand_side_by_side_at_several_rates() -> None:
    rates = [Decimal("0.025"), RATE, Decimal("0.045")]

    assert [net_present_value(YEARS, rate) for rate in rates] == sorted(
        (net_present_value(YEARS, rate) for rate in rates), reverse=True
    )


def test_running_prices_need_the_nominal_rate() -> None:
    assert nominal_rate(RATE, Decimal("0.02")) == Decimal("0.0557")


def test_amounts_are_moved_to_one_price_level() -> None:
    levels = {2025: Decimal(100), 2026: Decimal("103.2")}

    assert in_price_level(100_000, year=2025, base_year=2026, levels=levels) == 103_200
    with pytest.raises(KeyError):
        in_price_level(100_000, year=2024, base_year=2026, levels=levels)


def test_return_is_net_value_by_what_was_paid() -> None:
    assert return_on_investment(300, 50, 100) == 1
    assert return_on_investment(300, 0, 0) is None


# --- Follow-up ---


def test_realised_hours_are_compared_month_by_month_and_cumulated() -> None:
    months = realised([Decimal(50), Decimal(110), Decimal(5)], [Decimal(100), Decimal(100), Decimal(0)])

    assert [one.month for one in months] == [Decimal("0.5"), Decimal("1.1"), None]
    assert [one.cumulated for one in months] == [Decimal("0.5"), Decimal("0.8"), Decimal("0.825")]
    assert [one.needs_reason for one in months] == [True, False, False]


@pytest.mark.parametrize(("hours", "asks"), [("79.9", True), ("80", False), ("120", False), ("120.1", True)])
def test_far_from_the_plan_asks_for_a_reason(hours: str, *, asks: bool) -> None:
    (month,) = realised([Decimal(hours)], [Decimal(100)])

    assert month.needs_reason is asks


def credited(
    run: Run | None = None,
    items: Collection[str] = ("k1",),
    card: GainCard = CARD,
    *,
    planned: bool = True,
) -> list[GainEntry]:
    return credits_for(run or ended(a_run()), {"match": items}, card, planned=planned, at=MORNING)
