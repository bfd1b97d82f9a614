"""The twelve traps of counting gains, each by its number in docs/reference/gains.md."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from gains import FIXED, SETTINGS, TERMS, TIMED, TODAY, a_card, a_month, a_robot, a_run_of, keep, tools
from gevinst.app.gain_ports import ErrorRate
from gevinst.app.gain_report import gain_report
from gevinst.domain.gain_records import GainError
from gevinst.domain.gain_report import GainReport, RobotGain
from gevinst.domain.gain_settings import GainSettings, SharedCost
from gevinst.domain.gain_terms import HourlyRate, Money, PlannedGain, QualityBefore, ShownAmount
from gevinst.domain.gains import (
    GainCard,
    GainKind,
    Grade,
    Method,
    credited_minutes,
    credits_for,
)
from gevinst.domain.money import kroner
from gevinst.domain.robot import Phase
from gevinst.domain.run import Environment, RunState
from gevinst.store.opening import StoreParts

JULY = ("2026-07",)
AT = datetime(2026, 8, 5, 6, tzinfo=UTC)


def report_of(parts: StoreParts, card: GainCard, settings: GainSettings = SETTINGS) -> GainReport:
    return gain_report([a_robot(card)], JULY, tools(parts, settings))


def row_of(parts: StoreParts, card: GainCard, settings: GainSettings = SETTINGS) -> RobotGain:
    [row] = report_of(parts, card, settings).robots
    return row


def codes(row: RobotGain) -> Collection[str]:
    return {one.code for one in row.warnings}


@pytest.mark.parametrize(
    ("environment", "state"),
    [
        (Environment.TRIAL, RunState.AGREED),
        (Environment.TEST, RunState.AGREED),
        (Environment.PRODUCTION, RunState.FAILED),
        (Environment.PRODUCTION, RunState.STOPPED),
        (Environment.PRODUCTION, RunState.REJECTED),
    ],
)
def test_trap_1_what_failed_was_stopped_or_only_tried_earns_nothing(
    environment: Environment, state: RunState
) -> None:
    run = replace(a_run_of("hovedkonto", "2026-07", matched=1), environment=environment, state=state)

    assert credits_for(run, {"match": ["k1"]}, a_card(), planned=True, at=AT) == []


def test_trap_2_the_same_item_earns_once_whoever_asks(parts: StoreParts) -> None:
    card = a_card()
    a_month(parts, card, items=10, exceptions=0, supervision="1")
    again = replace(
        a_run_of("andet", "2026-07", matched=10), run_id="again", state=RunState.RUNNING, ended=None
    )
    parts.runs.start(again)
    keys = {"match": [f"2026-07:hovedkonto:{number}" for number in range(10)]}
    entries = credits_for(
        replace(again, state=RunState.AGREED), keys, replace(card, robot="andet"), planned=False, at=AT
    )

    assert parts.runs.credit(entries) == 0
    assert row_of(parts, card).months[0].items == 10


def test_trap_3_extra_runs_and_unplanned_occasions_earn_no_fixed_minutes(parts: StoreParts) -> None:
    card = a_card(occasions_per_month=1)
    a_month(parts, card, items=0, exceptions=0, supervision="1")
    run = replace(a_run_of("hovedkonto", "2026-07", matched=0), run_id="again")

    again = credits_for(run, {"match": []}, card, planned=True, at=AT)
    unplanned = credits_for(run, {"match": []}, card, planned=False, at=AT)

    parts.runs.start(replace(run, state=RunState.RUNNING, ended=None))
    assert parts.runs.credit(again) == 0
    assert unplanned == []
    assert credits_for(run, {"match": []}, replace(card, fixed=None), planned=True, at=AT) == []


def test_trap_3_occasions_are_credited_as_they_pass(parts: StoreParts) -> None:
    del parts
    middle = replace(a_run_of("hovedkonto", "2026-07", matched=0), started=datetime(2026, 7, 16, tzinfo=UTC))
    after = a_run_of("hovedkonto", "2026-07", matched=0)

    counts = [len(credits_for(run, {}, a_card(), planned=True, at=AT)) for run in (middle, after)]

    assert counts == [6, 12]


def test_trap_4_work_that_nobody_did_before_is_quality_and_0_hours(parts: StoreParts) -> None:
    card = a_card(case_types={"match": None}, fixed=None)
    a_month(parts, card, items=10, exceptions=0, supervision="1")

    row = row_of(parts, card)

    assert row.months[0].gross == 0
    assert "new_work" in codes(row)


def test_trap_5_the_robots_run_time_is_in_no_figure(parts: StoreParts) -> None:
    card = a_card()
    run = a_month(parts, card, items=10, exceptions=0, supervision="1")

    assert run.ended is not None
    slow = replace(run, ended=run.started.replace(hour=23))
    keys = {"match": ["k1"]}
    assert credits_for(slow, keys, card, planned=False, at=AT) == credits_for(
        run, keys, card, planned=False, at=AT
    )


def test_trap_6_a_baseline_past_its_date_is_stale_and_graded_c(parts: StoreParts) -> None:
    old = replace(TIMED, measured=date(2024, 1, 1), valid_until=date(2026, 10, 1))
    card = a_card(case_types={"match": old})
    keep(parts, card)
    a_month(parts, card, items=10, exceptions=0)

    row = row_of(parts, card)

    [match] = [one for one in row.cases if one.name == "match"]
    assert (match.stale, match.grade) == (True, Grade.C)
    assert "stale" in codes(row)


def test_trap_6_a_new_baseline_leaves_what_was_counted(parts: StoreParts) -> None:
    before = a_card()
    after = a_card(case_types={"match": replace(TIMED, minutes=Decimal("2.0"))})
    keep(parts, before)
    a_month(parts, before, items=100, exceptions=0, supervision="1")

    row = row_of(parts, after)

    [match] = [one for one in row.cases if one.name == "match"]
    assert (match.card_version, match.minutes) == (before.version, Decimal(650))
    assert match.baseline == TIMED


def test_trap_7_a_robot_that_costs_time_comes_first_and_is_told(parts: StoreParts) -> None:
    good, costly = a_card(robot="god"), a_card(robot="dyr")
    a_month(parts, good, items=500, exceptions=0)
    a_month(parts, costly, items=5, exceptions=0, supervision="600", opened=30)

    report = gain_report([a_robot(good), a_robot(costly)], JULY, tools(parts))

    assert [one.robot for one in report.robots] == ["dyr", "god"]
    assert {"costs_time", "exceptions"} <= set(codes(report.robots[0]))
    assert not {"costs_time", "exceptions"} & set(codes(report.robots[1]))


def test_trap_8_price_levels_are_converted_or_refused(parts: StoreParts) -> None:
    card = a_card(replace(TERMS, rate=HourlyRate(amount=33_000, year=2025)))
    a_month(parts, card)
    indexed = replace(SETTINGS, price_levels={2025: Decimal(100), 2026: Decimal("103.2")})

    assert row_of(parts, card, indexed).rate == 34_056
    with pytest.raises(GainError, match="GAI-003") as refused:
        row_of(parts, card)
    assert refused.value.facts == {"year": 2025, "base": 2026}


def test_trap_9_more_hours_than_the_unit_spent_is_told(parts: StoreParts) -> None:
    plan = PlannedGain(hours_per_month=Decimal(130), unit_hours_per_month=Decimal(100))
    card = a_card(replace(TERMS, plan=plan))
    a_month(parts, card)

    report = report_of(parts, card)

    assert [one.code for one in report.warnings] == ["over_staff"]


def test_trap_10_without_development_cost_nothing_is_said_of_payback(parts: StoreParts) -> None:
    card = a_card(replace(TERMS, investments=()))
    a_month(parts, card)

    row = row_of(parts, card)

    assert row.investment is None
    assert "no_investment" in codes(row)


def test_trap_10_a_cost_counted_twice_is_refused(parts: StoreParts) -> None:
    card = a_card()
    shared = SharedCost(what=" licens ", monthly=100_000, year=2026, keys={"hovedkonto": Decimal(1)})

    with pytest.raises(GainError, match="GAI-013"):
        row_of(parts, card, replace(SETTINGS, shared_costs=(shared,)))


def test_trap_10_a_key_of_no_robot_would_lose_a_cost(parts: StoreParts) -> None:
    keys = {"hovedkonto": Decimal("0.5"), "nedlagt": Decimal("0.5")}
    shared = SharedCost(what="Server", monthly=100_000, year=2026, keys=keys)

    with pytest.raises(GainError, match="GAI-017") as refused:
        row_of(parts, a_card(), replace(SETTINGS, shared_costs=(shared,)))
    assert refused.value.facts["key"] == "nedlagt"


def test_trap_10_a_shared_cost_goes_by_its_key(parts: StoreParts) -> None:
    keys = {"hovedkonto": Decimal("0.25"), "andet": Decimal("0.75")}
    shared = SharedCost(what="Server", monthly=100_000, year=2026, keys=keys)
    cards = [a_card(), a_card(robot="andet")]
    settings = replace(SETTINGS, shared_costs=(shared,))

    report = gain_report([a_robot(card) for card in cards], JULY, tools(parts, settings))

    assert {one.robot: one.running_cost for one in report.robots} == {
        "hovedkonto": 420_000 + 25_000,
        "andet": 420_000 + 75_000,
    }


def test_trap_11_amounts_are_whole_ore_and_minutes_hundredths(parts: StoreParts) -> None:
    card = a_card(case_types={"match": replace(TIMED, minutes=Decimal("0.33"))}, fixed=None)
    a_month(parts, card, items=3, exceptions=0, supervision="0.01")

    month = row_of(parts, card).months[0]

    assert all(isinstance(one, int) for one in (month.value.low, month.value.middle, month.net))
    assert month.gross * 60 == Decimal("0.99")
    assert kroner(month.value.middle) == Decimal("5.64")  # 0.98 minutes at 345.00 an hour is 5.635


def test_trap_12_few_measurements_show_no_interval(parts: StoreParts) -> None:
    card = a_card(case_types={"match": replace(TIMED, n=9)})
    keep(parts, card)
    a_month(parts, card, items=10, exceptions=0)

    row = row_of(parts, card)

    assert not row.hours.known
    assert row.hours.low == row.hours.middle == row.hours.high
    assert "few" in codes(row)


def test_a_guess_is_never_in_the_totals(parts: StoreParts) -> None:
    guess = replace(TIMED, method=Method.GUESS, n=0)
    card = a_card(case_types={"match": guess}, fixed=replace(FIXED, method=Method.GUESS))
    run = a_run_of("hovedkonto", "2026-07", matched=10)

    assert credited_minutes(credits_for(run, {"match": ["k1"]}, card, planned=True, at=AT)) == 0
    assert "guess" in codes(row_of(parts, card))


def test_kinds_of_gain_stand_beside_each_other(parts: StoreParts) -> None:
    freed = a_card(robot="tid")
    saved = a_card(replace(TERMS, budget_reference="Budget 2027"), robot="budget", kind=GainKind.BUDGET)
    for card in (freed, saved):
        a_month(parts, card)

    report = gain_report([a_robot(freed), a_robot(saved)], JULY, tools(parts))

    assert [(one.kind, one.value.middle) for one in report.kinds] == [
        (GainKind.BUDGET, 4_464_300),
        (GainKind.FREED_TIME, 4_464_300),
    ]
    assert not hasattr(report, "value")


def test_running_costs_count_from_the_month_of_operation(parts: StoreParts) -> None:
    card = a_card(replace(TERMS, in_operation=date(2026, 7, 15)))

    report = gain_report([a_robot(card)], ("2026-06", "2026-07", "2026-08"), tools(parts, today=TODAY))

    [row] = report.robots
    assert [one.running_cost for one in row.months] == [0, 420_000, 420_000]
    assert [one.planned for one in row.months] == [0, 130, 130]


def test_a_card_from_another_years_prices_moves_its_investment(parts: StoreParts) -> None:
    terms = replace(TERMS, investments=(Money(what="Udvikling", amount=100_000, year=2025),))
    a_month(parts, a_card(terms))
    indexed = replace(SETTINGS, price_levels={2025: Decimal(100), 2026: Decimal(110)})

    found = row_of(parts, a_card(terms), indexed).investment

    assert found is not None
    assert found.amount == 110_000


def test_an_idea_that_has_earned_nothing_is_not_in_the_report(parts: StoreParts) -> None:
    report = gain_report([a_robot(phase=Phase.TRIAL), a_robot(a_card(robot="x"))], JULY, tools(parts))

    assert [one.robot for one in report.robots] == ["x"]


def test_what_is_in_the_till_stands_beside_time_and_what_was_avoided(parts: StoreParts) -> None:
    amounts = (
        ShownAmount(recovered=True, amount=50_000, period="2026-07", document="4001"),
        ShownAmount(recovered=False, amount=7_000, period="2026-07", document="4002"),
        ShownAmount(recovered=True, amount=99_000, period="2026-08", document="4003"),
    )
    card = a_card(replace(TERMS, amounts=amounts))
    a_month(parts, card)

    totals = report_of(parts, card).totals

    assert (totals.treasury, totals.capacity, totals.avoided) == (50_000, 4_464_300, 7_000)


def test_the_error_rate_of_samples_stands_beside_that_of_before(parts: StoreParts) -> None:
    class Checked:
        def error_rate(self, robot: str, period: str) -> ErrorRate | None:
            assert (robot, period) == ("hovedkonto", "")
            return ErrorRate(errors=1, n=59, low=Decimal("0.003"), high=Decimal("0.09"))

    card = a_card(replace(TERMS, quality=QualityBefore(errors=9, sample=400)))

    [row] = gain_report([a_robot(card)], JULY, tools(parts, samples=Checked())).robots

    assert row.quality.before is not None
    assert row.quality.now is not None
    assert (row.quality.now.count, row.quality.now.n, row.quality.now.high) == (1, 59, Decimal("0.09"))
