"""The parts of a run: readers, reports, the steps, the child process."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gevinst.app.office import ConfigurationError, Office
from gevinst.bootstrap.evidence import note_robot, seal_folder
from gevinst.bootstrap.gains import keep_card
from gevinst.bootstrap.here import now, office, store, versions
from gevinst.bootstrap.work import deliver, run_work
from gevinst.formats.robot_folder import load_robot, load_rules

if TYPE_CHECKING:
    from gevinst.app.backtest import TrialTools
    from gevinst.app.ports import KeptGroup, RunStore
    from gevinst.app.robot_run import RobotRun, RunTools, SourceReader
    from gevinst.app.run_report import RunReport
    from gevinst.domain.progress import Progress
    from gevinst.domain.robot import Robot
    from gevinst.domain.run import Run
    from gevinst.domain.statement import Statement
    from gevinst.formats.layouts import Layout
    from gevinst.runner.run_robot import RunnerTools


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
    from gevinst.reports.verify import GROUPS, ITEMS, MANIFEST, SIGNATURE, SUMS  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    write_reports(folder, report, inputs)
    lists = () if report.result else (*ITEMS.values(), GROUPS)
    for name in (*lists, MANIFEST, SUMS, SIGNATURE):
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
        deliver=partial(deliver, of),
        versions=versions(),
        keep_card=partial(keep_card, of),
    )


def robot_run(of: Office, run: "Run", *, files: Mapping[str, Path], opened: "RunStore") -> "RobotRun":
    """The steps of a run over the office's robot and rules.

    Raises:
        ConfigurationError: CFG-030 the robot is another than the one that the run was started with.
    """
    from gevinst.app.robot_run import RobotRun  # noqa: PLC0415 - loads pandas

    rules, robot = load_rules(of.robots / run.robot), load_robot(of, run.robot)
    if robot.version != run.robot_version:
        raise ConfigurationError(
            "CFG-030", robot=robot.id, started=run.robot_version[:12], found=robot.version[:12]
        )
    return RobotRun(run, robot, rules, run_tools(of, opened), files=files)


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
    tell: "Callable[[Progress], object]" = bool,
) -> "Run":
    """Run a robot in a child process, from start to sealed evidence.

    `tell` is called with how far it has come.

    Raises:
        AlreadyRunningError: a run of the same robot and period has not ended.
        ConfigurationError: a secret that it needs is missing.
        KeyboardInterrupt: `stopping` said that it must end; it is closed as stopped.
    """
    from gevinst.runner.run_robot import run_robot as start  # noqa: PLC0415 - only what runs robots needs it

    tools = _runner_tools(of, opened or store(of), stopping, tell)
    return start(run, robot, tools, files=files)


def _runner_tools(
    of: Office,
    opened: "RunStore",
    stopping: Callable[[], bool] = lambda: False,
    tell: "Callable[[Progress], object]" = bool,
) -> "RunnerTools":
    from gevinst.runner.run_robot import RunnerTools  # noqa: PLC0415 - only what runs robots needs it

    return RunnerTools(
        office=of,
        store=opened,
        now=now,
        seal=partial(seal_folder, of, opened),
        note_start=partial(note_robot, of, opened),
        write_failed=_write_failed,
        work=run_work(of, tell),
        stopping=stopping,
    )


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
