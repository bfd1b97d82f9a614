"""A place to deliver to that fails in the middle, goes away, or holds something unknown."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from faults.nth_call import rounds
from gevinst.app.queue_port import DeliveryState, UnsettledDeliveryError
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.queue import TicketState
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from gevinst.runner.outbox import Outbox, rename_whole, write_whole
from unattended import Installation, an_order

NO_SHARE = OSError(107, "Transport endpoint is not connected")
LINES = b"100 lines"


class Share:
    """A folder on another machine that goes away after so many steps."""

    def __init__(self, *, steps: int) -> None:
        self.steps = steps

    def write(self, path: Path, content: bytes) -> None:
        """Write, or leave half."""
        if not self._step():
            path.write_bytes(content[: len(content) // 2])
            raise NO_SHARE
        write_whole(path, content)

    def rename(self, draft: Path, target: Path) -> None:
        """Give a file its name, if it can be done."""
        if not self._step():
            raise NO_SHARE
        rename_whole(draft, target)

    def _step(self) -> bool:
        self.steps -= 1
        return self.steps >= 0


def a_run_that_delivers(
    office: Installation, shares: list[Share]
) -> Callable[[Run, Robot, Callable[[], bool]], Run]:
    """Each attempt delivers the same thing by the next share; a break-down fails it, as a robot's does."""

    def run(started: Run, robot: Robot, stopping: object) -> Run:
        del robot, stopping
        office.parts.runs.start(started, holder="test")
        share = shares.pop(0)
        try:
            outbox = office.outbox(write=share.write, rename=share.rename)
            deliver(outbox, office.folder / "journal.txt", started)
        except OSError:
            return office.run_finished(started, RunState.FAILED)
        return office.run_finished(started, RunState.AGREED)

    return run


def deliver(outbox: Outbox, target: Path, run: Run) -> bool:
    return outbox.deliver(LINES, target, key="journal", run_id=run.run_id, control_total=0)


def names(office: Installation) -> list[str]:
    return sorted(path.name for path in office.folder.glob("*journal*"))


@pytest.mark.parametrize("call", ["sqlite", "postgresql"])
def test_fault_10_no_call_that_fails_or_kills_loses_a_delivery_or_makes_it_twice(
    request: pytest.FixtureRequest, tmp_path: Path, call: str
) -> None:
    file = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    url = file if call == "sqlite" else request.getfixturevalue("postgres_url")
    office = Installation(url, tmp_path)

    done = list(rounds(office))

    assert [one for one in done if one.problems] == []
    assert {one.end for one in done if one.way == "fails" and one.call != "commit"} == {"done"}
    assert {one.end for one in done} == {"done", "uncertain"}
    office.close()


@pytest.mark.parametrize("steps", [0, 1])
def test_fault_22_a_share_that_goes_away_at_delivery_gets_one_file_when_it_is_back(
    office: Installation, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr("gevinst.app.work.wait_before", lambda failures: timedelta(0) * failures)
    office.queue.offer(an_order(1))

    office.worker(a_run_that_delivers(office, [Share(steps=steps), Share(steps=2)])).drain()

    assert names(office) == ["journal.txt"]
    states = [(one.run_id, one.state) for one in office.parts.deliveries.deliveries()]
    assert states == [("run1", DeliveryState.DROPPED), ("run1-2", DeliveryState.DELIVERED)]


def test_fault_22_a_share_that_stays_away_leaves_a_part_that_the_next_attempt_takes_back(
    office: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gevinst.app.work.wait_before", lambda failures: timedelta(0) * failures)
    usual = Path.unlink

    def away(path: Path, *, missing_ok: bool = False) -> None:
        if path.name.startswith(".gevinst-") and office.queue.find("run1").attempt == 1:
            raise NO_SHARE
        usual(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", away)
    office.queue.offer(an_order(1))

    office.worker(a_run_that_delivers(office, [Share(steps=0), Share(steps=2)])).drain()

    assert names(office) == ["journal.txt"]
    assert office.queue.find("run1").state is TicketState.DONE


def test_a_failed_run_whose_delivery_is_nowhere_goes_to_a_person(office: Installation) -> None:
    office.queue.offer(an_order(1))
    share = Share(steps=1)

    def fetched(draft: Path, target: Path) -> None:
        draft.rename(target)
        target.unlink()  # the receiver has fetched it already
        raise NO_SHARE

    share.rename = fetched  # type: ignore[method-assign] # the share answers so once
    office.worker(a_run_that_delivers(office, [share])).drain()

    assert office.queue.find("run1").state is TicketState.UNCERTAIN
    assert [alarm.kind for alarm in office.parts.alarms.alarms()] == [AlarmKind.UNCERTAIN]


def test_nothing_is_delivered_beside_what_is_uncertain_and_it_is_said(office: Installation) -> None:
    first, second = office.started_by_hand("robot1"), office.started_by_hand("robot2")
    target = office.folder / "journal.txt"

    def fetched(draft: Path, target: Path) -> None:
        draft.rename(target)
        target.unlink()
        raise NO_SHARE

    with pytest.raises(OSError, match="endpoint"):
        office.outbox(rename=fetched).deliver(
            LINES, target, key="journal", run_id=first.run_id, control_total=0
        )

    with pytest.raises(UnsettledDeliveryError, match=first.run_id):
        deliver(office.outbox(), target, second)
    assert not target.exists()
