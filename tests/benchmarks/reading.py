"""How fast files are read, each beside the fastest plain read of the same file.

The plain reads give no place, no exact øre and no proof; they are the floor that a reader stands on.

    uv run --group benchmark python tests/benchmarks/reading.py

All reads of a file take turns in processes of their own; the figures are medians of processor time, and
memory is what the process held at its highest above what it held before the read. `--rows` sets the size,
`--only` one format, and `--stream` reads a million-row CSV and a million-entry camt.053 to show that memory
follows the frame; `process` is all that such a process ever held.
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
from importlib import import_module
from pathlib import Path

KILOBYTE = 1024
MEGABYTE = 1_000_000
ROWS = 100_000
STREAMED_ROWS = 1_000_000
STREAMED_ENTRIES = 1_000_000
ROUNDS = 3
COLUMNS = (
    *("Bogført", "Rentedato", "Tekst", "Beløb", "Saldo", "Valuta"),
    *("Reference", "Bilag", "Modpart", "Kontonr", "Type", "Note"),
)
FIRST_DAY = date(2026, 1, 1)
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def movements(rows: int) -> Iterator[tuple[int, date, int, int]]:
    """Number, day, øre and balance after it."""
    balance = 100_000_000
    for number in range(rows):
        ore = (number * 7919) % 5_000_000 - 2_400_000 or 1
        balance += ore
        yield number, FIRST_DAY + timedelta(days=number * 365 // rows), ore, balance


def danish(ore: int) -> str:
    """Øre as 1.234,56."""
    return f"{ore / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def write_csv(path: Path, rows: int) -> None:
    """A Danish bank list of twelve columns in cp1252."""
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write(";".join(COLUMNS) + "\r\n")
        for number, day, ore, balance in movements(rows):
            days = f"{day:%d-%m-%Y};{day:%d-%m-%Y}"
            money = f"{danish(ore)};{danish(balance)};DKK"
            names = f"R{number:08};{number // 7:07};Lejer på vej {number % 900};0400-4025{number % 10:06}"
            file.write(f"{days};Indbetaling fra lejemål {number % 5000};{money};{names};OVF;\r\n")


def write_list(path: Path, rows: int) -> None:
    """A list display of an ERP in cp1252: bars, dashes and a minus behind the amount."""
    dashes = "-" * 83 + "\n"
    with path.open("w", encoding="cp1252") as file:
        file.write(
            f"{dashes}|{'Bilag':10}|{'Bogf.dato':10}|{'Beløb':>16}|{'Valuta':6}|{'Tekst':35}|\n{dashes}"
        )
        for number, day, ore, _ in movements(rows):
            amount = danish(abs(ore)) + ("-" if ore < 0 else " ")
            text = f"Husleje lejemål {number % 5000}"
            file.write(f"|{number:010}|{day:%d.%m.%Y}|{amount:>16}|DKK   |{text:35}|\n")
        file.write(dashes)


def write_xlsx(path: Path, rows: int) -> None:
    """The same list as a workbook with real dates and numbers."""
    from openpyxl import Workbook  # noqa: PLC0415 - only the process that writes it needs it

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Poster")
    sheet.append(COLUMNS)
    for number, day, ore, balance in movements(rows):
        names = [f"Indbetaling fra lejemål {number % 5000}", ore / 100, balance / 100, "DKK", f"R{number:08}"]
        rest = [f"{number // 7:07}", f"Lejer på vej {number % 900}", "0400-4025000000", "OVF", None]
        sheet.append([day, day, *names, *rest])
    book.save(path)


def write_camt(path: Path, entries: int) -> None:
    """One statement with a transaction in each entry."""
    closing = 100_000_000 + sum(ore for _, _, ore, _ in movements(entries))
    with path.open("w", encoding="utf-8") as file:
        file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}"><BkToCstmrStmt>\n')
        file.write(
            "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-12-31T00:00:00</CreDtTm></GrpHdr>\n<Stmt><Id>S1</Id>"
        )
        file.write("<ElctrncSeqNb>1</ElctrncSeqNb><Acct><Id><IBAN>DK5000400440116243</IBAN></Id></Acct>\n")
        file.writelines(_balance(code, ore) for code, ore in (("OPBD", 100_000_000), ("CLBD", closing)))
        for number, day, ore, _ in movements(entries):
            file.write(_entry(number, day, ore))
        file.write("</Stmt></BkToCstmrStmt></Document>\n")


def _money(ore: int) -> str:
    return f"{abs(ore) // 100}.{abs(ore) % 100:02}"


def _balance(code: str, ore: int) -> str:
    way = "CRDT" if ore >= 0 else "DBIT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="DKK">{_money(ore)}</Amt>'
        f"<CdtDbtInd>{way}</CdtDbtInd><Dt><Dt>2026-12-31</Dt></Dt></Bal>\n"
    )


def _entry(number: int, day: date, ore: int) -> str:
    way, other = ("CRDT", "Dbtr") if ore > 0 else ("DBIT", "Cdtr")
    amount = f'<Amt Ccy="DKK">{_money(ore)}</Amt>'
    return f"""<Ntry>
  <NtryRef>{number + 1}</NtryRef>
  {amount}
  <CdtDbtInd>{way}</CdtDbtInd>
  <Sts><Cd>BOOK</Cd></Sts>
  <BookgDt><Dt>{day}</Dt></BookgDt>
  <ValDt><Dt>{day}</Dt></ValDt>
  <AcctSvcrRef>R{number:010}</AcctSvcrRef>
  <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>
  <NtryDtls><TxDtls>
    <Refs><EndToEndId>E{number:09}</EndToEndId></Refs>
    {amount}
    <CdtDbtInd>{way}</CdtDbtInd>
    <RltdPties><{other}><Pty><Nm>Lejer {number % 900} &amp; co</Nm></Pty></{other}></RltdPties>
    <RmtInf><Ustrd>Husleje lejemål {number % 5000}</Ustrd></RmtInf>
  </TxDtls></NtryDtls>
</Ntry>
"""


def ours(path: Path) -> object:
    """The file as `read_source` gives it."""
    from gevinst.formats.reading import read_source  # noqa: PLC0415 - each process loads only what it measures

    read = read_source(path, layout="camt_details" if path.suffix == ".xml" else None)
    wrong = [one.code for one in read.findings]
    if wrong:
        raise SystemExit(f"{path.name}: {wrong}")
    return read


def by_polars(path: Path) -> object:
    """Every cell as text, from bytes that Python decodes."""
    return import_module("polars").read_csv(
        path.read_bytes().decode("cp1252").encode(), separator=";", infer_schema=False
    )


def by_split(path: Path) -> object:
    """Every cell as text, from lines cut at their bars."""
    return [line.split("|") for line in path.read_text(encoding="cp1252").splitlines()]


def by_fastexcel(path: Path) -> object:
    """Every cell, as a frame."""
    return import_module("fastexcel").read_excel(path).load_sheet(0).to_polars()


def by_openpyxl(path: Path) -> object:
    """Every cell as a Python value."""
    from openpyxl import load_workbook  # noqa: PLC0415 - as above

    return list(load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True))


def by_lxml(path: Path) -> object:
    """Every entry met, no field taken."""
    from lxml import etree  # noqa: PLC0415 - as above

    entries = 0
    for _, element in etree.iterparse(str(path), tag="{*}Ntry"):
        entries += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return entries


READS: dict[str, dict[str, Callable[[Path], object]]] = {
    "csv": {"gevinst": ours, "polars": by_polars},
    "txt": {"gevinst": ours, "split": by_split},
    "xlsx": {"gevinst": ours, "fastexcel": by_fastexcel, "openpyxl": by_openpyxl},
    "xml": {"gevinst": ours, "lxml": by_lxml},
}
WRITERS: dict[str, Callable[[Path, int], None]] = {
    "csv": write_csv,
    "txt": write_list,
    "xlsx": write_xlsx,
    "xml": write_camt,
}


def measure(path: Path, name: str) -> dict[str, float]:
    """Processor time and memory of one read in this process, after a small file has loaded all modules."""
    kind = path.suffix[1:]
    small = path.with_name(f"small.{kind}")
    READS[kind][name](small)
    before, start, clock = _peak(), time.process_time(), time.perf_counter()
    result = READS[kind][name](path)
    return {
        "cpu": time.process_time() - start,
        "wall": time.perf_counter() - clock,
        "memory": (_peak() - before) / MEGABYTE,
        "process": _peak() / MEGABYTE,
        "frame": _frame_size(result) / MEGABYTE,
        "file": path.stat().st_size / MEGABYTE,
    }


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE


def _frame_size(result: object) -> int:
    frames = [getattr(result, name) for name in ("items", "raw") if hasattr(result, name)]
    return int(sum(frame.memory_usage(deep=True).sum() for frame in frames))


def in_child(path: Path, name: str) -> dict[str, float]:
    """`measure` in a process of its own."""
    command = [sys.executable, __file__, "--measure", str(path), name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def compare(folder: Path, kind: str, rows: int, rounds: int = ROUNDS) -> None:
    """Read one file with each reader in turn and print medians."""
    path = folder / f"{rows}.{kind}"
    WRITERS[kind](path, rows)
    WRITERS[kind](folder / f"small.{kind}", 10)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in READS[kind]}
    for _ in range(rounds):
        for name, runs in found.items():
            runs.append(in_child(path, name))
    floors = {name: _median(runs, "cpu") for name, runs in found.items()}
    for name, runs in found.items():
        ratios = ", ".join(
            f"{floors[name] / floor:.2f} x {other}" for other, floor in floors.items() if other != name
        )
        values = " ".join(f"{part}={_median(runs, part):.2f}" for part in runs[0])
        said = f"{kind} {rows:>9,} {name:<10} {values}  {ratios if name == 'gevinst' else ''}"
        sys.stdout.write(f"{said.rstrip()}\n")


def _median(runs: list[dict[str, float]], part: str) -> float:
    return statistics.median(run[part] for run in runs)


def main() -> None:
    """Read the command line and measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--measure", nargs=2, default=None)
    options.add_argument("--rows", type=int, default=ROWS)
    options.add_argument("--only", choices=READS, default=None)
    options.add_argument("--stream", action="store_true")
    asked = options.parse_args()
    if asked.measure:
        sys.stdout.write(json.dumps(measure(Path(asked.measure[0]), asked.measure[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        for kind in [asked.only] if asked.only else READS:
            compare(Path(folder), kind, asked.rows)
        if asked.stream:
            compare(Path(folder), "csv", STREAMED_ROWS, rounds=1)
            compare(Path(folder), "xml", STREAMED_ENTRIES, rounds=1)


if __name__ == "__main__":
    main()
