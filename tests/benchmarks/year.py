"""A year of a municipality of 90,000 citizens through all robots: `python tests/benchmarks/year.py`.

Each robot gets the lists of twelve months, made longer by the demo's own generator, and runs them one by one
with `gevinst run` as it is shipped; what delivers runs in production. Seconds and memory are those of its
processes; making the lists is not counted. What came out is held against the truth made with the lists.

    python tests/benchmarks/year.py                     # all robots, the whole year
    python tests/benchmarks/year.py --share 0.01        # a hundredth of every list
    python tests/benchmarks/year.py --months 1 momskontrol vat
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

#: How a robot's lists are made, and how many times as long as the demo's a month of the municipality is.
LISTS: dict[str, tuple[LayOut, int]] = {
    "hovedkonto": (lay_out, 12),
    "kortindloesning": (lay_out, 1),
    "skattekonto": (lay_out, 1),
    "bankbogfoering": (lay_out_posting, 106),
    "budgetopfoelgning": (lay_out_budget, 694),
    "rapportsamling": (lay_out_reports, 125),
    "ydelsesrefusion": (lay_out_refunds, 290),
    "maanedsrapporter": (lay_out_hours, 100),
    "projektposteringer": (lay_out_project_spool, 330),
    "smaadifferencer": (lay_out_balances, 1000),
    **{
        robot: (partial(lay_out_supplier, only=(robot,)), times)
        for robot, times in {
            "bilagsafstemning": 170,
            "dubletfakturaer": 840,  # each tenth invoice has its file: 10,080 a month
            "leverandoerudtog": 84,
            "debitorkontrol": 210,
            "gaeldssortering": 84,
            "advisdubletter": 84,
            "fakturafordeling": 84,
        }.items()
    },
    **{
        robot: (partial(lay_out_controls, only=(robot,)), times)
        for robot, times in {
            "loenafstemning": 20,
            "momskontrol": 70,
            "stamdatakontrol": 150,
            "maalerkontrol": 50,
            "mellemkommunal": 35,
            "aabne_indkoeb": 50,
        }.items()
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


def one_month(office: Path, robot: str, period: str, times: int) -> Measured:
    """Make the lists of a month, run the robot on them, and take them away."""
    data = office / "data"
    _apart(LISTS[robot][0], data, period=period, times=times)
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
    evidence = Path(facts["evidence"])
    wrong = _apart(_wrong, truth_file(data, robot, period), evidence)
    for gone in (data / "ind", data / "facit", evidence):
        shutil.rmtree(gone)
    return Measured(
        rows=facts["read"],
        processor=used.ru_utime + used.ru_stime,
        clock=clock,
        peak=used.ru_maxrss // 1024,
        wrong=wrong,
    )


def _apart(do: Callable[..., T], *arguments: object, **named: object) -> T:
    """In a process of its own: Linux counts the memory of whoever starts a process as the process's own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(do, *arguments, **named).result()


def _wrong(truth: Path, evidence: Path) -> Sequence[str]:
    return differences(json.loads(truth.read_text("utf-8")), evidence)


def shown(robot: str, months: Sequence[Measured]) -> str:
    """A row of the table."""
    wrong = sorted({part for month in months for part in month.wrong})
    return (
        f"| {robot} | {sum(one.rows for one in months):,} | {sum(one.processor for one in months):.0f} "
        f"| {sum(one.clock for one in months):.0f} | {max(one.clock for one in months):.1f} "
        f"| {max(one.peak for one in months):,} | {', '.join(wrong) or 'yes'} |"
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
    asked.add_argument("--months", type=int, default=MONTHS, help="the last so many of the year")
    options = asked.parse_args()
    say("| Robot | Rows read | Processor, s | Clock, s | Slowest month, s | Peak MB | As the truth says |")
    say("| --- | --: | --: | --: | --: | --: | --- |")
    for robot in options.robots:
        times = max(1, round(LISTS[robot][1] * options.share))
        with tempfile.TemporaryDirectory() as folder:
            office = furnish(Path(folder))
            periods = [f"{YEAR}-{month:02}" for month in range(MONTHS + 1 - options.months, MONTHS + 1)]
            say(shown(robot, [one_month(office, robot, period, times) for period in periods]))


if __name__ == "__main__":
    main()
