"""The demo office: laid out whole, its robots run side by side, and held against the truth."""

import json
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gevinst.app.office import ConfigurationError, Office
from gevinst.app.period_folder import RECONCILING_FLOW
from gevinst.app.signing import check_run
from gevinst.app.start_run import new_run
from gevinst.bootstrap.here import now, user
from gevinst.bootstrap.runs import run_robot
from gevinst.bootstrap.unattended import SIGN_OF_LIFE, parts
from gevinst.demo.held_to_truth import differences, truth_file
from gevinst.demo.office import TRUTH
from gevinst.domain.refusal import RefusedError
from gevinst.domain.robot import Phase
from gevinst.domain.run import Environment, Run, Trigger
from gevinst.formats.robot_folder import load_robot, robot_ids
from gevinst.texts import Language

if TYPE_CHECKING:
    from gevinst.store.opening import StoreParts

PERIOD = "2026-10"
FIRST = ("hovedkonto", "skattekonto", "kortindloesning")  # as the tutorials tell of them; others follow
AT_ONCE = 2  # child processes side by side
LAST_OF_ACCOUNTS = f"ind/finans/saldobalance_{PERIOD}.csv"  # written when all else of the accounts is there
LAST_OF_LISTS = f"{TRUTH}/smaadifferencer_{PERIOD}.json"  # and of the lists
INPUTS, DATABASE = "ind", "gevinst.db"


@dataclass(frozen=True, kw_only=True)
class DemoRun:
    """What came of a robot of the demo."""

    robot: str
    matches: bool  #: it reconciles two sides; the others work on lists
    run: Run | None = None  #: None when it could not begin
    refused: RefusedError | None = None  #: why it could not
    off: Sequence[str] = ()  #: what it found otherwise than the truth has it
    compared: bool = False  #: held against the truth: not where people have decided since
    minutes: int | None = None  #: saved in the period, all runs together; None in trial


def lay_out_demo(of: Office, *, fresh: bool) -> None:
    """Lay out what is missing of the demo's files; what an interrupted start has left half is laid out anew.

    Args:
        of: the office.
        fresh: begin again, without the runs and the database of before.

    Raises:
        ConfigurationError: MAK-015 the office has files or runs of its own, which a demo would write over;
            MAK-021 clock and worker run on what would be removed.
        OSError: the data folder cannot be written.
    """
    from gevinst.demo import lay_out  # noqa: PLC0415 - only the demo makes data
    from gevinst.demo.flows import lay_out_flows  # noqa: PLC0415 - as above

    is_demo = (of.data / TRUTH).is_dir()
    if not is_demo and any(_holds_something(of.data / name) for name in (INPUTS, of.runs.name)):
        raise ConfigurationError("MAK-015", path=str(of.data))
    if is_demo and (fresh or not (of.data / LAST_OF_ACCOUNTS).is_file()):
        _check_nobody_runs(of)
        _clear(of)
    (of.data / TRUTH).mkdir(parents=True, exist_ok=True)  # from here on the folder is the demo's
    if not (of.data / LAST_OF_ACCOUNTS).is_file():
        lay_out(of.data, period=PERIOD)
    if not (of.data / LAST_OF_LISTS).is_file():
        lay_out_flows(of.data, PERIOD)


def _holds_something(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _check_nobody_runs(of: Office) -> None:
    """Whether a clock still works on the database."""
    from gevinst.runner.worker import owner_is_gone  # noqa: PLC0415 - loads the queue

    file = of.data / SIGN_OF_LIFE
    owner = str(json.loads(file.read_text("utf-8"))["owner"]) if file.is_file() else ""
    if owner and not owner_is_gone(owner):
        raise ConfigurationError("MAK-021", owner=":".join(owner.split(":")[:2]), path=str(file))


def _clear(of: Office) -> None:
    """Remove what an earlier demo made: inputs, runs, database and truth, nothing else.

    The truth goes last: it tells, also after an interruption, that the folder is the demo's.
    """
    for folder in (of.data / INPUTS, of.runs):
        if folder.exists():
            shutil.rmtree(folder)
    for file in of.data.glob(f"{DATABASE}*"):
        file.unlink()
    shutil.rmtree(of.data / TRUTH)


def run_demo(of: Office, *, lists: bool, tell: Callable[[int, int], object]) -> list[DemoRun]:
    """Run the demo's robots, some at once, each as `gevinst run` does.

    Args:
        of: the office, laid out.
        lists: also the robots that work on lists.
        tell: called with how many are done, of how many.

    Raises:
        KeyboardInterrupt: a person stopped the demo; the runs that went on are closed as stopped.
    """
    opened = parts(of)  # the database is made before the runs, so that two at once do not both make it
    chosen = [one for one in _chosen(of) if lists or one.matches]
    stop = threading.Event()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = [pool.submit(_run, of, one, opened, stop) for one in chosen]
        try:
            for count, _ in enumerate(as_completed(begun), 1):
                tell(count, len(begun))
        except KeyboardInterrupt:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return [one.result() for one in begun]


def _chosen(of: Office) -> list[DemoRun]:
    """The office's robots that have a truth and may run, those that reconcile first."""
    found = []
    for robot_id in robot_ids(of):
        if not truth_file(of.data, robot_id, PERIOD).is_file():
            continue
        try:
            robot = load_robot(of, robot_id)
        except ConfigurationError as error:
            found.append(DemoRun(robot=robot_id, matches=True, refused=error))
            continue
        if robot.phase in (Phase.TRIAL, Phase.PRODUCTION):
            found.append(DemoRun(robot=robot_id, matches=robot.flow == RECONCILING_FLOW))
    order = {name: place for place, name in enumerate(FIRST)}
    return sorted(found, key=lambda one: (not one.matches, order.get(one.robot, len(FIRST))))


def _run(of: Office, one: DemoRun, opened: "StoreParts", stop: threading.Event) -> DemoRun:
    if one.refused:
        return one
    answer = partial(DemoRun, robot=one.robot, matches=one.matches)
    try:
        robot = load_robot(of, one.robot)
        run = new_run(robot, period=PERIOD, trial=False, trigger=Trigger.MANUAL, user=user(), now=now())
        check_run(opened.signatures, run)
        ended = run_robot(of, run, robot, files={}, opened=opened.runs, stopping=stop.is_set)
    except RefusedError as error:
        return answer(refused=error)
    if ended.environment is Environment.PRODUCTION:
        answer = partial(answer, minutes=round(opened.runs.gain_minutes(one.robot, PERIOD)))
    if opened.runs.decisions(one.robot):
        return answer(run=ended)
    truth = json.loads(truth_file(of.data, one.robot, PERIOD).read_text("utf-8"))
    return answer(run=ended, off=differences(truth, of.runs / ended.folder), compared=True)


def write_overview(
    of: Office, ended: Sequence[DemoRun], conclude: Callable[[Run, Language], str]
) -> Mapping[Language, Path]:
    """Write the page of all robots, with the way to each run page, in each language.

    Args:
        of: the office.
        ended: what came of the robots.
        conclude: what a run came to, in one sentence of a language.

    Raises:
        OSError: the data folder cannot be written.
    """
    from gevinst.reports.demo_page import DemoRow, write_demo_page  # noqa: PLC0415 - loads the templates

    rows = [
        DemoRow(
            run=one.run,
            folder=of.runs / one.run.folder,
            title=load_robot(of, one.robot, whole=False).title,
            conclusion={language: conclude(one.run, language) for language in Language},
            matches=one.matches,
            minutes=one.minutes,
            is_true=not one.off if one.compared else None,
        )
        for one in ended
        if one.run
    ]
    return write_demo_page(of.data, of.name, rows)
