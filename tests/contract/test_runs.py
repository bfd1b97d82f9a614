"""What a store keeps of runs, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from gevinst.app.ports import (
    AlreadyRunningError,
    FinishedRunError,
    RunExistsError,
    RunStore,
    UnknownRunError,
)
from gevinst.domain.reconciliation import Side
from gevinst.domain.run import Environment, Run, RunState
from runs import MORNING, a_run, a_statement, an_entry, an_input, an_item, ended, kept

DANISH_SUMMER = timezone(timedelta(hours=2))


def test_a_run_comes_back_as_it_was_finished(store: RunStore) -> None:
    store.start(a_run())
    done = replace(
        ended(a_run(), RunState.OPEN_ITEMS),
        summary="Afstemt med 3 åbne poster.",
        read=5_012,
        matched=5_009,
        open=3,
        difference=-4_500,
        unexplained=0,
        minutes_saved="7922.50",
        folder="2026-10/run-1",
    )

    store.finish(done)

    assert store.find("run-1") == done


def test_moments_come_back_in_utc(store: RunStore) -> None:
    store.start(replace(a_run(), started=MORNING.astimezone(DANISH_SUMMER)))

    found = store.find("run-1")

    assert found is not None
    assert (found.started, found.started.utcoffset()) == (MORNING, timedelta(0))


def test_a_run_that_nobody_started_is_not_found(store: RunStore) -> None:
    assert store.find("run-1") is None
    with pytest.raises(UnknownRunError):
        store.finish(ended(a_run()))


def test_a_robot_runs_once_at_a_time_for_a_period(store: RunStore) -> None:
    store.start(a_run(), holder="host:4711")

    with pytest.raises(AlreadyRunningError) as refused:
        store.start(a_run("run-2"))

    assert refused.value.running == a_run()
    assert (refused.value.holder, refused.value.seen) == ("host:4711", MORNING)
    assert store.find("run-2") is None


def test_other_periods_and_other_robots_run_beside_it(store: RunStore) -> None:
    store.start(a_run())

    store.start(a_run("run-2", period="2026-11"))
    store.start(a_run("run-3", robot="skattekonto"))

    assert len(store.list()) == 3


def test_of_many_that_start_at_once_one_runs(store: RunStore) -> None:
    def start(number: int) -> bool:
        try:
            store.start(a_run(f"run-{number}"))
        except AlreadyRunningError:
            return False
        return True

    with ThreadPoolExecutor(max_workers=6) as threads:
        started = list(threads.map(start, range(12)))

    assert started.count(True) == 1
    assert len(store.list()) == 1


def test_a_run_id_is_used_once(store: RunStore) -> None:
    kept(store, a_run())

    with pytest.raises(RunExistsError):
        store.start(a_run(period="2026-11"))


@pytest.mark.parametrize("state", [RunState.AGREED, RunState.REJECTED, RunState.FAILED, RunState.STOPPED])
def test_a_finished_run_is_never_changed(store: RunStore, state: RunState) -> None:
    done = kept(store, a_run(), state)

    with pytest.raises(FinishedRunError):
        store.finish(ended(a_run(), RunState.OPEN_ITEMS))

    assert store.find("run-1") == done


def test_a_run_that_replaces_another_is_noted_at_that_one(store: RunStore) -> None:
    first = kept(store, a_run())

    kept(store, a_run("run-2", replaces="run-1"))

    assert store.replaced_by("run-1") == "run-2"
    assert store.find("run-1") == first


def test_a_rejected_run_replaces_nothing(store: RunStore) -> None:
    kept(store, a_run())

    kept(store, a_run("run-2", replaces="run-1"), RunState.REJECTED)

    assert store.replaced_by("run-1") == ""


def test_the_latest_run_is_the_one_that_started_last(store: RunStore) -> None:
    kept(store, a_run("run-9"))
    rejected = kept(store, a_run("run-2", after=5), RunState.REJECTED)
    kept(store, a_run("run-3", after=9, robot="skattekonto"))
    other_period = kept(store, a_run("run-4", after=7, period="2026-11"))

    assert store.latest("hovedkonto") == other_period
    assert store.latest("hovedkonto", "2026-10") == rejected
    agreed = store.latest("hovedkonto", "2026-10", states=[RunState.AGREED])
    assert agreed is not None
    assert agreed.run_id == "run-9"
    assert store.latest("hovedkonto", environment=other_period.environment) == other_period
    assert store.latest("hovedkonto", environment=Environment.TEST) is None
    assert store.latest("ukendt") is None


def test_runs_are_listed_newest_first(store: RunStore) -> None:
    for number in range(4):
        kept(store, a_run(f"run-{number}", after=number, robot="hovedkonto" if number else "skattekonto"))

    assert run_ids(store.list(limit=3)) == ["run-3", "run-2", "run-1"]
    assert run_ids(store.list("skattekonto")) == ["run-0"]


def test_a_run_whose_worker_is_gone_is_closed_as_failed(store: RunStore) -> None:
    store.start(a_run())

    closed = store.abandon("run-1", not_seen_since=MORNING, at=later(10), summary="Afbrudt.")

    assert closed
    assert store.find("run-1") == replace(a_run(), state=RunState.FAILED, ended=later(10), summary="Afbrudt.")
    store.start(a_run("run-2"))


def test_a_run_that_shows_life_is_not_closed(store: RunStore) -> None:
    store.start(a_run())
    assert store.renew("run-1", at=later(5))

    assert not store.abandon("run-1", not_seen_since=later(4), at=later(10), summary="Afbrudt.")

    assert store.find("run-1") == a_run()


def test_a_run_that_fails_is_closed_although_the_clock_was_set_back(store: RunStore) -> None:
    store.start(a_run(after=5))

    assert store.abandon("run-1", at=later(4), summary="failure.timeout")

    assert store.find("run-1") == replace(
        a_run(after=5), state=RunState.FAILED, ended=later(4), summary="failure.timeout"
    )


def test_a_worker_that_wakes_after_its_run_was_closed_is_refused(store: RunStore) -> None:
    store.start(a_run())
    store.abandon("run-1", not_seen_since=MORNING, at=later(10), summary="Afbrudt.")

    assert not store.renew("run-1", at=later(11))
    with pytest.raises(FinishedRunError):
        store.save_open_items(a_run(), [an_item()])
    with pytest.raises(FinishedRunError):
        store.credit([an_entry("k1", a_run())])
    with pytest.raises(FinishedRunError):
        store.finish(ended(a_run()))


def test_what_a_closed_run_had_credited_is_reversed(store: RunStore) -> None:
    store.start(a_run())
    store.credit([an_entry("k1", a_run()), an_entry("k2", a_run())])

    store.abandon("run-1", not_seen_since=MORNING, at=later(10), summary="Afbrudt.")

    assert store.gain_minutes("hovedkonto") == 0
    store.start(a_run("run-2"))
    assert store.credit([an_entry("k1", a_run("run-2"))]) == 1


def test_open_items_come_back_in_their_order(store: RunStore) -> None:
    items = [an_item("B2"), an_item("L1", side=Side.RIGHT, amount=-4_500), an_item("B1")]
    store.start(a_run())
    store.save_open_items(a_run(), [an_item("old")])
    store.save_open_items(a_run(), items)
    store.finish(ended(a_run(), RunState.OPEN_ITEMS))

    assert store.open_items("hovedkonto", "2026-10") == items


def test_open_items_of_a_run_that_did_not_do_its_work_do_not_count(store: RunStore) -> None:
    with_items(store, a_run(), "B1")

    with_items(store, a_run("run-2", after=1), "B2", state=RunState.FAILED)

    assert item_ids(store) == ["B1"]


def test_a_rerun_leaves_its_own_open_items(store: RunStore) -> None:
    with_items(store, a_run(), "B1")

    with_items(store, a_run("run-2", after=1, replaces="run-1"), state=RunState.AGREED)

    assert item_ids(store) == []


def test_a_trial_does_not_take_the_place_of_production(store: RunStore) -> None:
    with_items(store, a_run("run-0", environment=Environment.TRIAL), "T1")
    assert item_ids(store) == ["T1"]
    with_items(store, a_run("run-1", after=1), "B1")

    with_items(store, a_run("run-2", after=2, environment=Environment.TRIAL), "T2")
    with_items(store, a_run("run-3", after=3, environment=Environment.TEST), "X")

    assert item_ids(store) == ["B1"]


def test_statements_of_an_account_come_from_the_standing_runs(store: RunStore) -> None:
    november = a_run("run-3", period="2026-11", after=2)
    for run, number in ((a_run(), "9"), (a_run("run-2", after=1), "10"), (november, "11")):
        store.start(run)
        store.save_statements(run, [a_statement(number, run=run, first=run.started.date())])
        store.finish(ended(run))

    seen = store.seen_statements("2030-1234567", "DKK")

    assert [one.number for one in seen] == ["10", "11"]
    assert seen[0] == a_statement("10", run=a_run("run-2"), first=MORNING.date())
    assert store.seen_statements("2030-1234567", "EUR") == []


def test_a_file_is_known_by_its_hash(store: RunStore) -> None:
    for number, state in enumerate([RunState.AGREED, RunState.REJECTED, RunState.OPEN_ITEMS]):
        run = a_run(f"run-{number}", after=number)
        store.start(run)
        store.save_inputs(run, [an_input("b" * 64), an_input("a" * 64)])
        store.finish(ended(run, state))

    assert store.runs_with_input("hovedkonto", "a" * 64) == ["run-2", "run-0"]
    assert store.runs_with_input("skattekonto", "a" * 64) == []
    assert store.runs_with_input("hovedkonto", "c" * 64) == []


def test_nothing_is_saved_for_a_run_that_nobody_started(store: RunStore) -> None:
    with pytest.raises(UnknownRunError):
        store.save_inputs(a_run(), [an_input()])
    with pytest.raises(UnknownRunError):
        store.credit([an_entry("k1", a_run())])


def with_items(store: RunStore, run: Run, *item_ids: str, state: RunState = RunState.OPEN_ITEMS) -> None:
    store.start(run)
    store.save_open_items(run, [an_item(item_id) for item_id in item_ids])
    store.finish(ended(run, state))


def item_ids(store: RunStore) -> list[str]:
    return [item.item_id for item in store.open_items("hovedkonto", "2026-10")]


def run_ids(runs: list[Run]) -> list[str]:
    return [run.run_id for run in runs]


def later(minutes: int) -> datetime:
    return MORNING + timedelta(minutes=minutes)
