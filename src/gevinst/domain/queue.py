"""The queue of runs: tickets that wait for a worker, and the claims that workers have on them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gevinst.domain.run import RunState, Trigger

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


class TicketState(StrEnum):
    """Where a ticket is in its life."""

    WAITING = "waiting"  #: for a worker, or for its time
    CLAIMED = "claimed"  #: one worker holds it and renews its lease
    DONE = "done"  #: its run ended; its outcome says how
    FAILED = "failed"  #: IT acts; no more attempts
    STOPPED = "stopped"  #: a person stopped it
    UNCERTAIN = "uncertain"  #: it may have delivered; a person looks before it runs again


LIVE = (TicketState.WAITING, TicketState.CLAIMED)


@dataclass(frozen=True, kw_only=True)
class Order:
    """A run that is wanted."""

    key: str  #: unique; a second order of the same key changes nothing
    robot: str
    period: str  #: such as 2026-10
    run_id: str  #: of the first attempt; later ones carry the attempt's number
    trigger: Trigger
    triggered_by: str
    due: datetime  #: UTC; when it should have started
    trial: bool = False
    lane: str = ""  #: runs of one lane never overlap; "" may run beside any
    capability: str = ""  #: what a worker must be able to do
    priority: int = 0  #: lower first


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """An order as the queue keeps it."""

    number: int
    order: Order
    state: TicketState
    attempt: int  #: claims so far; the number of the last is its fencing token
    failures: int  #: attempts that broke down
    not_before: datetime  #: UTC
    owner: str  #: of the last claim
    lease_until: datetime | None  #: UTC, by the database's time
    stop_by: str  #: who wants it stopped
    outcome: str  #: state of its run, or why there is none
    offered: datetime  #: UTC
    started: datetime | None  #: UTC; of the last claim
    ended: datetime | None  #: UTC

    @property
    def run_id(self) -> str:
        """Id of the run of the last attempt, or of the first one to come."""
        return self.order.run_id if self.attempt <= 1 else f"{self.order.run_id}-{self.attempt}"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A worker's right to one attempt; void once its lease has ended and another took the ticket."""

    number: int
    token: int  #: fencing token: grows with each claim of the ticket
    owner: str
    lease_until: datetime  #: UTC, by the database's time
    run_id: str
    failures: int  #: attempts that broke down before this one
    order: Order


def claim_of(ticket: Ticket) -> Claim:
    """The claim on a claimed ticket."""
    assert ticket.lease_until is not None  # noqa: S101 - a claimed ticket has a lease
    return Claim(
        number=ticket.number,
        token=ticket.attempt,
        owner=ticket.owner,
        lease_until=ticket.lease_until,
        run_id=ticket.run_id,
        failures=ticket.failures,
        order=ticket.order,
    )


def lane_of(robot: str, erp_user: str) -> str:
    """The lane that a robot's runs share: its ERP user's, so that no two runs log in as one user at once."""
    return f"erp:{erp_user}" if erp_user else f"robot:{robot}"


def wait_before(failures: int) -> timedelta:
    """How long to wait after so many break-downs, from 1: doubled each time, an hour at most."""
    doubled: timedelta = FIRST_WAIT * int(2 ** (failures - 1))
    return min(doubled, LONGEST_WAIT)


def may_try_again(state: RunState, failures: int, *, retries: int, lasting: bool) -> bool:
    """Whether a run that ended so is tried again.

    Args:
        state: of the run; only a technical failure is tried again, never rejected input or open items.
        failures: break-downs with this one.
        retries: what the robot allows.
        lasting: the reason is one that a new attempt would meet again, such as a time-out.
    """
    return state is RunState.FAILED and not lasting and failures <= retries
