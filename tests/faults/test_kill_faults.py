"""Workers that die, freeze or wake late."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from faults.kill_loop import kill_loop
from gevinst.app.ports import FinishedRunError
from gevinst.app.queue_port import DeliveryState, LostClaimError
from gevinst.app.retry import retry
from gevinst.app.work import LEASE, SIGN_IN
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.queue import Claim, TicketState
from gevinst.domain.run import Run, RunState
from gevinst.runner.holder import _began
from gevinst.runner.worker import owner_id, owner_is_gone
from unattended import NO_FILE, NOON, Installation, a_robot, an_order

POSIX = pytest.mark.skipif(os.name == "nt", reason="kills as Unix does")


class DiedError(BaseException):
    """The power went."""


def dies(*_: object) -> None:
    raise DiedError


def fetched_at_once(draft: Path, target: Path) -> None:
    """The power goes after the rename, and the receiver has fetched the file."""
    draft.rename(target)
    target.unlink()
    raise DiedError


def begun(office: Installation, number: int = 1) -> tuple[Claim, Run]:
    """A claim whose run has started."""
    office.queue.offer(an_order(number))
    claim = office.queue.claim("dead", capabilities=(), lease=timedelta(milliseconds=10))
    assert claim is not None
    run = office.started(claim, a_robot(claim.order.robot))
    office.parts.runs.start(run, holder="dead")
    time.sleep(0.05)
    return claim, run


def target_of(office: Installation) -> Path:
    return office.folder / "journal.txt"


def deliver(office: Installation, run: Run, **seams: Callable[..., None]) -> bool:
    return office.outbox(**seams).deliver(
        b"100 lines", target_of(office), key="journal:2026-10", run_id=run.run_id, control_total=0
    )


def test_fault_01_a_worker_killed_before_its_delivery_is_followed_by_one_that_delivers(
    either: Installation,
) -> None:
    claim, _ = begun(either)

    assert either.rescuer().look() == [(claim, TicketState.WAITING)]

    again = either.queue.claim("w2", capabilities=(), lease=LEASE)
    assert again is not None
    run = either.started(again, a_robot(again.order.robot))
    either.parts.runs.start(run)
    assert deliver(either, run)
    both = {one.run_id: one.state for one in either.parts.runs.list()}
    assert both == {"run1": RunState.FAILED, "run1-2": RunState.RUNNING}
    assert target_of(either).read_bytes() == b"100 lines"


def test_fault_01_a_worker_killed_with_a_prepared_delivery_leaves_nothing_half_done(
    office: Installation,
) -> None:
    claim, run = begun(office)
    with pytest.raises(DiedError):
        deliver(office, run, rename=dies)

    assert office.rescuer().look() == [(claim, TicketState.WAITING)]

    assert [one.state for one in office.parts.deliveries.deliveries()] == [DeliveryState.DROPPED]
    assert list(office.folder.glob("*journal*")) == []


def test_fault_01_a_worker_killed_after_its_delivery_is_uncertain_and_not_repeated(
    office: Installation,
) -> None:
    claim, run = begun(office)
    deliver(office, run)

    assert office.rescuer().look() == [(claim, TicketState.UNCERTAIN)]

    assert office.queue.claim("w2", capabilities=(), lease=LEASE) is None
    assert [alarm.kind for alarm in office.parts.alarms.alarms()] == [AlarmKind.UNCERTAIN]


def test_fault_04_power_lost_after_the_rename_is_found_again_and_not_delivered_twice(
    office: Installation,
) -> None:
    _, run = begun(office)

    def rename_and_die(draft: Path, target: Path) -> None:
        draft.rename(target)
        raise DiedError

    with pytest.raises(DiedError):
        deliver(office, run, rename=rename_and_die)
    before = target_of(office).stat()

    [found] = office.outbox().recover()

    assert found.state is DeliveryState.DELIVERED
    assert not deliver(office, run)
    assert target_of(office).stat() == before
    assert "delivery.found" in [row.what for row in office.parts.runs.audit_rows()]


def test_fault_04_a_delivery_that_is_nowhere_goes_to_a_person(office: Installation) -> None:
    claim, run = begun(office)
    with pytest.raises(DiedError):
        deliver(office, run, rename=fetched_at_once)

    assert office.rescuer().look() == [(claim, TicketState.UNCERTAIN)]
    again = retry(
        office.queue,
        office.parts.runs,
        office.parts.deliveries,
        "run1",
        who="controller",
        at=NOON,
        checked=True,
    )
    assert office.queue.find(again.run_id).state is TicketState.WAITING


@pytest.mark.parametrize("seam", ["write", "rename"])
def test_fault_06_a_worker_that_wakes_after_its_lease_delivers_nothing(
    either: Installation, seam: str
) -> None:
    claim, run = begun(either)

    def sleeps(first: Path, second: object) -> None:
        if seam == "write":
            assert isinstance(second, bytes)
            first.write_bytes(second)
        either.rescuer().look()
        if seam == "rename":
            assert isinstance(second, Path)
            first.rename(second)

    with pytest.raises((FinishedRunError, FileNotFoundError)):
        deliver(either, run, **{seam: sleeps})

    with pytest.raises(LostClaimError):
        either.queue.finish(claim, TicketState.DONE, "agreed")
    with pytest.raises(FinishedRunError):
        either.parts.runs.finish(replace(run, state=RunState.AGREED, ended=NOON))
    assert list(either.folder.glob("*journal*")) == []


def test_a_run_that_had_ended_when_its_worker_died_is_not_run_again(either: Installation) -> None:
    claim, run = begun(either)
    either.run_finished(run, RunState.OPEN_ITEMS)

    assert either.rescuer().look() == [(claim, TicketState.DONE)]
    assert either.queue.find("run1").outcome == "open_items"


@pytest.mark.parametrize(
    ("summary", "kind"), [("failure.timeout", AlarmKind.FAILED), (SIGN_IN, AlarmKind.SIGN_IN)]
)
def test_a_run_that_had_failed_when_its_worker_died_is_told(
    office: Installation, summary: str, kind: AlarmKind
) -> None:
    _, run = begun(office)
    office.run_finished(replace(run, summary=summary), RunState.FAILED)

    office.rescuer().look()

    assert [one.kind for one in office.parts.alarms.alarms()] == [kind]


def test_a_run_whose_file_had_not_come_when_its_worker_died_is_told(office: Installation) -> None:
    claim, run = begun(office)
    office.run_finished(replace(run, summary=NO_FILE), RunState.REJECTED)

    assert office.rescuer().look() == [(claim, TicketState.DONE)]

    assert [one.kind for one in office.parts.alarms.alarms()] == [AlarmKind.NO_FILE]


def test_a_run_that_had_failed_with_an_uncertain_delivery_when_its_worker_died_goes_to_a_person(
    office: Installation,
) -> None:
    claim, run = begun(office)
    with pytest.raises(DiedError):
        deliver(office, run, rename=fetched_at_once)
    office.outbox().recover(run.run_id)
    office.run_finished(run, RunState.FAILED)

    assert office.rescuer().look() == [(claim, TicketState.UNCERTAIN)]

    assert [one.kind for one in office.parts.alarms.alarms()] == [AlarmKind.UNCERTAIN]


def test_fault_32_two_rescuers_judge_a_dead_run_once(either: Installation) -> None:
    begun(either)
    first, second = either.rescuer(), either.rescuer()
    [dead] = either.queue.lapsed(lease=LEASE)

    first._judged(dead)
    second._judged(dead)

    assert either.queue.find("run1").failures == 1


def test_fault_31_a_lease_that_ended_is_looked_at_twice_before_its_worker_is_dead(
    office: Installation,
) -> None:
    begun(office)
    rescuer = office.rescuer(gone=lambda owner: not owner)
    moment = [0.0]
    rescuer.monotonic = lambda: moment[0]

    looks = []
    for moment[0] in (0.0, 1.0, 16.0):
        looks.append(len(rescuer.look()))

    assert looks == [0, 0, 1]


def test_fault_29_a_ticket_of_which_three_workers_died_is_given_up(office: Installation) -> None:
    office.queue.offer(an_order(1))
    for _ in range(3):
        assert office.queue.claim("dead", capabilities=(), lease=timedelta(milliseconds=1))
        time.sleep(0.02)
        office.rescuer().look()

    assert office.queue.find("run1").state is TicketState.FAILED
    assert [alarm.kind for alarm in office.parts.alarms.alarms()] == [AlarmKind.FAILED]


def test_a_worker_of_this_process_is_not_gone_and_one_of_a_dead_process_is() -> None:
    owner = owner_id()
    host, _, *rest = owner.split(":")

    assert not owner_is_gone(owner)
    assert owner_is_gone(":".join([host, "4194303", *rest]))
    assert not owner_is_gone(f"another-{owner}")


@POSIX
@pytest.mark.slow
def test_fault_01_workers_killed_at_random_lose_nothing_and_deliver_nothing_twice(
    both_urls: str, tmp_path: Path
) -> None:
    done = kill_loop(both_urls, tmp_path, rounds=20, seed=1)

    assert done.problems == []
    assert done.kills >= 20
    assert done.attempts > done.tickets > 0


@POSIX
def test_fault_01_a_killed_worker_is_gone_though_nobody_has_asked_for_it() -> None:
    killed = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = f"{owner_id().split(':')[0]}:{killed.pid}:{_began(killed.pid)}"
    assert not owner_is_gone(owner)

    killed.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while not owner_is_gone(owner) and time.monotonic() < until:
        time.sleep(0.02)

    assert owner_is_gone(owner)
    assert killed.poll() is not None


@POSIX
@pytest.mark.parametrize("half", [b"", b"100 li"])
def test_fault_01_a_worker_killed_while_it_wrote_its_delivery_leaves_no_draft(
    either: Installation, half: bytes
) -> None:
    claim, run = begun(either)

    def dies_in_the_middle(path: Path, _: bytes) -> None:
        if half:
            path.write_bytes(half)
        os._exit(137)

    killed = os.fork()
    if not killed:
        either.parts.queue._database.engine.dispose(close=False)
        deliver(either, run, write=dies_in_the_middle)
    os.waitpid(killed, 0)
    assert either.rescuer().look() == [(claim, TicketState.WAITING)]

    assert [path.name for path in either.folder.iterdir() if "journal" in path.name] == []
    again = either.queue.claim("w2", capabilities=(), lease=LEASE)
    assert again is not None
    run = either.started(again, a_robot(again.order.robot))
    either.parts.runs.start(run)
    assert deliver(either, run)
    assert target_of(either).read_bytes() == b"100 lines"
