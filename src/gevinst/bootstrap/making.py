"""Making robots: a new folder, its check, and moving it between offices as one signed file."""

import hashlib
import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

import gevinst
from gevinst.app.office import ConfigurationError, SettingsError
from gevinst.app.period_folder import RECONCILING_FLOW
from gevinst.bootstrap.evidence import evidence_keys, signer
from gevinst.bootstrap.flows import flow_tools
from gevinst.bootstrap.here import now, user
from gevinst.bootstrap.runs import run_tools, source_reader
from gevinst.domain.audit import AuditEvent
from gevinst.domain.finding import InputRejectedError, Severity
from gevinst.domain.flows import FLOW_IDS, flow_of
from gevinst.domain.masking import has_cpr
from gevinst.domain.period import period_end
from gevinst.domain.robot import Robot, Source
from gevinst.domain.run import Environment, Run, RunState, Trigger
from gevinst.formats.robot_folder import ROBOT_FILE, ROBOT_ID, SOURCES_OF_FLOW, load_robot, load_rules
from gevinst.formats.setting_problems import problems_of

if TYPE_CHECKING:
    from gevinst.app.new_robot import NewRobot
    from gevinst.app.office import Office
    from gevinst.app.ports import RunStore
    from gevinst.app.robot_check import Checked
    from gevinst.domain.flow import SourceShape
    from gevinst.reports.robot_pack import RobotPack

TRUSTED = "betroede"  # public keys of other offices, below the office's keys
PACKED, INSTALLED, KEY_TRUSTED = "robot.pack", "robot.install", "key.trust"
CASE_PERIOD = "2026-10"  # of a case that does not name its own
FIXTURES = "fixtures"  # beside the flows: each flow's cases
MODEL_CASES = ("normal", "agreed")  # the cases that a new robot begins with
_PHASE = re.compile(r"^phase\s*=.*$", re.MULTILINE)
_ID = re.compile(r"^id\s*=.*$", re.MULTILINE)
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
    with _staged(of, new.id) as folder:
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
def _staged(of: "Office", robot_id: str) -> "Iterator[Path]":
    """A folder beside the robots to write in; taken in among them when the robot in it can be loaded."""
    of.robots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=of.robots, prefix=".") as name:
        _copy_passports(of.robots, Path(name))
        folder = Path(name, robot_id)
        folder.mkdir()
        yield folder
        _check_paths(load_robot(replace(of, robots=Path(name)), robot_id))
        if (of.robots / robot_id).exists():
            raise ConfigurationError("MAK-002", robot=robot_id)
        folder.rename(of.robots / robot_id)


def _check_paths(robot: Robot) -> None:
    """Every source lies below the office's data folder: a robot that moves may read nothing else.

    Raises:
        ConfigurationError: MAK-014.
    """
    for source in robot.sources.values():
        path = PurePosixPath(source.path.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in source.path:
            raise ConfigurationError("MAK-014", source=source.name, path=source.path)


def _copy_passports(robots: Path, target: Path) -> None:
    """The other robots' passports: what runs after another is checked against them."""
    for file in robots.glob(f"[!.]*/{ROBOT_FILE}"):
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


# Moving


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What a pack came to."""

    robot: str
    files: Sequence[str]
    fingerprint: str  #: of the sender's key


def pack(of: "Office", opened: "RunStore", robot_id: str, target: Path) -> Moved:
    """Write a robot to one signed file, without data; noted in the audit trail.

    Raises:
        ConfigurationError: see load_robot and reports.robot_pack; MAK-008 a file that may not leave; MAK-009
            a file with what may be a CPR number; MAK-010 a file that a run has read; MAK-014 a source that
            lies elsewhere.
    """
    from gevinst.reports.robot_pack import write_robot_pack  # noqa: PLC0415 - loads cryptography

    robot = load_robot(of, robot_id)
    _check_paths(robot)
    files = {**_robot_files(of, robot, opened), **_layout_files(of, robot)}
    by = signer(of, opened)
    facts = {
        "robot": robot.id,
        "flow": robot.flow,
        "version": robot.version,
        "gevinst": gevinst.__version__,
        "office": of.name,
        "packed": now().isoformat(timespec="seconds"),
    }
    digest = write_robot_pack(files, target, signer=by, facts=facts)
    detail: dict[str, str | int] = {"sha256": digest, "version": robot.version, "files": len(files)}
    opened.append_audit(AuditEvent(at=now(), who=user(), what=PACKED, subject=robot_id, detail=detail))
    return Moved(robot=robot_id, files=sorted(files), fingerprint=by.fingerprint)


def _robot_files(of: "Office", robot: Robot, opened: "RunStore") -> dict[str, bytes]:
    """The files of a robot's folder: settings, words, and made-up cases; anything else stops the pack."""
    folder = of.robots / robot.id
    found = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file() or one.is_symlink()):
        name = path.relative_to(folder).as_posix()
        is_case = name.startswith("tests/")
        if path.is_symlink() or not (is_case or path.suffix in (".toml", ".md")):
            raise ConfigurationError("MAK-008", file=name)
        content = path.read_bytes()
        if _may_hold_cpr(path, content):
            raise ConfigurationError("MAK-009", file=name)
        digest = hashlib.sha256(content).hexdigest()
        if is_case and (runs := opened.runs_with_input(robot.id, digest)):
            raise ConfigurationError("MAK-010", file=name, run=runs[0])
        found[f"robot/{name}"] = content
    return found


def _may_hold_cpr(path: Path, content: bytes) -> bool:
    from gevinst.formats.grid import cell_text  # noqa: PLC0415 - as above
    from gevinst.formats.intake import take_in  # noqa: PLC0415 - as above
    from gevinst.formats.workbook import read_workbook  # noqa: PLC0415 - as above

    if not content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return has_cpr(content.replace(b"\0", b"").decode("utf-8", errors="replace"))  # UTF-16 has nulls
    try:
        grids = read_workbook(take_in(path))
    except InputRejectedError as error:
        raise ConfigurationError("MAK-008", file=path.name) from error
    return any(has_cpr(cell_text(cell)) for grid in grids for row in grid.rows for cell in row)


def _layout_files(of: "Office", robot: Robot) -> dict[str, bytes]:
    """The office's own layouts that the robot's sources name."""
    names = sorted({one.layout for one in robot.sources.values() if one.layout})
    files = {name: of.layouts / f"{name}.toml" for name in names}
    return {f"layouts/{name}.toml": path.read_bytes() for name, path in files.items() if path.is_file()}


def install(
    of: "Office", opened: "RunStore", file: Path, *, trust: str = "", robot_id: str = ""
) -> tuple["RobotPack", Path]:
    """Take a robot in from another office, in trial; noted in the audit trail.

    Args:
        of: the office that takes it in.
        opened: its database.
        file: the pack.
        trust: fingerprint of a key that is trusted from now on.
        robot_id: the id that it gets here; "" for the one that it has.

    Raises:
        ConfigurationError: MAK-006, MAK-007 no whole pack; MAK-011 a key that is not trusted; MAK-001,
            MAK-002 the id; MAK-012 a flow that the office does not have; MAK-013 another
            layout of the same name.
    """
    from gevinst.reports.robot_pack import read_robot_pack  # noqa: PLC0415 - loads cryptography

    found = read_robot_pack(file)
    _check_key(of, opened, found, trust)
    name = robot_id or found.robot
    check_new_id(of, name)
    if not (of.tasks / f"{found.flow}.robot").is_file():
        raise ConfigurationError("MAK-012", flow=found.flow)
    layouts = _new_layouts(of, found)
    with _staged(of, name) as folder:
        _lay_out(found, folder, name)
    for path, content in layouts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    detail = {
        "sha256": found.sha256,
        "key": found.fingerprint,
        "version": str(found.facts.get("version", "")),
    }
    opened.append_audit(AuditEvent(at=now(), who=user(), what=INSTALLED, subject=name, detail=detail))
    return found, of.robots / name


def _check_key(of: "Office", opened: "RunStore", found: "RobotPack", trust: str) -> None:
    """The sender's key is ours or one that we trust; a new one only when a person names it."""
    from gevinst.reports.signing import pem_of_raw  # noqa: PLC0415 - loads cryptography

    own = evidence_keys(of).public_keys()
    noted = {row.subject for row in opened.audit_of([KEY_TRUSTED])}
    file = of.keys / TRUSTED / f"{found.fingerprint}.pem"
    if found.fingerprint in own or (file.is_file() and found.fingerprint in noted):
        return
    if trust.replace(" ", "").casefold() != found.fingerprint:
        raise ConfigurationError(
            "MAK-011", fingerprint=found.fingerprint, office=str(found.facts.get("office", ""))
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(pem_of_raw(found.public_key), "ascii")
    opened.append_audit(AuditEvent(at=now(), who=user(), what=KEY_TRUSTED, subject=found.fingerprint))


def _new_layouts(of: "Office", found: "RobotPack") -> dict[Path, bytes]:
    """The pack's layouts that the office does not have; one that cannot be used would stop all its robots."""
    from gevinst.formats.own_layouts import own_layouts  # noqa: PLC0415 - loads the readers

    new = {}
    for name, content in found.files.items():
        if not name.startswith("layouts/"):
            continue
        path = of.layouts / name.removeprefix("layouts/")
        if not path.is_file():
            new[path] = content
        elif path.read_bytes() != content:
            raise ConfigurationError("MAK-013", file=path.name)
    with tempfile.TemporaryDirectory() as folder:
        for path, content in new.items():
            Path(folder, path.name).write_bytes(content)
        own_layouts(Path(folder))
    return new


def _lay_out(found: "RobotPack", folder: Path, name: str) -> None:
    """The robot's files, in trial and under its id here."""
    for part, content in found.files.items():
        if not part.startswith("robot/"):
            continue
        path = folder / part.removeprefix("robot/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    file = folder / ROBOT_FILE
    if not file.is_file():
        raise ConfigurationError("MAK-006", path=found.robot, cause=ROBOT_FILE)
    try:
        text = _PHASE.sub('phase = "trial"', file.read_text("utf-8-sig"), count=1)
        text = _ID.sub(f'id = "{name}"', text, count=1)
        phase = tomllib.loads(text).get("phase")
    except ValueError as error:
        raise ConfigurationError("MAK-006", path=found.robot, cause=str(error)) from error
    if phase != "trial":
        raise ConfigurationError("MAK-006", path=found.robot, cause="phase")
    file.write_text(text, "utf-8", newline="\n")
