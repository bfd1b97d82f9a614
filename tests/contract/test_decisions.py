"""What people decide is kept for ever, numbered, and noted in the audit trail; files' profiles come back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from gevinst.app.ports import DecidedMeanwhileError, RunStore, UnknownRunError
from gevinst.domain.audit import verify
from gevinst.domain.decision import Decision, DecisionKind
from gevinst.domain.file_profile import FileProfile
from gevinst.domain.run import Environment, RunState
from gevinst.store import open_store
from gevinst.store.sql import SqlRunStore
from runs import MORNING, a_run, an_input, an_item, ended, kept


def a_decision(**changes: Any) -> Decision:
    """A match of a bank line with two postings, with a difference of 50 øre."""
    plain = Decision(
        robot="hovedkonto",
        period="2026-10",
        kind=DecisionKind.MATCH,
        left=("B1",),
        right=("row:7", 'R"2,æ'),
        amount_left=100_050,
        amount_right=100_000,
        account="4.0 6.45.51 øreafrunding",
        reason="Aftalt med leverandøren 010180-1234",
        expected=date(2026, 11, 12),
        who="controller",
        at=MORNING,
        run_id="run-1",
    )
    return replace(plain, **changes)


def a_profile(source: str = "bank", *, rows: int = 800) -> FileProfile:
    """A bank file's profile."""
    return FileProfile(
        source=source,
        layout="camt",
        columns=("Dato", "Beløb"),
        rows=rows,
        sum=-12_345,
        volume=10_000_000,
        median=25_000,
        quartiles=(10_000, 90_000),
        positive=510,
        first="2026-10-01",
        last="2026-10-30",
        outside=0,
        blank={"text": 0, "reference": 120},
        accounts=1,
        shapes={"A 9": 700, "A": 100},
    )


def test_a_decision_comes_back_as_it_was_made(store: RunStore) -> None:
    kept(store, a_run(), RunState.OPEN_ITEMS)

    made = store.decide(a_decision(), seen=0)

    assert made == a_decision(number=1)
    assert list(store.decisions("hovedkonto")) == [made]
    assert list(store.decisions("anden")) == []


def test_each_decision_has_a_row_in_the_audit_trail_without_ids_and_cpr_numbers(store: RunStore) -> None:
    kept(store, a_run(), RunState.OPEN_ITEMS)

    store.decide(a_decision(), seen=0)
    undo = Decision(
        robot="hovedkonto",
        period="2026-10",
        kind=DecisionKind.UNDO,
        who="leder",
        at=MORNING,
        run_id="run-1",
        undoes=1,
    )
    store.decide(undo, seen=1)

    first, second = store.audit_of(["decision.match", "decision.undo"])
    assert (first.what, first.who, first.subject) == ("decision.match", "controller", "decision 1")
    assert (first.detail["left"], first.detail["right"], first.detail["difference"]) == (1, 2, 50)
    assert "1234" not in first.why
    assert (second.what, second.detail["about"]) == ("decision.undo", 1)
    assert verify(store.audit_rows()) == []


def test_who_has_not_seen_the_last_decision_is_refused(store: RunStore) -> None:
    kept(store, a_run(), RunState.OPEN_ITEMS)
    kept(store, a_run("run-2", robot="anden"), RunState.OPEN_ITEMS)
    store.decide(a_decision(), seen=0)

    with pytest.raises(DecidedMeanwhileError):
        store.decide(a_decision(left=("B2",)), seen=0)

    assert store.decide(a_decision(robot="anden", run_id="run-2"), seen=0).number == 2
    assert len(store.decisions("hovedkonto")) == 1
    assert len(store.audit_of(["decision.match"])) == 2


def test_of_many_who_decide_at_once_one_is_kept(store: RunStore) -> None:
    kept(store, a_run(), RunState.OPEN_ITEMS)

    def decide(number: int) -> bool:
        try:
            store.decide(a_decision(who=f"controller {number}"), seen=0)
        except DecidedMeanwhileError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(decide, range(4))) == [False, False, False, True]
    assert [one.number for one in store.decisions("hovedkonto")] == [1]


def test_a_decision_needs_a_run_that_is_known(store: RunStore) -> None:
    with pytest.raises(UnknownRunError):
        store.decide(a_decision(run_id="nobody"), seen=0)


@pytest.fixture
def sql_store(database_url: str) -> Iterator[SqlRunStore]:
    """Give a store with one decision."""
    opened = open_store(database_url)
    kept(opened, a_run(), RunState.OPEN_ITEMS)
    opened.decide(a_decision(), seen=0)
    yield opened
    opened.close()


@pytest.mark.parametrize("statement", ["UPDATE decision SET who = 'other'", "DELETE FROM decision"])
def test_the_database_refuses_to_change_a_decision(sql_store: SqlRunStore, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        sql_store._database.writing() as connection,
    ):
        connection.execute(text(statement))

    assert list(sql_store.decisions("hovedkonto")) == [a_decision(number=1)]


def test_profiles_of_earlier_standing_runs_come_newest_period_first(store: RunStore) -> None:
    for number, period in enumerate(("2026-07", "2026-08", "2026-09", "2026-10")):
        run = a_run(f"run-{number}", period=period, after=number)
        store.start(run)
        store.save_profiles(run, [a_profile(rows=number), a_profile("ledger", rows=number)])
        store.finish(ended(run, RunState.OPEN_ITEMS))

    found = store.profiles("hovedkonto", before="2026-10", periods=2)

    assert [(one.period, one.profile.source) for one in found] == [
        ("2026-09", "bank"),
        ("2026-09", "ledger"),
        ("2026-08", "bank"),
        ("2026-08", "ledger"),
    ]
    assert found[0].profile == a_profile(rows=2)


def test_the_profile_of_a_rejected_run_is_no_measure(store: RunStore) -> None:
    run = a_run(period="2026-09")
    store.start(run)
    store.save_profiles(run, [a_profile()])
    store.finish(ended(run, RunState.REJECTED))

    assert list(store.profiles("hovedkonto", before="2026-10")) == []


def test_standing_runs_are_one_a_period_and_production_goes_first(store: RunStore) -> None:
    kept(store, a_run("october"), RunState.OPEN_ITEMS)
    kept(store, a_run("september-1", period="2026-09", after=1))
    kept(store, a_run("september-2", period="2026-09", after=2))
    kept(store, a_run("trial", environment=Environment.TRIAL, after=3))
    kept(store, a_run("failed", after=4), RunState.FAILED)

    assert [run.run_id for run in store.standing_runs("hovedkonto")] == ["september-2", "october"]


def test_what_a_run_left_open_can_be_read_when_it_stands_no_more(store: RunStore) -> None:
    run = a_run()
    store.start(run)
    store.save_open_items(run, [an_item("B1"), an_item("B2")])
    store.save_inputs(run, [an_input()])
    store.finish(ended(run, RunState.OPEN_ITEMS))
    kept(store, a_run("run-2", after=1))

    assert store.open_items("hovedkonto", "2026-10") == []
    assert [one.item_id for one in store.kept_items("run-1")] == ["B1", "B2"]
    assert list(store.inputs("run-1")) == [an_input()]
    assert not store.kept_items("nobody")
    assert not store.inputs("nobody")
