"""How long the engine takes, and how much memory, at growing sizes.

    python tests/benchmarks/matching_speed.py 10000 100000 1000000

Each size runs in a process of its own. Data: half the amounts from 2,000 common values, spread over 365 days;
the bank 0 to 3 days after the ledger; a reference on 70 % of the bank's rows; eight payers; 2 % missing on
each side. Seconds are of the processor, so that a busy machine does not count.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.item import items_frame
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Rules

Numbers = NDArray[np.int64]
SEED = 20261001
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


def measure(count: int, *, payers: bool) -> str:
    """One line: size, seconds, peak memory, precision and recall."""
    bank, ledger, truth = two_sides(count, payers=payers)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    result = reconcile(SideInput(items=bank), SideInput(items=ledger), rules=Rules(), calendar=BankCalendar())
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    right, made = right_and_made(result.left, result.right, truth)
    true = int((truth >= 0).sum())
    proposed = int((result.left["state"] == "proposed").sum())
    return (
        f"{count:>9,} rows  {seconds:7.2f} s  {peak / 1024:6.0f} MB (input {before / 1024:.0f})  "
        f"precision {right / max(made, 1):.5f}  recall {right / max(true, 1):.4f}  "
        f"proposed {proposed / count:.4f}  "
        f"notes {[note for note, _ in result.notes]}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each size; with several sizes, each in a process of its own so that peaks do not mix."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--no-payers", action="store_true", help="leave the payer out: amount and date alone")
    chosen = parser.parse_args(arguments)
    if len(chosen.sizes) == 1:
        sys.stdout.write(measure(chosen.sizes[0], payers=not chosen.no_payers) + "\n")
        return
    for size in chosen.sizes:
        extra = ["--no-payers"] if chosen.no_payers else []
        subprocess.run([sys.executable, __file__, str(size), *extra], check=True)


if __name__ == "__main__":
    main()
