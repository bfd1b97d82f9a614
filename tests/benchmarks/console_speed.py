"""How fast the console's pages are in a large office: `python tests/benchmarks/console_speed.py [FOLDER]`.

1,000,000 open items of 100,000 runs of 20 robots, and 50,000 cases, all of standing runs, in SQLite; the
console is a process of its own on a real socket. First each page by one reader, then 50 controllers who each
open a page every ten seconds. Beside the time on the clock stands what the console's process worked for a
page, which other work on the machine does not touch. FOLDER keeps the office, so that a second start need not
fill it again.
"""

import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from gevinst import bootstrap
from gevinst.app.accounts import open_session
from gevinst.domain.access import Role
from gevinst.domain.account import Account
from gevinst.domain.audit import AuditEvent
from gevinst.store.console_schema import work_case
from gevinst.store.schema import open_item, run
from gevinst.web.console import Console, open_console
from web.case_runs import Line, put_run
from web.offices import lay_out_office

ROBOTS, RUNS, ITEMS, CASES, CONTROLLERS = 20, 100_000, 1_000_000, 50_000, 50
THINKING = 10.0  # seconds between a controller's pages
LASTING = 30.0
EACH = 40
PAGES = {
    "overview": "/",
    "work list": "/arbejde",
    "work list, one cause": "/arbejde?robot=konto01&cause=fee",
    "work list, mine": "/arbejde?who=mine",
    "work list, above 5,000 kr.": "/arbejde?least=5000",
    "case": "/arbejde/{case}",
    "next case": "/arbejde/naeste",
    "runs": "/koersler",
    "runs of a robot": "/koersler?robot=konto07",
    "rejected runs": "/koersler?state=rejected",
    "run": "/koersler/{run}",
    "robots": "/robotter",
    "robot": "/robotter/konto01",
    "sign-off": "/afstemning/2026-10",
    "paper of an account": "/afstemning/2026-10/konto01",
}


def shown(what: str, value: str) -> None:
    """One figure."""
    print(f"{what:<34} {value}", flush=True)  # noqa: T201 - this is its output


def office_of(folder: Path) -> Console:
    """The large office, filled when it is not there."""
    fresh = not (folder / "gevinst.toml").exists()
    if fresh:
        lay_out_office(folder)
        model = folder / "robots" / "hovedkonto"
        for number in range(ROBOTS):
            name = f"konto{number:02}"
            copy = shutil.copytree(model, folder / "robots" / name)
            card = copy / "robot.toml"
            card.write_text(
                card.read_text("utf-8").replace('id = "hovedkonto"', f'id = "{name}"', 1), "utf-8"
            )
    console = open_console(bootstrap.office(str(folder)))
    if fresh:
        fill(console)
    return console


def fill(console: Console) -> None:
    """Rows as runs leave them, written by SQL since a hundred thousand runs would take days."""
    for number in range(ROBOTS):
        robot = f"konto{number:02}"
        lines = [Line(name=f"b{n}", amount=1_000 + n * 377 % 900_000) for n in range(1, 3)]
        put_run(console, lines, run_id=f"r{number + 1}", robot=robot)
    with sqlite3.connect(console.parts.url.removeprefix("sqlite:///")) as database:
        _copy_runs(database)
        _copy_items(database)
        _copy_cases(database)
        database.execute("ANALYZE")


def _copy_runs(database: sqlite3.Connection) -> None:
    names = [column.name for column in run.columns]
    models = database.execute(f"SELECT {', '.join(names)} FROM run").fetchall()  # noqa: S608 - names of our own

    def rows() -> Iterator[list[object]]:
        for number in range(RUNS - len(models)):
            row = dict(zip(names, models[number % ROBOTS], strict=True))
            day = number // ROBOTS
            period = f"{2017 + day // 600}-{day // 50 % 12 + 1:02}"
            started = datetime(2018, 1, 1, tzinfo=UTC) + timedelta(minutes=number * 40)
            state = ("agreed", "open_items", "open_items", "rejected", "failed")[number % 5]
            row |= {"run_id": f"old{number:06}", "period": period, "state": state, "replaces": ""}
            row["started"] = started.strftime("%Y-%m-%d %H:%M:%S.%f")
            yield [row[name] for name in names]

    _insert(database, "run", names, rows())


def _copy_items(database: sqlite3.Connection) -> None:
    names = [column.name for column in open_item.columns]
    model = database.execute(f"SELECT {', '.join(names)} FROM open_item LIMIT 1").fetchone()  # noqa: S608
    row = dict(zip(names, model, strict=True))

    def rows() -> Iterator[list[object]]:
        for number in range(ITEMS):
            owner = f"r{number % ROBOTS + 1}" if number < CASES else f"old{number % (RUNS - ROBOTS):06}"
            row.update(
                run_id=owner, position=number + 10, item_id=f"i{number}", amount=number * 7_919 % 9_000_000
            )
            yield [row[name] for name in names]

    _insert(database, "open_item", names, rows())


def _copy_cases(database: sqlite3.Connection) -> None:
    names = [column.name for column in work_case.columns]
    model = database.execute(f"SELECT {', '.join(names)} FROM work_case LIMIT 1").fetchone()  # noqa: S608
    row = dict(zip(names, model, strict=True))
    causes = ("fee", "double", "no_counterpart_bank", "period_end", "sign")

    def rows() -> Iterator[list[object]]:
        for number in range(CASES):
            robot = number % ROBOTS
            row.update(run_id=f"r{robot + 1}", robot=f"konto{robot:02}", number=number + 10)
            row.update(subject=f"{number:032x}", cause=causes[number % 5], amount=number * 7_919 % 9_000_000)
            row["oldest"] = (datetime(2026, 10, 31, tzinfo=UTC) - timedelta(days=number * 7 % 300)).strftime(
                "%Y-%m-%d"
            )
            yield [row[name] for name in names]

    _insert(database, "work_case", names, rows())
    touched = [(f"konto{n % ROBOTS:02}", f"{n:032x}", f"controller{n % 50:02}") for n in range(0, CASES, 10)]
    database.executemany(
        "INSERT INTO case_state (robot, subject, claimed_by, state, decision, version) "
        "VALUES (?, ?, ?, 'to_do', 0, 1)",
        touched,
    )


def _insert(database: sqlite3.Connection, table: str, names: list[str], rows: Iterator[list[object]]) -> None:
    marks = ", ".join("?" * len(names))
    database.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)  # noqa: S608


def cookies_of(console: Console) -> list[dict[str, str]]:
    """A session for each controller."""
    found = []
    for number in range(CONTROLLERS):
        user, now = f"controller{number:02}", console.now()
        roles = frozenset({Role.CONTROLLER, Role.APPROVER})
        account = Account(user=user, shown_name=user, password_hash="", roles=roles, created=now)
        event = AuditEvent(at=now, who="it", what="account.added", subject=user)
        console.door.book.add_account(account, event)
        found.append({console.cookie: open_session(console.door.book, user, now).key})
    return found


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """The console as a process: its address, and its number."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "gevinst"), "console", "--port", str(port)]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            httpx.get(f"{address}/livstegn", timeout=5)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return


def milliseconds(client: httpx.Client, path: str) -> float:
    """How long a page took."""
    begun = time.perf_counter()
    answer = client.get(path)
    if answer.status_code not in (200, 303):
        raise SystemExit(f"{path}: {answer.status_code}")
    return (time.perf_counter() - begun) * 1_000


def worked(process: int) -> float:
    """Milliseconds that a process has worked, on all threads; Linux tells them in hundredths of a second."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) * 1_000 / os.sysconf("SC_CLK_TCK")


def percentile(values: list[float], part: int) -> float:
    """The value that `part` of a hundred do not exceed."""
    return statistics.quantiles(values, n=100)[part - 1]


def one_reader(address: str, process: int, cookies: dict[str, str]) -> None:
    """Each page by itself."""
    with httpx.Client(base_url=address, cookies=cookies, timeout=60) as client:
        for name, path in PAGES.items():
            client.get(path.format(case="r2.11", run="r1"))
            before = worked(process)
            found = [milliseconds(client, path.format(case="r2.11", run="r1")) for _ in range(EACH)]
            own = (worked(process) - before) / EACH
            clock = f"median {statistics.median(found):6.1f} ms   p95 {percentile(found, 95):6.1f} ms"
            shown(name, f"{clock}   worked {own:5.1f} ms")


def many_readers(address: str, cookies: list[dict[str, str]]) -> None:
    """All controllers, each at their own pace."""
    found: list[float] = []
    begun = time.monotonic()

    def work(number: int) -> None:
        pages = list(PAGES.values())
        with httpx.Client(base_url=address, cookies=cookies[number], timeout=60) as client:
            time.sleep(THINKING * number / CONTROLLERS)
            while time.monotonic() - begun < LASTING:
                found.append(milliseconds(client, pages[number % len(pages)].format(case="r2.11", run="r1")))
                number += 1
                time.sleep(THINKING)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONTROLLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = f"median {statistics.median(found):6.1f} ms   p95 {percentile(found, 95):6.1f} ms"
    shown(f"{CONTROLLERS} controllers, {len(found)} pages", told)


def main() -> None:
    """Fill, serve, measure."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else scratch) / "office"
        console = office_of(folder)
        cookies = cookies_of(console)
        console.parts.runs.close()
        with served(folder) as (address, process):
            one_reader(address, process, cookies[0])
            many_readers(address, cookies)


if __name__ == "__main__":
    main()
