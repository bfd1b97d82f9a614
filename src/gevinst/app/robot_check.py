"""Check a robot before it runs: its passport, rules and layouts, and its small cases."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from gevinst.app.flow_run import FlowRun
from gevinst.app.office import ConfigurationError
from gevinst.app.robot_run import RobotRun
from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.reconciliation import ItemState, Reconciliation
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import RunState

TESTS = "tests"  # the folder of a robot that holds its cases
ANSWER = "expected.json"
#: Parts of an answer that say how to run the case, or that only a person reads.
NOT_COMPARED = frozenset({"settings", "exit_code", "left", "right", "carried", "fault", "cell", "passes"})
README_PARTS = ("Før", "Efter", "Gevinst", "Risiko", "Stop")
UNWRITTEN = "Skriv, "  # how a part begins that nobody has written
_ROW = re.compile(r"^\| (\w+) \| (.*\S) \|$", re.MULTILINE)


class Part(StrEnum):
    """What of a robot was looked at; the catalogue has make.part.<part>."""

    PASSPORT = "passport"
    PRODUCTION = "production"
    RULES = "rules"
    LAYOUTS = "layouts"
    README = "readme"
    TEST = "test"


class Mark(StrEnum):
    """How a part is; the catalogue has make.mark.<mark>."""

    FINE = "fine"
    NOTE = "note"  #: the robot runs, but something is still to be done
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One line of a check. What is said is make.check.<said>, or the error itself."""

    part: Part
    mark: Mark
    said: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    error: ConfigurationError | None = None


@dataclass(frozen=True, kw_only=True)
class CheckTools:
    """What a check needs from outside."""

    robot: Callable[[], Robot]  #: raises ConfigurationError
    rules: Callable[[], object]  #: as robot
    layouts: Callable[[], Mapping[str, object]]  #: as robot
    outcome: Callable[[Robot, Path, Mapping[str, Any]], Mapping[str, Any]]  #: what a case comes to
    folder: Path  #: of the robot
    shared: Callable[[Robot], Sequence[Path]] = (
        lambda _robot: ()
    )  #: cases of its flow, for a robot without any


def check_robot(tools: CheckTools) -> Sequence[Checked]:
    """Every part of a robot, in order; a passport that cannot be read ends it."""
    try:
        robot = tools.robot()
    except ConfigurationError as error:
        return [Checked(part=Part.PASSPORT, mark=Mark.WRONG, error=error)]
    return [
        Checked(part=Part.PASSPORT, mark=Mark.FINE, said="passport", facts={"phase": str(robot.phase)}),
        *_production(robot),
        _tried(Part.RULES, tools.rules),
        _layouts(robot, tools),
        _readme(tools.folder),
        *_tests(robot, tools),
    ]


def _production(robot: Robot) -> list[Checked]:
    missing = ", ".join(replace(robot, phase=Phase.PRODUCTION).missing_for_production())
    if not missing:
        return []
    mark = Mark.WRONG if robot.phase is Phase.PRODUCTION else Mark.NOTE
    return [Checked(part=Part.PRODUCTION, mark=mark, said="production", facts={"missing": missing})]


def _tried(part: Part, read: Callable[[], object]) -> Checked:
    try:
        read()
    except ConfigurationError as error:
        return Checked(part=part, mark=Mark.WRONG, error=error)
    return Checked(part=part, mark=Mark.FINE, said="readable")


def _layouts(robot: Robot, tools: CheckTools) -> Checked:
    """Every layout that a source names is one that the office or the package has."""
    try:
        known = tools.layouts()
    except ConfigurationError as error:
        return Checked(part=Part.LAYOUTS, mark=Mark.WRONG, error=error)
    missing = sorted({one.layout for one in robot.sources.values() if one.layout} - set(known))
    if missing:
        facts = {"missing": ", ".join(missing)}
        return Checked(part=Part.LAYOUTS, mark=Mark.WRONG, said="layout_missing", facts=facts)
    return Checked(part=Part.LAYOUTS, mark=Mark.FINE, said="readable")


def _readme(folder: Path) -> Checked:
    """The parts that a controller reads: each stands there, and is no more what `gevinst new` wrote."""
    file = folder / "README.md"
    rows = dict(_ROW.findall(file.read_text("utf-8-sig", errors="replace"))) if file.is_file() else {}
    missing = [name for name in README_PARTS if rows.get(name, UNWRITTEN).startswith(UNWRITTEN)]
    if missing:
        facts = {"missing": ", ".join(missing)}
        return Checked(part=Part.README, mark=Mark.NOTE, said="readme_missing", facts=facts)
    return Checked(part=Part.README, mark=Mark.FINE, said="readme")


def _tests(robot: Robot, tools: CheckTools) -> list[Checked]:
    cases = case_folders(tools.folder) or tools.shared(robot)
    if not cases:
        return [Checked(part=Part.TEST, mark=Mark.NOTE, said="no_test", facts={"folder": TESTS})]
    return [_case(robot, case, tools) for case in cases]


def case_folders(folder: Path) -> list[Path]:
    """A robot's cases, by name."""
    tests = folder / TESTS
    return sorted(one for one in tests.iterdir() if one.is_dir()) if tests.is_dir() else []


def _case(robot: Robot, case: Path, tools: CheckTools) -> Checked:
    answer = case_answer(case)
    if answer is None:
        missing = {"case": case.name, "file": ANSWER}
        return Checked(part=Part.TEST, mark=Mark.WRONG, said="no_answer", facts=missing)
    try:
        found = tools.outcome(robot, case, answer)
    except ConfigurationError as error:
        return Checked(part=Part.TEST, mark=Mark.WRONG, error=error)
    wrong = [(key, wanted) for key, wanted in compared(answer) if found.get(key) != wanted]
    if not wrong:
        facts: dict[str, str | int] = {"case": case.name, "count": len(compared(answer))}
        return Checked(part=Part.TEST, mark=Mark.FINE, said="as_expected", facts=facts)
    key, wanted = wrong[0]
    facts = {"case": case.name, "key": key, "expected": _json(wanted), "found": _json(found.get(key))}
    return Checked(part=Part.TEST, mark=Mark.WRONG, said="differs", facts=facts)


def compared(answer: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The parts of an answer that a robot is held to."""
    return [(key, value) for key, value in answer.items() if key not in NOT_COMPARED]


def case_answer(case: Path) -> dict[str, Any] | None:
    """The known answer of a case; None when there is none, or none that can be read."""
    try:
        answer = json.loads((case / ANSWER).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) and "state" in answer else None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def flow_outcome(run: FlowRun) -> dict[str, Any]:
    """What a flow over tables comes to, as `expected.json` writes it."""
    try:
        run.read_all()
        result = run.work_out()
    except InputRejectedError as error:
        run.findings = list(error.findings)
        return {"state": str(run.state()), "findings": codes_of(error.findings)}
    return {
        "state": str(run.state()),
        "findings": [],
        "controls": {one.key: one.difference for one in result.controls},
        "cases": [[one.cause, one.item_id, one.amount] for one in result.cases],
        "tables": {one.key: len(one.rows) for one in result.tables},
        "sums": {
            f"{one.key}.{name}": int(one.rows[name].sum()) for one in result.tables for name in one.summed
        },
        "done": {kind: len(keys) for kind, keys in result.done.items()},
        "outputs": [[one.name, one.control_total] for one in result.outputs],
    }


def codes_of(findings: Sequence[Finding]) -> list[str]:
    """Codes of findings, each once, in order."""
    return sorted({one.code for one in findings})


def reconciled_outcome(run: RobotRun) -> dict[str, Any]:
    """What a reconciliation comes to, as `expected.json` writes it."""
    try:
        for name in ("bank", "ledger"):
            run.read_source(name)
        run.read_balances()
        result = run.match()
    except InputRejectedError as error:
        return {"state": str(RunState.REJECTED), "finding_codes": codes_of(error.findings)}
    return {"finding_codes": [], **_matched(result)}


def _matched(result: Reconciliation) -> dict[str, Any]:
    ends: dict[int, tuple[list[str], list[str]]] = {}
    for at, side in enumerate((result.left, result.right)):
        held = side[side["group"] >= 0]
        for item, group in zip(held["item_id"].tolist(), held["group"].tolist(), strict=True):
            ends.setdefault(group, ([], []))[at].append(item)
    names = ("left", "right")
    return {
        "state": str(result.outcome),
        "matched": sorted([sorted(left), sorted(right)] for left, right in ends.values()),
        "open": [
            {"side": name, "id": item}
            for name, side in zip(names, (result.left, result.right), strict=True)
            for item in side.loc[side["state"] == ItemState.OPEN, "item_id"].tolist()
        ],
        "proposals": sorted([sorted(one.left), sorted(one.right)] for one in result.proposals),
    }
