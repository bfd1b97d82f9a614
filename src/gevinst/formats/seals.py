"""The seals of evidence folders, read again; and a pack laid out in a folder."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from gevinst.app.office import ConfigurationError
from gevinst.app.trail_check import SealSeen
from gevinst.domain.audit import AuditAnchor

MANIFEST = "manifest.json"


def seals_below(*folders: Path) -> Iterator[SealSeen]:
    """The seal of every evidence folder in or below some folders; one that cannot be read has no run."""
    for folder in folders:
        for path in sorted(folder.rglob(MANIFEST)):
            yield seal_in(path.parent)


def seal_in(folder: Path) -> SealSeen:
    """The seal of one evidence folder.

    Raises:
        OSError: it has no manifest.
    """
    content = (folder / MANIFEST).read_bytes()
    try:
        manifest = json.loads(content)
        run_id, trail = str(manifest["run"]["run_id"]), manifest.get("trail")
        anchor = AuditAnchor(number=int(trail["number"]), hash=str(trail["hash"])) if trail else None
    except (ValueError, LookupError, TypeError, AttributeError):
        run_id, anchor = folder.name, None  # its hash is not the noted one: it is named as changed
    digest = hashlib.sha256(content).hexdigest()
    return SealSeen(folder=str(folder), run_id=run_id, manifest=digest, anchor=anchor)


def unpack(pack: Path, target: Path) -> list[str]:
    """Lay out a pack in an empty folder; gives the names that stand in it more than once.

    Raises:
        ConfigurationError: EVI-004 the file is no pack.
    """
    try:
        with ZipFile(pack) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
            archive.extractall(target)  # zipfile keeps names below the target
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise ConfigurationError("EVI-004", path=str(pack), cause=str(error)) from error
    return sorted({name for name in names if names.count(name) > 1})
