"""The one place that picks the concrete parts: database, readers, reports, clock."""

import getpass
import json
import os
import platform
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import gevinst
from gevinst.app.office import ConfigurationError, Office
from gevinst.formats.office_file import office_language
from gevinst.formats.robot_folder import find_office, load_robot, load_rules, robot_ids
from gevinst.texts import OFFICE_ZONE

if TYPE_CHECKING:
    from gevinst.app.backtest import TrialTools
    from gevinst.app.ports import KeptGroup, RunStore
    from gevinst.app.queue_port import RunQueue
    from gevinst.app.robot_run import RobotRun, RunTools, SourceReader
    from gevinst.app.run_report import RunReport
    from gevinst.domain.alarm import Alarm
    from gevinst.domain.calendar import BankCalendar
    from gevinst.domain.occurrence import Firing, Occurrence
    from gevinst.domain.queue import Claim
    from gevinst.domain.robot import Robot
    from gevinst.domain.run import Run
    from gevinst.domain.statement import Statement
    from gevinst.formats.layouts import Layout
    from gevinst.runner.clock_process import ClockProcess
    from gevinst.runner.outbox import Outbox
    from gevinst.runner.run_robot import RunnerTools
    from gevinst.runner.shelf import Shelf
    from gevinst.runner.worker import Ended, Worker
    from gevinst.store.opening import StoreParts
    from gevinst.store.upkeep import Checked

OFFICE_SETTING = "GEVINST_OFFICE"
DATABASE_SETTING = "GEVINST_DATABASE"
LANGUAGE_SETTING = "GEVINST_LANGUAGE"
MISSING_FILE = "FIL-007"
SIGN_OF_LIFE = "livstegn.json"
PACKAGES_SHOWN = ("robotframework", "rpaframework", "pandas", "openpyxl", "python-calamine", "lxml")


def office(folder: str | None = None) -> Office:
    """The office of a folder, of GEVINST_OFFICE, or of the working folder.

    Raises:
        ConfigurationError: see formats.robot_folder.find_office.
    """
    start = Path(folder) if folder else _start()
    return find_office(start, database=os.environ.get(DATABASE_SETTING, ""))


def _start() -> Path:
    return Path(os.environ.get(OFFICE_SETTING) or Path.cwd())


def language() -> str:
    """The language of commands and logs, da or en: GEVINST_LANGUAGE, else the office's, else Danish."""
    wanted = os.environ.get(LANGUAGE_SETTING, "").lower()
    if wanted:
        return "en" if wanted.startswith("en") else "da"
    return office_language(_start())


def robots(of: Office) -> "list[Robot]":
    """The office's robots whose folders can be read; `load_robot` says what is wrong with another."""
    found = []
    for robot_id in robot_ids(of):
        try:
            found.append(load_robot(of, robot_id))
        except ConfigurationError:
            continue
    return found


def store(of: Office) -> "RunStore":
    """The office's database, made on first use."""
    from gevinst.store import open_store  # noqa: PLC0415 - a command that needs no database is quick to start

    of.data.mkdir(parents=True, exist_ok=True)
    return open_store(of.database)


def now() -> datetime:
    """The moment, UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day in the office's zone: at midnight UTC is still in the month before."""
    return now().astimezone(OFFICE_ZONE).date()


def user() -> str:
    """Who starts a command: the operating system's user name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def holder() -> str:
    """Who holds a run: this host and process."""
    from gevinst.runner.holder import this_process  # noqa: PLC0415 - only what runs robots needs it

    return this_process()


def holder_is_gone(of: str) -> bool:
    """Whether the process that holds a run lives no more; never true of another host's."""
    from gevinst.runner.holder import is_gone  # noqa: PLC0415 - only what runs robots needs it

    return is_gone(of)


def versions() -> dict[str, str]:
    """Versions that a result is made with."""
    found = {"gevinst": gevinst.__version__, "python": platform.python_version()}
    return found | {name: version(name) for name in PACKAGES_SHOWN}


def source_reader(of: Office) -> "SourceReader":
    """Reads one file with the package's readers, and the layouts of the office."""
    from gevinst.formats.own_layouts import own_layouts  # noqa: PLC0415 - loads pandas and the readers
    from gevinst.formats.reading import read_source  # noqa: PLC0415 - as above

    return partial(read_source, own=own_layouts(of.layouts))


def own_layouts() -> "Mapping[str, Layout]":
    """The layouts of the office that the working folder is in; none outside an office."""
    from gevinst.formats.own_layouts import own_layouts as read  # noqa: PLC0415 - loads pandas and the readers

    try:
        here = office()
    except ConfigurationError:
        return {}
    return read(here.layouts)


def read_balance(path: Path, account: str) -> "Statement":
    """One account's balances from a trial balance."""
    from gevinst.formats.trial_balance import read_trial_balance  # noqa: PLC0415 - loads the readers

    return read_trial_balance(path, account)


def write_reports(folder: Path, report: "RunReport", inputs: Sequence[Path]) -> None:
    """Write the evidence of a run, all but the technical logs and the seal."""
    from gevinst.reports import evidence  # noqa: PLC0415 - loads the templates

    evidence.write_reports(folder, report)
    evidence.copy_inputs(folder, inputs)


def replace_reports(folder: Path, report: "RunReport", inputs: Sequence[Path]) -> None:
    """Write the evidence over that of an earlier reconciliation, and remove what would be left of it."""
    from gevinst.reports.evidence import ITEM_FILES, MANIFEST, SUMS  # noqa: PLC0415 - loads the templates

    folder.mkdir(parents=True, exist_ok=True)
    write_reports(folder, report, inputs)
    lists = () if report.result else ITEM_FILES.values()
    for name in (*lists, MANIFEST, SUMS):
        (folder / name).unlink(missing_ok=True)


def conclude(report: "RunReport", language: str) -> str:
    """The conclusion of a run in one sentence of a language (da or en)."""
    from gevinst.reports.sentences import conclusion  # noqa: PLC0415 - loads pandas
    from gevinst.texts import Texts  # noqa: PLC0415 - loads the catalogue

    return str(conclusion(report, Texts(language)))


def run_tools(of: Office, opened: "RunStore") -> "RunTools":
    """What a robot's run needs from outside."""
    from gevinst.app.robot_run import RunTools  # noqa: PLC0415 - loads pandas

    return RunTools(
        office=of,
        store=opened,
        read=source_reader(of),
        read_balance=read_balance,
        kept_inputs=lambda run: kept_inputs(of, run),
        write_reports=write_reports,
        conclude=conclude,
        now=now,
        versions=versions(),
    )


def robot_run(of: Office, run: "Run", *, files: Mapping[str, Path], opened: "RunStore") -> "RobotRun":
    """The steps of a run over the office's robot and rules."""
    from gevinst.app.robot_run import RobotRun  # noqa: PLC0415 - loads pandas

    rules = load_rules(of.robots / run.robot)
    return RobotRun(run, load_robot(of, run.robot), rules, run_tools(of, opened), files=files)


def trial_tools(of: Office, robot: "Robot") -> "TrialTools":
    """What a backtest of a robot's rules needs from outside; it keeps nothing."""
    from gevinst.app.backtest import TrialTools, match_again  # noqa: PLC0415 - loads pandas

    tools = run_tools(of, store(of))
    return TrialTools(
        store=tools.store,
        groups=lambda run: kept_groups(of, run),
        match_again=lambda run, rules: match_again(run, robot, rules, tools),
    )


def run_robot(
    of: Office,
    run: "Run",
    robot: "Robot",
    *,
    files: Mapping[str, Path],
    opened: "RunStore | None" = None,
    stopping: Callable[[], bool] = lambda: False,
) -> "Run":
    """Run a robot in a child process, from start to sealed evidence.

    Raises:
        AlreadyRunningError: a run of the same robot and period has not ended.
        KeyboardInterrupt: `stopping` said that it must end; it is closed as stopped.
    """
    from gevinst.runner.run_robot import run_robot as start  # noqa: PLC0415 - only what runs robots needs it

    tools = _runner_tools(of, opened or store(of), stopping)
    return start(run, robot, tools, files=files)


def _runner_tools(
    of: Office, opened: "RunStore", stopping: Callable[[], bool] = lambda: False
) -> "RunnerTools":
    from gevinst.runner.run_robot import RunnerTools  # noqa: PLC0415 - only what runs robots needs it

    return RunnerTools(
        office=of, store=opened, now=now, seal=_seal, write_failed=_write_failed, stopping=stopping
    )


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
        at = now()
        opened.runs.abandon(run.run_id, not_seen_since=at, at=at, summary=GONE)


def _seal(folder: Path, run: "Run") -> str:
    from gevinst.reports.evidence import seal  # noqa: PLC0415

    return seal(folder, run)


def _write_failed(folder: Path, run: "Run", robot: "Robot", reason: str) -> None:
    """The page of a run that broke down: what is known, and who acts."""
    from gevinst.app.run_report import RunReport  # noqa: PLC0415

    report = RunReport(
        run=run,
        robot_title=robot.title.get("da", robot.id),
        robot_title_en=robot.title.get("en", ""),
        office="",
        process_owner=robot.people.process_owner,
        benefit_owner=robot.people.benefit_owner,
        controller_group=robot.people.controller_group,
        failure=reason,
        versions=versions(),
        as_of=run.started.date(),
        log="log.html" if (folder / "log.html").is_file() else "",
    )
    write_reports(folder, report, [])


def kept_groups(of: Office, run: "Run") -> "Sequence[KeptGroup]":
    """The matches of a run, from its evidence folder; none when it ran without our runner."""
    from gevinst.formats.kept_run import kept_groups as read  # noqa: PLC0415 - quick to start

    return read(of.runs / run.folder) if run.folder else ()


def kept_inputs(of: Office, run: "Run") -> "Mapping[str, Path]":
    """The files that a run has read, by SHA-256, from its evidence folder."""
    from gevinst.formats.kept_run import kept_inputs as read  # noqa: PLC0415 - quick to start

    return read(of.runs / run.folder) if run.folder else {}


def console_tail(folder: Path) -> str:
    """The last lines of what a run's `robot` printed, for IT."""
    from gevinst.runner.run_robot import console_tail as tail  # noqa: PLC0415

    return tail(folder)


def upcoming(robot: "Robot", after: datetime, *, also_skipped: bool = False) -> "Firing | None":
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
            calendar=_calendar(),
            also_skipped=also_skipped,
        )
    except ScheduleError:
        return None


def firings(robot: "Robot", after: datetime, until: datetime) -> "Sequence[Firing]":
    """The moments after one and up to another at which a robot is due, oldest first."""
    from gevinst.domain.schedule import parse_timing  # noqa: PLC0415 - loads the calendar
    from gevinst.runner import triggers  # noqa: PLC0415 - loads apscheduler

    timing = parse_timing(robot.schedule)
    return triggers.firings(timing, after, until, closed=robot.closed_day, calendar=_calendar())


@lru_cache
def _calendar() -> "BankCalendar":
    """Danish bank days; made once, since it takes some milliseconds."""
    from gevinst.domain.calendar import BankCalendar  # noqa: PLC0415 - loads numpy

    return BankCalendar()


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


def clock_process(
    of: Office,
    opened: "StoreParts",
    *,
    told: "Callable[[Sequence[Occurrence]], None]",
    tell: "Callable[[Alarm], bool]",
    failed: Callable[[Exception], None],
) -> "ClockProcess":
    """The clock, ready to start."""
    from gevinst.app.alarms import Watchman  # noqa: PLC0415 - only the clock needs it
    from gevinst.app.clock import Clock, ClockTools  # noqa: PLC0415
    from gevinst.runner.clock_process import ClockProcess  # noqa: PLC0415
    from gevinst.runner.worker import owner_id  # noqa: PLC0415

    kept, waiting = shelf(of), queue(opened)
    tools = ClockTools(
        book=opened.clock,
        queue=waiting,
        alarms=opened.alarms,
        robots=kept.robots,
        firings=firings,
        upcoming=lambda robot, after: upcoming(robot, after, also_skipped=True),
        now=now,
        owner=owner_id(),
    )
    return ClockProcess(
        clock=Clock(tools=tools),
        watchman=Watchman(queue=waiting, alarms=opened.alarms, robots=kept.robots, tell=tell, now=now),
        sign_of_life=of.data / SIGN_OF_LIFE,
        robots_changed=kept.changed,
        told=told,
        failed=failed,
        errors=_database_errors(),
        monotonic=monotonic,
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
    from gevinst.app.work import WorkTools  # noqa: PLC0415 - only workers need it
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
        return run_robot(of, started, robot, files={}, opened=opened.runs, stopping=stopping)

    return Worker(
        tools=WorkerTools(
            work=tools,
            robot=lambda robot_id: load_robot(of, robot_id),
            start=_started,
            run=run,
            errors=_database_errors(),
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


def _database_errors() -> tuple[type[Exception], ...]:
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - loads SQLAlchemy

    return (DBAPIError,)


def notify(subject: str, text: str) -> bool:
    """Tell people by what the office has set up; False when nobody has taken it."""
    from gevinst.runner.notify import Notice, Notifier  # noqa: PLC0415 - only the clock needs it

    return Notifier.of(os.environ).send(Notice(subject=subject, text=text))


def check_database(url: str) -> "Checked":
    """Whether a database is whole; see store.upkeep.check."""
    from gevinst.store import upkeep  # noqa: PLC0415 - loads SQLAlchemy

    return upkeep.check(url)


def back_up_database(url: str, target: Path) -> Path:
    """Copy a database to a file; see store.upkeep.backup."""
    from gevinst.store import upkeep  # noqa: PLC0415 - loads SQLAlchemy

    return upkeep.backup(url, target)


def restore_database(url: str, source: Path, kept: Path) -> None:
    """Put a backup in a database's place; see store.upkeep.restore."""
    from gevinst.store import upkeep  # noqa: PLC0415 - loads SQLAlchemy

    upkeep.restore(url, source, kept)


def copy_database(url: str, other: str) -> dict[str, int]:
    """Copy a database to an empty one; see store.upkeep.copy_to."""
    from gevinst.store import upkeep  # noqa: PLC0415 - loads SQLAlchemy

    return upkeep.copy_to(url, other)


def clear_demo(of: Office) -> None:
    """Remove what an earlier demo made: inputs, truth, runs and database, nothing else."""
    for name in ("ind", "facit", "koersler"):
        shutil.rmtree(of.data / name, ignore_errors=True)
    for file in of.data.glob("gevinst.db*"):
        file.unlink()
