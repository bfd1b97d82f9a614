"""Kill workers at random, again and again, and look whether anything was lost or done twice."""

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from faults.a_worker import main as work
from gevinst.domain.queue import LIVE
from invariants import broken_laws, history, record_history
from unattended import Installation, an_order

WORKERS = 2
FEW, MORE = 12, 24  # live tickets: below the one, so many are offered
LONGEST_LIFE = 0.6  # seconds; a ticket takes some hundredths
SECONDS_TO_END = 180


@dataclass(frozen=True, kw_only=True)
class Killed:
    """What came of a loop."""

    kills: int
    tickets: int
    ends: Counter[str]  #: tickets by their state
    attempts: int
    deliveries: int  #: files that stand
    seconds: float
    problems: list[str]


def kill_loop(url: str, folder: Path, *, rounds: int, seed: int) -> Killed:
    """Kill so many workers, let the rest of the work be done, and check the recorded history."""
    office = Installation(url, folder, now=lambda: datetime.now(UTC))
    record_history(office.parts.queue._database)
    (folder / "ud").mkdir()
    chance, begun = random.Random(seed), time.monotonic()  # noqa: S311 - no secret
    kills = offered = 0
    while kills < rounds:
        if len(office.queue.tickets(LIVE)) < FEW:
            offered = _offer(office, offered)
        kills += _a_round(office, folder, chance)
    _let_them_end(office, folder)
    tickets = office.queue.tickets(limit=100_000)
    problems = broken_laws(office.parts, history(office.parts.queue._database), delivered=folder / "ud")
    done = Killed(
        kills=kills,
        tickets=len(tickets),
        ends=Counter(str(one.state) for one in tickets),
        attempts=sum(one.attempt for one in tickets),
        deliveries=len(list((folder / "ud").glob("journal-*"))),
        seconds=time.monotonic() - begun,
        problems=problems,
    )
    office.close()
    return done


def _offer(office: Installation, offered: int) -> int:
    for number in range(offered, offered + MORE):
        office.queue.offer(an_order(number))
    return offered + MORE


def _a_round(office: Installation, folder: Path, chance: random.Random) -> int:
    workers = [_forked(office, folder) for _ in range(WORKERS)]
    killed = 0
    for worker in workers:
        time.sleep(chance.uniform(0, LONGEST_LIFE))
        os.kill(worker, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(worker, 0)[1])
    return killed


def _let_them_end(office: Installation, folder: Path) -> None:
    worker, until = _forked(office, folder), time.monotonic() + SECONDS_TO_END
    while office.queue.tickets(LIVE) and time.monotonic() < until:
        time.sleep(0.2)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


def _forked(office: Installation, folder: Path) -> int:
    """A worker in a process that need not load Python first."""
    office.parts.queue._database.engine.dispose()
    number = os.fork()
    if number:
        return number
    try:
        work(office.url, folder)
    finally:
        os._exit(0)
