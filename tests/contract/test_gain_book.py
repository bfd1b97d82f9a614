"""Cards, measurements, answers and sums, the same over SQLite and PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from gains import a_card, a_month, keep
from gevinst.domain.audit import verify
from gevinst.domain.gain_records import GainError, Measurement, QuarterAnswer, QuarterState
from gevinst.domain.gains import Method
from gevinst.store import open_parts
from gevinst.store.opening import StoreParts

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
ANSWER = QuarterAnswer(
    robot="hovedkonto",
    quarter="2026-Q3",
    state=QuarterState.CONFIRMED,
    minutes=Decimal("7764.25"),
    planned=Decimal("7800.00"),
    entries=3,
    seal="a" * 64,
    reason="",
    who="okonomichef",
    role="Økonomichef",
    at=NOW,
)


@pytest.fixture
def parts(database_url: str) -> Iterator[StoreParts]:
    """Give an empty office's store."""
    opened = open_parts(database_url)
    yield opened
    opened.runs.close()


def execute(parts: StoreParts, statement: str) -> None:
    with parts.runs._database.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_card_is_kept_once_for_each_version_in_turn(parts: StoreParts) -> None:
    first, second = a_card(), a_card(occasions_per_month=4)

    for card in (first, first, second, first):
        keep(parts, card)

    kept = parts.gains.cards("hovedkonto")
    assert [one.version for one in kept] == [first.version, second.version, first.version]
    assert kept[1].content["occasions_per_month"] == 4
    assert [one.number for one in kept] == [1, 2, 3]


def test_a_measurement_comes_back_item_by_item(parts: StoreParts) -> None:
    one = Measurement(
        robot="hovedkonto",
        case_type="match",
        method=Method.STOPWATCH,
        minutes=(Decimal("6.25"), Decimal("0.50")),
        source="stopwatch",
        who="controller",
        at=NOW,
    )

    kept = parts.gains.keep_measurement(one)

    assert parts.gains.measurements("hovedkonto") == [kept]
    assert kept == replace(one, number=1)


def test_an_answer_comes_back_as_it_was_given(parts: StoreParts) -> None:
    kept = parts.gains.keep_answer(ANSWER, seen=0)

    assert parts.gains.answers() == [kept]
    assert parts.gains.answers("andet") == []


def test_of_two_who_answer_at_once_the_second_is_told(parts: StoreParts) -> None:
    parts.gains.keep_answer(ANSWER, seen=0)

    with pytest.raises(GainError, match="GAI-008"):
        parts.gains.keep_answer(replace(ANSWER, state=QuarterState.REJECTED), seen=0)

    assert len(parts.gains.answers()) == 1


@pytest.mark.parametrize("table", ["gain_card", "gain_measurement", "gain_answer"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET who = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_is_kept(parts: StoreParts, table: str, statement: str) -> None:
    keep(parts, a_card())
    parts.gains.keep_answer(ANSWER, seen=0)
    one = Measurement(
        robot="a", case_type="b", method=Method.GUESS, minutes=(Decimal(1),), source="", who="c", at=NOW
    )
    parts.gains.keep_measurement(one)

    with pytest.raises(DatabaseError, match="append-only"):
        execute(parts, statement.format(table))


def test_cards_measurements_and_answers_stand_in_the_audit_trail(parts: StoreParts) -> None:
    keep(parts, a_card())
    parts.gains.keep_answer(replace(ANSWER, reason="Tre terminaler er taget ned"), seen=0)

    rows = list(parts.runs.audit_rows())
    assert verify(rows) == []
    assert [row.what for row in rows] == ["gain.card", "gain.confirmed"]
    assert (rows[1].detail["seal"], rows[1].why) == ("a" * 64, "Tre terminaler er taget ned")


def test_sums_are_those_of_the_ledger(parts: StoreParts) -> None:
    card = a_card()
    a_month(parts, card, items=10, exceptions=2)

    found = {one.case_type: (one.items, one.minutes) for one in parts.gains.sums()}

    assert found == {
        "match": (10, Decimal("65.00")),
        "fixed": (12, Decimal("252.00")),
        "supervision": (-1, Decimal("-108.00")),
        "handling:match": (-2, Decimal("-5.00")),
    }


def test_a_reversal_takes_an_item_out_of_the_sum(parts: StoreParts) -> None:
    run = a_month(parts, a_card(), items=3, exceptions=0)

    parts.runs.reverse("hovedkonto", ["2026-07:hovedkonto:1"], run_id=run.run_id, reason="reopened", at=NOW)

    [match] = [one for one in parts.gains.sums() if one.case_type == "match"]
    assert (match.items, match.minutes) == (2, Decimal("13.00"))


def test_the_seal_of_a_quarter_changes_with_each_entry(parts: StoreParts) -> None:
    run = a_month(parts, a_card(), items=3, exceptions=0)
    before = parts.gains.seal("hovedkonto", ["2026-07"])

    parts.runs.reverse("hovedkonto", ["2026-07:hovedkonto:1"], run_id=run.run_id, reason="reopened", at=NOW)

    after = parts.gains.seal("hovedkonto", ["2026-07"])
    assert (before.entries, after.entries) == (16, 17)
    assert before.sha256 != after.sha256
    assert parts.gains.seal("hovedkonto", ["2026-08"]).entries == 0


def test_a_whole_ledger_has_no_hole(parts: StoreParts) -> None:
    run = a_month(parts, a_card(), items=3, exceptions=1)
    parts.runs.reverse("hovedkonto", ["2026-07:hovedkonto:1"], run_id=run.run_id, reason="reopened", at=NOW)

    assert parts.gains.holes() == []


def test_an_entry_that_was_cut_out_leaves_a_hole(parts: StoreParts) -> None:
    run = a_month(parts, a_card(), items=3, exceptions=0)
    parts.runs.reverse("hovedkonto", ["2026-07:hovedkonto:1"], run_id=run.run_id, reason="reopened", at=NOW)
    drop = "DROP TRIGGER gain_no_delete" if "sqlite" in parts.url else "ALTER TABLE gain DISABLE TRIGGER USER"
    execute(parts, drop)

    execute(parts, "DELETE FROM gain WHERE item_key = '2026-07:hovedkonto:1' AND sequence = 1")

    [hole] = parts.gains.holes()
    assert (hole.robot, hole.item_key, hole.missing) == ("hovedkonto", "2026-07:hovedkonto:1", 1)


def test_the_last_moment_is_that_of_the_latest_thing_kept(parts: StoreParts) -> None:
    assert parts.gains.last_moment() is None
    a_month(parts, a_card(), items=1, exceptions=0)
    later = NOW + timedelta(days=3)

    parts.gains.keep_answer(replace(ANSWER, at=later), seen=0)

    assert parts.gains.last_moment() == later
