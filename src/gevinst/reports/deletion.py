"""Delete files of an evidence folder by rule, and leave a signed note of what they were."""

import hashlib
import json
import shutil
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gevinst.domain.retention import DataKind
from gevinst.reports.evidence import INPUT, INSTRUCTIONS, RESULT, VERIFIER, all_or_none
from gevinst.reports.page import RUN_PAGES
from gevinst.reports.run_page import WORKBOOK
from gevinst.reports.signing import Signer
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

CONTRACT = "gevinst-deletion/1"
LOCKED = ".laast"  # what an encrypted file's name ends in
#: What stays for ever: the proof, and what it is checked with.
PROOF = frozenset({MANIFEST, SUMS, SIGNATURE, PUBLIC_KEY, DELETED, DELETED_SIGNATURE, VERIFIER, INSTRUCTIONS})
OF_ITEMS = frozenset({*ITEMS.values(), GROUPS, RESULT, WORKBOOK, *RUN_PAGES.values()})


def delete_files(
    folder: Path, kinds: Collection[DataKind], *, signer: Signer, at: datetime, who: str
) -> tuple[int, str]:
    """Delete the files of some kinds; the note of it is written and signed first.

    Returns:
        How many files went, and the note's SHA-256.

    Raises:
        OSError: the folder cannot be written; begun again, it goes on where it stopped.
    """
    hashes = _sealed(folder)
    mine = [name for name in hashes if kind_of(name) in kinds]
    going = [one for name in mine for one in (name, f"{name}{LOCKED}") if (folder / one).is_file()]
    note = _note(folder, mine, hashes, signer)
    note |= {"at": at.isoformat(timespec="seconds"), "who": who}
    text = (json.dumps(note, ensure_ascii=False, indent=1) + "\n").encode()
    with all_or_none(folder) as draft:
        (draft / DELETED).write_bytes(text)
        (draft / DELETED_SIGNATURE).write_bytes(signer.sign(text))
    for name in going:
        (folder / name).unlink()
    if DataKind.INPUTS in kinds:
        shutil.rmtree(folder / INPUT, ignore_errors=True)
    return len(going), hashlib.sha256(text).hexdigest()


def delete_received(folders: Iterable[Path], hashes: Mapping[str, int]) -> int:
    """Delete the received files that are the same as a run's inputs: SHA-256 → bytes; how many there were."""
    gone = 0
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        if path.stat().st_size in hashes.values() and _sha256(path) in hashes:
            path.unlink()
            gone += 1
    return gone


def delete_named(folder: Path, pattern: str) -> int:
    """Delete the files of a pattern, such as the lists of a run's samples; how many there were."""
    paths = list(folder.glob(pattern))
    for path in paths:
        path.unlink()
    return len(paths)


def inputs_of(folder: Path) -> dict[str, int]:
    """SHA-256 and size of a run's inputs, as its manifest has them."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    return {one["sha256"]: one["bytes"] for one in manifest["files"] if one["path"].startswith(f"{INPUT}/")}


def kind_of(name: str) -> DataKind | None:
    """The kind of data that a file of the folder is; None for the proof."""
    if name in PROOF:
        return None
    if name.startswith(f"{INPUT}/"):
        return DataKind.INPUTS
    return DataKind.ITEMS if name in OF_ITEMS else DataKind.EVIDENCE


def _sealed(folder: Path) -> dict[str, str]:
    """The sealed files with their hashes, as the manifest has them."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    return {one["path"]: one["sha256"] for one in manifest["files"]}


def _note(folder: Path, names: Iterable[str], hashes: Mapping[str, str], signer: Signer) -> dict[str, Any]:
    """What was deleted, now and before."""
    before = json.loads((folder / DELETED).read_text("utf-8")) if (folder / DELETED).is_file() else {}
    gone = {one["path"]: one["sha256"] for one in before.get("files", ())}
    gone |= {name: hashes[name] for name in names}
    return {
        "contract": CONTRACT,
        "public_key": signer.public_pem.decode("ascii"),
        "files": [{"path": name, "sha256": digest} for name, digest in sorted(gone.items())],
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
