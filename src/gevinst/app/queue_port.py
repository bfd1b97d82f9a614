"""What clock and workers need from the database: queue, occurrences, alarms and deliveries."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from gevinst.app.ports import StoreError
from gevinst.domain.alarm import Alarm, AlarmKind
from gevinst.domain.occurrence import Occurrence
from gevinst.domain.queue import Claim, Order, Ticket, TicketState
from gevinst.domain.run import Run


class LostClaimError(StoreError):
    """The lease ended and the ticket went to another; nothing was written."""

    code = "QUE-001"

    def __init__(self, *, run_id: str, token: int) -> None:
        super().__init__(run_id=run_id, token=token)


class UnknownTicketError(StoreError):
    """No ticket has this number or run id."""

    code = "QUE-002"

    def __init__(self, *, ticket: str) -> None:
        super().__init__(ticket=ticket)


class EndedTicketError(StoreError):
    """The ticket has ended, so that it cannot be stopped; or has not, so that it cannot be tried again."""

    code = "QUE-003"

    def __init__(self, *, ticket: str, state: TicketState) -> None:
        super().__init__(ticket=ticket, state=str(state))


class LostLeadError(StoreError):
    """Another clock leads; nothing was written."""

    code = "QUE-004"

    def __init__(self, *, fence: int) -> None:
        super().__init__(fence=fence)


class UnsettledDeliveryError(StoreError):
    """Nobody knows whether an earlier delivery of the same thing has left: a person looks first."""

    code = "QUE-005"

    def __init__(self, *, key: str, run_id: str) -> None:
        super().__init__(key=key, run_id=run_id)


class UpkeepError(StoreError):
    """What was asked for cannot be done with this database."""

    code = "STO-010"

    def __init__(self, *, database: str, cause: str) -> None:
        super().__init__(database=database, cause=cause)


class RunQueue(Protocol):
    """Runs that wait, and who has taken them. A claim is at least once; its token keeps a stale one out.

    Leases are judged by the database's time. Each method is one transaction.
    """

    def close(self) -> None:
        """Let go of connections."""

    def offer(self, order: Order) -> bool:
        """Add a ticket; False when there is one of this key already."""

    def nudge(self) -> None:
        """See to it that workers learn of tickets that were written together with occurrences."""

    def listen(self, heard: Callable[[], object]) -> float:
        """Call `heard` whenever a ticket may have come, from another thread, until close.

        Returns:
            Seconds between looks, for what is not heard of: tickets whose time comes later.
        """

    def claim(self, owner: str, *, capabilities: Collection[str], lease: timedelta) -> Claim | None:
        """Take the first ticket whose time has come, whose lane is free, and that the worker can do.

        Args:
            owner: the worker, unique over hosts, boots and processes.
            capabilities: what it can do, beside "".
            lease: how long the claim stands without renewal.
        """

    def renew(self, claims: Collection[Claim], *, lease: timedelta) -> Collection[int]:
        """Lengthen the leases; numbers of the tickets whose claims still stand."""

    def stops(self, owner: str) -> Collection[int]:
        """Numbers of the worker's tickets that a person wants stopped."""

    def finish(self, claim: Claim, state: TicketState, outcome: str) -> None:
        """Close the ticket.

        Raises:
            LostClaimError: the claim is void.
        """

    def fail(self, claim: Claim, reason: str, *, again_in: timedelta, counts: bool = True) -> None:
        """Give the ticket back, to be taken not before a while.

        Args:
            claim: the worker's.
            reason: kept as the outcome so far.
            again_in: zero or more.
            counts: whether this attempt counts as a break-down.

        Raises:
            LostClaimError: the claim is void.
        """

    def stop(self, number: int, *, by: str) -> TicketState:
        """Stop a waiting ticket now, or ask the worker of a claimed one to; its state afterwards.

        Raises:
            EndedTicketError: it has ended.
        """

    def lapsed(self, *, lease: timedelta) -> Sequence[Claim]:
        """Claims whose lease has ended, or ends later than any lease can (the clock was set back)."""

    def find(self, ticket: str) -> Ticket:
        """A ticket by its number or by the id of any of its runs.

        Raises:
            UnknownTicketError: there is none.
        """

    def tickets(self, states: Collection[TicketState] = (), limit: int = 200) -> Sequence[Ticket]:
        """Tickets of some states (all if none given), newest first."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How far the clock has looked for a robot."""

    schedule: str  #: the words it looked by
    until: datetime  #: UTC; moments up to and with this one are decided


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What the clock has decided of one robot."""

    robot: str
    seen: Seen
    occurrences: Sequence[Occurrence] = ()
    orders: Sequence[Order] = ()  #: of those that are offered
    missed: Sequence[Run] = ()  #: of those that are missed


class ClockBook(Protocol):
    """Which moments are decided, and who may decide."""

    def lead(self, owner: str, *, lease: timedelta) -> int | None:
        """Become or stay the leading clock; its fencing number, None while another leads."""

    def leader(self) -> str:
        """Who leads or led last; "" for nobody yet."""

    def resign(self, owner: str) -> None:
        """Let another lead at once."""

    def seen(self) -> dict[str, Seen]:
        """How far each robot has been looked at."""

    def record(self, fence: int, *decided: Decided) -> Sequence[Occurrence]:
        """Write down what became of moments, with the tickets and missed runs that come of them, at once.

        Returns:
            The occurrences that were new.

        Raises:
            LostLeadError: another clock leads.
        """

    def occurrences(self, robot: str | None = None, limit: int = 50) -> Sequence[Occurrence]:
        """What became of the last moments, newest first."""


class AlarmBook(Protocol):
    """Alarms, one open one for each kind and subject."""

    def ring(self, kind: AlarmKind, subject: str, *, robot: str, detail: str, at: datetime) -> bool:
        """Open an alarm, or count it up where it is open; whether it is new."""

    def alarms(self, *, also_closed: bool = False) -> Sequence[Alarm]:
        """Alarms, newest first."""

    def mark_told(self, number: int, *, at: datetime) -> None:
        """Note that someone was told."""

    def close_alarm(self, number: int, *, by: str, why: str, at: datetime) -> bool:
        """Close an alarm; False when there is no open one of this number."""


class DeliveryState(StrEnum):
    """How far a delivery is."""

    PREPARED = "prepared"  #: its bytes are on disk under a name of their own; its hash is known
    DELIVERED = "delivered"  #: it stands under its name
    DROPPED = "dropped"  #: it never left; its bytes are removed
    UNCERTAIN = "uncertain"  #: it is in neither place: a person looks
    HELD = "held"  #: its bytes are on disk under a name of their own, and wait for a second person


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One thing that goes out once."""

    key: str  #: idempotency key, such as journal:hovedkonto:2026-10
    run_id: str
    target: str  #: path it gets
    draft: str  #: path under which it is prepared
    sha256: str  #: "" until its bytes are on disk
    size: int  #: bytes
    control_total: int  #: øre
    state: DeliveryState
    prepared: datetime  #: UTC
    ended: datetime | None = None  #: UTC


class DeliveryBook(Protocol):
    """What was delivered, by key: at most one prepared or delivered for each."""

    def prepare(self, delivery: Delivery) -> bool:
        """Note that a delivery is about to leave; False when its key has left or is about to.

        Raises:
            FinishedRunError: its run runs no more, so that its worker is a stale one.
        """

    def standing(self, key: str) -> Delivery | None:
        """The delivery of a key that was not dropped."""

    def abandoned(self, key: str) -> Delivery | None:
        """The same, when it is prepared and its run has ended: nobody will settle it."""

    def written(self, delivery: Delivery) -> None:
        """Note hash and size of a prepared delivery, once its bytes are on disk.

        Raises:
            FinishedRunError: its run runs no more.
        """

    def settle(self, key: str, run_id: str, state: DeliveryState, *, at: datetime) -> bool:
        """Note what became of a prepared delivery; False when it was noted before.

        Raises:
            FinishedRunError: it would be delivered by a run that runs no more.
        """

    def found(self, key: str, run_id: str, state: DeliveryState, *, at: datetime) -> bool:
        """As settle, by someone who compared book and disk after the run had died."""

    def decide(self, one: Delivery, state: DeliveryState, *, at: datetime) -> bool:
        """Note what a person has decided of a delivery; False when it is no longer as the person saw it."""

    def deliveries(self, states: Collection[DeliveryState] = (), run_id: str = "") -> Sequence[Delivery]:
        """Deliveries of some states (all if none given), of one run if given; oldest first."""
