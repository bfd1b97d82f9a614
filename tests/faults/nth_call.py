"""Fail the n-th write, fsync, rename or commit of an attempt, for each n until one goes through.

After SQLite's own method: each round is a process of its own in which one call fails, or in which the process
dies at that call; then a healthy worker comes, and the laws must hold. No round is drawn at random.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from gevinst.domain.queue import TicketState
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from gevinst.store import upkeep
from invariants import broken_laws, history, record_history
from unattended import Installation, an_order

CALLS = ("write", "fsync", "rename", "commit")
WAYS = ("fails", "dies")
KILLED, NOT_REACHED = 137, 0
REACHED = 3
MOST_CALLS = 60
FULL = OSError(28, "No space left on device")


@dataclass(frozen=True, kw_only=True)
class Round:
    """What came of one."""

    call: str
    way: str
    number: int
    reached: bool  #: False when the attempt has fewer such calls
    end: str  #: state of the ticket after a healthy worker came
    problems: tuple[str, ...]


def rounds(office: Installation) -> Iterator[Round]:
    """Each round until an attempt has no n-th call of a kind left; over one database."""
    record_history(office.parts.queue._database)
    (office.folder / "ud").mkdir(exist_ok=True)
    tickets = 0
    for call in CALLS:
        for way in WAYS:
            for number in range(1, MOST_CALLS):
                tickets += 1
                done = _round(office, tickets, call=call, way=way, number=number)
                yield done
                if not done.reached:
                    break


def _round(office: Installation, ticket: int, *, call: str, way: str, number: int) -> Round:
    office.queue.offer(an_order(ticket))
    with patch("gevinst.app.work.wait_before", lambda failures: timedelta(0) * failures):
        reached = _in_a_process(office, lambda: _attempt(office, call, way, number))
        office.rescuer().look()
        office.queue.nudge()
        office.worker(_run_of(office)).drain()
    problems = broken_laws(
        office.parts, history(office.parts.queue._database), delivered=office.folder / "ud"
    )
    if office.url.startswith("sqlite"):
        problems += upkeep.check(office.url).problems
    end = office.queue.find(f"run{ticket}").state
    if end is TicketState.WAITING:
        problems.append("waits still")
    return Round(call=call, way=way, number=number, reached=reached, end=str(end), problems=tuple(problems))


def _in_a_process(office: Installation, do: Callable[[], None]) -> bool:
    """Do something in a process of its own; whether the call that was to fail was reached."""
    office.parts.queue._database.engine.dispose()
    number = os.fork()
    if number:
        code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
        assert code in (KILLED, REACHED, NOT_REACHED), code
        return code != NOT_REACHED
    code = 1
    try:
        do()
        code = REACHED if _reached[0] else NOT_REACHED
    except (OSError, OperationalError):  # as the command would end
        code = REACHED
    finally:
        os._exit(code)


_reached = [False]


def _attempt(office: Installation, call: str, way: str, number: int) -> None:
    left = [number]

    def counted() -> None:
        left[0] -= 1
        if left[0] == 0:
            _reached[0] = True
            if way == "dies":
                os._exit(KILLED)
            raise OperationalError("COMMIT", {}, FULL) if call == "commit" else FULL

    _seam(office, call, counted)
    office.worker(_run_of(office)).drain()


def _seam(office: Installation, call: str, counted: Callable[[], None]) -> None:
    """Count the calls of a kind in this process, which ends soon."""
    if call == "commit":
        event.listen(office.parts.queue._database.engine, "commit", lambda _: counted())
        return
    owner: Any = os if call == "fsync" else Path
    name = {"write": "open"}.get(call, call)
    usual = getattr(owner, name)

    def seam(*arguments: Any, **named: Any) -> Any:
        if call != "write" or "w" in str(arguments[1:2]):
            counted()
        return usual(*arguments, **named)

    setattr(owner, name, seam)


def _run_of(office: Installation) -> Callable[[Run, Robot, Callable[[], bool]], Run]:
    """A run that delivers one journal; on a full disk it fails, and is not tried again in this test."""

    def run(started: Run, robot: Robot, stopping: Callable[[], bool]) -> Run:
        del robot, stopping
        ticket = office.queue.find(started.run_id).number
        office.parts.runs.start(started, holder="test")
        try:
            office.outbox().deliver(
                f"ticket {ticket}".encode(),
                office.folder / "ud" / f"journal-{ticket}-{started.run_id}.txt",
                key=f"journal:{ticket}",
                run_id=started.run_id,
                control_total=ticket,
            )
        except OSError:
            return office.run_finished(started, RunState.FAILED)
        return office.run_finished(started, RunState.AGREED)

    return run
