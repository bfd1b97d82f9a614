"""Evidence at rest, encrypted: AES-256-GCM, one file at a time, the key kept outside the data.

The proof (manifest, hashes, signature) stays readable. Each file is bound to its run and its name, so that
one cannot be put in another's place.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gevinst.app.office import ConfigurationError
from gevinst.reports.deletion import LOCKED, PROOF
from gevinst.reports.evidence import all_or_none
from gevinst.reports.signing import OTHERS

_MARK, _NONCE = b"GVL1", 12
_KEY = re.compile(r"[0-9a-f]{64}")


def read_lock_key(path: Path) -> bytes:
    """The key of a file: 64 hexadecimal digits, as `openssl rand -hex 32` writes them.

    Raises:
        ConfigurationError: EVI-009 it cannot be read, is no key, or others may read it.
    """
    try:
        text = path.read_text("ascii").strip()
        open_to_others = os.name == "posix" and path.stat().st_mode & OTHERS
    except (OSError, ValueError) as error:
        raise ConfigurationError("EVI-009", path=str(path)) from error
    if not _KEY.fullmatch(text) or open_to_others:
        raise ConfigurationError("EVI-009", path=str(path))
    return bytes.fromhex(text)


def lock_folder(folder: Path, run_id: str, key: bytes) -> int:
    """Encrypt every file of a folder but the proof; how many. Begun again, it goes on where it stopped.

    Raises:
        OSError: the disk is full, or the folder cannot be written; the file at hand is still readable.
    """
    names = [name for name in _names(folder) if name not in PROOF and not name.endswith(LOCKED)]
    for name in names:
        path, nonce = folder / name, os.urandom(_NONCE)
        sealed = AESGCM(key).encrypt(nonce, path.read_bytes(), _bound(run_id, name))
        with all_or_none(path.parent) as draft:
            (draft / f"{path.name}{LOCKED}").write_bytes(_MARK + nonce + sealed)
        path.unlink()
    return len(names)


def is_locked(folder: Path) -> bool:
    """Whether a folder has encrypted files."""
    return any(folder.rglob(f"*{LOCKED}"))


def open_folder(folder: Path, run_id: str, key: bytes, target: Path) -> None:
    """Lay out a folder with its files decrypted; what was not encrypted is copied.

    Raises:
        ConfigurationError: EVI-010 a file was encrypted with another key, or was changed.
        OSError: the target cannot be written.
    """
    for name in _names(folder):
        to = target / name.removesuffix(LOCKED)
        to.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(LOCKED):
            to.write_bytes(_opened(folder / name, _bound(run_id, name.removesuffix(LOCKED)), key))
        else:
            shutil.copyfile(folder / name, to)


def _opened(path: Path, bound: bytes, key: bytes) -> bytes:
    content = path.read_bytes()
    nonce, sealed = content[len(_MARK) : len(_MARK) + _NONCE], content[len(_MARK) + _NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, sealed, bound)
    except (InvalidTag, ValueError) as error:
        raise ConfigurationError("EVI-010", path=str(path)) from error


def _names(folder: Path) -> Iterator[str]:
    return iter(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()))


def _bound(run_id: str, name: str) -> bytes:
    return f"{run_id}/{name}".encode()
