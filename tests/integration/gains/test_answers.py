"""A benefit owner answers for a quarter; time that people spend is entered."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from gains import MONTHS, TERMS, a_card, a_month, a_robot, keep, tools
from gevinst.app.gain_answer import Wish, answer_quarter
from gevinst.app.gain_cost import SpentTime, enter_cost
from gevinst.app.gain_report import gain_report
from gevinst.domain.gain_records import GainError, QuarterState
from gevinst.domain.gain_report import QuarterGain
from gevinst.domain.gain_terms import PlannedGain
from gevinst.store.opening import StoreParts

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
CARD = a_card()
ROBOT = a_robot(CARD)
WISH = Wish(quarter="2026-Q3", state=QuarterState.CONFIRMED, reason="", who="okonomichef", at=NOW)


@pytest.fixture
def quarter(parts: StoreParts) -> StoreParts:
    """Give a store with three golden months."""
    keep(parts, CARD)
    for month in MONTHS:
        a_month(parts, CARD, month)
    return parts


def answer(parts: StoreParts, wish: Wish = WISH) -> None:
    answer_quarter(wish, ROBOT, tools(parts))


def quarter_of(parts: StoreParts) -> QuarterGain:
    [row] = gain_report([ROBOT], MONTHS, tools(parts)).robots
    [found] = row.quarters
    return found


def code_of(parts: StoreParts, wish: Wish) -> str:
    with pytest.raises(GainError) as refused:
        answer(parts, wish)
    assert parts.gains.answers() == [] or wish.who == "okonomichef"
    return refused.value.code


def test_hours_are_realised_once_their_owner_has_confirmed_them(quarter: StoreParts) -> None:
    assert (quarter_of(quarter).state, quarter_of(quarter).realised) == (QuarterState.CALCULATED, Decimal(0))

    answer(quarter)

    found = quarter_of(quarter)
    assert (found.state, found.realised, found.role) == (
        QuarterState.CONFIRMED,
        Decimal("388.2"),
        "Økonomichef",
    )
    assert found.share == Decimal("388.2") / 390


def test_rejected_hours_are_not_realised(quarter: StoreParts) -> None:
    answer(quarter, replace(WISH, state=QuarterState.REJECTED, reason="Afstemmes stadig i hånden"))

    found = quarter_of(quarter)
    assert (found.state, found.realised) == (QuarterState.REJECTED, Decimal(0))
    assert found.reason == "Afstemmes stadig i hånden"


def test_only_the_owner_can_answer(quarter: StoreParts) -> None:
    assert code_of(quarter, replace(WISH, who="controller")) == "GAI-004"
    assert not [row for row in quarter.runs.audit_rows() if row.what.startswith("gain.c") and row.why]


def test_a_title_without_a_user_name_cannot_answer(quarter: StoreParts) -> None:
    with pytest.raises(GainError, match="GAI-004"):
        answer_quarter(WISH, ROBOT, tools(quarter, replace(tools(quarter).settings, owners={})))


@pytest.mark.parametrize("typed", ["2026-Q5", "2026-10", "tredje", ""])
def test_a_text_that_is_no_quarter_is_refused(quarter: StoreParts, typed: str) -> None:
    assert code_of(quarter, replace(WISH, quarter=typed)) == "GAI-001"


@pytest.mark.parametrize("typed", ["2026Q3", "2026-K3", "2026-q3"])
def test_a_quarter_may_be_written_in_several_ways(quarter: StoreParts, typed: str) -> None:
    answer(quarter, replace(WISH, quarter=typed))

    assert quarter.gains.answers()[0].quarter == "2026-Q3"


def test_a_quarter_that_is_not_over_is_refused(quarter: StoreParts) -> None:
    assert code_of(quarter, replace(WISH, quarter="2026-Q4")) == "GAI-002"
    assert code_of(quarter, replace(WISH, at=datetime(2026, 9, 30, tzinfo=UTC))) == "GAI-002"


@pytest.mark.parametrize("planned", ["90", "170"])
def test_far_from_the_plan_takes_a_reason(quarter: StoreParts, planned: str) -> None:
    plan = PlannedGain(hours_per_month=Decimal(planned))
    robot = a_robot(a_card(replace(TERMS, plan=plan)))

    with pytest.raises(GainError, match="GAI-005"):
        answer_quarter(WISH, robot, tools(quarter))
    answer_quarter(replace(WISH, reason="Færre terminaler"), robot, tools(quarter))

    assert quarter.gains.answers()[0].reason == "Færre terminaler"


def test_a_rejection_takes_a_reason(quarter: StoreParts) -> None:
    assert code_of(quarter, replace(WISH, state=QuarterState.REJECTED, reason="  ")) == "GAI-005"


def test_a_quarter_is_sealed_by_its_answer(quarter: StoreParts) -> None:
    answer(quarter)

    assert code_of(quarter, replace(WISH, at=NOW + timedelta(days=1))) == "GAI-006"


def test_a_ledger_that_changed_since_is_told_and_may_be_answered_again(quarter: StoreParts) -> None:
    answer(quarter)
    quarter.runs.reverse(
        "hovedkonto", ["2026-07:hovedkonto:1"], run_id="2026-07-hovedkonto", reason="reopened", at=NOW
    )

    assert quarter_of(quarter).changed
    assert quarter_of(quarter).realised == Decimal("388.2"), (
        "what was confirmed stands until it is answered anew"
    )
    answer(quarter, replace(WISH, at=NOW + timedelta(days=1)))

    assert not quarter_of(quarter).changed
    assert [one.number for one in quarter.gains.answers()] == [1, 2]


def test_a_clock_that_went_backwards_keeps_nothing(quarter: StoreParts) -> None:
    assert code_of(quarter, replace(WISH, at=datetime(2026, 10, 1, tzinfo=UTC))) == "GAI-007"


def test_a_ledger_with_a_hole_keeps_nothing(quarter: StoreParts) -> None:
    quarter.runs.reverse(
        "hovedkonto", ["2026-07:hovedkonto:1"], run_id="2026-07-hovedkonto", reason="reopened", at=NOW
    )
    with quarter.runs._database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER gain_no_delete"))
        connection.execute(text("DELETE FROM gain WHERE item_key = '2026-07:hovedkonto:1' AND sequence = 1"))

    assert code_of(quarter, WISH) == "GAI-009"
    [row] = gain_report([ROBOT], MONTHS, tools(quarter)).robots
    assert row.warnings[0].code == "hole"


def test_a_quarter_without_plan_and_entries_has_nothing_to_answer_for(quarter: StoreParts) -> None:
    assert code_of(quarter, replace(WISH, quarter="2025-Q1")) == "GAI-011"


def test_a_run_that_ended_before_it_began_is_told(parts: StoreParts) -> None:
    run = a_month(parts, CARD, items=3)
    odd = replace(run, run_id="odd", period="2026-08", ended=run.started - timedelta(hours=1))
    parts.runs.start(replace(odd, state=odd.state.RUNNING, ended=None))
    parts.runs.finish(odd)

    [row] = gain_report([ROBOT], MONTHS, tools(parts)).robots

    assert "clock" in {one.code for one in row.warnings}


def test_entries_of_tomorrow_are_told(parts: StoreParts) -> None:
    a_month(parts, CARD, "2026-09", items=3)

    report = gain_report([ROBOT], MONTHS, tools(parts, today=date(2026, 10, 1)))

    assert [one.code for one in report.warnings] == ["clock_back"]


# --- Time that people spend ---


def spent(kind: str, minutes: str, **other: object) -> SpentTime:
    base = SpentTime(period="2026-07", kind=kind, minutes=Decimal(minutes), at=NOW)
    return replace(base, **other)  # type: ignore[arg-type]


def test_supervision_is_taken_off(quarter: StoreParts) -> None:
    before = quarter_of(quarter).hours

    taken = enter_cost(spent("supervision", "90"), ROBOT, tools(quarter))

    assert taken == 90
    assert quarter_of(quarter).hours == before - Decimal("1.5")


def test_exceptions_cost_what_they_took_beyond_the_old_way(quarter: StoreParts) -> None:
    taken = enter_cost(spent("handling", "80", items=10, case_type="match"), ROBOT, tools(quarter))

    assert taken == 10 * (Decimal(8) - Decimal("6.5"))


def test_exceptions_that_were_quicker_than_by_hand_cost_nothing(quarter: StoreParts) -> None:
    assert enter_cost(spent("handling", "20", items=10, case_type="match"), ROBOT, tools(quarter)) == 0


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (spent("supervision", "0"), "GAI-018"),
        (spent("handling", "9", case_type="ukendt"), "GAI-012"),
        (spent("rework", "9", period="2026-13"), "GAI-019"),
        (spent("rework", "9", period="2025-01"), "GAI-015"),
        (spent("rework", "9", at=datetime(2026, 8, 1, tzinfo=UTC)), "GAI-007"),
    ],
)
def test_time_that_cannot_be_right_is_refused(quarter: StoreParts, one: SpentTime, code: str) -> None:
    before = quarter.gains.seal("hovedkonto", MONTHS)

    with pytest.raises(GainError, match=code):
        enter_cost(one, ROBOT, tools(quarter))

    assert quarter.gains.seal("hovedkonto", MONTHS) == before
