"""An office of its own for tests, and its commands run as a user runs them: in child processes."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import fasteners

from gevinst.demo import lay_out

ROOT = Path(__file__).parents[2]
CASES = ROOT / "fixtures" / "bank_reconciliation"
ANOTHER_PERSON = Path(__file__).with_name("another_person.py")
PARTS = ("robots", "tasks", "resources")
PERIOD = "2026-10"
SECONDS = 120
SETTINGS = '[office]\nname = "Demokommunen"\nlanguage = "da"\ndata = "data"\n'
ROBOT = """
id = "{id}"
flow = "bank_reconciliation"
phase = "{phase}"
[title]
da = "Prøvekonto {id}"
en = "Test account {id}"
[people]
process_owner = "Leder af Regnskab"
benefit_owner = "Økonomichef"
controller_group = "Regnskab"
erp_user = "RPA-TEST-01"
[limits]
timeout_minutes = 2
[sources.bank]
path = "ind/{id}_bank_{{period}}.csv"
{bank}
[sources.ledger]
path = "ind/{id}_ledger_{{period}}.csv"
{more}
"""
#: What a robot in production has besides: what an item took by hand, and its passport.
EARNS = """
[gain.case_types.payment]
minutes = 2.0
n = 30
method = "stopwatch"
measured = 2026-06-15
valid_until = 2036-06-15
[passport]
moves_money = false
risk = "Lav"
controls = "Stikprøve"
legal_basis = "Kasse- og regnskabsregulativ"
data_categories = "Beløb"
deletion = "5 år"
exit_plan = "robot alene"
review = 2036-06-30
"""


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that it printed."""
        return self.out + self.err


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a run of a robot came to, with its evidence."""

    code: int
    out: str  #: JSON of `gevinst run --json`
    err: str
    facts: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """The evidence folder."""
        return Path(self.facts["evidence"])

    @property
    def result(self) -> dict[str, Any]:
        """result.json."""
        content: dict[str, Any] = json.loads(self.text("result.json"))
        return content

    def text(self, name: str) -> str:
        """The text of a file of the evidence."""
        return (self.folder / name).read_text(encoding="utf-8")


class TestOffice:
    """An office in a folder."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"

    def furnish(self, *, demo: bool = False) -> "TestOffice":
        """Lay out settings, robots, flows and words, and the demo's files if they are wanted."""
        for part in PARTS:
            shutil.copytree(ROOT / part, self.folder / part)
        (self.folder / "gevinst.toml").write_text(SETTINGS, encoding="utf-8")
        self.data.mkdir()
        if demo:
            lay_out(self.data)
        return self

    def add_robot(
        self, robot: str, *, bank: str = "", more: str = "", rules: str = "", phase: str = "production"
    ) -> str:
        """Add a robot: `bank` and `more` are lines of its file, `rules` its rules."""
        folder = self.folder / "robots" / robot
        folder.mkdir()
        text = ROBOT.format(id=robot, bank=bank, more=more, phase=phase) + EARNS
        assert tomllib.loads(text)["id"] == robot
        (folder / "robot.toml").write_text(text, encoding="utf-8")
        (folder / "rules.toml").write_text(rules, encoding="utf-8")
        return robot

    def put(self, robot: str, source: str, text: str, *, period: str = PERIOD) -> Path:
        """Put a file where a robot of `add_robot` looks for it."""
        path = self.data / "ind" / f"{robot}_{source}_{period}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return path

    def environment(self, **settings: str) -> dict[str, str]:
        """The user's environment, in this office."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("GEVINST_", "RPA_"))}
        return kept | {"GEVINST_OFFICE": str(self.folder), "PYTHONUTF8": "1"} | settings

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        """Start `gevinst`, and leave it running."""
        return subprocess.Popen(
            [sys.executable, "-m", "gevinst.cli", *arguments],
            cwd=self.folder,
            env=self.environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def gevinst(self, *arguments: str, answers: str = "", **settings: str) -> Done:
        """Run `gevinst` to its end."""
        return self._ran([sys.executable, "-m", "gevinst.cli", *arguments], answers, settings)

    def gevinst_as(self, person: str, *arguments: str) -> Done:
        """Run `gevinst` as another user of the machine would; see another_person.py."""
        return self._ran([sys.executable, str(ANOTHER_PERSON), person, *arguments], "", {})

    def _ran(self, command: Sequence[str], answers: str, settings: Mapping[str, str]) -> Done:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(**settings),
            input=answers,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        return Done(code=done.returncode, out=done.stdout, err=done.stderr)

    def run(
        self, robot: str, *options: str, period: str = PERIOD, files: Mapping[str, Path] | None = None
    ) -> Ran:
        """Run a robot, with files given by hand for its sources."""
        sources = [part for name, path in (files or {}).items() for part in ("--source", f"{name}={path}")]
        done = self.gevinst("run", robot, "--period", period, *sources, *options, "--json")
        assert done.out.startswith("{"), done.said
        return Ran(code=done.code, out=done.out, err=done.err, facts=json.loads(done.out))

    def run_case(self, case: Path) -> Ran:
        """The run of a case of fixtures by a robot of its own, made as `expected.json` says."""
        return self.once(case.name, lambda: self._run_case(case))

    def _run_case(self, case: Path) -> Ran:
        answer = expected(case)
        robot = case.name.replace("_", "-")
        bank = [f'{name} = "{answer[name]}"' for name in ("account", "layout") if name in answer]
        more = '[sources.carried]\npath = "ind/none.csv"' if "carried" in answer else ""
        rules = "\n".join(map(_rule, answer.get("passes", ())))
        self.add_robot(robot, bank="\n".join(bank), more=more, rules=rules)
        names = {"bank": "left", "ledger": "right", "carried": "carried"}
        files = {source: case / answer[name] for source, name in names.items() if name in answer}
        return self.run(robot, files=files)

    def once(self, name: str, make: Callable[[], Ran]) -> Ran:
        """A run that all tests of this test run share, whichever worker they are in."""
        kept = self.folder / f"{name}.ran.json"
        with fasteners.InterProcessLock(kept.with_suffix(".lock")):
            if not kept.exists():
                kept.write_text(json.dumps(asdict(make())), encoding="utf-8")
        return Ran(**json.loads(kept.read_text(encoding="utf-8")))

    def database(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query to the office's database, read with Python's own library."""
        with closing(sqlite3.connect(self.data / "gevinst.db")) as connection:
            return connection.execute(query).fetchall()

    def minutes(self, robot: str) -> int:
        """What stands in the ledger of gains for a robot, in hundredths of minutes."""
        rows = self.database(f"SELECT coalesce(sum(sign * hundredths), 0) FROM gain WHERE robot = '{robot}'")  # noqa: S608
        return int(rows[0][0])

    def states(self, robot: str) -> list[str]:
        """States of a robot's runs, oldest first."""
        rows = self.database(f"SELECT state FROM run WHERE robot = '{robot}' ORDER BY started, run_id")  # noqa: S608
        return [row[0] for row in rows]


def expected(case: Path) -> dict[str, Any]:
    """The answer of a case of fixtures."""
    answer: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return answer


def cases(*states: str) -> list[Path]:
    """The cases of fixtures that end in one of these states."""
    return [case for case in sorted(CASES.iterdir()) if case.is_dir() and expected(case)["state"] in states]


def _rule(one: Mapping[str, Any]) -> str:
    low, high = (
        f'"{one[name] // 10_000},{one[name] % 10_000:04} %"' for name in ("fee_rate_low", "fee_rate_high")
    )
    return (
        f'[[pass]]\nid = "{one["id"]}"\nkind = "{one["kind"]}"\nkey = "{one["key"]}"\ndays = {one["days"]}\n'
        f'fee_rate = [{low}, {high}]\ndifference_account = "{one["difference_account"]}"\n'
    )
