"""The gain ledger and the audit trail: append-only, credited once, one chain."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from gevinst.app.ports import FinishedRunError, RunStore
from gevinst.domain.audit import AuditEvent, verify
from gevinst.domain.run import RunState
from runs import MORNING, a_run, an_entry, ended, kept


def test_a_credit_comes_back_as_it_was_given(store: RunStore) -> None:
    run = kept(store, a_run())
    entry = an_entry("2026-10:2030:B1", run, minutes="6.55")

    assert store.credit([entry]) == 1

    assert store.gain_entries("hovedkonto") == [entry]
    assert store.gain_minutes("hovedkonto") == Decimal("6.55")


def test_an_item_is_credited_once_whoever_asks(store: RunStore) -> None:
    first, again = kept(store, a_run()), kept(store, a_run("run-2", after=1))
    other_robot = kept(store, a_run("run-3", robot="anden"))
    assert store.credit([an_entry("k1", first), an_entry("k2", first), an_entry("k2", first)]) == 2

    assert store.credit([an_entry("k1", again), an_entry("k3", again)]) == 1
    assert store.credit([an_entry("k1", other_robot)]) == 0

    assert store.gain_minutes("hovedkonto") == Decimal("19.50")
    assert store.gain_minutes("anden") == Decimal("0.00")


def test_a_reopened_item_is_reversed_and_may_be_credited_again(store: RunStore) -> None:
    run, rerun = kept(store, a_run()), kept(store, a_run("run-2", after=1))
    store.credit([an_entry("k1", run), an_entry("k2", run)])

    undone = store.reverse("hovedkonto", ["k1", "unknown"], run_id="run-2", reason="reopened", at=MORNING)

    assert undone == 1
    assert store.gain_minutes("hovedkonto") == Decimal("6.50")
    assert store.credit([an_entry("k1", rerun), an_entry("k2", rerun)]) == 1
    assert [(one.item_key, one.sign, one.run_id) for one in store.gain_entries("hovedkonto")] == [
        ("k1", 1, "run-1"),
        ("k2", 1, "run-1"),
        ("k1", -1, "run-2"),
        ("k1", 1, "run-2"),
    ]


def test_a_reversal_stands_in_the_period_of_its_credit(store: RunStore) -> None:
    run, november = kept(store, a_run()), kept(store, a_run("run-2", period="2026-11"))
    store.credit([an_entry("k1", run)])

    store.reverse("hovedkonto", ["k1"], run_id=november.run_id, reason="reopened", at=MORNING)

    assert store.gain_minutes("hovedkonto", "2026-10") == 0
    assert store.gain_entries("hovedkonto", "2026-11") == []


def test_nothing_is_reversed_twice_or_for_another_robot(store: RunStore) -> None:
    run = kept(store, a_run())
    store.credit([an_entry("k1", run)])

    assert store.reverse("anden", ["k1"], run_id="run-1", reason="reopened", at=MORNING) == 0
    assert store.reverse("hovedkonto", ["k1", "k1"], run_id="run-1", reason="reopened", at=MORNING) == 1
    assert store.reverse("hovedkonto", ["k1"], run_id="run-1", reason="reopened", at=MORNING) == 0


def test_handling_costs_are_taken_off(store: RunStore) -> None:
    run = kept(store, a_run(), RunState.OPEN_ITEMS)

    store.credit([an_entry("k1", run), an_entry("handling:k2", run, minutes="9.00", sign=-1)])

    assert store.gain_minutes("hovedkonto") == Decimal("-2.50")


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.REJECTED, RunState.STOPPED])
def test_a_run_that_did_not_do_its_work_credits_nothing(store: RunStore, state: RunState) -> None:
    run = kept(store, a_run(), state)

    with pytest.raises(FinishedRunError):
        store.credit([an_entry("k1", run)])

    assert store.gain_entries("hovedkonto") == []


def test_what_a_run_credited_before_it_failed_stands(store: RunStore) -> None:
    store.start(a_run())
    store.credit([an_entry("k1", a_run())])

    store.finish(ended(a_run(), RunState.FAILED))

    assert store.gain_minutes("hovedkonto") == Decimal("6.50")


def test_a_month_of_items_is_credited_in_well_under_a_second(store: RunStore) -> None:
    run = kept(store, a_run())
    entries = [an_entry(f"2026-10:2030:B{number}", run) for number in range(5_000)]

    began = time.perf_counter()
    new = store.credit(entries)
    again = store.credit(entries)
    seconds = time.perf_counter() - began

    assert (new, again) == (5_000, 0)
    assert store.gain_minutes("hovedkonto") == Decimal("32500.00")
    assert seconds < 2  # both together; a shared machine is slower than an idle one


def test_many_that_credit_the_same_items_at_once_credit_them_once(store: RunStore) -> None:
    run = kept(store, a_run())
    entries = [an_entry(f"k{number}", run) for number in range(200)]

    with ThreadPoolExecutor(max_workers=4) as threads:
        new = list(threads.map(lambda _: store.credit(entries), range(4)))

    assert sum(new) == 200
    assert store.gain_minutes("hovedkonto") == Decimal("1300.00")


def test_the_audit_trail_is_one_whole_chain(store: RunStore) -> None:
    first = store.append_audit(an_event("run.started"))
    store.append_audit(an_event("run.finished"))

    rows = list(store.audit_rows())

    assert rows[0] == first
    assert [row.number for row in rows] == [1, 2]
    assert rows[1].previous_hash == rows[0].hash
    assert verify(rows) == []


def test_an_event_comes_back_with_its_moment_and_detail(store: RunStore) -> None:
    at = MORNING + timedelta(microseconds=123_456)
    event = AuditEvent(
        at=at, who="controller", what="gain.confirmed", subject="run-1", detail={"n": 2, "æ": "ø"}, why="målt"
    )
    store.append_audit(event)

    (row,) = store.audit_rows()

    assert (row.at, row.who, row.what, row.subject) == (at, "controller", "gain.confirmed", "run-1")
    assert (dict(row.detail), row.why) == ({"n": 2, "æ": "ø"}, "målt")


def test_many_that_write_the_trail_at_once_make_one_chain(store: RunStore) -> None:
    with ThreadPoolExecutor(max_workers=4) as threads:
        list(threads.map(lambda number: store.append_audit(an_event(f"act.{number}")), range(40)))

    rows = list(store.audit_rows())

    assert [row.number for row in rows] == list(range(1, 41))
    assert verify(rows) == []


def an_event(what: str) -> AuditEvent:
    return AuditEvent(at=MORNING, who="controller", what=what, subject="run-1", detail={"open": 3})
