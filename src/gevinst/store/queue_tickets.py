"""The queue of runs over a database's own tables.

SQLite's queue is this whole class. On PostgreSQL an engine chooses who gets which ticket, and this class
keeps the tickets: see `runner.postgres_queue`.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    RowMapping,
    Select,
    Update,
    bindparam,
    case,
    exists,
    literal_column,
    or_,
    select,
    update,
)

from gevinst.app.queue_port import EndedTicketError, LostClaimError, UnknownTicketError
from gevinst.domain.queue import LIVE, Claim, Order, Ticket, TicketState, claim_of
from gevinst.store.engine import Database, insert_on
from gevinst.store.queue_schema import moment_of_database, ticket
from gevinst.store.queue_turn import turn_of

# In the text of a query, so that SQLite sees that a partial index fits.
WAITING: ColumnElement[str] = literal_column("'waiting'")
CLAIMED: ColumnElement[str] = literal_column("'claimed'")

OWNER = "new_owner"
SECONDS_BETWEEN_LOOKS = 0.2
LONGEST_NUMBER = 9  # digits; an office has fewer tickets

_ORDER = tuple(field.name for field in fields(Order))
_TICKET = tuple(field.name for field in fields(Ticket) if field.name != "order")


class SqlRunQueue:
    """Keeps tickets in a database; threads may share it, and processes the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = database.engine.dialect.name
        self._joined = threading.local()

    def close(self) -> None:
        """See RunQueue."""
        self._database.engine.dispose()

    def offer(self, order: Order) -> bool:
        """See RunQueue."""
        with self._writing() as connection:
            return add_ticket(connection, order)

    def nudge(self) -> None:
        """See RunQueue: workers look for themselves."""

    def listen(self, heard: Callable[[], object]) -> float:
        """See RunQueue: a file tells nobody."""
        del heard
        return SECONDS_BETWEEN_LOOKS

    @contextmanager
    def together(self, turn: int | None = None) -> Iterator[Connection]:
        """One transaction for all that this thread asks meanwhile, and its connection for what goes with it.

        Args:
            turn: see Database.writing.
        """
        with self._database.writing(turn) as connection:
            self._joined.connection = connection
            try:
                yield connection
            finally:
                self._joined.connection = None

    def claim(self, owner: str, *, capabilities: Collection[str], lease: timedelta) -> Claim | None:
        """See RunQueue."""
        first = _first_free(self._dialect, tuple(sorted(capabilities)))
        with self._reading() as connection:  # many look and one writes: looking takes no lock
            if connection.execute(first).first() is None:
                return None
        return self._taken(_taking_first(self._dialect, tuple(sorted(capabilities)), lease), owner)

    def take(self, number: int, owner: str, *, lease: timedelta) -> Claim | None:
        """Claim this very ticket; None when it waits no more."""
        return self._taken(_taking(self._dialect, lease).where(ticket.c.number == number), owner)

    def renew(self, claims: Collection[Claim], *, lease: timedelta) -> Collection[int]:
        """See RunQueue."""
        until = moment_of_database(self._dialect, lease)
        with self._writing() as connection:
            held = (
                update(ticket).where(*_held(one)).values(lease_until=until).returning(ticket.c.number)
                for one in claims
            )
            return {number for query in held for number in connection.execute(query).scalars()}

    def stops(self, owner: str) -> Collection[int]:
        """See RunQueue."""
        wanted = select(ticket.c.number).where(
            ticket.c.state == TicketState.CLAIMED, ticket.c.owner == owner, ticket.c.stop_by != ""
        )
        with self._reading() as connection:
            return set(connection.execute(wanted).scalars())

    def finish(self, claim: Claim, state: TicketState, outcome: str) -> None:
        """See RunQueue."""
        now = moment_of_database(self._dialect)
        self._change(claim, {"state": state, "outcome": outcome, "ended": now, "lease_until": None})

    def fail(self, claim: Claim, reason: str, *, again_in: timedelta, counts: bool = True) -> None:
        """See RunQueue."""
        stopped = ticket.c.stop_by != ""
        self._change(
            claim,
            {
                "state": case((stopped, TicketState.STOPPED.value), else_=TicketState.WAITING.value),
                "outcome": reason,
                "failures": ticket.c.failures + int(counts),
                "not_before": moment_of_database(self._dialect, again_in),
                "lease_until": None,
                "ended": case((stopped, moment_of_database(self._dialect)), else_=None),
            },
        )

    def stop(self, number: int, *, by: str) -> TicketState:
        """See RunQueue."""
        waiting = ticket.c.state == TicketState.WAITING
        values = {
            "stop_by": by,
            "state": case((waiting, TicketState.STOPPED.value), else_=ticket.c.state),
            "ended": case((waiting, moment_of_database(self._dialect)), else_=ticket.c.ended),
        }
        live = update(ticket).where(ticket.c.number == number, ticket.c.state.in_(LIVE)).values(values)
        with self._writing() as connection:
            found = connection.execute(live.returning(ticket.c.state)).scalar()
        if found is None:
            raise EndedTicketError(ticket=str(number), state=self.find(str(number)).state)
        return TicketState(found)

    def lapsed(self, *, lease: timedelta) -> Sequence[Claim]:
        """See RunQueue."""
        over = or_(
            ticket.c.lease_until < moment_of_database(self._dialect),
            ticket.c.lease_until > moment_of_database(self._dialect, 2 * lease),
        )
        found = self._tickets(ticket.c.state == TicketState.CLAIMED, over)
        return [claim_of(one) for one in found]

    def find(self, ticket: str) -> Ticket:
        """See RunQueue."""
        return _found(self._tickets(_named(ticket)), ticket)

    def tickets(self, states: Collection[TicketState] = (), limit: int = 200) -> Sequence[Ticket]:
        """See RunQueue."""
        return self._tickets(*([ticket.c.state.in_(states)] if states else []), limit=limit)

    def without_engine_job(self) -> Sequence[Ticket]:
        """Waiting tickets that the queue engine does not know of, oldest first."""
        unknown = ticket.c.engine_job.is_(None)
        return self._tickets(ticket.c.state == TicketState.WAITING, unknown)[::-1]

    def set_engine_job(self, number: int, job: int) -> bool:
        """Note the engine's number of a ticket; False when it has one."""
        unknown = update(ticket).where(ticket.c.number == number, ticket.c.engine_job.is_(None))
        with self._writing() as connection:
            return connection.execute(unknown.values(engine_job=job)).rowcount == 1

    def engine_job(self, number: int) -> int | None:
        """The engine's number of a ticket."""
        query = select(ticket.c.engine_job).where(ticket.c.number == number)
        with self._reading() as connection:
            job: int | None = connection.execute(query).scalar()
            return job

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if joined := self._shared():
            yield joined
            return
        on_file = self._database.url.database if self._dialect == "sqlite" else None
        with turn_of(on_file), self._database.writing() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if joined := self._shared():
            yield joined
            return
        with self._database.reading() as connection:
            yield connection

    def _shared(self) -> Connection | None:
        """The connection of the transaction that this thread is in, if any."""
        found: Connection | None = getattr(self._joined, "connection", None)
        return found

    def _taken(self, taking: Any, owner: str) -> Claim | None:
        with self._writing() as connection:
            row = connection.execute(taking, {OWNER: owner}).mappings().one_or_none()
        return claim_of(ticket_of(row)) if row else None

    def _change(self, claim: Claim, values: dict[str, Any]) -> None:
        with self._writing() as connection:
            changing: Update = update(ticket).where(*_held(claim)).values(values)
            if connection.execute(changing).rowcount == 0:
                raise LostClaimError(run_id=claim.run_id, token=claim.token)

    def _tickets(self, *where: ColumnElement[bool], limit: int = 100_000) -> Sequence[Ticket]:
        query = select(ticket).where(*where).order_by(ticket.c.number.desc()).limit(limit)
        with self._reading() as connection:
            return [ticket_of(row) for row in connection.execute(query).mappings()]


@lru_cache
def _first_free(dialect: str, capabilities: tuple[str, ...]) -> Select[tuple[int]]:
    """The number of the ticket that is next; made once, since making a query costs more than asking it."""
    other = ticket.alias()
    busy = exists().where(other.c.lane == ticket.c.lane, other.c.state == CLAIMED)
    return (
        select(ticket.c.number)
        .where(
            ticket.c.state == WAITING,
            ticket.c.not_before <= moment_of_database(dialect),
            ticket.c.capability.in_(["", *capabilities]),
            or_(ticket.c.lane == "", ~busy),
        )
        .order_by(ticket.c.priority, ticket.c.not_before, ticket.c.number)
        .limit(1)
    )


@lru_cache
def _taking_first(dialect: str, capabilities: tuple[str, ...], lease: timedelta) -> Any:
    """Claims the ticket that is next."""
    first = _first_free(dialect, capabilities).scalar_subquery()
    return _taking(dialect, lease).where(ticket.c.number == first)


@lru_cache
def _taking(dialect: str, lease: timedelta) -> Any:
    """Claims a waiting ticket, which the caller names, for an owner."""
    values = {
        "state": TicketState.CLAIMED,
        "attempt": ticket.c.attempt + 1,
        "owner": bindparam(OWNER),
        "lease_until": moment_of_database(dialect, lease),
        "started": moment_of_database(dialect),
    }
    return update(ticket).where(ticket.c.state == WAITING).values(values).returning(*ticket.c)


def add_ticket(connection: Connection, order: Order) -> bool:
    """Add a ticket on a writing connection; False when there is one of its key."""
    values = {name: getattr(order, name) for name in _ORDER}
    fresh = {"state": TicketState.WAITING, "attempt": 0, "failures": 0, "owner": "", "stop_by": ""}
    adding = _adding(connection.dialect.name)
    return connection.execute(adding, values | fresh | {"outcome": ""}).scalar() is not None


@lru_cache
def _adding(dialect: str) -> Executable:
    """Adds a ticket unless its key is there; made once, since making it costs more than running it."""
    now = moment_of_database(dialect)
    make = insert_on(dialect)
    adding = make(ticket).values(offered=now, not_before=now)
    return adding.on_conflict_do_nothing(index_elements=["key"]).returning(ticket.c.number)


def ticket_of(row: RowMapping) -> Ticket:
    """A ticket from its row."""
    order = Order(**{name: row[name] for name in _ORDER})
    return Ticket(order=order, **{name: row[name] for name in _TICKET})


def _held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        ticket.c.number == claim.number,
        ticket.c.attempt == claim.token,
        ticket.c.owner == claim.owner,
        ticket.c.state == TicketState.CLAIMED,
    )


def _named(name: str) -> ColumnElement[bool]:
    if name.isdecimal() and len(name) <= LONGEST_NUMBER:
        return ticket.c.number == int(name)
    first, _, attempt = name.rpartition("-")
    if attempt.isdecimal():
        return or_(ticket.c.run_id == name, ticket.c.run_id == first)
    return ticket.c.run_id == name


def _found(tickets: Sequence[Ticket], name: str) -> Ticket:
    exact = [one for one in tickets if name in (str(one.number), one.order.run_id)]
    if exact or tickets:
        return (exact or list(tickets))[0]
    raise UnknownTicketError(ticket=name)
