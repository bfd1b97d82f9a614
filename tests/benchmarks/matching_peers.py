"""The engine beside the libraries that people match with today: time, memory and what is right.

    uv run --with polars --with duckdb --with datacompy python tests/benchmarks/matching_peers.py 10000 100000

A line of JSON for each size and tool; matching_speed.py makes a table of them. Every tool reads the same two
files in a process of its own and matches: the peers with øre as whole numbers and ISO dates, which is kinder
than what an office has. First by reference and amount, then the rest by amount and the nearest day within
three; datacompy joins by reference and amount alone. Seconds are of the processor, the import not counted;
memory is the most that the whole process held. "gevinst reports" is the command `gevinst reconcile` with all
it writes: result.json, workbook, lists, page.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

KILOBYTE = 1024
DAYS = 3
DUCKDB_PAIRS = """
with keyed as (
  select l.id as l, r.id as r from lefts l join rights r on l.reference = r.reference and l.amount = r.amount
  where l.reference is not null),
near as (
  select l.id as l, r.id as r, abs(l.booked - r.booked) as apart
  from lefts l join rights r on l.amount = r.amount and abs(l.booked - r.booked) <= 3
  where l.id not in (select l from keyed) and r.id not in (select r from keyed)),
ranked as (
  select l, r, row_number() over (partition by l order by apart, r) as of_left,
    row_number() over (partition by r order by apart, l) as of_right from near)
select l, r from keyed union all select l, r from ranked where of_left = 1 and of_right = 1
"""

Pairs = list[tuple[int, int]]


def write_files(folder: Path, count: int) -> None:
    """Both sides, once for the peers and once as an office has them; and the true row of each bank row."""
    sys.path[:0] = [str(Path(__file__).parents[1])]  # as pytest does: tests are no package
    left, right, truth = import_module("benchmarks.matching_speed").two_sides(count)
    for name, side in (("left", left), ("right", right)):
        plain = side[["booked", "amount", "reference", "counterparty"]]
        plain.to_csv(folder / f"{name}.csv", index_label="id", date_format="%Y-%m-%d")
        money = plain["amount"].astype("str").str.zfill(3)
        office = plain.assign(amount=money.str[:-2] + "," + money.str[-2:])
        office.columns = ["Bogført", "Beløb", "Reference", "Modpart"]
        office.to_csv(folder / f"{name}_office.csv", index=False, sep=";", date_format="%d-%m-%Y")
    (folder / "truth.json").write_text(json.dumps(truth.tolist()), encoding="utf-8")


def with_polars(folder: Path) -> Pairs:
    """A join, then the nearest earlier day."""
    pl: Any = import_module("polars")
    left, right = (pl.read_csv(folder / f"{name}.csv", try_parse_dates=True) for name in ("left", "right"))
    keyed = left.drop_nulls("reference").join(right, on=["reference", "amount"])
    rest = left.join(keyed, on="id", how="anti").sort("booked")
    free = right.join(keyed, left_on="id", right_on="id_right", how="anti").sort("booked")
    near = rest.join_asof(free, on="booked", by="amount", tolerance=f"{DAYS}d", suffix="_right")
    near = near.drop_nulls("id_right").unique("id_right", keep="first")
    found: Any = pl.concat([keyed.select("id", "id_right"), near.select("id", "id_right")])
    return [(int(one), int(other)) for one, other in found.rows()]


def with_pandas(folder: Path) -> Pairs:
    """As polars."""
    pd: Any = import_module("pandas")
    left, right = (
        pd.read_csv(folder / f"{name}.csv", dtype={"reference": "str"}, parse_dates=["booked"])
        for name in ("left", "right")
    )
    keyed = left.dropna(subset="reference").merge(right, on=["reference", "amount"], suffixes=("", "_right"))
    rest = left[~left["id"].isin(keyed["id"])].sort_values("booked")
    free = right[~right["id"].isin(keyed["id_right"])].sort_values("booked")
    tolerance = pd.Timedelta(days=DAYS)
    near = pd.merge_asof(
        rest, free, on="booked", by="amount", tolerance=tolerance, suffixes=("", "_right")
    ).dropna(subset="id_right")
    near = near.drop_duplicates("id_right")
    found = pd.concat([keyed[["id", "id_right"]], near[["id", "id_right"]]]).astype("int64")
    return list(zip(found["id"].tolist(), found["id_right"].tolist(), strict=True))


def with_duckdb(folder: Path) -> Pairs:
    """A join, then those that are nearest to each other from both ends."""
    duckdb: Any = import_module("duckdb")
    base = duckdb.connect()
    for name in ("left", "right"):
        base.execute(f"create table {name}s as select * from read_csv('{folder / name}.csv')")  # noqa: S608
    return [(int(one), int(other)) for one, other in base.execute(DUCKDB_PAIRS).fetchall()]


def with_datacompy(folder: Path) -> Pairs:
    """Compares the rows of equal reference and amount; it pairs nothing else."""
    pd: Any = import_module("pandas")
    datacompy: Any = import_module("datacompy")
    left, right = (
        pd.read_csv(folder / f"{name}.csv", dtype={"reference": "str"}, parse_dates=["booked"]).dropna(
            subset="reference"
        )
        for name in ("left", "right")
    )
    kind = getattr(datacompy, "PandasCompare", None) or datacompy.Compare
    compared = kind(left, right, join_columns=["reference", "amount"])
    found = compared.intersect_rows
    ends = [name for name in found.columns if name.startswith("id_") and name != "id_match"]
    return list(zip(*(found[name].astype("int64").tolist() for name in ends[:2]), strict=True))


def with_gevinst(folder: Path) -> Pairs:
    """All standard passes, with the certainty of each match."""
    items = import_module("gevinst.formats.reading").read_source
    engine: Any = import_module("gevinst.domain.matching.engine")
    calendar: Any = import_module("gevinst.domain.calendar").BankCalendar()
    rules: Any = import_module("gevinst.domain.matching.rules").Rules()
    sides = [items(folder / f"{name}_office.csv").items for name in ("left", "right")]
    start = time.process_time()
    inputs = [engine.SideInput(items=side) for side in sides]
    result = engine.reconcile(*inputs, rules=rules, calendar=calendar)
    engine_seconds.append(time.process_time() - start)
    lines = [
        side[side["group"] >= 0].set_index("group")["place_line"] - 2 for side in (result.left, result.right)
    ]
    singles = result.groups[(result.groups["n_left"] == 1) & (result.groups["n_right"] == 1)]["group"]
    return list(zip(lines[0].loc[singles].tolist(), lines[1].loc[singles].tolist(), strict=True))


def whole_command(folder: Path) -> Pairs:
    """The command, with its reports."""
    files = [str(folder / f"{name}_office.csv") for name in ("left", "right")]
    arguments = [*files, "--out", str(folder / "out"), "--no-input"]
    command: Any = import_module("gevinst.cli.reconcile").reconcile
    command.main(arguments, standalone_mode=False)
    return []


engine_seconds: list[float] = []  # of the engine alone, where a tool can tell it apart
TOOLS: Mapping[str, tuple[str, Callable[[Path], Pairs]]] = {
    "polars": ("polars", with_polars),
    "pandas": ("pandas", with_pandas),
    "datacompy": ("datacompy", with_datacompy),
    "duckdb": ("duckdb", with_duckdb),
    "gevinst": ("pandas", with_gevinst),
    "gevinst reports": ("pandas", whole_command),
}


def measure(tool: str, folder: Path) -> dict[str, float]:
    """One tool in this process: its figures."""
    module, match = TOOLS[tool]
    import_module(module)
    start = time.process_time()
    pairs = match(folder)
    figures = {
        "seconds": time.process_time() - start,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTE,  # MB
    }
    if engine_seconds:
        figures["engine"] = engine_seconds[0]
    if pairs:
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        right = sum(truth[one] == other for one, other in pairs)
        figures["precision"] = right / len(pairs)
        figures["recall"] = right / sum(row >= 0 for row in truth)
    return figures


def main() -> None:
    """Each size, each tool, each in a process of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000])
    parser.add_argument("--only", choices=TOOLS, action="append", help="one tool; may be given again")
    parser.add_argument("--one", nargs=2, metavar=("TOOL", "FOLDER"), help=argparse.SUPPRESS)
    parser.add_argument("--write", metavar="FOLDER", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        # The command prints too: the figures are the last line.
        sys.stdout.write("\n" + json.dumps(measure(given.one[0], Path(given.one[1]))) + "\n")
    elif given.write:
        write_files(given.write, given.sizes[0])
    else:
        for size in given.sizes:
            for tool, figures in measure_all(size, given.only or TOOLS):
                sys.stdout.write(json.dumps({"rows": size, "tool": tool, **figures}) + "\n")


def measure_all(size: int, tools: Iterable[str]) -> Iterator[tuple[str, dict[str, float]]]:
    """The figures of each tool on the same files; none for one that is not installed.

    Raises:
        subprocess.CalledProcessError: a tool broke down.
    """
    with tempfile.TemporaryDirectory() as folder:
        # In a process of its own too: a process begins with its parent's peak of memory as its own.
        _again("--write", folder, str(size))
        for tool in tools:
            if find_spec(TOOLS[tool][0]):
                yield tool, json.loads(_again("--one", tool, folder).splitlines()[-1])


def _again(*arguments: str) -> str:
    """What this file prints as a process of its own."""
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
