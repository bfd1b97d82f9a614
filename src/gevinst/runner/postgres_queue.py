"""The queue on PostgreSQL: procrastinate chooses who gets which ticket, our tickets say who holds it.

Every verb writes our ticket first, which carries the lease and the fencing token, then the engine's job. A
process that dies in between leaves the two apart; `nudge`, which clock and workers call every few seconds,
brings them together again.
"""

import asyncio
import atexit
import threading
from collections.abc import Collection, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Protocol, TypeVar

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Job, Status

from gevinst.app.queue_port import UnknownTicketError
from gevinst.domain.queue import LIVE, Claim, Order, Ticket, TicketState

TASK = "gevinst.run"
QUEUE = "runs"  # of tickets that need no capability
LARGEST_POOL = 4
SCHEMA_TURN = 7_404
SECONDS_APART = 5.0  # ticket and job may differ so long while a worker is between the two
MAKE_ONCE = (
    "DO $gevinst$ BEGIN PERFORM pg_advisory_xact_lock(%d); "
    "IF to_regclass('procrastinate_jobs') IS NULL THEN EXECUTE $schema$ %s $schema$; END IF; END $gevinst$"
)
Answer = TypeVar("Answer")


class TicketBook(Protocol):
    """What this queue needs of the tickets' own table."""

    def close(self) -> None: ...  # noqa: D102 - see RunQueue
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
        self._engine = _Engine(url)
        self._odd: dict[int, float] = {}

    def close(self) -> None:
        """See RunQueue."""
        self._engine.close()
        self._book.close()

    def offer(self, order: Order) -> bool:
        """See RunQueue."""
        new = self._book.offer(order)
        if new:
            self._send(self._book.find(order.run_id))
        return new

    def nudge(self) -> None:
        """See RunQueue; also mends what a dead process has left between ticket and job."""
        for ticket in self._book.without_engine_job():
            self._send(ticket)
        self._mend()

    def claim(self, owner: str, *, capabilities: Collection[str], lease: timedelta) -> Claim | None:
        """See RunQueue."""
        while job := self._engine.fetch([QUEUE, *capabilities]):
            number = int(str(job.task_kwargs["ticket"]))
            claim = self._book.take(number, owner, lease=lease)
            if claim is not None:
                return claim
            self._settle(job)
        return None

    def renew(self, claims: Collection[Claim], *, lease: timedelta) -> Collection[int]:
        """See RunQueue."""
        self._engine.beat()
        return self._book.renew(claims, lease=lease)

    def stops(self, owner: str) -> Collection[int]:
        """See RunQueue."""
        return self._book.stops(owner)

    def finish(self, claim: Claim, state: TicketState, outcome: str) -> None:
        """See RunQueue."""
        self._book.finish(claim, state, outcome)
        job = self._book.engine_job(claim.number)
        if job is not None:
            self._engine.finish(job, Status.SUCCEEDED if state is TicketState.DONE else Status.FAILED)

    def fail(self, claim: Claim, reason: str, *, again_in: timedelta, counts: bool = True) -> None:
        """See RunQueue."""
        self._book.fail(claim, reason, again_in=again_in, counts=counts)
        job = self._book.engine_job(claim.number)
        if job is None:
            return
        if self._book.find(str(claim.number)).state is TicketState.WAITING:
            self._engine.again(job, datetime.now(UTC) + again_in)
        else:
            self._engine.finish(job, Status.FAILED)

    def stop(self, number: int, *, by: str) -> TicketState:
        """See RunQueue."""
        state = self._book.stop(number, by=by)
        job = self._book.engine_job(number)
        if state is TicketState.STOPPED and job is not None:
            self._engine.cancel(job)
        return state

    def lapsed(self, *, lease: timedelta) -> Sequence[Claim]:
        """See RunQueue."""
        return self._book.lapsed(lease=lease)

    def find(self, ticket: str) -> Ticket:
        """See RunQueue."""
        return self._book.find(ticket)

    def tickets(self, states: Collection[TicketState] = (), limit: int = 200) -> Sequence[Ticket]:
        """See RunQueue."""
        return self._book.tickets(states, limit)

    def _send(self, ticket: Ticket) -> None:
        job = self._engine.send(ticket)
        if not self._book.set_engine_job(ticket.number, job):  # another has sent it too
            self._engine.cancel(job)

    def _mend(self) -> None:
        """Bring jobs that the engine thinks are worked on in line with tickets that say otherwise."""
        odd = {job.id: job for job in self._engine.doing() if job.id is not None and self._differs(job)}
        now = monotonic()
        self._odd = {number: self._odd.get(number, now) for number in odd}
        for number, since in list(self._odd.items()):
            if now - since >= SECONDS_APART:
                self._settle(odd[number])
                del self._odd[number]

    def _differs(self, job: Job) -> bool:
        try:
            return self._book.find(str(job.task_kwargs["ticket"])).state is not TicketState.CLAIMED
        except UnknownTicketError:
            return True

    def _settle(self, job: Job) -> None:
        """Give a job that nobody works on the state that its ticket has."""
        assert job.id is not None  # noqa: S101 - it comes from the engine
        try:
            ticket = self._book.find(str(job.task_kwargs["ticket"]))
        except UnknownTicketError:
            self._engine.finish(job.id, Status.FAILED)
            return
        if ticket.state is TicketState.WAITING and self._book.engine_job(ticket.number) in (None, job.id):
            self._engine.again(job.id, ticket.not_before)
        elif ticket.state not in LIVE or self._book.engine_job(ticket.number) != job.id:
            self._engine.finish(job.id, Status.FAILED)


class _Engine:
    """Procrastinate's job manager, called from threads; it speaks asyncio, in a thread of its own."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="procrastinate", daemon=True).start()
        conninfo = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._app = App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=LARGEST_POOL))
        self._worker: int | None = None
        self._turn = threading.Lock()
        self._call(self._open())
        atexit.register(self.close)  # a command that ends leaves no connection half-way

    def close(self) -> None:
        """Let go of connections and the thread; once."""
        atexit.unregister(self.close)
        self._call(self._app.close_async())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def send(self, ticket: Ticket) -> int:
        """Add the job of a ticket; its number."""
        order = ticket.order
        job = Job(
            queue=order.capability or QUEUE,
            lock=order.lane or None,
            queueing_lock=None,
            task_name=TASK,
            task_kwargs={"ticket": ticket.number},
            priority=-order.priority,
            scheduled_at=ticket.not_before,
        )
        sent = self._call(self._app.job_manager.defer_job_async(job))
        assert sent.id is not None  # noqa: S101 - the database has numbered it
        return sent.id

    def fetch(self, queues: Sequence[str]) -> Job | None:
        """Take the next job whose lock is free."""
        return self._call(self._app.job_manager.fetch_job(queues, self._worker_id()))

    def beat(self) -> None:
        """Tell the engine that this process lives."""
        if self._worker is not None:
            self._call(self._app.job_manager.update_heartbeat(self._worker))

    def finish(self, job: int, status: Status) -> None:
        """End a job that is worked on."""
        self._call(self._app.job_manager.finish_job_by_id_async(job, status, delete_job=True))

    def again(self, job: int, at: datetime) -> None:
        """Put a job that is worked on back."""
        self._call(self._app.job_manager.retry_job_by_id_async(job, at))

    def cancel(self, job: int) -> None:
        """Take a waiting job out."""
        self._call(self._app.job_manager.cancel_job_by_id_async(job, delete_job=True))

    def doing(self) -> Sequence[Job]:
        """Jobs that are worked on."""
        return list(self._call(self._app.job_manager.list_jobs_async(task=TASK, status="doing")))

    def _worker_id(self) -> int:
        with self._turn:
            if self._worker is None:
                self._worker = self._call(self._app.job_manager.register_worker())
            return self._worker

    async def _open(self) -> None:
        await self._app.open_async()
        schema = self._app.schema_manager.get_schema()
        statement = MAKE_ONCE % (SCHEMA_TURN, schema)
        await self._app.connector.execute_query_async(query=statement.replace("%", "%%"))

    def _call(self, asked: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result()
