"""The queue on PostgreSQL: procrastinate chooses who gets which ticket, our tickets say who holds it.

Ticket and job change in one transaction, on one connection: they never differ, whatever dies in between, and
a claim costs the disk one commit, as its end does. Workers hear of new jobs by LISTEN, and look now and then.
"""

import threading
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import psycopg
from procrastinate.connector import BaseAsyncConnector
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager, get_channel_for_queues
from procrastinate.schema import SchemaManager
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Connection

from gevinst.domain.queue import Claim, Order, Ticket, TicketState

TASK = "gevinst.run"
QUEUE = "runs"  # of tickets that need no capability
SCHEMA_TURN = 7_404
NO_WORKER: Any = None  # the engine's list of workers is not kept: our tickets have owner and lease
SECONDS_BETWEEN_LOOKS = 2.0  # for jobs whose time comes later, and those that were not heard of
SECONDS_TO_LISTEN = 1.0
SECONDS_AFTER_ERROR = 2.0
Answer = TypeVar("Answer")


class TicketBook(Protocol):
    """What this queue needs of the tickets' own table."""

    def close(self) -> None: ...  # noqa: D102 - see RunQueue
    def together(self, turn: int | None = None) -> AbstractContextManager[Connection]: ...  # noqa: D102
    def offer(self, order: Order) -> bool: ...  # noqa: D102
    def take(self, number: int, owner: str, *, lease: timedelta) -> Claim | None: ...  # noqa: D102
    def renew(self, claims: Collection[Claim], *, lease: timedelta) -> Collection[int]: ...  # noqa: D102
    def stops(self, owner: str) -> Collection[int]: ...  # noqa: D102
    def finish(self, claim: Claim, state: TicketState, outcome: str) -> None: ...  # noqa: D102
    def fail(self, claim: Claim, reason: str, *, again_in: timedelta, counts: bool = True) -> None: ...  # noqa: D102
    def stop(self, number: int, *, by: str) -> TicketState: ...  # noqa: D102
    def lapsed(self, *, lease: timedelta) -> Sequence[Claim]: ...  # noqa: D102
    def find(self, ticket: str) -> Ticket: ...  # noqa: D102
    def tickets(self, states: Collection[TicketState] = (), limit: int = 200) -> Sequence[Ticket]: ...  # noqa: D102
    def without_engine_job(self) -> Sequence[Ticket]: ...  # noqa: D102
    def set_engine_job(self, number: int, job: int) -> bool: ...  # noqa: D102
    def engine_job(self, number: int) -> int | None: ...  # noqa: D102


class EngineQueue:
    """A RunQueue over procrastinate and our tickets; threads may share it."""

    def __init__(self, book: TicketBook, url: str) -> None:
        self._book = book
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._over = threading.Event()
        with book.together(SCHEMA_TURN) as connection:
            _make_schema(connection)

    def close(self) -> None:
        """See RunQueue."""
        self._over.set()
        self._book.close()

    def offer(self, order: Order) -> bool:
        """See RunQueue."""
        with self._book.together() as connection:
            new = self._book.offer(order)
            if new:
                self._send(self._book.find(order.run_id), connection)
            return new

    def nudge(self) -> None:
        """See RunQueue."""
        unsent = self._book.without_engine_job()
        if unsent:  # a burst of robots costs the disk one commit
            with self._book.together() as connection:
                for ticket in unsent:
                    self._send(ticket, connection)

    def listen(self, heard: Callable[[], object]) -> float:
        """See RunQueue."""
        threading.Thread(target=self._listen, args=(heard,), name="listen", daemon=True).start()
        return SECONDS_BETWEEN_LOOKS

    def claim(self, owner: str, *, capabilities: Collection[str], lease: timedelta) -> Claim | None:
        """See RunQueue."""
        while True:
            with self._book.together() as connection:
                job = _at_once(_jobs(connection).fetch_job([QUEUE, *capabilities], NO_WORKER))
                if job is None:
                    return None
                claim = self._book.take(_ticket_of(job), owner, lease=lease)
                if claim is not None:
                    return claim
                _end(connection, job.id, Status.FAILED)  # a job that no ticket waits for any more

    def renew(self, claims: Collection[Claim], *, lease: timedelta) -> Collection[int]:
        """See RunQueue."""
        return self._book.renew(claims, lease=lease)

    def stops(self, owner: str) -> Collection[int]:
        """See RunQueue."""
        return self._book.stops(owner)

    def finish(self, claim: Claim, state: TicketState, outcome: str) -> None:
        """See RunQueue."""
        with self._book.together() as connection:
            self._book.finish(claim, state, outcome)
            done = Status.SUCCEEDED if state is TicketState.DONE else Status.FAILED
            _end(connection, self._book.engine_job(claim.number), done)

    def fail(self, claim: Claim, reason: str, *, again_in: timedelta, counts: bool = True) -> None:
        """See RunQueue."""
        with self._book.together() as connection:
            self._book.fail(claim, reason, again_in=again_in, counts=counts)
            job = self._book.engine_job(claim.number)
            if job is None:
                return  # a ticket that came from SQLite: the next nudge tells the engine
            ticket = self._book.find(str(claim.number))
            if ticket.state is TicketState.WAITING:
                _at_once(_jobs(connection).retry_job_by_id_async(job, _not_before(ticket)))
            else:
                _end(connection, job, Status.FAILED)

    def stop(self, number: int, *, by: str) -> TicketState:
        """See RunQueue.

        The job comes first, as in a claim: two that wait for each other's row would never end.
        """
        with self._book.together() as connection:
            job = self._book.engine_job(number)
            if job is not None:
                _at_once(_jobs(connection).cancel_job_by_id_async(job, delete_job=True))
            return self._book.stop(number, by=by)

    def lapsed(self, *, lease: timedelta) -> Sequence[Claim]:
        """See RunQueue."""
        return self._book.lapsed(lease=lease)

    def find(self, ticket: str) -> Ticket:
        """See RunQueue."""
        return self._book.find(ticket)

    def tickets(self, states: Collection[TicketState] = (), limit: int = 200) -> Sequence[Ticket]:
        """See RunQueue."""
        return self._book.tickets(states, limit)

    def _send(self, ticket: Ticket, connection: Connection) -> None:
        [job] = _at_once(_jobs(connection).batch_defer_jobs_async([_job_of(ticket)]))
        assert job.id is not None  # noqa: S101 - the database has numbered it
        if not self._book.set_engine_job(ticket.number, job.id):  # another has sent it too
            _at_once(_jobs(connection).cancel_job_by_id_async(job.id, delete_job=True))

    def _listen(self, heard: Callable[[], object]) -> None:
        while not self._over.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    for channel in get_channel_for_queues():
                        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    while not self._over.is_set():
                        for _ in connection.notifies(timeout=SECONDS_TO_LISTEN, stop_after=1):
                            heard()
            except psycopg.Error:
                self._over.wait(SECONDS_AFTER_ERROR)  # workers look by themselves meanwhile


class _OnConnection(BaseAsyncConnector):
    """Lets procrastinate's job manager ask on a connection of ours, and so within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute_query_all_async(self, query: str, **arguments: Any) -> list[dict[str, Any]]:
        """All rows."""
        found = self._connection.exec_driver_sql(query, _adapted(arguments)).mappings()
        return [{str(name): value for name, value in row.items()} for row in found]

    async def execute_query_one_async(self, query: str, **arguments: Any) -> dict[str, Any]:
        """The only row."""
        [row] = await self.execute_query_all_async(query, **arguments)
        return row

    async def execute_query_async(self, query: str, **arguments: Any) -> None:
        """No rows that matter."""
        self._connection.exec_driver_sql(query, _adapted(arguments))


def _jobs(connection: Connection) -> JobManager:
    return JobManager(_OnConnection(connection))


def _at_once(asked: Coroutine[Any, Any, Answer]) -> Answer:
    """The answer of a coroutine that waits for nothing, since its connector does not."""
    try:
        asked.send(None)
    except StopIteration as ended:
        answer: Answer = ended.value
        return answer
    raise AssertionError


def _adapted(value: Any) -> Any:
    """Arguments as the driver takes them: objects as JSON."""
    match value:
        case dict():
            return {
                name: Jsonb(one) if isinstance(one, dict) else _adapted(one) for name, one in value.items()
            }
        case list():
            return [_adapted(one) for one in value]
        case tuple():
            return tuple(Jsonb(one) if isinstance(one, dict) else _adapted(one) for one in value)
        case _:
            return value


def _make_schema(connection: Connection) -> None:
    if connection.exec_driver_sql("SELECT to_regclass('procrastinate_jobs')").scalar() is None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)  # noqa: S101 - the URL says so
        driver.execute(SchemaManager.get_schema().encode())


def _job_of(ticket: Ticket) -> Job:
    order = ticket.order
    return Job(
        queue=order.capability or QUEUE,
        lock=order.lane or None,
        queueing_lock=None,
        task_name=TASK,
        task_kwargs={"ticket": ticket.number},
        priority=-order.priority,
        scheduled_at=_not_before(ticket),
    )


def _not_before(ticket: Ticket) -> datetime:
    """When a job's time comes, by the server's clock, as its ticket's."""
    return ticket.not_before


def _ticket_of(job: Job) -> int:
    return int(str(job.task_kwargs["ticket"]))


def _end(connection: Connection, job: int | None, status: Status) -> None:
    if job is not None:
        _at_once(_jobs(connection).finish_job_by_id_async(job, status, delete_job=True))
