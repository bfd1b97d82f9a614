"""Laws of queue and outbox, whatever the order of events: claims, deaths, stale workers, deliveries."""

import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from gevinst.app.ports import FinishedRunError
from gevinst.app.queue_port import LostClaimError, UnsettledDeliveryError
from gevinst.app.work import judge_dead
from gevinst.domain.queue import Claim, TicketState, claim_of
from gevinst.domain.run import Run, RunState
from unattended import Installation, a_robot, an_order

LEASE = timedelta(minutes=5)
Held = tuple[Claim, Run]


class DiedError(BaseException):
    """The power went."""


class QueueAndOutbox(RuleBasedStateMachine):
    """Workers claim, deliver, finish, die and wake late, in any order."""

    url = ""
    held: Bundle[Held] = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.office = Installation(self.url or f"sqlite:///{self.folder / 'store.db'}", self.folder)
        self.number = len(self.office.queue.tickets(limit=100_000))

    def teardown(self) -> None:
        """Leave nothing that another example would take."""
        for ticket in self.office.queue.tickets([TicketState.WAITING]):
            self.office.queue.stop(ticket.number, by="test")
        for claimed in self.office.queue.tickets([TicketState.CLAIMED]):
            self._judge(claimed.number)
        self.office.close()

    @rule(lane=st.sampled_from(["", "erp:RPA-01"]))
    def offer(self, lane: str) -> None:
        """A new ticket."""
        self.number += 1
        assert self.office.queue.offer(an_order(self.number, lane=lane))

    @rule(target=held)
    def claim(self) -> Any:
        """A worker takes a ticket and starts its run."""
        claim = self.office.queue.claim("w", capabilities=(), lease=LEASE)
        if claim is None:
            return multiple()
        run = self.office.started(claim, a_robot(claim.order.robot))
        self.office.parts.runs.start(run)
        return claim, run

    @rule(one=held, dies=st.sampled_from(["", "write", "rename"]))
    def deliver(self, one: Held, dies: str) -> None:
        """The worker, or one that is long dead, delivers; the power may go at any step.

        What nobody knows the fate of is left to a person (QUE-005).
        """
        claim, run = one
        target = self.folder / f"journal-{claim.number}-{claim.token}.txt"

        def die(*_: object) -> None:
            raise DiedError

        seams = {dies: die} if dies else {}
        with suppress(FinishedRunError, FileExistsError, DiedError, UnsettledDeliveryError):
            self.office.outbox(**seams).deliver(
                b"lines", target, key=f"{self.url}{claim.number}", run_id=run.run_id, control_total=0
            )

    @rule(one=held, outcome=st.sampled_from([RunState.AGREED, RunState.FAILED]))
    def finish(self, one: Held, outcome: RunState) -> None:
        """The worker, or one that is long dead, closes its run and its ticket."""
        claim, run = one
        with suppress(FinishedRunError, LostClaimError):
            self.office.run_finished(run, outcome)
            self.office.queue.finish(claim, TicketState.DONE, str(outcome))

    @rule(one=held)
    def die(self, one: Held) -> None:
        """The worker is found dead."""
        self._judge(one[0].number)

    @invariant()
    def each_ticket_has_delivered_once_at_most(self) -> None:
        """Two files of one ticket would be a posting made twice."""
        names = [path.name.split("-")[1] for path in self.folder.glob("journal-*.txt")]
        assert len(names) == len(set(names))

    @invariant()
    def each_ticket_has_one_running_run_at_most(self) -> None:
        """Runs of one lane never overlap either."""
        running = [run.run_id for run in self.office.parts.runs.list() if run.state is RunState.RUNNING]
        claimed = self.office.queue.tickets([TicketState.CLAIMED])
        assert len(running) <= len(claimed)
        lanes = [one.order.lane for one in claimed if one.order.lane]
        assert len(lanes) == len(set(lanes))

    def _judge(self, number: int) -> None:
        ticket = self.office.queue.find(str(number))
        if ticket.state is TicketState.CLAIMED:
            judge_dead(claim_of(ticket), self.office.work_tools())


SETTINGS = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def test_no_order_of_events_delivers_twice_on_sqlite() -> None:
    run_state_machine_as_test(QueueAndOutbox, settings=SETTINGS)


@pytest.fixture
def machine_on_postgresql(postgres_url: str) -> type[QueueAndOutbox]:
    """Give the same machine over one PostgreSQL database."""

    class OnPostgresql(QueueAndOutbox):
        url = postgres_url

    return OnPostgresql


def test_no_order_of_events_delivers_twice_on_postgresql(machine_on_postgresql: type[QueueAndOutbox]) -> None:
    few = settings(SETTINGS, max_examples=4)
    run_state_machine_as_test(machine_on_postgresql, settings=few)
