"""A robot as one signed file: its folder and its layouts, with no data in it.

A pack is a zip with `robot/`, `layouts/`, `manifest.json`, `SHA256SUMS`, its Ed25519 signature and the public
key. `sha256sum -c SHA256SUMS` and `openssl pkeyutl -verify` check it without our software.
"""

import hashlib
import json
import re
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from gevinst.app.office import ConfigurationError
from gevinst.reports.pack import write_pack
from gevinst.reports.signing import Signer, quick_fits
from gevinst.reports.verify import MANIFEST, PUBLIC_KEY, SIGNATURE, SUMS, check, fingerprint, raw_key

CONTRACT = "gevinst-robot/1"
ROBOT, LAYOUTS = "robot", "layouts"
MOST_FILES = 300
MOST_BYTES = 20_000_000  # unpacked; a robot is text and small test files
#: What a file that is no zip, or a damaged one, makes Python say.
_UNREADABLE = (
    OSError,
    BadZipFile,
    ValueError,
    LookupError,
    TypeError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    zlib.error,
)
_PART = r"[\w][\w .+-]{0,99}"  # no dot first, no slash, no drive
_NAMES = re.compile(
    rf"{MANIFEST}|{SUMS}|{re.escape(SIGNATURE)}|{PUBLIC_KEY}|{LAYOUTS}/{_PART}\.toml|{ROBOT}(/{_PART}){{1,5}}"
)
_RESERVED = re.compile(r"[. ]$")  # Windows drops a dot or blank at the end of a name


@dataclass(frozen=True, kw_only=True)
class RobotPack:
    """A pack that is whole and whose signature fits its key."""

    robot: str
    flow: str
    facts: Mapping[str, Any]  #: the manifest
    public_key: bytes  #: 32 bytes; whether it is trusted is not said here
    files: Mapping[str, bytes]  #: by name: robot/…, layouts/…
    content: bytes = field(repr=False)  #: the file

    @property
    def sha256(self) -> str:
        """Of the file, hex."""
        return _sha256(self.content)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the sender's public key, hex."""
        return fingerprint(self.public_key)


def write_robot_pack(
    files: Mapping[str, bytes], target: Path, *, signer: Signer, facts: Mapping[str, Any]
) -> str:
    """Write a pack; it stands there whole, or not at all.

    Args:
        files: by name below the pack: robot/robot.toml, layouts/bank.toml …
        target: the file; nothing may stand there.
        signer: whose key signs.
        facts: what the manifest says beside the files' hashes.

    Returns:
        SHA-256 of the pack, hex.

    Raises:
        ConfigurationError: MAK-004 a file's name cannot stand in a pack; MAK-005 there is a file already.
        OSError: the disk is full, or the place cannot be written.
    """
    _check_names(files)
    manifest = {
        "contract": CONTRACT,
        **facts,
        "files": {name: _sha256(files[name]) for name in sorted(files)},
    }
    whole = {
        **files,
        MANIFEST: (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode(),
        PUBLIC_KEY: signer.public_pem,
    }
    sums = "".join(f"{_sha256(whole[name])}  {name}\n" for name in sorted(whole)).encode()
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {**whole, SUMS: sums, SIGNATURE: signer.sign(sums)}.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        try:
            write_pack(Path(folder), target)
        except FileExistsError as error:
            raise ConfigurationError("MAK-005", path=str(target)) from error
    return _sha256(target.read_bytes())


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        if not _NAMES.fullmatch(name) or any(_RESERVED.search(part) for part in name.split("/")):
            raise ConfigurationError("MAK-004", file=name)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_robot_pack(path: Path) -> RobotPack:
    """Open a pack, and refuse it when anything in it is not as it was signed.

    Raises:
        ConfigurationError: MAK-006 the file is no pack; MAK-007 it was changed.
    """
    try:
        content = path.read_bytes()
        with ZipFile(BytesIO(content)) as archive:
            files = _contents(archive)
        manifest = json.loads(files[MANIFEST])
        key = raw_key(files[PUBLIC_KEY])
        robot, flow = str(manifest["robot"]), str(manifest["flow"])
    except _UNREADABLE as error:
        raise ConfigurationError("MAK-006", path=str(path), cause=str(error)) from error
    if manifest.get("contract") != CONTRACT:
        raise ConfigurationError("MAK-006", path=str(path), cause=str(manifest.get("contract")))
    _check_whole(path, files)
    kept = {name: files[name] for name in files if name.startswith((f"{ROBOT}/", f"{LAYOUTS}/"))}
    return RobotPack(robot=robot, flow=flow, facts=manifest, public_key=key, files=kept, content=content)


def _contents(archive: ZipFile) -> dict[str, bytes]:
    """All files by name; ValueError for names twice, names that lead elsewhere, and what is too large."""
    entries = [one for one in archive.infolist() if not one.is_dir()]
    names = [one.filename for one in entries]
    wrong = next((name for name in names if not _NAMES.fullmatch(name)), None)
    if wrong is not None or len(set(map(str.casefold, names))) < len(names):
        raise ValueError(wrong or "a name stands twice")
    if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_BYTES:
        raise ValueError(f"more than {MOST_FILES} files or {MOST_BYTES} bytes")
    return {one.filename: archive.read(one) for one in entries}


def _check_whole(path: Path, files: Mapping[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        problems = check(Path(folder), trusted=None, fits=quick_fits)
    if problems:
        raise ConfigurationError(
            "MAK-007", path=str(path), files=", ".join(sorted({one[1] for one in problems}))
        )
