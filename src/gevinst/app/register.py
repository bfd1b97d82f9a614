"""The register of robots that an auditor asks for: owners, what each may do, what has changed, which keys."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gevinst.app.changes import ROBOT_CHANGED, VERSION
from gevinst.app.ports import RunStore
from gevinst.domain.audit import AuditRow
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run


@dataclass(frozen=True, kw_only=True)
class VersionChange:
    """A change of a robot's folder, flow or package, as the audit trail noted it at the next start."""

    at: datetime
    who: str
    version: str
    files: tuple[
        str, ...
    ]  #: files of the folder that were new, changed or gone; () when only flow or package were


@dataclass(frozen=True, kw_only=True)
class RegisterEntry:
    """One robot."""

    robot: Robot
    systems: tuple[str, ...]  #: sources and where it delivers, as its file names them
    missing: tuple[str, ...]  #: what production needs and it has not
    overdue: bool  #: its review date has passed
    changes: Sequence[VersionChange]  #: oldest first
    last_run: Run | None


@dataclass(frozen=True, kw_only=True)
class Register:
    """All robots of an office on a day."""

    office: str
    day: date
    entries: Sequence[RegisterEntry]
    unreadable: Sequence[str]  #: sentences about folders that cannot be read
    keys: Sequence[tuple[str, datetime, str]]  #: fingerprint, since when, public key in PEM; oldest first


def register_entries(store: RunStore, robots: Iterable[Robot], today: date) -> list[RegisterEntry]:
    """The entries of the register, by robot."""
    return [
        RegisterEntry(
            robot=robot,
            systems=tuple(_systems(robot)),
            missing=tuple(robot.missing_for_production()),
            overdue=robot.passport is not None and date.fromisoformat(robot.passport.review) < today,
            changes=_changes(store.audit_of([ROBOT_CHANGED], robot.id)),
            last_run=store.latest(robot.id),
        )
        for robot in sorted(robots, key=lambda robot: robot.id)
    ]


def _systems(robot: Robot) -> Iterable[str]:
    for source in robot.sources.values():
        account = f" ({source.account})" if source.account else ""
        yield f"{source.name}{account}: {source.path}"
    if robot.delivery:
        yield f"→ {robot.delivery.folder}"


def _changes(rows: Sequence[AuditRow]) -> list[VersionChange]:
    changes = []
    before: Mapping[str, str | int] = {}
    for row in rows:
        files = tuple(
            name
            for name in sorted({*row.detail, *before} - {VERSION})
            if row.detail.get(name, "") != before.get(name, "")
        )
        version = str(row.detail.get(VERSION, ""))
        changes.append(VersionChange(at=row.at, who=row.who, version=version, files=files))
        before = row.detail
    return changes
