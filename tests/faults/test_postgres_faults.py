"""PostgreSQL that goes away, comes back, or is told late; and what its queue engine must never differ in."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from faults.conftest import OwnServer
from gevinst.domain.queue import LIVE, TicketState
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from gevinst.store import upkeep
from invariants import broken_laws, history, record_history
from unattended import Installation, an_order

SECONDS = 60
LEASE = timedelta(seconds=4)  # a worker renews each second, as it does with the usual lease


def wait_until(holds: Callable[[], object], seconds: float = SECONDS) -> None:
    until = time.monotonic() + seconds
    while not asked(holds):
        assert time.monotonic() < until
        time.sleep(0.05)


def asked(holds: Callable[[], object]) -> object:
    """The answer; None from a server that is down."""
    try:
        return holds()
    except DBAPIError:
        return None


def jobs_of(office: Installation) -> list[tuple[int, str]]:
    """Ticket and state of each of the engine's jobs."""
    query = "SELECT (args->>'ticket')::int, status FROM procrastinate_jobs ORDER BY 1"
    with office.parts.queue._database.reading() as connection:
        return [(row[0], str(row[1])) for row in connection.execute(text(query))]


def test_a_worker_hears_of_a_ticket_at_once(postgres_url: str, tmp_path: Path) -> None:
    office = Installation(postgres_url, tmp_path)
    heard = threading.Event()
    office.queue.listen(heard.set)
    time.sleep(0.5)  # the connection that listens is made in a thread

    begun = time.monotonic()
    office.queue.offer(an_order(1))

    assert heard.wait(5)
    assert time.monotonic() - begun < 0.5
    office.close()


def test_ticket_and_job_change_together_or_not_at_all(postgres_url: str, tmp_path: Path) -> None:
    office = Installation(postgres_url, tmp_path)
    office.queue.offer(an_order(1))
    claim = office.queue.claim("w1", capabilities=(), lease=timedelta(minutes=1))
    assert claim is not None
    for refused in ("BEFORE UPDATE ON ticket", "BEFORE DELETE ON procrastinate_jobs"):
        with office.parts.queue._database.writing() as connection:
            make = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$"
            connection.execute(text(make))
            connection.execute(
                text(f"CREATE TRIGGER refuse {refused} FOR EACH ROW EXECUTE FUNCTION refuse()")
            )

        with pytest.raises(DBAPIError):
            office.queue.finish(claim, TicketState.DONE, "agreed")

        assert office.queue.find("run1").state is TicketState.CLAIMED
        assert jobs_of(office) == [(1, "doing")]
        with office.parts.queue._database.writing() as connection:
            connection.execute(text("DROP FUNCTION refuse CASCADE"))
    office.queue.finish(claim, TicketState.DONE, "agreed")
    assert jobs_of(office) == []
    office.close()


def test_tickets_of_one_server_are_taken_on_another_that_they_are_copied_to(
    postgres_url: str, own_server: OwnServer, tmp_path: Path
) -> None:
    office = Installation(postgres_url, tmp_path)
    office.queue.offer(an_order(1))
    upkeep.copy_to(postgres_url, own_server.url)
    office.close()

    moved = Installation(own_server.url, tmp_path)
    moved.queue.nudge()
    moved.worker().drain()

    assert moved.queue.find("run1").state is TicketState.DONE
    moved.close()


@pytest.mark.slow
def test_fault_16_a_server_that_crashes_under_a_run_takes_no_run_with_it(
    own_server: OwnServer, tmp_path: Path
) -> None:
    office = Installation(own_server.url, tmp_path)
    record_history(office.parts.queue._database)
    for number in range(1, 5):
        office.queue.offer(an_order(number))
    crashed = threading.Event()

    def run(started: Run, robot: Robot, stopping: Callable[[], bool]) -> Run:
        del robot, stopping
        office.parts.runs.start(started, holder="test")
        crashed.wait(30)
        return office.run_finished(started, RunState.AGREED)

    worker = office.worker(run, lease=LEASE).start()
    wait_until(office.parts.runs.list)
    own_server.crash()
    crashed.set()
    wait_until(lambda: not office.queue.tickets(LIVE))
    worker.stop(at_once=False)

    assert broken_laws(office.parts, history(office.parts.queue._database)) == []
    assert {one.state for one in office.queue.tickets()} == {TicketState.DONE}
    office.close()


@pytest.mark.slow
def test_fault_17_a_server_that_crashes_while_the_dead_are_judged_leaves_none_behind(
    own_server: OwnServer, tmp_path: Path
) -> None:
    office = Installation(own_server.url, tmp_path)
    for number in range(1, 41):
        office.queue.offer(an_order(number))
        claim = office.queue.claim("dead", capabilities=(), lease=timedelta(milliseconds=1))
        assert claim is not None
    judged: list[object] = []
    rescuer = office.rescuer()

    def look() -> None:
        try:
            judged.extend(rescuer.look())
        except DBAPIError as error:
            judged.append(error)

    looking = threading.Thread(target=look)
    looking.start()
    wait_until(lambda: len(office.queue.tickets([TicketState.WAITING])) > 3)
    own_server.crash()
    looking.join()
    assert any(isinstance(one, DBAPIError) for one in judged)

    office.rescuer().look()

    assert office.queue.tickets([TicketState.CLAIMED]) == []
    assert [state for _, state in jobs_of(office)] == ["todo"] * 40
    office.close()
