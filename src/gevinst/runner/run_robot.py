"""Run a robot from start to sealed evidence."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from gevinst.app.begin_run import GONE, begin, replacing
from gevinst.app.office import ConfigurationError, Office
from gevinst.app.ports import FINAL_STATES, FinishedRunError, RunStore
from gevinst.app.work import KILLED
from gevinst.domain.audit import AuditEvent
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from gevinst.runner.child import CONSOLE_FILE, Ended, mask_work_items, run_child
from gevinst.runner.console import say_killed
from gevinst.runner.holder import is_gone, this_process
from gevinst.runner.run_work import RunWork

BROKE_DOWN = "failure.broke_down"
FOLDER = "failure.folder"
INTERRUPTED = "failure.interrupted"
START = "failure.start"
TIMED_OUT = "failure.timeout"
ERROR_MARK = "[ ERROR ]"


@dataclass(frozen=True, kw_only=True)
class RunnerTools:
    """What the runner needs from outside."""

    office: Office
    store: RunStore
    now: Callable[[], datetime]
    seal: Callable[[Path, Run], str]  #: writes manifest, hashes and signature, gives the manifest's hash
    note_start: Callable[[Run], None]  #: notes in the audit trail what has changed of the robot since
    write_failed: Callable[
        [Path, Run, Robot, str], None
    ]  #: the page of a run that broke down; takes a sentence key
    work: RunWork  #: secrets, items and progress of a run
    stopping: Callable[[], bool] = lambda: False  #: whether the run must end now


def run_robot(run: Run, robot: Robot, tools: RunnerTools, *, files: Mapping[str, Path]) -> Run:
    """Start the run, let its child work, and close it: a run never stays open.

    A folder that cannot be written gives a failed run. A person's stop gives a stopped one, and rises on.

    Raises:
        AlreadyRunningError: a run of the same robot and period has not ended.
        ConfigurationError: a secret that the robot needs is missing; no run has begun.
        KeyboardInterrupt: a person stopped the run.
    """
    secrets = tools.work.secrets(robot)
    folder = tools.office.run_folder(run.robot, run.period, run.run_id)
    run = replacing(replace(run, folder=folder.relative_to(tools.office.runs).as_posix()), tools.store)
    for twin in begin(run, tools.store, holder=this_process(), gone=is_gone, at=tools.now()):
        _write_down(twin, robot, tools)
    try:
        _make_private(tools.office.runs)
        folder.mkdir(parents=True)
        tools.note_start(run)
        _note(tools, run, "run.start", {"trigger": str(run.trigger), "environment": str(run.environment)})
        ended = run_child(
            run,
            robot,
            tools.office,
            files=files,
            secrets=secrets,
            stopping=tools.stopping,
            noticed=lambda said: tools.work.noticed(run, said, tools.now()),
        )
    except OSError:
        return _write_down(_fail(run, tools, FOLDER), robot, tools)
    except KeyboardInterrupt:
        _write_down(_stop(run, tools), robot, tools)
        raise
    except BaseException:
        _write_down(_fail(run, tools, START), robot, tools)
        raise
    return _write_down(_as_child_left_it(run, robot, tools, ended), robot, tools)


def _make_private(runs: Path) -> None:
    """Make the folder of all evidence for its owner alone; one that is there keeps the rights it has."""
    runs.parent.mkdir(parents=True, exist_ok=True)
    runs.mkdir(mode=0o700, exist_ok=True)


def close_dead(run: Run, robot: Robot, tools: RunnerTools) -> Run:
    """Close a run whose worker is gone: its page says so, and what it has credited is reversed."""
    return _write_down(_fail(run, tools, GONE), robot, tools)


def _as_child_left_it(run: Run, robot: Robot, tools: RunnerTools, ended: Ended) -> Run:
    """The run as its child closed it, by what it did with its items, or as failed."""
    found = tools.store.find(run.run_id)
    if found is not None and found.state in FINAL_STATES:
        return found
    if robot.items and ended.code == 0:
        try:
            folder = tools.office.runs / run.folder
            return tools.work.closed(run, robot, store=tools.store, folder=folder, at=tools.now())
        except OSError:
            return _fail(run, tools, FOLDER)
    if ended.killed:
        with suppress(OSError):  # a full disk: the run is closed all the same
            say_killed(tools.office.runs / run.folder / CONSOLE_FILE, ended.memory)
        return _fail(run, tools, KILLED)
    return _fail(run, tools, TIMED_OUT if ended.timed_out else BROKE_DOWN)


def _fail(run: Run, tools: RunnerTools, reason: str) -> Run:
    """Close a run that did not end by itself; what it has credited is reversed."""
    at = tools.now()
    tools.store.abandon(run.run_id, at=at, summary=reason)
    return tools.store.find(run.run_id) or replace(run, state=RunState.FAILED, ended=at, summary=reason)


def _stop(run: Run, tools: RunnerTools) -> Run:
    """Close a run that a person stopped, unless it had ended; what it has credited is reversed."""
    at = tools.now()
    keys = {
        one.item_key for one in tools.store.gain_entries(run.robot, run.period) if one.run_id == run.run_id
    }
    stopped = replace(run, state=RunState.STOPPED, ended=at, summary=INTERRUPTED)
    found = tools.store.find(run.run_id)
    if found is not None and found.state in FINAL_STATES:
        return found
    tools.store.reverse(run.robot, keys, run_id=run.run_id, reason="stopped", at=at)
    with suppress(FinishedRunError):
        tools.store.finish(stopped)
    return tools.store.find(run.run_id) or stopped


def _write_down(closed: Run, robot: Robot, tools: RunnerTools) -> Run:
    """Write the page of a run that has none, seal its folder, and note the end in the audit trail."""
    tools.work.let_go(closed, robot)
    _note(tools, closed, "run.end", {"state": str(closed.state)} | _sealed(closed, robot, tools))
    return closed


def _sealed(closed: Run, robot: Robot, tools: RunnerTools) -> dict[str, str]:
    """The manifest's hash; or why there is none: on a full disk the run is closed all the same."""
    if not closed.folder:
        return {}  # it ran without the runner, in a folder that only its starter knows
    folder = tools.office.runs / closed.folder
    try:
        if closed.state in (RunState.FAILED, RunState.STOPPED):
            tools.write_failed(folder, closed, robot, closed.summary)
        mask_work_items(folder)
        return {"manifest": tools.seal(folder, closed)}
    except OSError as error:
        return {"not_sealed": error.strerror or type(error).__name__}
    except ConfigurationError as error:
        return {"not_sealed": error.code}  # the key cannot be used


def _note(tools: RunnerTools, run: Run, what: str, detail: Mapping[str, str]) -> None:
    event = AuditEvent(
        at=tools.now(), who=run.triggered_by, what=what, subject=run.run_id, detail=dict(detail), why=""
    )
    tools.store.append_audit(event)


def console_tail(folder: Path, lines: int = 15) -> str:
    """The errors and the last lines of what `robot` printed, for IT."""
    file = folder / CONSOLE_FILE
    said = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    errors = [line for line in said[:-lines] if line.startswith(ERROR_MARK)]
    return "\n".join([*errors[:lines], *said[-lines:]])
