"""The inbox: files that wait in robots' drop folders, those that were taken, and those that were refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException
from starlette.responses import RedirectResponse, Response

from gevinst import bootstrap
from gevinst.app.arrivals import month_of
from gevinst.app.corrected import HeldFile, find_held, held_files, refuse_held, take_held
from gevinst.app.inbox import LARGEST, InboxError, InboxTools, WaitingFile, drop_file, try_again
from gevinst.domain.arrival import Arrival, ArrivalState, DropFolder
from gevinst.domain.refusal import RefusedError
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import Run
from gevinst.store.uploads import upload_name
from gevinst.web.door import SEE_OTHER
from gevinst.web.rendering import page
from gevinst.web.robots import robot_title
from gevinst.web.trouble import sentence_of
from gevinst.web.visit import MayPause, MayRun, MaySee, Visit

if TYPE_CHECKING:
    from gevinst.domain.reconciliation import Tally

LIST = "/indbakke"
MOST_ARRIVALS = 20  # of each robot; the runs have all

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class ArrivedFile:
    """A file that was taken, and what became of it."""

    arrival: Arrival
    run: Run | None
    again: bool  #: it was refused and lies there still


@dataclass(frozen=True, kw_only=True)
class CorrectedFile:
    """A file that came for a month that is done."""

    held: HeldFile
    period: str
    change: "tuple[Tally, Tally] | None"  #: rows only in it, rows only in the file before


@dataclass(frozen=True, kw_only=True)
class RobotBox:
    """The drop folder of one robot."""

    robot: Robot
    title: str
    arrival: DropFolder
    works: bool  #: in trial or production: files are taken
    corrected: Sequence[CorrectedFile]
    waiting: Sequence[WaitingFile]
    arrived: Sequence[ArrivedFile]


@router.get(LIST)
def inbox(visit: MaySee) -> Response:
    """All drop folders."""
    return _page(visit)


def _page(visit: Visit, error: str = "") -> Response:
    boxes = [box for robot in bootstrap.robots(visit.console.office) if (box := _box(visit, robot))]
    return page(
        visit,
        "inbox",
        status=HTTPStatus.CONFLICT if error else HTTPStatus.OK,
        boxes=boxes,
        corrected=sum(len(box.corrected) for box in boxes),
        waiting=sum(len(box.waiting) for box in boxes),
        refused=sum(one.again for box in boxes for one in box.arrived),
        error=error,
        told=visit.typed("told"),
        megabytes=LARGEST // 1_000_000,
    )


def _box(visit: Visit, robot: Robot) -> RobotBox | None:
    folder = bootstrap.inbox_folder(visit.console.office, robot)
    if folder is None or robot.arrival is None:
        return None
    parts = visit.console.parts
    arrived = [
        ArrivedFile(
            arrival=one,
            run=parts.runs.find(one.run_id),
            again=one.state is ArrivalState.REFUSED and folder.holds(one.path),
        )
        for one in parts.arrivals.arrivals(robot.id)[:MOST_ARRIVALS]
    ]
    return RobotBox(
        robot=robot,
        title=robot_title(robot, visit.texts),
        arrival=robot.arrival,
        works=robot.phase in (Phase.TRIAL, Phase.PRODUCTION),
        corrected=[_corrected(visit, one) for one in _held(visit, robot)],
        waiting=folder.waiting(),
        arrived=arrived,
    )


def _held(visit: Visit, robot: Robot) -> Sequence[HeldFile]:
    return held_files([robot], bootstrap.held_tools(visit.console.office, visit.console.parts))


def _corrected(visit: Visit, one: HeldFile) -> CorrectedFile:
    change = bootstrap.held_change(visit.console.office, one)
    return CorrectedFile(held=one, period=month_of(one.file), change=change)


@router.post(f"{LIST}/{{robot_id}}/rettet")
def answer(visit: MayRun, robot_id: str) -> Response:
    """Let a file replace what its month was done with, or put it away."""
    robot, _ = _tools(visit, robot_id)
    why = visit.typed("hvorfor")
    if not why:
        return _page(visit, visit.texts.get("error.PLN-001"))
    act = {"take": take_held, "refuse": refuse_held}.get(visit.typed("act"))
    if act is None:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    tools = bootstrap.held_tools(visit.console.office, visit.console.parts)
    try:
        one = find_held(held_files([robot], tools), robot.id, visit.typed("fil"))
        act(one, tools, who=visit.person.user, why=why)
    except RefusedError as error:
        return _page(visit, sentence_of(error, visit.texts))
    except OSError as error:
        return _page(visit, visit.texts.get("error.INB-005", file=robot.id, cause=error.strerror or ""))
    return RedirectResponse(f"{LIST}?told={visit.typed('act')}", SEE_OTHER)


@router.post(f"{LIST}/{{robot_id}}/upload")
def upload(visit: MayRun, robot_id: str) -> Response:
    """Put a file into a robot's drop folder."""
    robot, tools = _tools(visit, robot_id)
    sent = visit.upload("fil")
    name = upload_name(sent.filename or "") if sent else ""
    content = sent.file.read(LARGEST + 1) if sent else b""
    try:
        drop_file(robot, name, content, sha256(content).hexdigest(), tools=tools, by=visit.person)
    except InboxError as error:
        return _page(visit, sentence_of(error, visit.texts))
    except OSError as error:
        return _page(visit, visit.texts.get("error.INB-005", file=name, cause=error.strerror or ""))
    return RedirectResponse(f"{LIST}?told=uploaded", SEE_OTHER)


@router.post(f"{LIST}/{{robot_id}}/igen")
def again(visit: MayPause, robot_id: str) -> Response:
    """Let a refused file arrive again."""
    robot, tools = _tools(visit, robot_id)
    try:
        try_again(robot, visit.typed("fil"), tools=tools, by=visit.person)
    except InboxError as error:
        return _page(visit, sentence_of(error, visit.texts))
    return RedirectResponse(f"{LIST}?told=again", SEE_OTHER)


def _tools(visit: Visit, robot_id: str) -> tuple[Robot, InboxTools]:
    """A robot with a drop folder, and what acts on it.

    Raises:
        HTTPException: 404, there is none.
    """
    found = {one.id: one for one in bootstrap.robots(visit.console.office)}.get(robot_id)
    folder = bootstrap.inbox_folder(visit.console.office, found) if found else None
    if found is None or folder is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found, bootstrap.inbox_tools(visit.console.parts, folder)
