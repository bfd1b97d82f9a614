"""Evidence: how it is sealed, checked and packed, and what the audit trail notes with it."""

import atexit
import hashlib
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gevinst.app.changes import ROBOT_CHANGED, SETTINGS_CHANGED, VERSION, note_change
from gevinst.app.office import ConfigurationError
from gevinst.app.ports import FINAL_STATES
from gevinst.bootstrap.here import now, user
from gevinst.domain.audit import AuditEvent
from gevinst.formats.office_file import OFFICE_FILE, office_folder
from gevinst.formats.robot_folder import robot_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from gevinst.app.office import Office
    from gevinst.app.ports import RunStore
    from gevinst.app.retention import RetentionTools
    from gevinst.app.trail_check import TrailCheck
    from gevinst.domain.retention import DataKind
    from gevinst.domain.run import Run
    from gevinst.reports.signing import EvidenceKeys, Signer
    from gevinst.reports.verify import Problem

CREDENTIAL = "gevinst-evidence-key"
KEY_NOTED = "key.new"
MANIFEST = "manifest.json"
RECEIVED, SAMPLES = "ind", "stikproever"  # below the office's data


def evidence_keys(of: "Office") -> "EvidenceKeys":
    """The office's keys: named in its settings, handed over by systemd, or its own."""
    from gevinst.reports.signing import EvidenceKeys  # noqa: PLC0415 - loads cryptography

    handed = Path(os.environ.get("CREDENTIALS_DIRECTORY", ""), CREDENTIAL)
    private = of.evidence.key or (handed if handed.is_absolute() and handed.is_file() else None)
    return EvidenceKeys(of.keys, private)


def signer(of: "Office", opened: "RunStore", *, rotate: bool = False) -> "Signer":
    """The key in use, noted in the audit trail the first time it is seen.

    Raises:
        ConfigurationError, OSError: see reports.signing.
    """
    keys = evidence_keys(of)
    found = keys.rotate() if rotate else keys.signer()
    if not opened.audit_of([KEY_NOTED], found.fingerprint):
        opened.append_audit(AuditEvent(at=now(), who=user(), what=KEY_NOTED, subject=found.fingerprint))
    return found


def seal_folder(of: "Office", opened: "RunStore", folder: Path, run: "Run") -> str:
    """Seal a run's folder with the office's key and the head of the trail; gives the manifest's hash."""
    from gevinst.reports.evidence import seal  # noqa: PLC0415 - loads the templates

    chosen = signer(of, opened)
    return seal(folder, run, signer=chosen, anchor=opened.audit_head())


def note_robot(of: "Office", opened: "RunStore", run: "Run") -> None:
    """Note in the audit trail what has changed of the robot's folder or of the settings since last."""
    at, who = now(), run.triggered_by
    parts = {VERSION: run.robot_version, **robot_parts(of, run.robot)}
    note_change(opened, ROBOT_CHANGED, run.robot, parts, who=who, at=at)
    home = office_folder(of.robots)
    if home:
        digest = hashlib.sha256((home / OFFICE_FILE).read_bytes()).hexdigest()
        note_change(opened, SETTINGS_CHANGED, OFFICE_FILE, {"sha256": digest}, who=who, at=at)


def seal_at_exit(of: "Office", opened: "RunStore", run: "Run", folder: Path) -> None:
    """Seal a run by plain `robot` when its process ends: only then are its logs written."""
    atexit.register(partial(_seal_plain, of, opened, run.run_id, folder.resolve()))


def _seal_plain(of: "Office", opened: "RunStore", run_id: str, folder: Path) -> None:
    run = opened.find(run_id)
    if run is None or run.state not in FINAL_STATES or not folder.is_dir():
        return
    detail = {"state": str(run.state)} | _sealed_plain(of, opened, folder, run)
    event = AuditEvent(at=now(), who=run.triggered_by, what="run.end", subject=run_id, detail=detail)
    opened.append_audit(event)


def _sealed_plain(of: "Office", opened: "RunStore", folder: Path, run: "Run") -> dict[str, str]:
    """The manifest's hash; or why there is none."""
    if folder == Path.cwd() or of.data.resolve().is_relative_to(folder):
        return {"not_sealed": "no folder of its own: robot --outputdir"}
    try:
        return {"manifest": seal_folder(of, opened, folder, run)}
    except OSError as error:
        return {"not_sealed": error.strerror or type(error).__name__}
    except ConfigurationError as error:
        return {"not_sealed": error.code}


def check_trail(of: "Office", opened: "RunStore", folders: "Sequence[Path]") -> "TrailCheck":
    """Hold the trail against the evidence of the office and of other folders, and against the tables."""
    from gevinst.app.trail_check import check_trail as check  # noqa: PLC0415 - only auditing needs it
    from gevinst.formats.seals import seals_below  # noqa: PLC0415 - as above

    seals = {one.folder: one for one in seals_below(of.runs, *(path.resolve() for path in folders))}
    return check(opened, seals.values(), evidence_keys(of).public_keys(), KEY_NOTED)


def trusted_keys(of: "Office", opened: "RunStore") -> set[bytes]:
    """The office's public keys that the trail knows; a file that someone has laid there is not among them."""
    noted = {row.subject for row in opened.audit_of([KEY_NOTED])}
    return {key for name, key in evidence_keys(of).public_keys().items() if name in noted}


def register_keys(of: "Office", opened: "RunStore") -> "list[tuple[str, datetime, str]]":
    """Fingerprint, moment and PEM of each public key that the trail knows, oldest first."""
    from gevinst.reports.signing import pem_of_raw  # noqa: PLC0415 - loads cryptography

    kept = evidence_keys(of).public_keys()
    noted = {row.subject: row.at for row in opened.audit_of([KEY_NOTED])}
    return [(name, at, pem_of_raw(kept[name])) for name, at in noted.items() if name in kept]


def check_evidence(folder: Path, trusted: set[bytes] | None, of: "Office | None" = None) -> "list[Problem]":
    """What is not as it was sealed in an evidence folder (see reports.verify), also in an encrypted one.

    Raises:
        ConfigurationError: EVI-009, EVI-010 the folder is encrypted and cannot be opened.
    """
    from gevinst.formats.seals import seal_in  # noqa: PLC0415 - only auditing needs it
    from gevinst.reports.locking import is_locked, open_folder  # noqa: PLC0415 - loads cryptography
    from gevinst.reports.signing import quick_fits  # noqa: PLC0415 - as above
    from gevinst.reports.verify import check  # noqa: PLC0415

    if of is None or not is_locked(folder):
        return check(folder, trusted=trusted, fits=quick_fits)
    with tempfile.TemporaryDirectory() as name:
        open_folder(folder, seal_in(folder).run_id, lock_key(of), Path(name))
        return check(Path(name), trusted=trusted, fits=quick_fits)


def lock_key(of: "Office") -> bytes:
    """The key that encrypts evidence at rest.

    Raises:
        ConfigurationError: EVI-009 the settings name none, or it cannot be used.
    """
    from gevinst.reports.locking import read_lock_key  # noqa: PLC0415 - loads cryptography

    if of.evidence.encryption_key is None:
        raise ConfigurationError("EVI-009", path="[evidence] encryption_key")
    return read_lock_key(of.evidence.encryption_key)


def retention_tools(of: "Office", opened: "RunStore") -> "RetentionTools":
    """What deleting by rule needs: evidence folders, the files that were received, the key."""
    from gevinst.app.retention import RetentionTools  # noqa: PLC0415 - only deleting needs it
    from gevinst.domain.retention import DataKind as Kind  # noqa: PLC0415 - as above
    from gevinst.reports import deletion  # noqa: PLC0415 - as above

    def delete(run: "Run", kinds: "Collection[DataKind]") -> tuple[int, str]:
        folder = of.runs / run.folder
        if not run.folder or not (folder / MANIFEST).is_file():
            return 0, ""  # it never had evidence here; its rows in the database go all the same
        if check_evidence(folder, trusted_keys(of, opened), of):
            raise ConfigurationError(
                "EVI-007", run=run.run_id
            )  # nor do we delete what a false manifest names
        gone = 0
        if Kind.INPUTS in kinds:
            gone = deletion.delete_received([of.data / RECEIVED], deletion.inputs_of(folder))
        chosen = signer(of, opened)
        if Kind.ITEMS in kinds:
            gone += deletion.delete_named(of.data / SAMPLES, f"{run.run_id}-s*")
        files, note = deletion.delete_files(folder, kinds, signer=chosen, at=now(), who=user())
        return files + gone, note

    return RetentionTools(store=opened, delete=delete, now=now, who=user())


def export_all(of: "Office", opened: "RunStore", target: Path) -> dict[str, int]:
    """Write the whole office to a new folder, and note it in the audit trail; rows by table."""
    from gevinst.reports.leaving import LeavingFolders, LeavingTable, write_all  # noqa: PLC0415 - seldom needed
    from gevinst.store.dump import dump_tables  # noqa: PLC0415 - loads SQLAlchemy

    private = (of.evidence.key, of.evidence.encryption_key, of.secrets.file)
    folders = LeavingFolders(
        settings=(office_folder(of.robots) or of.robots.parent) / OFFICE_FILE,
        robots=of.robots,
        tasks=of.tasks,
        layouts=of.layouts,
        data=of.data,
        private=frozenset(path.resolve() for path in private if path),
        name=of.name,
        language=of.language,
    )
    event = AuditEvent(at=now(), who=user(), what="export.all", subject=target.name)
    opened.append_audit(event)  # first, so that the export has it too
    tables = (
        LeavingTable(name=one.name, columns=one.columns, rows=one.rows) for one in dump_tables(of.database)
    )
    return write_all(target, tables, folders)
