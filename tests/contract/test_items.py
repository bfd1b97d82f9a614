"""What every book of work items promises, on SQLite and on PostgreSQL."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gevinst.app.item_port import ItemBook, ItemStateError, LostItemError, UnknownItemError
from gevinst.domain.audit import verify
from gevinst.domain.work_item import Failure, FailureKind, ItemClaim, ItemState, NewItem
from gevinst.store import open_parts
from gevinst.store.opening import StoreParts

LEASE = timedelta(seconds=60)
SHORT = timedelta(milliseconds=40)
TAKER = Path(__file__).parents[1] / "items" / "an_item_taker.py"
BROKE = Failure(kind=FailureKind.APPLICATION, code="TIMEOUT", message="ERP svarer ikke")
WRONG = Failure(kind=FailureKind.BUSINESS, code="CVR", message="CVR mangler")


@pytest.fixture
def parts(database_url: str) -> Iterator[StoreParts]:
    """Give an empty database of each kind."""
    opened = open_parts(database_url)
    yield opened
    opened.runs.close()


@pytest.fixture
def items(parts: StoreParts) -> ItemBook:
    """Give an empty book of each kind."""
    return parts.items


def an_item(
    key: str = "F-1", *, priority: int = 0, deadline: datetime | None = None, tries: int = 3
) -> NewItem:
    return NewItem(
        queue="faktura", key=key, payload='{"n": 1}', priority=priority, deadline=deadline, tries=tries
    )


def taken(items: ItemBook, owner: str = "run-1", *, lease: timedelta = LEASE) -> ItemClaim:
    claim = items.reserve("faktura", owner, lease=lease)
    assert claim is not None
    return claim


def key_of(items: ItemBook, claim: ItemClaim) -> str:
    return items.find(claim.number).key


def test_an_item_of_a_known_key_is_the_same_item(items: ItemBook) -> None:
    number, new = items.add(an_item())

    assert new
    assert items.add(an_item(priority=5)) == (number, False)
    assert items.add(NewItem(queue="anden", key="F-1", payload="{}"))[1]


def test_an_item_is_given_to_one_run(items: ItemBook) -> None:
    items.add(an_item())

    claim = taken(items)

    assert (claim.token, claim.owner) == (1, "run-1")
    assert items.reserve("faktura", "run-2", lease=LEASE) is None
    assert items.reserve("anden", "run-2", lease=LEASE) is None


def test_priority_goes_first_then_the_deadline_then_age(items: ItemBook) -> None:
    soon, late = datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    items.add(an_item("no deadline"))
    items.add(an_item("late", deadline=late))
    items.add(an_item("soon", deadline=soon))
    items.add(an_item("first", priority=-1))

    order = [key_of(items, taken(items)) for _ in range(4)]

    assert order == ["first", "soon", "late", "no deadline"]


def test_what_breaks_down_waits_and_is_parked_after_its_tries(items: ItemBook) -> None:
    items.add(an_item(tries=1))
    items.add(an_item("F-2", tries=2))

    assert items.fail(taken(items), BROKE) is ItemState.PARKED
    assert items.fail(taken(items), BROKE) is ItemState.WAITING

    waits = items.find(2)
    assert (waits.failures, waits.failure, waits.code) == (1, FailureKind.APPLICATION, "TIMEOUT")
    assert waits.not_before - waits.created > timedelta(seconds=25)
    assert items.reserve("faktura", "run-2", lease=LEASE) is None


def test_wrong_content_is_never_tried_again_by_itself(items: ItemBook) -> None:
    items.add(an_item())

    assert items.fail(taken(items), WRONG) is ItemState.BUSINESS
    assert items.reserve("faktura", "run-2", lease=LEASE) is None


def test_a_failure_is_kept_without_cpr_numbers(items: ItemBook) -> None:
    items.add(an_item())
    items.fail(taken(items), Failure(kind=FailureKind.BUSINESS, message="borger 010180-1234 er ukendt"))

    assert "1234" not in items.find(1).message


def test_an_item_whose_run_is_gone_goes_to_another_with_a_higher_token(items: ItemBook) -> None:
    items.add(an_item())
    stale = taken(items, lease=SHORT)
    time.sleep(0.1)

    fresh = taken(items, "run-2")

    assert (fresh.number, fresh.token, fresh.failures) == (stale.number, 2, 1)
    with pytest.raises(LostItemError):
        items.finish(stale)
    with pytest.raises(LostItemError):
        items.fail(stale, BROKE)
    with pytest.raises(LostItemError):
        items.finish_and_reserve(stale, "faktura", lease=LEASE)
    assert not items.save_payload(stale.number, stale.owner, '{"n": 2}')
    items.finish(fresh)
    assert items.find(1).state is ItemState.DONE


def test_a_renewed_lease_keeps_the_item(items: ItemBook) -> None:
    items.add(an_item())
    claim = taken(items, lease=timedelta(milliseconds=200))

    assert items.renew("run-1", lease=LEASE) == {claim.number}
    time.sleep(0.3)

    assert items.reserve("faktura", "run-2", lease=LEASE) is None


def test_one_is_finished_and_the_next_taken_in_one_step(items: ItemBook) -> None:
    items.add(an_item("F-1"))
    items.add(an_item("F-2"))
    first = taken(items)

    second = items.finish_and_reserve(first, "faktura", lease=LEASE)

    assert second is not None
    assert [one.state for one in items.items()] == [ItemState.CLAIMED, ItemState.DONE]
    assert items.finish_and_reserve(second, "faktura", lease=LEASE) is None


def test_an_item_handed_back_has_not_failed(items: ItemBook) -> None:
    items.add(an_item())
    items.hand_back(taken(items))

    assert taken(items, "run-2").failures == 0


def test_what_an_item_makes_can_be_taken_when_the_item_is_done_and_not_before(items: ItemBook) -> None:
    items.add(an_item())
    parent = taken(items)
    number, _ = items.draft(
        NewItem(queue="bilag", key="B-1", payload="{}"), parent=parent.number, made_by="run-1"
    )
    items.save_file(number, "run-1", "bilag.pdf", b"%PDF")

    assert items.reserve("bilag", "run-2", lease=LEASE) is None
    items.finish(parent)

    child = items.reserve("bilag", "run-2", lease=LEASE)
    assert child is not None
    assert (items.files(number), items.file(number, "bilag.pdf")) == (["bilag.pdf"], b"%PDF")


def test_what_a_failed_item_made_is_gone_and_is_made_once_by_the_next_try(items: ItemBook) -> None:
    items.add(an_item())
    broken = taken(items)
    made = NewItem(queue="bilag", key="B-1", payload="{}")
    number, _ = items.draft(made, parent=broken.number, made_by="run-1")
    items.save_file(number, "run-1", "bilag.pdf", b"%PDF")
    items.fail(broken, Failure(kind=FailureKind.APPLICATION, code="x"))

    assert [one.queue for one in items.items()] == ["faktura"]
    assert items.draft(made, parent=broken.number, made_by="run-2")[1]


def test_a_draft_that_a_dead_run_has_left_is_taken_over(items: ItemBook) -> None:
    made = NewItem(queue="bilag", key="B-1", payload="{}")
    left, _ = items.draft(made, parent=0, made_by="run-1")

    assert items.draft(made, parent=0, made_by="run-2") == (left, True)
    assert items.publish(0, "run-1") == 0
    assert items.publish(0, "run-2") == 1


def test_what_a_run_still_holds_when_it_ends_is_given_back(items: ItemBook) -> None:
    items.add(an_item())
    taken(items)

    assert items.give_back("run-1", BROKE) == 1
    assert items.find(1).state is ItemState.WAITING
    assert items.tally("run-1").again == 1


def test_what_a_stopped_run_held_waits_as_it_was(items: ItemBook) -> None:
    items.add(an_item())
    taken(items)

    assert items.give_back("run-1", None) == 1
    assert taken(items, "run-2").failures == 0


def test_what_a_run_that_ended_well_has_not_released_is_done(items: ItemBook) -> None:
    items.add(an_item())
    parent = taken(items)
    items.draft(NewItem(queue="bilag", key="B-1", payload="{}"), parent=parent.number, made_by="run-1")

    assert items.complete("run-1") == 1
    assert [one.state for one in items.items()] == [ItemState.WAITING, ItemState.DONE]


def test_a_person_retries_and_parks_and_the_trail_says_so(items: ItemBook, parts: StoreParts) -> None:
    items.add(an_item())
    items.park(1, by="controller", why="venter på svar")
    items.retry(1, by="controller", why="svar modtaget")

    assert taken(items).number == 1
    rows = list(parts.runs.audit_rows())
    assert [(row.what, row.subject, row.who, row.why) for row in rows] == [
        ("item.park", "item:1", "controller", "venter på svar"),
        ("item.retry", "item:1", "controller", "svar modtaget"),
    ]
    assert verify(rows) == []


def test_an_item_that_needs_people_is_noted_in_the_trail(items: ItemBook, parts: StoreParts) -> None:
    items.add(an_item())
    items.fail(taken(items), WRONG)

    [row] = parts.runs.audit_rows()
    assert (row.what, row.subject, row.who, row.detail["queue"]) == (
        "item.business",
        "item:1",
        "run-1",
        "faktura",
    )


def test_only_what_people_have_is_retried_and_only_what_waits_is_parked(items: ItemBook) -> None:
    items.add(an_item())

    with pytest.raises(ItemStateError):
        items.retry(1, by="controller")
    taken(items)
    with pytest.raises(ItemStateError):
        items.park(1, by="controller", why="")
    with pytest.raises(UnknownItemError):
        items.park(7, by="controller", why="")


def test_queues_are_counted_and_those_beyond_their_deadline_named(items: ItemBook) -> None:
    items.add(an_item("F-1", deadline=datetime(2026, 1, 1, tzinfo=UTC)))
    items.add(an_item("F-2"))
    items.finish(taken(items))

    [count] = items.counts()
    assert (count.queue, dict(count.counts)) == ("faktura", {ItemState.DONE: 1, ItemState.WAITING: 1})
    assert items.overdue() == {}
    items.add(an_item("F-3", deadline=datetime(2026, 1, 1, tzinfo=UTC)))
    assert items.overdue() == {"faktura": 1}


@pytest.mark.slow
def test_four_processes_never_take_the_same_of_2000_items(items: ItemBook, database_url: str) -> None:
    for number in range(2_000):
        items.add(an_item(f"F-{number}"))

    takers = [
        subprocess.Popen(
            [sys.executable, str(TAKER), database_url, f"run-{n}"], stdin=-1, stdout=-1, text=True
        )
        for n in range(4)
    ]
    had = [json.loads(one.communicate("go\n", timeout=120)[0].splitlines()[1])["had"] for one in takers]

    every = [number for one in had for number in one]
    assert (len(every), len(set(every))) == (2_000, 2_000)
    assert {one.state for one in items.items(limit=3_000)} == {ItemState.DONE}
