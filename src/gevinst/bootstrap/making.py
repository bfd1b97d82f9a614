"""Making robots: a new folder, and its check."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from gevinst.app.office import ConfigurationError, SettingsError
from gevinst.app.period_folder import RECONCILING_FLOW
from gevinst.bootstrap.flows import flow_tools
from gevinst.bootstrap.here import user
from gevinst.bootstrap.runs import run_tools, source_reader
from gevinst.domain.finding import InputRejectedError, Severity
from gevinst.domain.flows import FLOW_IDS, flow_of
from gevinst.domain.period import period_end
from gevinst.domain.robot import Robot, Source
from gevinst.domain.run import Environment, Run, RunState, Trigger
from gevinst.formats.robot_folder import ROBOT_FILE, ROBOT_ID, SOURCES_OF_FLOW, load_robot, load_rules
from gevinst.formats.setting_problems import problems_of

if TYPE_CHECKING:
    from gevinst.app.new_robot import NewRobot
    from gevinst.app.office import Office
    from gevinst.app.robot_check import Checked
    from gevinst.domain.flow import SourceShape

CASE_PERIOD = "2026-10"  # of a case that does not name its own
FIXTURES = "fixtures"  # beside the flows: each flow's cases
MODEL_CASES = ("normal", "agreed")  # the cases that a new robot begins with
_CASE_FILES = frozenset({"expected.json", "README.md"})


# A new robot


def flows(of: "Office") -> list[str]:
    """Flows that a new robot can have: those whose suite the office has."""
    known = (RECONCILING_FLOW, *FLOW_IDS)
    return [name for name in known if (of.tasks / f"{name}.robot").is_file()]


def sources_of(flow: str) -> Mapping[str, bool]:
    """The sources of a flow, and whether a robot must have each."""
    if flow == RECONCILING_FLOW:
        return dict.fromkeys(SOURCES_OF_FLOW[flow], True)
    return {name: not shape.optional for name, shape in flow_of(flow).sources.items()}


def shapes_of(flow: str, settings: Mapping[str, Any]) -> "Mapping[str, SourceShape]":
    """The tables that a robot with these settings reads; none where files are recognised by themselves.

    Raises:
        SettingsError: a setting is missing or wrong.
    """
    if flow == RECONCILING_FLOW:
        return {}
    found = flow_of(flow)
    try:
        return found.sources_for(found.settings(**settings))
    except ValidationError as error:
        raise SettingsError("--set", problems_of(error, found.settings.model_fields)) from error


def settings_of(flow: str) -> Sequence[str]:
    """Settings that a robot of the flow must have."""
    if flow == RECONCILING_FLOW:
        return ()
    return [name for name, one in flow_of(flow).settings.model_fields.items() if one.is_required()]


def rows_in(of: "Office", paths: Sequence[Path], shape: "SourceShape | None") -> int:
    """Rows of example files of a shape; None recognises them.

    Raises:
        InputRejectedError: a file cannot be used.
    """
    if shape is None:
        reads = [source_reader(of)(path, layout=None, mapping=None) for path in paths]
        errors = [one for read in reads for one in read.findings if one.severity is Severity.ERROR]
        if errors:
            raise InputRejectedError(errors)
        return sum(len(read.items) for read in reads)
    from gevinst.formats.table_source import read_tables  # noqa: PLC0415 - as above

    return len(read_tables(paths, shape).rows)


def model_case(of: "Office", flow: str) -> Path | None:
    """The made-up case of a flow that a new robot begins with; None when the office has none."""
    folder = of.tasks.parent / FIXTURES / flow
    return next((folder / name for name in MODEL_CASES if (folder / name).is_dir()), None)


def case_types_of(of: "Office", flow: str) -> tuple[str, ...]:
    """What a flow counts, as its model case says; one payment is one item of a reconciliation."""
    case = model_case(of, flow)
    if flow == RECONCILING_FLOW or case is None:
        return ("payment",)
    done = json.loads((case / "expected.json").read_text("utf-8")).get("done", {})
    return tuple(done) or ("item",)


def write_robot(of: "Office", new: "NewRobot", readme: str) -> Path:
    """Write a new robot's folder, with a made-up case of its flow; it stands there whole, or not at all.

    Raises:
        ConfigurationError: MAK-001 the id cannot be one; MAK-002 there is such a robot; CFG-… as load_robot.
    """
    from gevinst.app.new_robot import robot_toml  # noqa: PLC0415 - only what makes robots needs it

    check_new_id(of, new.id)
    with staged(of, new.id) as folder:
        (folder / ROBOT_FILE).write_text(robot_toml(new), "utf-8", newline="\n")
        (folder / "README.md").write_text(readme, "utf-8", newline="\n")
        case = model_case(of, new.flow)
        if case is not None:
            _copy_case(new.flow, case, folder / "tests" / case.name)
    return of.robots / new.id


def _copy_case(flow: str, case: Path, target: Path) -> None:
    """A case under the names of the sources; the answer leaves out what the suite of the flow alone needs."""
    shutil.copytree(case, target)
    answer = json.loads((case / "expected.json").read_text("utf-8"))
    if flow != RECONCILING_FLOW:
        return
    kept = {name: answer[name] for name in ("state", "matched", "open", "proposals", "finding_codes")}
    (target / "expected.json").write_text(json.dumps(kept, indent=2) + "\n", "utf-8", newline="\n")


def check_new_id(of: "Office", robot_id: str) -> None:
    """Whether a new robot may have an id.

    Raises:
        ConfigurationError: MAK-001 it cannot be one; MAK-002 there is such a robot.
    """
    if not ROBOT_ID.fullmatch(robot_id):
        raise ConfigurationError("MAK-001", robot=robot_id)
    if (of.robots / robot_id).exists():
        raise ConfigurationError("MAK-002", robot=robot_id)


@contextmanager
def staged(of: "Office", robot_id: str, *, kept: Path | None = None) -> "Iterator[Path]":
    """A folder beside the robots to write in; taken in among them when the robot in it can be loaded.

    Args:
        of: the office.
        robot_id: of the robot.
        kept: where the folder that it takes the place of is kept; without it there may be none.
    """
    of.robots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=of.robots, prefix=".") as name:
        _copy_passports(of.robots, Path(name), but=robot_id)
        folder, target = Path(name, robot_id), of.robots / robot_id
        folder.mkdir()
        yield folder
        check_paths(load_robot(replace(of, robots=Path(name)), robot_id))
        if kept is None and target.exists():
            raise ConfigurationError("MAK-002", robot=robot_id)
        if kept is not None:
            shutil.copytree(target, kept)
            target.rename(Path(name, ".before"))
        try:
            folder.rename(target)
        except OSError:
            if kept is not None:
                Path(name, ".before").rename(target)
            raise


def check_paths(robot: Robot) -> None:
    """Every source lies below the office's data folder: a robot that moves may read nothing else.

    Raises:
        ConfigurationError: MAK-014.
    """
    for source in robot.sources.values():
        path = PurePosixPath(source.path.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in source.path:
            raise ConfigurationError("MAK-014", source=source.name, path=source.path)


def _copy_passports(robots: Path, target: Path, *, but: str) -> None:
    """The other robots' passports: what runs after another is checked against them."""
    for file in robots.glob(f"[!.]*/{ROBOT_FILE}"):
        if file.parent.name == but:
            continue
        (target / file.parent.name).mkdir()
        shutil.copy(file, target / file.parent.name)


# Checking


def check(of: "Office", robot_id: str) -> "Sequence[Checked]":
    """Every part of a robot, and its own cases run."""
    from gevinst.app.robot_check import CheckTools, check_robot  # noqa: PLC0415 - loads pandas
    from gevinst.formats.layouts import packaged_layouts  # noqa: PLC0415 - as above
    from gevinst.formats.own_layouts import own_layouts  # noqa: PLC0415 - as above

    tools = CheckTools(
        robot=partial(load_robot, of, robot_id),
        rules=partial(load_rules, of.robots / robot_id),
        layouts=lambda: {**packaged_layouts(), **own_layouts(of.layouts)},
        outcome=partial(outcome, of),
        folder=of.robots / robot_id,
        shared=partial(_flow_cases, of),
    )
    return check_robot(tools)


def _flow_cases(of: "Office", robot: Robot) -> list[Path]:
    """The model case of a flow over tables; a reconciliation's depends on the account's own layout."""
    case = model_case(of, robot.flow) if robot.flow in FLOW_IDS else None
    return [case] if case else []


def outcome(of: "Office", robot: Robot, case: Path, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a robot makes of the files of a case, with nothing kept: `bank.csv`, or many in `bank/`."""
    from gevinst.app.flow_run import FlowRun  # noqa: PLC0415 - loads pandas
    from gevinst.app.robot_check import flow_outcome, reconciled_outcome  # noqa: PLC0415 - as above
    from gevinst.app.robot_run import RobotRun  # noqa: PLC0415 - as above
    from gevinst.store.memory import MemoryRunStore  # noqa: PLC0415 - as above

    here, store = replace(of, data=case), MemoryRunStore()
    tried = replace(robot, sources=_case_sources(robot, case), delivery=None)
    run = _case_run(robot, str(answer.get("period", CASE_PERIOD)))
    store.start(run)
    if robot.flow == RECONCILING_FLOW:
        rules = load_rules(of.robots / robot.id)
        _check_sources(case, tried, SOURCES_OF_FLOW[robot.flow])
        return reconciled_outcome(RobotRun(run, tried, rules, replace(run_tools(of, store), office=here)))
    own = robot.settings if case.is_relative_to(of.robots / robot.id) else {}  # a flow's case has its own
    tried = replace(tried, settings={**own, **answer.get("settings", {})})
    tools = replace(flow_tools(of, tried, store), office=here, now=lambda: run.started)
    return flow_outcome(FlowRun(run, tried, flow_of(robot.flow), tools))


def _case_sources(robot: Robot, case: Path) -> dict[str, Source]:
    """The robot's sources, with the files of the case; one that the case lacks is left out."""
    known = {**{name: Source(name=name, path=name) for name in sources_of(robot.flow)}, **robot.sources}
    found = {}
    for name, source in known.items():
        files = [one for one in sorted(case.glob(f"{name}.*")) if one.name not in _CASE_FILES]
        path = f"{name}/*" if (case / name).is_dir() else files[0].name if files else ""
        if path:
            found[name] = replace(source, path=path, account="", min_rows=0, max_rows=None)
    return found


def _check_sources(case: Path, robot: Robot, needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in robot.sources]
    if missing:
        raise ConfigurationError("MAK-003", case=case.name, missing=", ".join(missing))


def _case_run(robot: Robot, period: str) -> Run:
    """A run on the day after the period: a case comes out the same on every day."""
    end = period_end(period) + timedelta(days=1)
    started = datetime(end.year, end.month, end.day, 12, tzinfo=UTC)
    return Run(
        run_id=f"{started:%Y%m%dT%H%M%S}-{robot.id}",
        robot=robot.id,
        robot_version=robot.version,
        period=period,
        environment=Environment.TRIAL,
        trigger=Trigger.MANUAL,
        triggered_by=user(),
        state=RunState.RUNNING,
        started=started,
    )
