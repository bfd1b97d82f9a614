"""Run a robot from start to sealed evidence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from gevinst.app.office import Office
from gevinst.app.ports import FINAL_STATES, RunStore
from gevinst.domain.audit import AuditEvent
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from gevinst.runner.child import CONSOLE_FILE, Ended, run_child


@dataclass(frozen=True, kw_only=True)
class RunnerTools:
    """What the runner needs from outside."""

    office: Office
    store: RunStore
    now: Callable[[], datetime]
    holder: str
    seal: Callable[[Path, Run], str]  #: writes manifest and hashes, gives the manifest's hash
    write_failed: Callable[
        [Path, Run, Robot, str], None
    ]  #: the page of a run that broke down; takes a sentence key


def run_robot(run: Run, robot: Robot, tools: RunnerTools, *, files: Mapping[str, Path]) -> Run:
    """Start the run, let its child work, and close it: a run never stays open.

    Raises:
        AlreadyRunningError: a run of the same robot and period has not ended.
    """
    folder = tools.office.run_folder(run.robot, run.period, run.run_id)
    run = replace(
        run, folder=folder.relative_to(tools.office.runs).as_posix(), replaces=_standing(run, tools.store)
    )
    tools.store.start(run, holder=tools.holder)
    try:
        folder.mkdir(parents=True)
        _note(tools, run, "run.start", {"trigger": str(run.trigger), "environment": str(run.environment)})
        ended = run_child(run, robot, tools.office, folder, files)
    except BaseException as error:
        _abandon(
            run, tools, "failure.interrupted" if isinstance(error, KeyboardInterrupt) else "failure.start"
        )
        raise
    closed = _closed(run, robot, tools, folder, ended)
    manifest = tools.seal(folder, closed)
    _note(tools, closed, "run.end", {"state": str(closed.state), "manifest": manifest})
    return closed


def _standing(run: Run, store: RunStore) -> str:
    earlier = store.latest(run.robot, run.period, (RunState.AGREED, RunState.OPEN_ITEMS))
    return earlier.run_id if earlier else ""


def _closed(run: Run, robot: Robot, tools: RunnerTools, folder: Path, ended: Ended) -> Run:
    """The run as its child closed it, or as failed when the child did not."""
    found = tools.store.find(run.run_id)
    if found is not None and found.state in FINAL_STATES:
        return found
    reason = "failure.timeout" if ended.timed_out else "failure.broke_down"
    failed = _abandon(run, tools, reason)
    tools.write_failed(folder, failed, robot, reason)
    return failed


def _abandon(run: Run, tools: RunnerTools, reason: str) -> Run:
    at = tools.now()
    tools.store.abandon(run.run_id, not_seen_since=at, at=at, summary=reason)
    return tools.store.find(run.run_id) or replace(run, state=RunState.FAILED, ended=at, summary=reason)


def _note(tools: RunnerTools, run: Run, what: str, detail: Mapping[str, str]) -> None:
    event = AuditEvent(
        at=tools.now(), who=run.triggered_by, what=what, subject=run.run_id, detail=dict(detail), why=""
    )
    tools.store.append_audit(event)


def console_tail(folder: Path, lines: int = 15) -> str:
    """The last lines of what `robot` printed, for IT."""
    file = folder / CONSOLE_FILE
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    return "\n".join(text.splitlines()[-lines:])
