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
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from gevinst.app.run_report import RunReport
from gevinst.domain.audit import AuditAnchor
from gevinst.domain.masking import has_cpr, mask_cpr
from gevinst.domain.money import kroner_text
from gevinst.domain.reconciliation import Side
from gevinst.domain.run import Run
from gevinst.reports.cells import harmless
from gevinst.reports.page import RUN_PAGES
from gevinst.reports.result_json import result_text
from gevinst.reports.run_json import run_facts
from gevinst.reports.run_page import WORKBOOK, run_page
from gevinst.reports.verify import (
    DELETED,
    DELETED_SIGNATURE,
    GROUPS,
    ITEMS,
    MANIFEST,
    PUBLIC_KEY,
    SIGNATURE,
    SUMS,
)
from gevinst.reports.workbook import write_workbook
from gevinst.texts import Language, Texts

if TYPE_CHECKING:
    from gevinst.reports.signing import Signer  # loads cryptography, which a run does not need

RESULT = "result.json"
VERIFIER = "verify.py"
INSTRUCTIONS = "kontrol.html"
INPUT = "input"
ITEM_FILES = {side: ITEMS[side] for side in Side}
MANIFEST_CONTRACT = "gevinst-manifest/1"

_DRAFT = ".draft-"
#: What a seal consists of: in no manifest, and written anew when a folder is sealed again.
_SEAL = frozenset({MANIFEST, SUMS, SIGNATURE, PUBLIC_KEY, DELETED, DELETED_SIGNATURE})
_LONGEST_NAME = 100
_SAFE_NAME = re.compile(r"[0-9A-Za-zÆØÅæøå_][0-9A-Za-zÆØÅæøå_.\- ]*[0-9A-Za-zÆØÅæøå_]")
_DEVICE_NAME = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
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
    with all_or_none(folder) as draft:
        for language, name in RUN_PAGES.items():
            (draft / name).write_text(run_page(report, language), "utf-8", newline="\n")
        write_workbook(draft / WORKBOOK, report)
        with (draft / RESULT).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(result_text(report))
        if report.result:
            for side, frame in ((Side.LEFT, report.result.left), (Side.RIGHT, report.result.right)):
                _write_items(draft / ITEM_FILES[side], frame)
            _write_groups(draft / GROUPS, report.result.groups)


def copy_inputs(folder: Path, inputs: Iterable[Path]) -> dict[str, Path]:
    """Copy the inputs as they were under `input/`; gives the name that each got, with its source.

    A name that could mislead a person or a system, or that names a person, is replaced by one of ours; equal
    names are numbered.
    """
    named: dict[str, Path] = {}
    for number, path in enumerate(inputs, start=1):
        named[_own_name(path.name, number, named)] = path
    if named:
        target = folder / INPUT
        target.mkdir(parents=True, exist_ok=True)
        with all_or_none(target) as draft:
            for name, path in named.items():
                shutil.copyfile(path, draft / name)
    return named


def seal(folder: Path, run: Run, *, signer: "Signer | None" = None, anchor: AuditAnchor | None = None) -> str:
    """Write `manifest.json` over every file in the folder, and `SHA256SUMS` over those and it, and sign that.

    The tools to check it, `verify.py` and a page of instructions, are laid in the folder and sealed too.
    Sealing again, after a crash or with more files, gives the seal that the files there give.

    Args:
        folder: the evidence folder.
        run: as it has ended.
        signer: whose key signs; None leaves the folder unsigned.
        anchor: the last row of the audit trail, so that the trail cannot be rewritten unseen.

    Returns:
        SHA-256 of the manifest, for the audit trail.
    """
    for left in folder.glob(f"{_DRAFT}*"):
        shutil.rmtree(left, ignore_errors=True)  # of a crash
    _write_tools(folder, signer)
    hashes = {name: _sha256(folder / name) for name in _files_in(folder)}
    manifest = {
        "contract": MANIFEST_CONTRACT,
        "run": {**run_facts(run), "state": str(run.state)},
        "trail": {"number": anchor.number, "hash": anchor.hash} if anchor else None,
        "signed_with": signer.fingerprint if signer else None,
        **_from_result(folder, hashes),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    hashes[MANIFEST] = hashlib.sha256(text.encode()).hexdigest()
    if signer:
        hashes[PUBLIC_KEY] = hashlib.sha256(signer.public_pem).hexdigest()
    sums = "".join(_sum_line(name, digest) for name, digest in sorted(hashes.items())).encode()
    with all_or_none(folder) as draft:
        (draft / MANIFEST).write_text(text, "utf-8", newline="\n")
        (draft / SUMS).write_bytes(sums)
        if signer:
            (draft / PUBLIC_KEY).write_bytes(signer.public_pem)
            (draft / SIGNATURE).write_bytes(signer.sign(sums))
    return hashes[MANIFEST]


def _sum_line(name: str, digest: str) -> str:
    """A line as `sha256sum` writes and reads it: a name with a backslash or a line break is escaped."""
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n")
    return f"{'' if escaped == name else chr(92)}{digest}  {escaped}\n"


def _write_tools(folder: Path, signer: "Signer | None") -> None:
    environment = Environment(
        loader=PackageLoader("gevinst.reports"), undefined=StrictUndefined, autoescape=True
    )
    texts = {str(language): Texts(language) for language in Language}
    page = environment.get_template(f"{INSTRUCTIONS}.j2").render(
        texts=texts, fingerprint=signer.fingerprint if signer else ""
    )
    with all_or_none(folder) as draft:
        (draft / INSTRUCTIONS).write_text(page, "utf-8", newline="\n")
        verifier = files(__package__).joinpath(VERIFIER).read_text("utf-8")
        (draft / VERIFIER).write_text(verifier, "utf-8", newline="\n")


@contextmanager
def all_or_none(folder: Path) -> Iterator[Path]:
    """A draft folder whose files take their places together once all are written."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=folder))
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
    """Every file but the seal itself, as POSIX paths, sorted."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if name not in _SEAL)


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
        and not has_cpr(name)
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


def _write_groups(path: Path, groups: pd.DataFrame) -> None:
    """All matches with their sums, in the same form as the items; so a verifier needs no result.json."""
    texts = Texts(Language.DANISH)
    heads = ("group", "pass", "n_left", "n_right", "amount_left", "amount_right", "difference", "account")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([texts.get(f"report.groups.{name}") for name in heads])
        columns = [
            [number + 1 for number in groups["group"].tolist()],
            _each_once(groups["pass_id"], harmless),
            groups["n_left"].tolist(),
            groups["n_right"].tolist(),
            *([kroner_text(ore, ",") for ore in groups[name].tolist()] for name in heads[4:7]),
            _each_once(groups["difference_account"], _masked),
        ]
        writer.writerows(zip(*columns, strict=True))


def _masked(text: str) -> str:
    return harmless(mask_cpr(text))


def _csv_column(name: str, column: pd.Series, texts: Texts) -> Sequence[Any]:
    if name == "amount":
        return [kroner_text(ore, ",") for ore in column.tolist()]
    if column.dtype.kind == "M":
        return list(column.dt.strftime("%Y-%m-%d").fillna(""))
    if name in ("group", "proposal"):
        return ["" if number < 0 else number + 1 for number in column.tolist()]
    if name == "state":
        return _each_once(column, lambda state: texts.get(f"state.{state}"))
    if column.dtype.kind == "i":
        return column.tolist()
    return _each_once(column, harmless if name in ("item_id", "suspect") else _masked)


def _each_once(column: pd.Series, shown: Callable[[str], str]) -> list[str]:
    """The texts of a column as they are shown; equal ones, as most are, are looked at once."""
    numbers, different = pd.factorize(column)
    once = [shown(text) for text in different.tolist()]
    return [once[number] for number in numbers.tolist()]
