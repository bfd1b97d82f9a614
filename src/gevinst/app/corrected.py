"""Files that came for a month that is done: a person looks, and lets them replace it or not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gevinst.app.arrivals import (
    ArrivalBook,
    Drop,
    alarm_subject,
    arrival_of,
    asks,
    done_with,
    month_of,
    order_of,
    waits_for_a_person,
)
from gevinst.app.inbox import InboxError
from gevinst.app.ports import RunStore, SeenInput
from gevinst.app.queue_port import AlarmBook, RunQueue
from gevinst.app.request_run import RequestError
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.arrival import Arrival, ArrivalState
from gevinst.domain.audit import AuditEvent
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run


@dataclass(frozen=True, kw_only=True)
class HeldTools:
    """What a person's answer needs from outside."""

    book: ArrivalBook
    queue: RunQueue
    store: RunStore
    alarms: AlarmBook
    drop: Callable[[Robot], Drop]
    locked: Callable[[str, str], bool]  #: whether a robot's month is signed
    now: Callable[[], datetime]  #: UTC


@dataclass(frozen=True, kw_only=True)
class HeldFile:
    """A file that waits for a person."""

    robot: Robot
    file: Arrival  #: with the id of the run that it would start
    done: Run  #: what it would replace
    before: SeenInput | None  #: the file that this run had; None when it is not known


def held_files(robots: Sequence[Robot], tools: HeldTools) -> list[HeldFile]:
    """The files that wait, by robot and name."""
    return [one for robot in robots if asks(robot) for one in _held(robot, tools)]


def _held(robot: Robot, tools: HeldTools) -> Iterator[HeldFile]:
    drop = tools.drop(robot)
    taken = {one.path for one in tools.book.arrivals(robot.id, [ArrivalState.TAKEN])}
    for path in drop.taken():
        file = arrival_of(robot, drop, path, alarms=tools.alarms, at=tools.now())
        run = done_with(file, tools.store)
        if str(path) in taken or run is None or not waits_for_a_person(robot, file, tools.book, tools.store):
            continue
        inputs = tools.store.inputs(run.run_id)
        before = next((one for one in inputs if one.source == file.source), None)
        yield HeldFile(robot=robot, file=file, done=run, before=before)


def take_held(one: HeldFile, tools: HeldTools, *, who: str, why: str) -> str:
    """Let a file start the run that replaces what its month was done with; the run's id.

    What was delivered stays delivered: a person lets it go again by `gevinst deliveries redo`.

    Raises:
        RequestError: REQ-001 the month is signed; it must be opened first.
        InboxError: INB-006 it waits no longer.
    """
    month = month_of(one.file)
    if tools.locked(one.robot.id, month):
        raise RequestError("REQ-001", robot=one.robot.id, period=month)
    if not tools.book.take(None, one.file, order_of(one.robot, one.file)):
        raise InboxError("INB-006", file=one.file.name, robot=one.robot.id)
    tools.queue.nudge()
    _answered(one, tools, "file.corrected", who=who, why=why)
    return one.file.run_id


def refuse_held(one: HeldFile, tools: HeldTools, *, who: str, why: str) -> Path:
    """Put a file away unused; where it is now.

    Raises:
        OSError: it cannot be moved.
    """
    put = tools.drop(one.robot).archive(Path(one.file.path), refused=True)
    _answered(one, tools, "file.declined", who=who, why=why)
    return put


def find_held(held: Sequence[HeldFile], robot: str, file: str) -> HeldFile:
    """One of the files that wait, by its name or its SHA-256.

    Raises:
        InboxError: INB-006 it does not wait.
    """
    own = (one for one in held if one.robot.id == robot)
    found = next((one for one in own if file in (one.file.name, one.file.sha256)), None)
    if found is None:
        raise InboxError("INB-006", file=file, robot=robot)
    return found


def _answered(one: HeldFile, tools: HeldTools, what: str, *, who: str, why: str) -> None:
    """Note a person's answer in the trail, and close the alarm that called them."""
    at = tools.now()
    event = AuditEvent(
        at=at,
        who=who,
        what=what,
        subject=one.done.run_id,
        detail={"robot": one.robot.id, "sha256": one.file.sha256, "run": one.file.run_id},
        why=why,
    )
    tools.store.append_audit(event)
    about = (AlarmKind.CORRECTED, alarm_subject(one.file.robot, one.file.sha256))
    for alarm in tools.alarms.alarms():
        if (alarm.kind, alarm.subject) == about:
            tools.alarms.close_alarm(alarm.number, by=who, why=why, at=at)
