"""The parts that run unattended: clock, queue, worker, outbox."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from gevinst.app.office import ConfigurationError, Office
from gevinst.bootstrap.here import now, robots
from gevinst.bootstrap.plan import plans
from gevinst.bootstrap.runs import _runner_tools, run_robot
from gevinst.bootstrap.triggers import arrived_files, ping, rounds, watchers
from gevinst.formats.robot_folder import load_robot

if TYPE_CHECKING:
    from gevinst.app.queue_port import RunQueue
    from gevinst.domain.alarm import Alarm
    from gevinst.domain.calendar import BankCalendar
    from gevinst.domain.occurrence import Firing, Occurrence
    from gevinst.domain.queue import Claim
    from gevinst.domain.robot import Robot
    from gevinst.domain.run import Run
    from gevinst.runner.clock_process import ClockProcess
    from gevinst.runner.outbox import Outbox
    from gevinst.runner.shelf import Shelf
    from gevinst.runner.worker import Ended, Worker
    from gevinst.store.opening import StoreParts

MISSING_FILE = "FIL-007"
SIGN_OF_LIFE = "livstegn.json"


def _codes_of(folder: Path) -> set[str]:
    """The codes with which a run's input was rejected."""
    file = folder / "result.json"
    content = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {one["code"] for one in content.get("rejected", ())}


def _close_dead(of: Office, opened: "StoreParts", run: "Run") -> None:
    """Close a run whose worker is gone; without a page when its robot's folder can no longer be read."""
    from gevinst.app.begin_run import GONE  # noqa: PLC0415 - only workers need it
    from gevinst.runner.run_robot import close_dead  # noqa: PLC0415

    try:
        close_dead(run, load_robot(of, run.robot), _runner_tools(of, opened.runs))
    except ConfigurationError:
        opened.runs.abandon(run.run_id, at=now(), summary=GONE)


def upcoming(
    robot: "Robot",
    after: datetime,
    *,
    also_skipped: bool = False,
    closed_days: frozenset[date] = frozenset(),
) -> "Firing | None":
    """The first moment after one at which a robot is due; None when there is none in five years.

    A cron line that is none names no moment either; the clock tells so.
    """
    from gevinst.domain.schedule import ScheduleError, parse_timing  # noqa: PLC0415 - loads the calendar
    from gevinst.runner import triggers  # noqa: PLC0415 - loads apscheduler

    try:
        return triggers.next_firing(
            parse_timing(robot.schedule),
            after,
            closed=robot.closed_day,
            calendar=_calendar(closed_days),
            also_skipped=also_skipped,
        )
    except ScheduleError:
        return None


def firings(
    robot: "Robot", after: datetime, until: datetime, *, closed_days: frozenset[date] = frozenset()
) -> "Sequence[Firing]":
    """The moments after one and up to another at which a robot is due, oldest first."""
    from gevinst.domain.schedule import parse_timing  # noqa: PLC0415 - loads the calendar
    from gevinst.runner import triggers  # noqa: PLC0415 - loads apscheduler

    timing = parse_timing(robot.schedule)
    return triggers.firings(timing, after, until, closed=robot.closed_day, calendar=_calendar(closed_days))


@lru_cache
def _calendar(closed_days: frozenset[date]) -> "BankCalendar":
    """Danish bank days less the office's closed days; made once, since it takes some milliseconds."""
    from gevinst.domain.calendar import BankCalendar  # noqa: PLC0415 - loads numpy

    return BankCalendar(closed_days=closed_days)


def parts(of: Office) -> "StoreParts":
    """All that clock and workers keep in the office's database."""
    from gevinst.store import open_parts  # noqa: PLC0415 - loads SQLAlchemy

    of.data.mkdir(parents=True, exist_ok=True)
    return open_parts(of.database)


@lru_cache(maxsize=1)
def queue(opened: "StoreParts") -> "RunQueue":
    """The queue: the database's own tables on SQLite, an engine beside them on PostgreSQL; made once."""
    if opened.url.startswith("sqlite"):
        return opened.queue
    from gevinst.runner.postgres_queue import EngineQueue  # noqa: PLC0415 - an extra

    return EngineQueue(opened.queue, opened.url)


def outbox(opened: "StoreParts") -> "Outbox":
    """What leaves the office."""
    from gevinst.runner.outbox import Outbox  # noqa: PLC0415 - only what delivers needs it

    return Outbox(book=opened.deliveries, now=now, note=opened.runs.append_audit)


def shelf(of: Office) -> "Shelf":
    """The office's robots, read again when a file of theirs changes."""
    from gevinst.runner.shelf import Shelf, stamp_of  # noqa: PLC0415 - only clock and workers need it

    return Shelf(load=lambda: robots(of), stamp=lambda: stamp_of(of.robots), monotonic=monotonic)


def _nothing(*_: object) -> None:
    """For who need not be told."""


def clock_process(
    of: Office,
    opened: "StoreParts",
    *,
    told: "Callable[[Sequence[Occurrence]], None]",
    tell: "Callable[[Alarm], bool]",
    failed: Callable[[Exception], None],
    seen_before: "Callable[[Robot, str], object]" = _nothing,
) -> "ClockProcess":
    """The clock, ready to start."""
    from gevinst.app.alarms import Watchman  # noqa: PLC0415 - only the clock needs it
    from gevinst.app.clock import Clock, ClockTools  # noqa: PLC0415
    from gevinst.domain.plan_change import pause_at  # noqa: PLC0415
    from gevinst.runner.clock_process import ClockProcess  # noqa: PLC0415
    from gevinst.runner.worker import owner_id, owner_is_gone  # noqa: PLC0415

    kept, waiting, plan = shelf(of), queue(opened), plans(opened, of.closed_days)
    tools = ClockTools(
        book=opened.clock,
        queue=waiting,
        alarms=opened.alarms,
        robots=kept.robots,
        firings=plan.firings,
        upcoming=plan.upcoming,
        now=now,
        owner=owner_id(),
        gone=owner_is_gone,
    )
    return ClockProcess(
        clock=Clock(tools=tools),
        watchman=Watchman(queue=waiting, alarms=opened.alarms, robots=kept.robots, tell=tell, now=now),
        sign_of_life=of.data / SIGN_OF_LIFE,
        robots_changed=lambda: any([kept.changed(), plan.changed()]),
        told=told,
        failed=failed,
        errors=database_errors(),
        monotonic=monotonic,
        watchers=watchers(
            of,
            opened,
            kept.robots,
            queue=waiting,
            paused=lambda robot: pause_at(plan.changes(robot), now()) is not None,
            told=seen_before,
        ),
        rounds=rounds(of, opened, kept.robots),
        ping=ping(opened),
    )


def worker(
    of: Office,
    opened: "StoreParts",
    *,
    slots: int,
    capabilities: Sequence[str] = (),
    told: "Callable[[Ended], None]",
    failed: Callable[[Exception], None],
) -> "Worker":
    """A worker, ready to start."""
    from gevinst.app.signing import check_run  # noqa: PLC0415 - only workers need it
    from gevinst.app.work import WorkTools  # noqa: PLC0415
    from gevinst.runner.worker import Worker, WorkerTools  # noqa: PLC0415

    tools = WorkTools(
        queue=queue(opened),
        store=opened.runs,
        alarms=opened.alarms,
        book=opened.deliveries,
        now=now,
        close_dead=lambda run: _close_dead(of, opened, run),
        recover=outbox(opened).recover,
        lacks_file=lambda run: MISSING_FILE in _codes_of(of.runs / run.folder),
    )

    def run(started: "Run", robot: "Robot", stopping: Callable[[], bool]) -> "Run":
        check_run(opened.signatures, started)
        files = arrived_files(opened, tools.queue, started)
        return run_robot(of, started, robot, files=files, opened=opened.runs, stopping=stopping)

    return Worker(
        tools=WorkerTools(
            work=tools,
            robot=lambda robot_id: load_robot(of, robot_id),
            start=_started,
            run=run,
            errors=database_errors(),
            told=told,
            failed=failed,
            capabilities=capabilities,
            slots=slots,
        )
    )


def _started(claim: "Claim", robot: "Robot") -> "Run":
    """The run of a claim.

    Raises:
        ConfigurationError: see app.start_run.new_run.
    """
    from gevinst.app.start_run import new_run  # noqa: PLC0415 - only what runs robots needs it

    order = claim.order
    return new_run(
        robot,
        period=order.period,
        trial=order.trial,
        trigger=order.trigger,
        user=order.triggered_by,
        now=now(),
        run_id=claim.run_id,
    )


def database_errors() -> tuple[type[Exception], ...]:
    """What a database that does not answer for a while raises."""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - loads SQLAlchemy

    return (DBAPIError,)
