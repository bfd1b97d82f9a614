"""Runs: one execution of a robot, its states, and the exit codes of commands and processes."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class RunState(StrEnum):
    """Where a run is in its life."""

    PLANNED = "planned"  #: due later
    QUEUED = "queued"  #: waiting for a worker
    RUNNING = "running"  #: one worker holds it
    AGREED = "agreed"  #: done; nothing for a controller to do
    OPEN_ITEMS = "open_items"  #: done; the work list has rows
    REJECTED = "rejected"  #: the input cannot be used; a controller acts
    FAILED = "failed"  #: a system or our code failed; IT acts
    STOPPED = "stopped"  #: a person stopped it
    MISSED = "missed"  #: it should have run and did not


class ExitCode(IntEnum):
    """Exit codes of the commands and of a robot's process."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PEOPLE_NEEDED = 3  #: done, with differences
    INPUT = 4  #: missing, late or rejected
    ALREADY_RUNNING = 5
    CONFIGURATION = 6
    INTERRUPTED = 130


EXIT_CODES = {
    RunState.AGREED: ExitCode.DONE,
    RunState.OPEN_ITEMS: ExitCode.PEOPLE_NEEDED,
    RunState.REJECTED: ExitCode.INPUT,
    RunState.FAILED: ExitCode.FAILED,
    RunState.STOPPED: ExitCode.INTERRUPTED,
    RunState.MISSED: ExitCode.INPUT,
}


class Environment(StrEnum):
    """What a run is for. Only production credits gains and delivers."""

    PRODUCTION = "production"
    TRIAL = "trial"
    TEST = "test"


class Trigger(StrEnum):
    """What started a run."""

    SCHEDULE = "schedule"
    MANUAL = "manual"
    FILE = "file"
    API = "api"
    AFTER = "after"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a robot."""

    run_id: str  #: sortable, unique: 20261101T060000-hovedkonto-3f2a
    robot: str
    robot_version: str  #: content hash of robot folder, flow and package
    period: str  #: such as 2026-10
    environment: Environment
    trigger: Trigger
    triggered_by: str  #: user name of the operating system or the console
    state: RunState
    started: datetime  #: UTC
    ended: datetime | None = None  #: UTC
    summary: str = ""  #: the conclusion in one sentence, Danish
    replaces: str = ""  #: run id of the earlier run of the same robot and period
    read: int = 0  #: items of both sides
    matched: int = 0  #: items of both sides
    open: int = 0  #: open and proposed items of both sides
    difference: int = 0  #: left balance - right balance, øre
    unexplained: int = 0  #: what the bridge does not explain, øre
    minutes_saved: str = ""  #: net minutes credited by this run, a decimal text; "" before it is credited
    folder: str = ""  #: evidence folder, relative to the office's runs
