"""What every queue promises, on SQLite and on PostgreSQL."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from gevinst import bootstrap
from gevinst.app.queue_port import EndedTicketError, LostClaimError, RunQueue, UnknownTicketError
from gevinst.domain.queue import Claim, Order, TicketState
from gevinst.domain.run import Trigger
from gevinst.store import open_parts
from runs import MORNING

LEASE = timedelta(seconds=30)
SHORT = timedelta(milliseconds=50)


@pytest.fixture
def queue(database_url: str) -> Iterator[RunQueue]:
    """Give an empty queue of each kind."""
    opened = bootstrap.queue(open_parts(database_url))
    yield opened
    opened.close()


def an_order(number: int = 1, *, lane: str = "", capability: str = "", priority: int = 0) -> Order:
    return Order(
        key=f"hovedkonto@{number}",
        robot="hovedkonto",
        period="2026-10",
        run_id=f"run{number}",
        trigger=Trigger.SCHEDULE,
        triggered_by="gevinst",
        due=MORNING,
        lane=lane,
        capability=capability,
        priority=priority,
    )


def take(queue: RunQueue, owner: str = "w1", *, lease: timedelta = LEASE) -> Claim | None:
    return queue.claim(owner, capabilities=(), lease=lease)


def taken(queue: RunQueue, owner: str = "w1", *, lease: timedelta = LEASE) -> Claim:
    claim = take(queue, owner, lease=lease)
    assert claim is not None
    return claim


def state_of(queue: RunQueue, number: int = 1) -> TicketState:
    return queue.find(f"run{number}").state


def test_an_empty_queue_gives_nothing(queue: RunQueue) -> None:
    assert take(queue) is None


def test_an_order_of_a_known_key_changes_nothing(queue: RunQueue) -> None:
    assert queue.offer(an_order())
    assert not queue.offer(replace(an_order(), run_id="another"))
    assert len(queue.tickets()) == 1


def test_a_ticket_is_given_to_one_worker(queue: RunQueue) -> None:
    queue.offer(an_order())

    claim = taken(queue)

    assert (claim.run_id, claim.token, claim.order) == ("run1", 1, an_order())
    assert take(queue, "w2") is None


def test_a_lower_priority_number_goes_first_then_the_older(queue: RunQueue) -> None:
    for number, priority in ((1, 0), (2, 0), (3, -5)):
        queue.offer(an_order(number, priority=priority))

    assert [taken(queue).run_id for _ in range(3)] == ["run3", "run1", "run2"]


def test_runs_of_one_lane_never_overlap(queue: RunQueue) -> None:
    queue.offer(an_order(1, lane="erp:RPA-01"))
    queue.offer(an_order(2, lane="erp:RPA-01"))
    queue.offer(an_order(3, lane="erp:RPA-02"))

    first, other = taken(queue), taken(queue, "w2")

    assert (first.run_id, other.run_id, take(queue, "w3")) == ("run1", "run3", None)
    queue.finish(first, TicketState.DONE, "agreed")
    assert taken(queue).run_id == "run2"


def test_a_ticket_waits_for_a_worker_that_can_do_it(queue: RunQueue) -> None:
    queue.offer(an_order(capability="windows-sap"))

    assert take(queue) is None
    assert queue.claim("w2", capabilities=["windows-sap"], lease=LEASE) is not None


def test_a_finished_ticket_keeps_its_outcome(queue: RunQueue) -> None:
    queue.offer(an_order())

    queue.finish(taken(queue), TicketState.DONE, "open_items")

    ticket = queue.find("run1")
    assert (ticket.state, ticket.outcome, ticket.ended is not None) == (TicketState.DONE, "open_items", True)


def test_a_ticket_given_back_comes_again_with_a_new_run_and_token(queue: RunQueue) -> None:
    queue.offer(an_order())

    queue.fail(taken(queue), "failure.broke_down", again_in=timedelta(0))

    again = taken(queue, "w2")
    assert (again.run_id, again.token, again.failures) == ("run1-2", 2, 1)


def test_a_ticket_given_back_for_later_waits(queue: RunQueue) -> None:
    queue.offer(an_order())

    queue.fail(taken(queue), "STO-001", again_in=timedelta(hours=1), counts=False)

    assert take(queue) is None
    assert (queue.find("1").state, queue.find("1").failures) == (TicketState.WAITING, 0)


def test_a_claim_whose_ticket_went_to_another_is_refused(queue: RunQueue) -> None:
    queue.offer(an_order())
    stale = taken(queue)
    queue.fail(stale, "failure.gone", again_in=timedelta(0))
    fresh = taken(queue, "w2")

    with pytest.raises(LostClaimError):
        queue.finish(stale, TicketState.DONE, "agreed")
    with pytest.raises(LostClaimError):
        queue.fail(stale, "late", again_in=timedelta(0))

    assert queue.renew([stale], lease=LEASE) == set()
    queue.finish(fresh, TicketState.DONE, "agreed")


def test_a_claim_that_is_renewed_never_lapses(queue: RunQueue) -> None:
    queue.offer(an_order())
    claim = taken(queue, lease=timedelta(seconds=1))

    for _ in range(4):
        time.sleep(0.4)
        assert queue.renew([claim], lease=timedelta(seconds=1)) == {claim.number}

    assert queue.lapsed(lease=timedelta(seconds=1)) == []


def test_a_claim_that_is_not_renewed_lapses_and_is_judged_once(queue: RunQueue) -> None:
    queue.offer(an_order())
    taken(queue, lease=SHORT)
    time.sleep(0.2)

    [dead] = queue.lapsed(lease=LEASE)
    queue.fail(dead, "failure.gone", again_in=timedelta(0))

    with pytest.raises(LostClaimError):
        queue.fail(dead, "failure.gone", again_in=timedelta(0))
    assert (queue.find("run1").failures, taken(queue, "w2").run_id) == (1, "run1-2")


def test_a_lease_that_ends_later_than_any_can_has_lapsed(queue: RunQueue) -> None:
    queue.offer(an_order())
    taken(queue, lease=timedelta(hours=2))  # as if the clock was set back two hours since

    assert len(queue.lapsed(lease=LEASE)) == 1


def test_a_waiting_ticket_stops_at_once(queue: RunQueue) -> None:
    queue.offer(an_order())

    assert queue.stop(queue.find("run1").number, by="controller") is TicketState.STOPPED

    assert take(queue) is None


def test_the_worker_of_a_claimed_ticket_is_asked_to_stop(queue: RunQueue) -> None:
    queue.offer(an_order())
    claim = taken(queue)

    assert queue.stop(claim.number, by="controller") is TicketState.CLAIMED

    assert queue.stops("w1") == {claim.number}
    assert queue.stops("w2") == set()


def test_a_ticket_that_was_to_stop_is_not_offered_again_when_its_worker_dies(queue: RunQueue) -> None:
    queue.offer(an_order())
    claim = taken(queue)
    queue.stop(claim.number, by="controller")

    queue.fail(claim, "failure.gone", again_in=timedelta(0))

    assert state_of(queue) is TicketState.STOPPED
    assert take(queue, "w2") is None


def test_an_ended_ticket_cannot_be_stopped(queue: RunQueue) -> None:
    queue.offer(an_order())
    claim = taken(queue)
    queue.finish(claim, TicketState.DONE, "agreed")

    with pytest.raises(EndedTicketError):
        queue.stop(claim.number, by="controller")


def test_a_ticket_is_found_by_its_number_and_by_the_id_of_any_attempt(queue: RunQueue) -> None:
    queue.offer(an_order())
    number = queue.find("run1").number

    assert queue.find(str(number)).number == queue.find("run1-2").number == number


@pytest.mark.parametrize("name", ["4711", "nobody", "nobody-2", ""])
def test_a_ticket_that_is_not_there_is_named(queue: RunQueue, name: str) -> None:
    with pytest.raises(UnknownTicketError):
        queue.find(name)
