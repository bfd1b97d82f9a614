"""How long the engine takes, how much memory, and the same of what people match with today, in one run.

    python tests/benchmarks/matching_speed.py 10000 100000             # the engine alone, a line each
    python tests/benchmarks/matching_speed.py --tables 2500 1000000    # and its peers, as tables
    … --tables --write …                                               # in docs/explanation/matching.md

Each size and tool runs in a process of its own. Data: half the amounts from 2,000 common values, spread over
365 days; the bank 0 to 3 days after the ledger; a reference on 70 % of the bank's rows; eight payers; 2 %
missing on each side. Seconds are of the processor, so that a busy machine counts less.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.item import items_frame
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Rules

Numbers = NDArray[np.int64]
SEED = 20261001
KILOBYTE = 1024
MOST_REPORTED, REPORTS = 100_000, "gevinst reports"  # rows a side that the command writes reports of
SCORES = ("Precision", "Recall", "Proposed")
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "matching.md"
BEGIN, END = "<!-- speed: made by tests/benchmarks/matching_speed.py -->", "<!-- speed: end -->"
COMMON_AMOUNTS = 2_000
PAYERS = ("Varmeværk", "Boligforening", "Region", "Forsyning", "Skole", "Kiosk", "Idrætshal", "Havn")


def two_sides(count: int, *, payers: bool = True) -> tuple[pd.DataFrame, pd.DataFrame, Numbers]:
    """Bank, ledger, and the true ledger row of each bank row (-1 for none)."""
    rng = np.random.default_rng(SEED)
    common = rng.integers(1_000, 5_000_000, COMMON_AMOUNTS)
    amount = np.where(
        rng.random(count) < 0.5, rng.choice(common, count), rng.integers(1_000, 50_000_000, count)
    )
    day = np.datetime64("2026-01-01", "D") + rng.integers(0, 365, count)
    payer = rng.choice(np.array(PAYERS if payers else ("",)), count)
    reference = np.array([f"{number:08d}" for number in rng.permutation(10 * count)[:count]], dtype=object)
    in_bank = np.flatnonzero(rng.random(count) < 0.98)
    in_ledger = np.flatnonzero(rng.random(count) < 0.98)
    shown = np.where(rng.random(count) < 0.7, reference, "")
    late = day + rng.integers(0, 4, count)
    rng.shuffle(in_bank)
    bank = _side(
        "B", amount=amount[in_bank], day=late[in_bank], reference=shown[in_bank], payer=payer[in_bank]
    )
    ledger = _side(
        "L",
        amount=amount[in_ledger],
        day=day[in_ledger],
        reference=reference[in_ledger],
        payer=payer[in_ledger],
    )
    row = np.full(count, -1)
    row[in_ledger] = np.arange(len(in_ledger))
    return bank, ledger, row[in_bank]


def _side(
    prefix: str,
    *,
    amount: Numbers,
    day: NDArray[np.datetime64],
    reference: NDArray[np.object_],
    payer: NDArray[np.str_],
) -> pd.DataFrame:
    numbers = range(len(amount))
    columns = {
        "item_id": [f"{prefix}{number}" for number in numbers],
        "booked": day.astype("datetime64[s]"),
        "amount": amount,
        "reference": reference,
        "counterparty": payer,
        "currency": "DKK",
        "place_line": numbers,
    }
    return items_frame(columns)


def right_and_made(result_left: pd.DataFrame, result_right: pd.DataFrame, truth: Numbers) -> tuple[int, int]:
    """How many pairs are true, and how many were made."""
    left, right = (side[side["group"] >= 0] for side in (result_left, result_right))
    pairs = left[["group", "item_id"]].merge(right[["group", "item_id"]], on="group")
    bank = pairs["item_id_x"].str[1:].astype("int64").to_numpy()
    ledger = pairs["item_id_y"].str[1:].astype("int64").to_numpy()
    return int((truth[bank] == ledger).sum()), len(pairs)


def measure(count: int, *, payers: bool) -> dict[str, float]:
    """Figures of the engine alone, in this process; memory in MB."""
    bank, ledger, truth = two_sides(count, payers=payers)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    result = reconcile(SideInput(items=bank), SideInput(items=ledger), rules=Rules(), calendar=BankCalendar())
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    right, made = right_and_made(result.left, result.right, truth)
    return {
        "seconds": seconds,
        "memory": peak / KILOBYTE,
        "input": before / KILOBYTE,
        "precision": right / max(made, 1),
        "recall": right / max(int((truth >= 0).sum()), 1),
        "proposed": int((result.left["state"] == "proposed").sum()) / count,
    }


def engine_table(figures: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    """The engine alone, a row for each size."""
    heads = ("Rows a side", "Seconds", "Memory", "of which input", "Bytes a line", *SCORES)
    yield f"| {' | '.join(heads)} |"
    yield f"|{' ---: |' * len(heads)}"
    for size, of in figures.items():
        a_line = of["memory"] * KILOBYTE**2 / (2 * size)
        yield (
            f"| {size:,} | {of['seconds']:.2f} | {of['memory']:,.0f} MB | {of['input']:,.0f} MB "
            f"| {a_line:,.0f} | {of['precision']:.4f} | {of['recall']:.3f} | {of['proposed'] * 100:.1f} % |"
        )


def peers_table(figures: Mapping[str, Mapping[int, Mapping[str, float]]]) -> Iterator[str]:
    """Each tool's seconds at each size; the rest at the largest that it was measured at."""
    sizes = sorted({size for of in figures.values() for size in of})
    heads = [*(f"{size:,}" for size in sizes), "Memory", "Times polars", *SCORES[:2]]
    yield f"| Tool | {' | '.join(heads)} |"
    yield f"| --- |{' ---: |' * len(heads)}"
    for tool, of in figures.items():
        largest = max(of)
        last, least = of[largest], figures.get("polars", {}).get(largest)
        cells = [
            *(f"{of[size]['seconds']:.2f}" if size in of else "" for size in sizes),
            f"{last['memory']:,.0f} MB",
            f"{last['seconds'] / least['seconds']:.1f}" if least else "",
            *(f"{last[name]:.4f}" if name in last else "" for name in ("precision", "recall")),
        ]
        yield f"| {tool} | {' | '.join(cells)} |"


def tables(sizes: Sequence[int]) -> str:
    """Both tables, from this run."""
    alone = {size: _in_a_process(size) for size in sizes}
    sys.path[:0] = [str(Path(__file__).parents[1])]  # as pytest does: tests are no package
    peers = import_module("benchmarks.matching_peers")
    tools: dict[str, dict[int, Mapping[str, float]]] = {}
    for size in sizes:
        chosen = [tool for tool in peers.TOOLS if size <= MOST_REPORTED or tool != REPORTS]
        for tool, found in peers.measure_all(size, chosen):
            tools.setdefault(tool, {})[size] = found
    return "\n".join([*engine_table(alone), "", *peers_table(tools)])


def _in_a_process(size: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--json", str(size)], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def written(page: str, made: str) -> str:
    """The page with the tables between its marks."""
    head, _, rest = page.partition(BEGIN)
    _, mark, tail = rest.partition(END)
    if not mark:
        raise SystemExit(f"{PAGE} has no {BEGIN} … {END}")
    return f"{head}{BEGIN}\n\n{made}\n\n{END}{tail}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--no-payers", action="store_true", help="leave the payer out: amount and date alone")
    parser.add_argument("--tables", action="store_true", help="with the peers, as the tables of the docs")
    parser.add_argument("--write", action="store_true", help="with --tables: into the docs")
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.json:
        sys.stdout.write(json.dumps(measure(chosen.sizes[0], payers=not chosen.no_payers)) + "\n")
    elif chosen.tables:
        made = tables(chosen.sizes)
        sys.stdout.write(made + "\n")
        if chosen.write:
            PAGE.write_text(written(PAGE.read_text("utf-8"), made), "utf-8")
    elif len(chosen.sizes) == 1:
        figures = measure(chosen.sizes[0], payers=not chosen.no_payers).items()
        said = "".join(f"  {name} {value:.5g}" for name, value in figures)
        sys.stdout.write(f"{chosen.sizes[0]:>9,} rows{said}\n")
    else:
        for size in chosen.sizes:
            extra = ["--no-payers"] if chosen.no_payers else []
            subprocess.run([sys.executable, __file__, str(size), *extra], check=True)


if __name__ == "__main__":
    main()
