"""A year of a municipality of 90,000 citizens through all robots: `python tests/benchmarks/year.py`.

Each robot gets the rows of twelve months, made by the demo's own generator, and takes them with `gevinst run`
as it is shipped, in one run where it can, else month by month; what delivers runs in production. Seconds and
memory are those of its processes; making the lists is not counted. What came out is held against the truth
that was made with the lists.

    python tests/benchmarks/year.py                     # all robots, the whole year
    python tests/benchmarks/year.py --share 0.01        # a hundredth of every list
    python tests/benchmarks/year.py momskontrol budgetopfoelgning
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from gevinst.demo import lay_out
from gevinst.demo.flows import lay_out_balances
from gevinst.demo.flows_consolidation import lay_out_budget
from gevinst.demo.flows_controls import lay_out_controls
from gevinst.demo.flows_gathering import (
    lay_out_hours,
    lay_out_project_spool,
    lay_out_refunds,
    lay_out_reports,
)
from gevinst.demo.flows_posting import lay_out_posting
from gevinst.demo.flows_supplier import lay_out_supplier
from gevinst.demo.held_to_truth import differences, truth_file

ROOT = Path(__file__).parents[2]
YEAR = 2025
MONTHS = 12
SETTINGS = '[office]\nname = "Årskommunen"\nlanguage = "da"\ndata = "data"\n'
#: What a shipped robot says of the demo's month, and what it must say to run the months of a year.
ANY_MONTH = (
    ("aabne_poster_2026-09", "aabne_poster_{before}"),
    ("closed_through = 2025-12-31", "closed_through = 2024-12-31"),
)
LayOut = Callable[..., object]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Lists:
    """The lists of a robot's year."""

    lay_out: LayOut
    times: int  #: as long as the demo's month, for each run
    runs: int = 1  #: the last months of the year; one run takes the whole year's rows at once


SUPPLIER = {
    "bilagsafstemning": 2040,
    "dubletfakturaer": 1008,
    "leverandoerudtog": 1008,
    "debitorkontrol": 2520,
    "gaeldssortering": 1008,
    "advisdubletter": 1008,
    "fakturafordeling": 1008,
}
CONTROLS = {
    "loenafstemning": 240,
    "momskontrol": 840,
    "stamdatakontrol": 1800,
    "maalerkontrol": 600,
    "mellemkommunal": 420,
    "aabne_indkoeb": 600,
}
LISTS = {
    "hovedkonto": Lists(lay_out=lay_out, times=12, runs=MONTHS),
    "kortindloesning": Lists(lay_out=lay_out, times=1, runs=MONTHS),
    "skattekonto": Lists(lay_out=lay_out, times=1, runs=MONTHS),
    "bankbogfoering": Lists(lay_out=lay_out_posting, times=106, runs=MONTHS),
    "budgetopfoelgning": Lists(lay_out=lay_out_budget, times=694),  # December's run reads the whole year
    "rapportsamling": Lists(lay_out=lay_out_reports, times=1500),
    "ydelsesrefusion": Lists(lay_out=lay_out_refunds, times=290, runs=MONTHS),
    "maanedsrapporter": Lists(lay_out=lay_out_hours, times=100),  # three months' reports
    "projektposteringer": Lists(lay_out=lay_out_project_spool, times=3960),
    "smaadifferencer": Lists(lay_out=lay_out_balances, times=12_000),
    **{
        robot: Lists(lay_out=partial(lay_out_supplier, only=(robot,)), times=times)
        for robot, times in SUPPLIER.items()
    },
    **{
        robot: Lists(lay_out=partial(lay_out_controls, only=(robot,)), times=times)
        for robot, times in CONTROLS.items()
    },
}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One run of a robot."""

    rows: int
    processor: float  #: seconds
    clock: float  #: seconds
    peak: int  #: MB of its largest process
    wrong: Sequence[str]  #: parts that differ from the truth


def furnish(folder: Path) -> Path:
    """An office whose robots run any month, in production."""
    for part in ("robots", "tasks", "resources"):
        shutil.copytree(ROOT / part, folder / part)
    for file in folder.glob("robots/*/robot.toml"):
        text = file.read_text("utf-8")
        for shipped, wanted in ANY_MONTH:
            text = text.replace(shipped, wanted)
        if "[delivery]" in text:
            text = text.replace('phase = "trial"', 'phase = "production"')
        file.write_text(text, "utf-8")
    (folder / "gevinst.toml").write_text(SETTINGS, "utf-8")
    return folder


def one_run(robot: str, period: str, times: int) -> Measured:
    """Make the lists of a run, and run the robot on them in a new office: no month goes on from another."""
    with tempfile.TemporaryDirectory() as folder:
        office = furnish(Path(folder))
        data = office / "data"
        _apart(LISTS[robot].lay_out, data, period=period, times=times)
        begun = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", "gevinst.cli", "run", robot, "--period", period, "--json"],
            env=os.environ | {"GEVINST_OFFICE": str(office)},
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        with child.stdout:  # type: ignore[union-attr] # a pipe was asked for
            facts = json.load(child.stdout)  # type: ignore[arg-type] # as above
        _, _, used = os.wait4(child.pid, 0)  # with what its own children used
        clock = time.perf_counter() - begun
        return Measured(
            rows=facts["read"],
            processor=used.ru_utime + used.ru_stime,
            clock=clock,
            peak=used.ru_maxrss // 1024,
            wrong=_apart(_wrong, truth_file(data, robot, period), Path(facts["evidence"])),
        )


def _apart(do: Callable[..., T], *arguments: object, **named: object) -> T:
    """In a process of its own: Linux counts the memory of whoever starts a process as the process's own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(do, *arguments, **named).result()


def _wrong(truth: Path, evidence: Path) -> Sequence[str]:
    return differences(json.loads(truth.read_text("utf-8")), evidence)


def shown(robot: str, runs: Sequence[Measured]) -> str:
    """A row of the table."""
    wrong = sorted({part for one in runs for part in one.wrong})
    return (
        f"| {robot} | {len(runs)} | {sum(one.rows for one in runs):,} "
        f"| {sum(one.processor for one in runs):.0f} | {sum(one.clock for one in runs):.0f} "
        f"| {max(one.clock for one in runs):.1f} "
        f"| {max(one.peak for one in runs):,} | {', '.join(wrong) or 'yes'} |"
    )


def say(line: str) -> None:
    """One line at once, since the whole takes its time."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and show."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("robots", nargs="*", metavar="ROBOT", default=list(LISTS))
    asked.add_argument("--share", type=float, default=1.0, help="of the length of each list")
    asked.add_argument(
        "--runs", type=int, default=MONTHS, help="of a robot that runs month by month, at most"
    )
    options = asked.parse_args()
    say("| Robot | Runs | Rows read | Processor, s | Clock, s | Slowest run, s | Peak MB | As the truth |")
    say("| --- | --: | --: | --: | --: | --: | --: | --- |")
    for robot in options.robots:
        times = max(1, round(LISTS[robot].times * options.share))
        first = MONTHS + 1 - min(LISTS[robot].runs, options.runs)
        months = range(first, MONTHS + 1)
        say(shown(robot, [one_run(robot, f"{YEAR}-{month:02}", times) for month in months]))


if __name__ == "__main__":
    main()
