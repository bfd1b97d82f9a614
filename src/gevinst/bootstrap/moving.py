"""Moving robots between offices: packed to one signed file without data, and taken in, in trial."""

import hashlib
import re
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import gevinst
from gevinst.app.office import ConfigurationError
from gevinst.bootstrap.evidence import evidence_keys, signer
from gevinst.bootstrap.here import now, user
from gevinst.bootstrap.making import check_new_id, check_paths, staged
from gevinst.domain.audit import AuditEvent
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.masking import has_cpr, shown_value
from gevinst.domain.robot import Robot
from gevinst.formats.robot_folder import ROBOT_FILE, load_robot

if TYPE_CHECKING:
    from gevinst.app.office import Office
    from gevinst.app.ports import RunStore
    from gevinst.reports.robot_pack import RobotPack

TRUSTED = "betroede"  # public keys of other offices, below the office's keys
PACKS = "pakker"  # packs that were taken in, below the data folder
PACKED, INSTALLED, KEY_TRUSTED = "robot.pack", "robot.install", "key.trust"
_PHASE = re.compile(r"^phase\s*=.*$", re.MULTILINE)
_ID = re.compile(r"^id\s*=.*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What a pack came to."""

    robot: str
    files: Sequence[str]
    fingerprint: str  #: of the sender's key


def pack(of: "Office", opened: "RunStore", robot_id: str, target: Path) -> Moved:
    """Write a robot to one signed file, without data; noted in the audit trail.

    Raises:
        ConfigurationError: see load_robot and reports.robot_pack; MAK-008 a file that may not leave; MAK-009
            a file with what may be a CPR number; MAK-010 a file that a run has read; MAK-014 a source that
            lies elsewhere.
    """
    from gevinst.reports.robot_pack import write_robot_pack  # noqa: PLC0415 - loads cryptography

    robot = load_robot(of, robot_id)
    check_paths(robot)
    files = {**_robot_files(of, robot, opened), **_layout_files(of, robot)}
    by = signer(of, opened)
    facts = {
        "robot": robot.id,
        "flow": robot.flow,
        "version": robot.version,
        "gevinst": gevinst.__version__,
        "office": of.name,
        "packed": now().isoformat(timespec="seconds"),
    }
    digest = write_robot_pack(files, target, signer=by, facts=facts)
    detail: dict[str, str | int] = {"sha256": digest, "version": robot.version, "files": len(files)}
    opened.append_audit(AuditEvent(at=now(), who=user(), what=PACKED, subject=robot_id, detail=detail))
    return Moved(robot=robot_id, files=sorted(files), fingerprint=by.fingerprint)


def _robot_files(of: "Office", robot: Robot, opened: "RunStore") -> dict[str, bytes]:
    """The files of a robot's folder: settings, words, and made-up cases; anything else stops the pack."""
    folder = of.robots / robot.id
    found = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file() or one.is_symlink()):
        name = path.relative_to(folder).as_posix()
        is_case = name.startswith("tests/")
        if path.is_symlink() or not (is_case or path.suffix in (".toml", ".md")):
            raise ConfigurationError("MAK-008", file=name)
        content = path.read_bytes()
        if _may_hold_cpr(path, content):
            raise ConfigurationError("MAK-009", file=name)
        digest = hashlib.sha256(content).hexdigest()
        if is_case and (runs := opened.runs_with_input(robot.id, digest)):
            raise ConfigurationError("MAK-010", file=name, run=runs[0])
        found[f"robot/{name}"] = content
    return found


def _may_hold_cpr(path: Path, content: bytes) -> bool:
    from gevinst.formats.grid import cell_text  # noqa: PLC0415 - as above
    from gevinst.formats.intake import take_in  # noqa: PLC0415 - as above
    from gevinst.formats.workbook import read_workbook  # noqa: PLC0415 - as above

    if not content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return has_cpr(content.replace(b"\0", b"").decode("utf-8", errors="replace"))  # UTF-16 has nulls
    try:
        grids = read_workbook(take_in(path))
    except InputRejectedError as error:
        raise ConfigurationError("MAK-008", file=path.name) from error
    return any(has_cpr(cell_text(cell)) for grid in grids for row in grid.rows for cell in row)


def _layout_files(of: "Office", robot: Robot) -> dict[str, bytes]:
    """The office's own layouts that the robot's sources name."""
    names = sorted({one.layout for one in robot.sources.values() if one.layout})
    files = {name: of.layouts / f"{name}.toml" for name in names}
    return {f"layouts/{name}.toml": path.read_bytes() for name, path in files.items() if path.is_file()}


def install(
    of: "Office", opened: "RunStore", file: Path, *, trust: str = "", robot_id: str = ""
) -> tuple["RobotPack", Path]:
    """Take a robot in from another office, in trial; noted in the audit trail.

    Args:
        of: the office that takes it in.
        opened: its database.
        file: the pack.
        trust: fingerprint of a key that is trusted from now on.
        robot_id: the id that it gets here; "" for the one that it has.

    Raises:
        ConfigurationError: MAK-006, MAK-007 no whole pack; MAK-011 a key that is not trusted; MAK-001,
            MAK-002 the id; MAK-012 a flow that the office does not have; MAK-013 another
            layout of the same name.
    """
    from gevinst.reports.robot_pack import read_robot_pack  # noqa: PLC0415 - loads cryptography

    found = read_robot_pack(file)
    check_key(of, opened, found, trust)
    name = robot_id or found.robot
    check_new_id(of, name)
    if not (of.tasks / f"{found.flow}.robot").is_file():
        raise ConfigurationError("MAK-012", flow=found.flow)
    layouts = new_layouts(of, found)
    with staged(of, name) as folder:
        write_files(folder, files_here(found, name))
    write_files(of.layouts, layouts)
    keep_pack(of, found)
    opened.append_audit(
        AuditEvent(at=now(), who=user(), what=INSTALLED, subject=name, detail=pack_detail(found))
    )
    return found, of.robots / name


def pack_detail(found: "RobotPack") -> dict[str, str | int]:
    """What the audit trail says of a pack that was taken in."""
    version = str(found.facts.get("version", ""))
    return {"sha256": found.sha256, "key": found.fingerprint, "version": version}


def kept_pack(of: "Office", sha256: str) -> Path:
    """Where a pack that was taken in is kept, so that a newer one can be held against it."""
    return of.data / PACKS / f"{sha256}.gevinst"


def keep_pack(of: "Office", found: "RobotPack") -> None:
    """Keep a pack that was taken in.

    Raises:
        OSError: the data folder cannot be written.
    """
    target = kept_pack(of, found.sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(found.content)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their names below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def check_key(of: "Office", opened: "RunStore", found: "RobotPack", trust: str) -> None:
    """The sender's key is ours or one that we trust; a new one only when a person names it."""
    from gevinst.reports.signing import pem_of_raw  # noqa: PLC0415 - loads cryptography

    own = evidence_keys(of).public_keys()
    noted = {row.subject for row in opened.audit_of([KEY_TRUSTED])}
    file = of.keys / TRUSTED / f"{found.fingerprint}.pem"
    if found.fingerprint in own or (file.is_file() and found.fingerprint in noted):
        return
    if trust.replace(" ", "").casefold() != found.fingerprint:
        raise ConfigurationError(
            "MAK-011", fingerprint=found.fingerprint, office=shown_value(found.facts.get("office", ""))
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(pem_of_raw(found.public_key), "ascii")
    opened.append_audit(AuditEvent(at=now(), who=user(), what=KEY_TRUSTED, subject=found.fingerprint))


def new_layouts(of: "Office", found: "RobotPack", base: "RobotPack | None" = None) -> dict[str, bytes]:
    """The pack's layouts that the office does not have, by name.

    One that the office has as an earlier pack brought it is replaced; one that it has otherwise is not.

    Raises:
        ConfigurationError: MAK-013 another layout of the same name; or one that cannot be used: it would stop
            all robots.
    """
    from gevinst.formats.own_layouts import own_layouts  # noqa: PLC0415 - loads the readers

    new = {}
    for part, content in found.files.items():
        name = part.removeprefix("layouts/")
        if name == part:
            continue
        path = of.layouts / name
        ours = path.read_bytes() if path.is_file() else None
        if ours not in (None, content, base.files.get(part) if base else None):
            raise ConfigurationError("MAK-013", file=name)
        if ours != content:
            new[name] = content
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), new)
        own_layouts(Path(folder))
    return new


def files_here(found: "RobotPack", name: str) -> dict[str, bytes]:
    """The robot's files by their names below its folder: in trial, and under its id here.

    Raises:
        ConfigurationError: MAK-006 the pack has no robot that can be put in trial.
    """
    files = {
        part.removeprefix("robot/"): content
        for part, content in found.files.items()
        if part.startswith("robot/")
    }
    if ROBOT_FILE not in files:
        raise ConfigurationError("MAK-006", path=found.robot, cause=ROBOT_FILE)
    try:
        text = in_trial(files[ROBOT_FILE].decode("utf-8-sig"))
        text = _ID.sub(f'id = "{name}"', text, count=1)
        phase = tomllib.loads(text).get("phase")
    except ValueError as error:
        raise ConfigurationError("MAK-006", path=found.robot, cause=str(error)) from error
    if phase != "trial":
        raise ConfigurationError("MAK-006", path=found.robot, cause="phase")
    return {**files, ROBOT_FILE: text.encode()}


def in_trial(text: str) -> str:
    """The text of a robot.toml with its phase set to trial."""
    return _PHASE.sub('phase = "trial"', text, count=1)
