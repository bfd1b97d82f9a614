"""The evidence folder of a run: reports, inputs, and a seal that can be checked without our software."""

import csv
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from gevinst.app.run_report import RunReport
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.domain.reconciliation import Side
from gevinst.domain.run import Run
from gevinst.reports.result_json import json_text, result_json
from gevinst.reports.run_json import run_facts
from gevinst.reports.run_page import PAGES, WORKBOOK, run_page
from gevinst.reports.workbook import write_workbook
from gevinst.texts import Language, Texts

RESULT = "result.json"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
INPUT = "input"
ITEM_FILES = {Side.LEFT: "poster_venstre.csv", Side.RIGHT: "poster_hoejre.csv"}
MANIFEST_CONTRACT = "gevinst-manifest/1"

_LONGEST_NAME = 100
_SAFE_NAME = re.compile(r"[0-9A-Za-zÆØÅæøå_][0-9A-Za-zÆØÅæøå_.\- ]*[0-9A-Za-zÆØÅæøå_]")
_DEVICE_NAME = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
_CSV_COLUMNS = (
    ("item_id", "id"),
    ("booked", "booked"),
    ("value_date", "value_date"),
    ("amount", "amount"),
    ("currency", "currency"),
    ("text", "text"),
    ("counterparty", "counterparty"),
    ("reference", "reference"),
    ("document", "document"),
    ("carried_from", "carried_from"),
    ("state", "state"),
    ("group", "group"),
    ("proposal", "proposal"),
    ("cause", "cause"),
    ("suspect", "suspect"),
    ("place_file", "file"),
    ("place_sheet", "sheet"),
    ("place_line", "line"),
    ("place_cell", "cell"),
)


def write_evidence(folder: Path, report: RunReport, inputs: Iterable[Path] = ()) -> str:
    """Write reports and inputs and seal the folder, in one go; gives the manifest's SHA-256.

    Raises:
        OSError: the disk is full or the folder cannot be written; no report is left half-written.
    """
    write_reports(folder, report, inputs)
    return seal(folder, report.run)


def write_reports(folder: Path, report: RunReport, inputs: Iterable[Path] = ()) -> None:
    """Write pages, workbook, result and item lists, all or none of them, and copy the inputs beside them.

    Raises:
        OSError: the disk is full or the folder cannot be written; what stood there before is untouched.
    """
    copy_inputs(folder, inputs)
    with _all_or_none(folder) as draft:
        for language, name in PAGES.items():
            (draft / name).write_text(run_page(report, language), "utf-8", newline="\n")
        write_workbook(draft / WORKBOOK, report)
        with (draft / RESULT).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(json_text(result_json(report)))
        if report.result:
            for side, frame in ((Side.LEFT, report.result.left), (Side.RIGHT, report.result.right)):
                _write_items(draft / ITEM_FILES[side], frame)


def copy_inputs(folder: Path, inputs: Iterable[Path]) -> dict[str, Path]:
    """Copy the inputs as they were under `input/`; gives the name that each got, with its source.

    A name that could mislead a person or a system is replaced by one of ours; equal names are numbered.
    """
    named: dict[str, Path] = {}
    for number, path in enumerate(inputs, start=1):
        named[_own_name(path.name, number, named)] = path
    if named:
        target = folder / INPUT
        target.mkdir(parents=True, exist_ok=True)
        with _all_or_none(target) as draft:
            for name, path in named.items():
                shutil.copyfile(path, draft / name)
    return named


def seal(folder: Path, run: Run) -> str:
    """Write `manifest.json` over every file in the folder and `SHA256SUMS` over those and it.

    Sealing again, after a crash or with more files, gives the seal that the files there give.

    Returns:
        SHA-256 of the manifest, for the audit trail.
    """
    files = _files_in(folder)
    hashes = {name: _sha256(folder / name) for name in files}
    manifest = {
        "contract": MANIFEST_CONTRACT,
        "run": {**run_facts(run), "state": str(run.state)},
        **_from_result(folder, hashes),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    hashes[MANIFEST] = hashlib.sha256(text.encode()).hexdigest()
    sums = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    with _all_or_none(folder) as draft:
        (draft / MANIFEST).write_text(text, "utf-8", newline="\n")
        (draft / SUMS).write_text(sums, "utf-8", newline="\n")
    return hashes[MANIFEST]


@contextmanager
def _all_or_none(folder: Path) -> Iterator[Path]:
    """A draft folder whose files take their places together once all are written."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder))
    try:
        yield draft
        for path in draft.iterdir():
            _flush(path)
        for path in sorted(draft.iterdir()):
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _files_in(folder: Path) -> list[str]:
    """Every file but the seal itself, as POSIX paths, sorted; drafts of a crashed run are left out."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    names = (path.as_posix() for path in paths if not any(part.startswith(".draft-") for part in path.parts))
    return sorted(name for name in names if name not in (MANIFEST, SUMS))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _from_result(folder: Path, hashes: Mapping[str, str]) -> dict[str, Any]:
    """Versions, and each file's facts with the rows and sums that the result knows."""
    path = folder / RESULT
    result = json.loads(path.read_text("utf-8")) if path.exists() else {}
    counted = {source["sha256"]: _counted_source(source) for source in result.get("sources", ())}
    for side, name in ITEM_FILES.items():
        if name in hashes and str(side) in result.get("totals", {}):
            counted[hashes[name]] = _counted_items(result["totals"][str(side)])
    return {
        "versions": result.get("versions", {}),
        "files": [
            {
                "path": name,
                "sha256": digest,
                "bytes": (folder / name).stat().st_size,
                **counted.get(digest, {}),
            }
            for name, digest in hashes.items()
        ],
    }


def _counted_source(source: Mapping[str, Any]) -> dict[str, int]:
    return {"rows": source["rows_read"], "sum": source["debit"] + source["credit"]}


def _counted_items(totals: Mapping[str, Any]) -> dict[str, int]:
    parts = [totals[place] for place in ("matched", "open", "proposed")]
    return {"rows": sum(part["count"] for part in parts), "sum": sum(part["sum"] for part in parts)}


def _own_name(name: str, number: int, taken: Mapping[str, Path]) -> str:
    safe = (
        _SAFE_NAME.fullmatch(name)
        and not _DEVICE_NAME.fullmatch(name)
        and len(name.encode()) <= _LONGEST_NAME
    )
    suffix = Path(name).suffix
    ending = suffix if re.fullmatch(r"\.[0-9A-Za-z]{1,5}", suffix) else ""
    wanted = name if safe else f"input-{number}{ending}"
    return wanted if wanted not in taken else f"{number}-{wanted}"


def _write_items(path: Path, frame: pd.DataFrame) -> None:
    """All items of a side with their state.

    UTF-8 with BOM, semicolons, kroner with a decimal comma, ISO days; opens in a Danish spreadsheet as it is.
    """
    texts = Texts(Language.DANISH)
    columns = [_csv_column(name, frame[name], texts) for name, _ in _CSV_COLUMNS]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([texts.get(f"report.sheet.column.{key}") for _, key in _CSV_COLUMNS])
        writer.writerows(zip(*columns, strict=True))


def _csv_column(name: str, column: pd.Series, texts: Texts) -> Sequence[Any]:
    if name == "amount":
        return [str(kroner(ore)).replace(".", ",") for ore in column.tolist()]
    if column.dtype.kind == "M":
        return list(column.dt.strftime("%Y-%m-%d").fillna(""))
    if name in ("group", "proposal"):
        return ["" if number < 0 else number + 1 for number in column.tolist()]
    if name == "state":
        return [texts.get(f"state.{state}") for state in column.tolist()]
    if column.dtype.kind == "i":
        return list(column)
    masked: Callable[[str], str] = str if name in ("item_id", "suspect") else mask_cpr
    return [_harmless(masked(text)) for text in column.tolist()]


def _harmless(text: str) -> str:
    """Text on one line that a spreadsheet will not take for a formula."""
    if text.isalnum():
        return text
    line = " ".join(text.replace("\0", "\N{SYMBOL FOR NULL}").splitlines())
    return f"'{line}" if text.startswith(_FORMULA_STARTS) else line
