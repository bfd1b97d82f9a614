"""The flow without our runner: plain `robot`, and the Robocorp way with work items."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from acceptance.offices import PERIOD, ROOT, TestOffice

BANK = "Dato;Tekst;Beløb;Saldo;Reference\n05-10-2026;Faktura 1;-250,00;750,00;F1\n"
LEDGER = "Bilag;Dato;Tekst;Beløb;Reference\n4001;05-10-2026;Faktura 1;-250,00;F1\n"
ONE_MORE = f"{LEDGER}4002;06-10-2026;Faktura 2;-75,50;F2\n"
A_LETTER = LEDGER.replace("250", "25O")
UNTRUE = "Releasing FAILED input item with APPLICATION error"
#: State, exit code of `robot`, and how the item is handed back.
ENDINGS = {
    "agreed": (LEDGER, 0, "'0' with COMPLETED state and exception: None"),
    "open_items": (ONE_MORE, 1, "'0' with COMPLETED state and exception: None"),
    "rejected": (A_LETTER, 1, "'0' with FAILED state and exception: {'type': 'BUSINESS', 'code': 'rejected'"),
}


@dataclass(frozen=True, kw_only=True)
class Robot:
    """What `robot` came to."""

    code: int
    said: str
    log: str  #: output.xml

    @property
    def releases(self) -> list[str]:
        """How the work item was handed back, as the adapter says it; the errors at the end repeat it."""
        body = self.log.partition("<errors>")[0]
        return [part.partition("</msg>")[0] for part in body.split("Releasing item ")[1:]]


def robot(office: TestOffice, command: list[str], **settings: str) -> Robot:
    """Run a command of `robot` in the office, into its folder `output`."""
    done = subprocess.run(
        [sys.executable, *command[1:]],
        cwd=office.folder,
        env=office.environment(**settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    log = (office.folder / "output" / "output.xml").read_text(encoding="utf-8")
    return Robot(code=done.returncode, said=done.stdout, log=log)


def plain(office: TestOffice, name: str) -> Robot:
    variables = ["--variable", f"ROBOT:{name}", "--variable", f"PERIOD:{PERIOD}"]
    suite = "tasks/bank_reconciliation.robot"
    return robot(office, ["python", "-m", "robot", "--outputdir", "output", *variables, suite])


def result(office: TestOffice) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((office.folder / "output" / "result.json").read_text("utf-8"))
    return content


def test_plain_robot_reconciles_a_demo_account(tmp_path: Path) -> None:
    demo = TestOffice(tmp_path / "demo").furnish(demo=True)
    first = demo.run("skattekonto")
    before = first.result

    ran = plain(demo, "skattekonto")

    assert ran.code == 1
    assert "Ikke afstemt: 3 poster" in ran.said
    found = result(demo)
    assert {name: found[name] for name in ("state", "groups", "open", "bridge")} == {
        name: before[name] for name in ("state", "groups", "open", "bridge")
    }
    assert found["run"]["replaces"] == first.facts["run_id"]
    assert (demo.folder / "output" / "koersel.html").is_file()
    assert demo.states("skattekonto")[-1] == "open_items"


def test_plain_robot_without_a_fault_is_green(office: TestOffice) -> None:
    name = account(office, LEDGER)

    ran = plain(office, name)

    assert (ran.code, office.states(name), office.minutes(name)) == (0, ["agreed"], 200)


def test_a_break_down_without_our_runner_closes_the_run_and_reverses_its_gain(office: TestOffice) -> None:
    name = account(office, LEDGER)
    break_down(office)

    ran = plain(office, name)

    assert ran.code == 1
    assert "ZeroDivisionError" in ran.said
    assert (office.states(name), office.minutes(name)) == (["failed"], 0)


def test_numbers_of_persons_are_masked_without_our_runner(office: TestOffice) -> None:
    name = account(office, LEDGER.replace("-250,00", "010180-1234"))

    ran = plain(office, name)

    assert "010180-XXXX" in ran.log
    assert "010180-1234" not in ran.log + (office.folder / "output" / "log.html").read_text("utf-8")


def account(office: TestOffice, ledger: str) -> str:
    name = office.add_robot("konto")
    office.put(name, "bank", BANK)
    office.put(name, "ledger", ledger)
    return name


def break_down(office: TestOffice) -> None:
    """Let the flow break down after the gain is credited."""
    words = office.folder / "resources" / "reconciliation.resource"
    text = words.read_text(encoding="utf-8")
    broken = text.replace("    Write Run Page And Work List\n", "    Evaluate    1 / 0\n", 1)
    assert broken != text
    words.write_text(broken, encoding="utf-8")


def robocorp(office: TestOffice, payload: Mapping[str, Any]) -> Robot:
    """Run the work-item task of robot.yaml, with the variables of devdata/env.json and a work item."""
    shutil.copytree(ROOT / "devdata", office.folder / "devdata")
    tool = yaml.safe_load((ROOT / "robot.yaml").read_text(encoding="utf-8"))
    environment = json.loads((ROOT / "devdata" / "env.json").read_text(encoding="utf-8"))
    item = office.folder / environment["RPA_INPUT_WORKITEM_PATH"]
    item.write_text(json.dumps([{"payload": payload, "files": {}}]), encoding="utf-8")
    paths = os.pathsep.join(str(office.folder / path) for path in tool["PYTHONPATH"])
    command = shlex.split(tool["tasks"]["Reconcile Account Of Work Item"]["shell"])
    return robot(office, command, PYTHONPATH=paths, **environment)


def handed_on(office: TestOffice) -> list[dict[str, Any]]:
    folder = office.folder / "devdata" / "work-items-out"
    return [
        item["payload"] for path in folder.rglob("*.json") for item in json.loads(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize("state", ENDINGS)
def test_the_work_item_is_handed_back_with_what_it_came_to(office: TestOffice, state: str) -> None:
    ledger, code, release = ENDINGS[state]
    name = account(office, ledger)

    ran = robocorp(office, {"robot": name, "period": PERIOD})

    assert (ran.code, office.states(name)) == (code, [state])
    assert len(ran.releases) == 1
    assert ran.releases[0].startswith(release)
    assert UNTRUE not in ran.log
    assert handed_on(office) == [{"robot": name, "state": state}]


def test_a_break_down_hands_the_work_item_back_as_one(office: TestOffice) -> None:
    name = account(office, LEDGER)
    break_down(office)

    ran = robocorp(office, {"robot": name, "period": PERIOD})

    assert (ran.code, office.states(name)) == (1, ["failed"])
    assert len(ran.releases) == 1
    assert "'type': 'APPLICATION'" in ran.releases[0]


def test_an_item_of_an_unknown_robot_is_handed_back_as_a_break_down(office: TestOffice) -> None:
    ran = robocorp(office, {"robot": "ukendt", "period": PERIOD})

    assert ran.code == 1
    assert "CFG-003" in ran.said
    assert "'type': 'APPLICATION'" in ran.releases[0]


def test_files_of_a_work_item_are_read_in_place_of_the_robots_own(office: TestOffice, tmp_path: Path) -> None:
    name = account(office, ONE_MORE)
    other = tmp_path / "finans.csv"
    other.write_text(LEDGER, encoding="utf-8")

    robocorp(office, {"robot": name, "period": PERIOD, "files": {"ledger": str(other)}})

    assert office.states(name) == ["agreed"]
