"""What the books of arrived files, progress and deliveries promise, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from gevinst.app.queue_port import Delivery, DeliveryState, LostLeadError
from gevinst.domain.arrival import Arrival, ArrivalState
from gevinst.domain.progress import Progress
from gevinst.store import open_parts
from gevinst.store.opening import StoreParts
from runs import MORNING, a_run
from unattended import an_order

ARRIVAL = Arrival(
    robot="bank",
    sha256="a" * 64,
    name="udtog.xml",
    source="bank",
    path="/behandles/udtog.xml",
    run_id="run1",
    state=ArrivalState.TAKEN,
    arrived=MORNING,
)


@pytest.fixture
def parts(database_url: str) -> Iterator[StoreParts]:
    """Give an empty database of each kind, whose clock leads."""
    opened = open_parts(database_url)
    assert opened.clock.lead("clock1", lease=timedelta(minutes=5)) == 1
    yield opened
    opened.runs.close()


def test_a_file_of_a_content_is_taken_once_with_its_run(parts: StoreParts) -> None:
    assert parts.arrivals.take(1, ARRIVAL, an_order(1))
    assert not parts.arrivals.take(1, replace(ARRIVAL, run_id="run2"), an_order(2))

    assert [one.run_id for one in parts.queue.tickets()] == ["run1"]
    assert parts.arrivals.of_run("run1") == ARRIVAL
    assert parts.arrivals.of_run("run2") is None


def test_a_refused_file_may_come_again(parts: StoreParts) -> None:
    parts.arrivals.take(1, ARRIVAL, an_order(1))
    parts.arrivals.settle(ARRIVAL, ArrivalState.REFUSED, "/fejl/udtog.xml")

    assert parts.arrivals.take(1, replace(ARRIVAL, run_id="run2"), an_order(2))
    assert [one.run_id for one in parts.arrivals.arrivals("bank", [ArrivalState.TAKEN])] == ["run2"]


def test_only_the_leading_clock_takes_files(parts: StoreParts) -> None:
    with pytest.raises(LostLeadError):
        parts.arrivals.take(2, ARRIVAL, an_order(1))

    assert parts.arrivals.arrivals("bank") == []


def test_progress_is_replaced_and_forgotten(parts: StoreParts) -> None:
    for done in (1, 2):
        parts.progress.note(Progress(run_id="run-1", phase="Afstem", done=done, total=9, at=MORNING))

    assert parts.progress.progress("run-1") == Progress(
        run_id="run-1", phase="Afstem", done=2, total=9, at=MORNING
    )
    parts.progress.forget("run-1")
    assert parts.progress.progress("run-1") is None


def test_what_a_person_decides_of_a_delivery_is_what_the_person_saw(parts: StoreParts) -> None:
    parts.runs.start(a_run())
    one = Delivery(
        key="konto:2026-10",
        run_id="run-1",
        target="/ud/a.xlsx",
        draft="/ud/.a.tmp",
        sha256="a" * 64,
        size=1,
        control_total=0,
        state=DeliveryState.PREPARED,
        prepared=MORNING,
    )
    parts.deliveries.prepare(one)
    parts.deliveries.settle(one.key, one.run_id, DeliveryState.HELD, at=MORNING)
    held = replace(one, state=DeliveryState.HELD)

    assert not parts.deliveries.decide(one, DeliveryState.DROPPED, at=MORNING)
    assert parts.deliveries.decide(held, DeliveryState.DELIVERED, at=MORNING)
    assert not parts.deliveries.decide(held, DeliveryState.DROPPED, at=MORNING)
