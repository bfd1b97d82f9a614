"""Hold what a robot of the demo found against the truth that was laid out beside its files.

The truth was counted as the files were made, not by the robot. A run is read from its evidence, as any reader
would.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gevinst.demo.office import TRUTH

SIDES = {"left": "poster_venstre.csv", "right": "poster_hoejre.csv"}
DONE = ("agreed", "open_items")
#: What the truth of bank lines calls the causes of their cases.
LINE_CAUSES = {
    "no_rule": "no_posting_rule",
    "person": "posting_exception",
    "rivals": "rival_posting_rules",
}
Look = tuple[str, ...]
Part = tuple[str, object, object]  #: its name, what is true, and what was found


def truth_file(data: Path, robot: str, period: str) -> Path:
    """Where the truth of a robot's month is laid out."""
    return data / TRUTH / f"{robot}_{period}.json"


def differences(truth: Mapping[str, Any], folder: Path) -> list[str]:
    """What a run found otherwise than the truth has it; nothing when they are equal.

    Args:
        truth: of the robot and the month.
        folder: evidence of the run.

    Returns:
        Parts by the truth's own words, such as `open` or `cases`; `result` for a run without result.
    """
    file = folder / "result.json"
    result = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    if result.get("state") not in DONE:
        return ["result"]
    parts = _of_matches(truth, result, folder) if "groups" in truth else _of_cases(truth, result)
    return [part for part, true, found in parts if true != found]


def _of_matches(truth: Mapping[str, Any], result: Mapping[str, Any], folder: Path) -> Iterator[Part]:
    """The parts of a reconciliation."""
    looks = {side: _looks(folder / name) for side, name in SIDES.items()}
    balances, bridge = truth["balances"], result["bridge"]
    yield "groups", _seen(truth["groups"], looks), _seen(result["groups"], looks)
    yield "open", _open(truth), _open(result)
    yield "proposals", _proposals(truth), _proposals(result)
    true = {
        **truth["bridge"],
        "left_balance": balances["statement_closing"],
        "right_balance": balances["ledger_closing"],
        "difference": 0,
    }
    yield "bridge", true, {name: bridge[name] for name in true}


def _looks(file: Path) -> Mapping[str, Look]:
    """Items by id, as a person sees them: items that look alike may change places."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines, delimiter=";")
        return {row["Post"]: (row["Bogført"], row["Beløb"], row["Modpart"]) for row in rows}


def _seen(
    groups: Sequence[Mapping[str, Any]], looks: Mapping[str, Mapping[str, Look]]
) -> Counter[tuple[tuple[Look, ...], ...]]:
    return Counter(
        tuple(tuple(sorted(looks[side].get(item, (item,)) for item in group[side])) for side in SIDES)
        for group in groups
    )


def _open(of: Mapping[str, Any]) -> list[tuple[str, str]]:
    return sorted((one["side"], one["id"]) for one in of["open"])


def _proposals(of: Mapping[str, Any]) -> list[list[list[str]]]:
    return sorted([sorted(one[side]) for side in SIDES] for one in of["proposals"])


def _of_cases(truth: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[Part]:
    """The parts of lists: controls, cases with their amounts where the truth has them, and what was done."""
    found = result["cases"]
    yield "controls", [], [one["key"] for one in result["controls"] if one["difference"] != one["explained"]]
    if "lines" in truth:
        yield "cases", _waiting(truth["lines"]), {one["id"]: one["cause"] for one in found}
        yield "done", truth["counts"]["posted"], _done(result)
        return
    true = truth.get("cases", truth.get("causes"))
    amounts = any(isinstance(one, list) for one in true)
    yield "cases", true, sorted([one["cause"], one["amount"]] if amounts else one["cause"] for one in found)
    handled = truth.get("done", truth.get("handled", _done(result)))
    yield "done", handled, _done(result)


def _waiting(lines: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Bank lines that wait for a person, and why."""
    return {line: LINE_CAUSES[what] for line, (what, *_) in lines.items() if what in LINE_CAUSES}


def _done(result: Mapping[str, Any]) -> int:
    return sum(result["done"].values())
