"""How fast a list is written as a workbook, beside openpyxl and XlsxWriter with the same formats.

    python tests/benchmarks/writing.py

Each writes the same rows (whole numbers, days, kroner and texts in their formats) in a process of its own.
The figures are medians of processor time. openpyxl reads the results back: cells and formats must be the
same. `--rows` sets the size.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROWS = 100_000
ROUNDS = 3
LOOKED_AT = 1_000
KILOBYTE, MEGABYTE = 1024, 1_000_000
FORMATS = {"n": "#,##0", "text": "@", "day": "dd.mm.yyyy", "kr": "#,##0.00;[Red]-#,##0.00"}
KINDS = ("n", "text", "text", "text", "day", "kr", "text", "text", "text", "kr", "text", "text")


def rows(count: int) -> Iterator[tuple[Any, ...]]:
    """Rows like those of the sheet of matches; the first 50,000 have a difference."""
    for number in range(count):
        day = date(2026, 1, 1) + timedelta(days=number * 365 // count)
        difference = (number % 7, "8.90.01.1") if number < count // 2 else (None, "")
        yield (
            *(number + 1, "Samme bilagsnummer", "Bank", f"R{number:08}", day),
            (number * 7919) % 5_000_000 - 2_400_000,
            *(
                f"Husleje lejemål {number % 5000} & vand",
                f"{number // 7:07}",
                f"udtog.xml, linje {number + 12}",
            ),
            *(*difference, "Bilag 0001234 står på begge sider, og beløbet er det samme."),
        )


def by_gevinst(path: Path, count: int) -> None:
    """The list of our own workbook."""
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - each process loads only what it measures

    from gevinst.reports.list_sheet import ListSheet  # noqa: PLC0415 - as above

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Liste", worksheet_class=ListSheet)
        styles = {kind: book.add_format({"num_format": code}) for kind, code in FORMATS.items()}
        sheet.write_list(0, rows(count), [(kind, styles[kind]) for kind in KINDS])


def by_xlsxwriter(path: Path, count: int) -> None:
    """Cell by cell, in constant memory."""
    import xlsxwriter  # noqa: PLC0415 - as above

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Liste")
        styles = {kind: book.add_format({"num_format": code}) for kind, code in FORMATS.items()}
        for at, values in enumerate(rows(count)):
            for column, (kind, value) in enumerate(zip(KINDS, values, strict=True)):
                if value is None or value == "":
                    continue
                if kind == "text":
                    sheet.write_string(at, column, value, styles[kind])
                elif kind == "day":
                    sheet.write_datetime(at, column, value, styles[kind])
                else:
                    sheet.write_number(at, column, value / 100 if kind == "kr" else value, styles[kind])


def by_openpyxl(path: Path, count: int) -> None:
    """Row by row, write-only."""
    from openpyxl import Workbook  # noqa: PLC0415 - as above
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Liste")

    def cell(kind: str, value: Any) -> Any:
        if value is None or value == "":
            return None
        made = WriteOnlyCell(sheet, value / 100 if kind == "kr" else value)
        made.number_format = FORMATS[kind]
        return made

    for values in rows(count):
        sheet.append([cell(kind, value) for kind, value in zip(KINDS, values, strict=True)])
    book.save(path)


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "gevinst": by_gevinst,
    "xlsxwriter": by_xlsxwriter,
    "openpyxl": by_openpyxl,
}


def cells(path: Path) -> list[tuple[object, str]]:
    """Value and format of the first cells, as openpyxl reads them."""
    from openpyxl import load_workbook  # noqa: PLC0415 - as above

    sheet = load_workbook(path, read_only=True)["Liste"]
    return [
        (cell.value, cell.number_format if cell.value is not None else "")
        for row in sheet.iter_rows(max_row=LOOKED_AT)
        for cell in row
    ]


def measure(name: str, path: Path, count: int) -> dict[str, float]:
    """Processor time and memory of one writer in this process, after a small file has loaded all modules."""
    WRITERS[name](path, 10)
    before, start = _peak(), time.process_time()
    WRITERS[name](path, count)
    return {
        "cpu": time.process_time() - start,
        "memory": (_peak() - before) / MEGABYTE,
        "file": path.stat().st_size / MEGABYTE,
    }


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE


def compare(folder: Path, count: int) -> None:
    """Each writer in turn; medians, and a check that they say the same."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in WRITERS}
    for _ in range(ROUNDS):
        for name, runs in found.items():
            command = [sys.executable, __file__, "--measure", name, str(folder / f"{name}.xlsx"), str(count)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            runs.append(json.loads(done.stdout))
    floor = statistics.median(run["cpu"] for run in found["openpyxl"])
    for name, runs in found.items():
        parts = {part: statistics.median(run[part] for run in runs) for part in runs[0]}
        values = " ".join(f"{part}={value:.2f}" for part, value in parts.items())
        ratio = floor / parts["cpu"]
        sys.stdout.write(f"{count:>9,} {name:<11} {values}  {ratio:.1f} x as fast as openpyxl\n")
    first, *others = [cells(folder / f"{name}.xlsx") for name in WRITERS]
    if any(other != first for other in others):
        raise SystemExit("the files differ")


def main() -> None:
    """Read the command line and measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--measure", nargs=3, default=None)
    options.add_argument("--rows", type=int, default=ROWS)
    asked = options.parse_args()
    if asked.measure:
        name, path, count = asked.measure
        sys.stdout.write(json.dumps(measure(name, Path(path), int(count))))
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), asked.rows)


if __name__ == "__main__":
    main()
