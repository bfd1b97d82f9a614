"""Updating a robot that came from another office, and putting back the version of before."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gevinst.app.office import ConfigurationError
from gevinst.app.robot_update import FileChange, changes, merged_files
from gevinst.bootstrap.here import now, user
from gevinst.bootstrap.making import staged
from gevinst.bootstrap.moving import (
    INSTALLED,
    check_key,
    files_here,
    in_trial,
    keep_pack,
    kept_pack,
    new_layouts,
    pack_detail,
    write_files,
)
from gevinst.domain.audit import AuditEvent, AuditRow
from gevinst.formats.robot_folder import ROBOT_FILE

if TYPE_CHECKING:
    from gevinst.app.office import Office
    from gevinst.app.ports import RunStore
    from gevinst.reports.robot_pack import RobotPack

UPDATED, PUT_BACK = "robot.update", "robot.put_back"
KEPT = "robotter"  # versions that others took the place of, below the data folder
ROBOT, LAYOUTS = "robot", "layouts"


@dataclass(frozen=True, kw_only=True)
class Update:
    """What would become of a robot."""

    robot: str
    what: str  #: act of the audit trail
    detail: Mapping[str, str | int]  #: of the act: the pack that the robot has from then on, and before
    files: Mapping[str, bytes]  #: of the robot's folder
    layouts: Mapping[str, bytes]  #: the office's own layouts that become others, by name
    changes: Sequence[FileChange]
    pack: "RobotPack | None" = None  #: that it comes from
    to_trial: bool = False  #: it is in production, and would go back to trial

    @property
    def is_nothing(self) -> bool:
        """Whether all is as it shall be."""
        return not self.changes and not self.layouts


def planned_update(
    of: "Office", opened: "RunStore", file: Path, *, trust: str = "", robot_id: str = ""
) -> Update | None:
    """What a newer pack would make of a robot that the office took in; None when it took in no such robot.

    Args:
        of: the office.
        opened: its database.
        file: the pack.
        trust: fingerprint of a key that is trusted from now on.
        robot_id: the robot's id here; "" for the one that it has there.

    Raises:
        ConfigurationError: MAK-006, MAK-007, MAK-011, MAK-012, MAK-013 as moving.install; MAK-016 the pack of
            before is not there; MAK-017 another has signed this one; MAK-018 it is older; MAK-019 a file of
            the robot cannot be read.
    """
    from gevinst.reports.robot_pack import read_robot_pack  # noqa: PLC0415 - loads cryptography

    found = read_robot_pack(file)
    name = robot_id or found.robot
    row = _last(opened, name)
    if row is None or not (of.robots / name).is_dir():
        return None
    base = _base(of, name, row)
    if base.robot != found.robot:
        return None
    _check_newer(found, base, name)
    check_key(of, opened, found, trust)
    if not (of.tasks / f"{found.flow}.robot").is_file():
        raise ConfigurationError("MAK-012", flow=found.flow)
    return _update(of, found, base, name)


def _last(opened: "RunStore", name: str) -> AuditRow | None:
    """The row that says which pack a robot has."""
    return next(iter(reversed(opened.audit_of([INSTALLED, UPDATED, PUT_BACK], name))), None)


def _base(of: "Office", name: str, row: AuditRow) -> "RobotPack":
    from gevinst.reports.robot_pack import read_robot_pack  # noqa: PLC0415 - as above

    path = kept_pack(of, str(row.detail["sha256"]))
    base = read_robot_pack(path) if path.is_file() else None
    if base is None or base.sha256 != row.detail["sha256"]:
        raise ConfigurationError("MAK-016", robot=name, path=str(path))
    return base


def _check_newer(found: "RobotPack", base: "RobotPack", name: str) -> None:
    """Whether a pack comes from the same sender, and after the one that is there."""
    if found.fingerprint != base.fingerprint:
        raise ConfigurationError("MAK-017", robot=name, found=found.fingerprint, expected=base.fingerprint)
    packed, before = (str(one.facts.get("packed", "")) for one in (found, base))
    if packed < before:
        raise ConfigurationError("MAK-018", robot=name, found=packed, installed=before)


def _update(of: "Office", found: "RobotPack", base: "RobotPack", name: str) -> Update:
    ours = _files_in(of.robots / name)
    layouts = new_layouts(of, found, base)
    try:
        made = merged_files(files_here(base, name), ours, files_here(found, name))
        files = dict(made.files)
        told = changes(ours, files, made.clashes)
        settings = [
            one for one in told if one.name.endswith(".toml") and ours.get(one.name) != files.get(one.name)
        ]
        to_trial = bool(settings or layouts) and _phase(files) == "production"
        if to_trial:
            files[ROBOT_FILE] = in_trial(files[ROBOT_FILE].decode("utf-8-sig")).encode()
            told = changes(ours, files, made.clashes)
            if _phase(files) != "trial":
                raise ConfigurationError("MAK-019", robot=name, cause="phase")
    except ValueError as error:
        raise ConfigurationError("MAK-019", robot=name, cause=str(error)) from error
    return Update(
        robot=name,
        what=UPDATED,
        detail={**pack_detail(found), "before": base.sha256},
        files=files,
        layouts=layouts,
        changes=told,
        pack=found,
        to_trial=to_trial,
    )


def _phase(files: Mapping[str, bytes]) -> Any:
    return tomllib.loads(files.get(ROBOT_FILE, b"").decode("utf-8-sig")).get("phase")


def _files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def planned_return(of: "Office", opened: "RunStore", name: str) -> Update:
    """What would become of a robot if the version of before its last update were put back.

    Raises:
        ConfigurationError: MAK-020 there is no such robot, it was never updated, or that version is not there
            any more; MAK-019 a file of the robot cannot be read.
    """
    row = _last(opened, name)
    folder = of.data / KEPT / name / str(row.detail.get("kept", "-") if row else "-")
    if row is None or not (folder / ROBOT).is_dir() or not (of.robots / name).is_dir():
        raise ConfigurationError("MAK-020", robot=name, path=str(of.data / KEPT / name))
    ours, files = _files_in(of.robots / name), _files_in(folder / ROBOT)
    layouts = {
        one: content
        for one, content in _files_in(folder / LAYOUTS).items()
        if not (of.layouts / one).is_file() or (of.layouts / one).read_bytes() != content
    }
    try:
        told = changes(ours, files)
    except ValueError as error:
        raise ConfigurationError("MAK-019", robot=name, cause=str(error)) from error
    detail = {
        "sha256": row.detail["before"],
        "key": row.detail["key"],
        "before": row.detail["sha256"],
    }
    return Update(robot=name, what=PUT_BACK, detail=detail, files=files, layouts=layouts, changes=told)


def carry_out(of: "Office", opened: "RunStore", update: Update) -> Path:
    """Let the files take the place of the robot's; those of before are kept, and the act is noted.

    Args:
        of: the office.
        opened: its database.
        update: what to do.

    Returns:
        The folder in which the version of before is kept.

    Raises:
        ConfigurationError: CFG-… the robot cannot be loaded as it would become; all stands as it was.
        OSError: a folder cannot be written.
    """
    at = now()
    kept = of.data / KEPT / update.robot / f"{at:%Y%m%dT%H%M%S%f}"
    with staged(of, update.robot, kept=kept / ROBOT) as folder:
        write_files(folder, update.files)
    before = {name: of.layouts / name for name in update.layouts if (of.layouts / name).is_file()}
    write_files(kept / LAYOUTS, {name: path.read_bytes() for name, path in before.items()})
    write_files(of.layouts, update.layouts)
    if update.pack is not None:
        keep_pack(of, update.pack)
    detail = {**update.detail, "kept": kept.name}
    opened.append_audit(AuditEvent(at=at, who=user(), what=update.what, subject=update.robot, detail=detail))
    return kept
