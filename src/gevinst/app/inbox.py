"""Files that people put into robots' drop folders, and files that were refused and are tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gevinst.app.arrivals import ArrivalBook
from gevinst.app.ports import RunStore
from gevinst.domain.access import Action, Person, require
from gevinst.domain.arrival import Arrival, ArrivalState
from gevinst.domain.audit import AuditEvent
from gevinst.domain.refusal import RefusedError
from gevinst.domain.robot import Robot

LARGEST = 50_000_000  # bytes; larger files are put in the folder itself


class InboxError(RefusedError):
    """A file that cannot be put in or tried again."""


class WaitState(StrEnum):
    """Why a file in the folder is not taken yet; inbox.wait.<state> of the catalogue."""

    WAITING = "waiting"  #: the clock takes it when it has not changed between two looks
    WRITTEN = "written"  #: its name says that it is being written
    EMPTY = "empty"
    OTHER = "other"  #: its name does not fit the robot's pattern: it is never taken


@dataclass(frozen=True, kw_only=True)
class WaitingFile:
    """A file that lies in the folder."""

    name: str
    size: int  #: bytes
    changed: datetime  #: UTC
    state: WaitState


class Box(Protocol):
    """The drop folder of one robot, as people use it."""

    def waiting(self) -> Sequence[WaitingFile]:
        """Files that have not been taken, by name."""

    def fits(self, name: str) -> bool:
        """Whether a file of the name would be taken."""

    def put(self, name: str, content: bytes) -> str:
        """Put a file in, whole or not at all, and never over another; the name that it got.

        Raises:
            OSError: it cannot be written.
        """

    def put_back(self, path: str, name: str) -> bool:
        """Move a refused file back to where files arrive; False when it is gone."""

    def holds(self, path: str) -> bool:
        """Whether a file lies where it was put away."""


@dataclass(frozen=True, kw_only=True)
class InboxTools:
    """What acts on drop folders need from outside."""

    book: ArrivalBook
    store: RunStore
    box: Box
    now: datetime


def drop_file(robot: Robot, name: str, content: bytes, sha256: str, *, tools: InboxTools, by: Person) -> str:
    """Put a file into a robot's drop folder; the clock takes it from there. Gives the name that it got.

    Raises:
        NotAllowedError: the person may not run robots.
        InboxError: INB-002 the name is not one that the robot takes, INB-003 empty or too large, INB-004 the
            robot has no drop folder.
        OSError: it cannot be written.
    """
    require(by, Action.RUN)
    if robot.arrival is None:
        raise InboxError("INB-004", robot=robot.id)
    if not tools.box.fits(name):
        raise InboxError("INB-002", file=name, pattern=robot.arrival.pattern)
    if not 0 < len(content) <= LARGEST:
        raise InboxError("INB-003", file=name, megabytes=LARGEST // 1_000_000)
    got = tools.box.put(name, content)
    _note(tools, by, "file.upload", (robot.id, sha256))
    return got


def try_again(robot: Robot, sha256: str, *, tools: InboxTools, by: Person) -> Arrival:
    """Let a file that was refused arrive again.

    Raises:
        NotAllowedError: the person may not.
        InboxError: INB-001 it is not there, or was not refused.
    """
    require(by, Action.PAUSE)
    refused = tools.book.arrivals(robot.id, [ArrivalState.REFUSED])
    one = next((each for each in refused if each.sha256 == sha256), None)
    if one is None or not tools.box.put_back(one.path, one.name):
        raise InboxError("INB-001", robot=robot.id)
    _note(tools, by, "file.again", (robot.id, sha256))
    return one


def _note(tools: InboxTools, by: Person, what: str, file: tuple[str, str]) -> None:
    """Tell the trail what was done to a file, by its robot and SHA-256."""
    robot, sha256 = file
    event = AuditEvent(at=tools.now, who=by.user, what=what, subject=robot, detail={"sha256": sha256})
    tools.store.append_audit(event)
