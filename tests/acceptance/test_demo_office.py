"""The demo office as a user runs it: what the three robots find, prove, write down and keep."""

import csv
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from acceptance.conftest import ROBOTS
from acceptance.offices import PERIOD, Ran, TestOffice

each_robot = pytest.mark.parametrize("robot", ROBOTS)
Look = tuple[str, ...]


def truth_of(office: TestOffice, robot: str) -> dict[str, Any]:
    file = office.data / "facit" / f"{robot}_{PERIOD}.json"
    truth: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return truth


def items(ran: Ran, name: str) -> dict[str, dict[str, str]]:
    with (ran.folder / name).open(encoding="utf-8-sig", newline="") as file:
        return {row["Post"]: row for row in csv.DictReader(file, delimiter=";")}


def by_look(ran: Ran, groups: Iterable[Mapping[str, list[str]]]) -> Counter[tuple[tuple[Look, ...], ...]]:
    """Groups by what a person sees of their items, so that items which are alike may change places."""
    sides = {"left": items(ran, "poster_venstre.csv"), "right": items(ran, "poster_hoejre.csv")}

    def look(side: str, item: str) -> Look:
        row = sides[side][item]
        return row["Bogført"], row["Beløb"], row["Modpart"]

    return Counter(
        tuple(tuple(sorted(look(side, item) for item in group[side])) for side in sides) for group in groups
    )


@each_robot
def test_a_robot_finds_every_true_match_and_no_other(
    demo_office: TestOffice, demo_runs: Mapping[str, Ran], robot: str
) -> None:
    ran = demo_runs[robot]

    assert by_look(ran, ran.result["groups"]) == by_look(ran, truth_of(demo_office, robot)["groups"])


@each_robot
def test_every_planted_fault_is_open_with_its_suspect(
    demo_office: TestOffice, demo_runs: Mapping[str, Ran], robot: str
) -> None:
    truth = truth_of(demo_office, robot)

    found = {(one["side"], one["id"]): one["suspect"] for one in demo_runs[robot].result["open"]}

    assert found.keys() == {(one["side"], one["id"]) for one in truth["open"]}
    suspects = {(one["side"], one["id"]): one["suspect"] for one in truth["open"] if one["suspect"]}
    assert {item: found[item] for item in suspects} == suspects


@each_robot
def test_what_has_two_answers_is_proposed(
    demo_office: TestOffice, demo_runs: Mapping[str, Ran], robot: str
) -> None:
    proposed = [(sorted(one["left"]), sorted(one["right"])) for one in demo_runs[robot].result["proposals"]]
    true = [(sorted(one["left"]), sorted(one["right"])) for one in truth_of(demo_office, robot)["proposals"]]

    assert sorted(proposed) == sorted(true)


@each_robot
def test_the_bridge_has_the_true_figures_and_holds(
    demo_office: TestOffice, demo_runs: Mapping[str, Ran], robot: str
) -> None:
    truth = truth_of(demo_office, robot)

    bridge = demo_runs[robot].result["bridge"]

    assert (bridge["left_balance"], bridge["right_balance"]) == (
        truth["balances"]["statement_closing"],
        truth["balances"]["ledger_closing"],
    )
    assert {name: bridge[name] for name in truth["bridge"]} == truth["bridge"]
    assert bridge["difference"] == 0
    assert bridge["holds"]
    assert bridge["from_balances"]


@each_robot
def test_no_row_is_without_its_place(demo_runs: Mapping[str, Ran], robot: str) -> None:
    for totals in demo_runs[robot].result["totals"].values():
        assert totals["unplaced"] == {"count": 0, "sum": 0}


@each_robot
def test_people_are_needed_says_exit_code_state_and_page(demo_runs: Mapping[str, Ran], robot: str) -> None:
    ran = demo_runs[robot]

    assert (ran.code, ran.facts["state"], ran.facts["exit_code"]) == (3, "open_items", 3)
    assert ran.facts["summary"].startswith("Ikke afstemt: ")
    assert ran.facts["summary"].partition(". ")[0] in ran.text("koersel.html")


@each_robot
def test_evidence_is_checked_without_our_software(demo_runs: Mapping[str, Ran], robot: str) -> None:
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=demo_runs[robot].folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    here = {path.relative_to(demo_runs[robot].folder).as_posix() for path in files(demo_runs[robot].folder)}
    # The list cannot name itself or what signs it; `test_evidence.py` checks the signature.
    named = {line.rpartition(": ")[0] for line in checked.stdout.splitlines()}
    assert named == here - {"SHA256SUMS", "SHA256SUMS.sig"}


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_one_changed_byte_of_evidence_is_found(demo_runs: Mapping[str, Ran], tmp_path: Path) -> None:
    copy = shutil.copytree(demo_runs["skattekonto"].folder, tmp_path / "kopi")
    page = copy / "result.json"
    page.write_bytes(page.read_bytes().replace(b"8", b"9", 1))

    checked = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=copy, capture_output=True, encoding="utf-8", check=False
    )

    assert checked.returncode == 1
    assert [line for line in checked.stdout.splitlines() if not line.endswith(": OK")] == [
        "result.json: FAILED"
    ]


@each_robot
def test_the_audit_trail_has_the_seal_of_the_evidence(
    demo_office: TestOffice, demo_runs: Mapping[str, Ran], robot: str
) -> None:
    ran = demo_runs[robot]
    [sealed] = [
        line.split()[0] for line in ran.text("SHA256SUMS").splitlines() if line.endswith(" manifest.json")
    ]

    rows = demo_office.database("SELECT what, subject, detail FROM audit ORDER BY number")

    [end] = [detail for what, subject, detail in rows if (what, subject) == ("run.end", ran.facts["run_id"])]
    assert json.loads(end) == {"state": "open_items", "manifest": sealed}


def test_the_audit_trail_is_whole(demo_office: TestOffice, demo_runs: Mapping[str, Ran]) -> None:
    done = demo_office.gevinst("audit", "verify")

    assert demo_runs
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Revisionssporet er helt: ")


@each_robot
def test_a_first_run_credits_the_matched_bank_items(
    demo_office: TestOffice, demo_runs: Mapping[str, Ran], robot: str
) -> None:
    rows = demo_office.database(
        f"SELECT count(*), sum(sign * hundredths) FROM gain WHERE robot = '{robot}'"  # noqa: S608
    )

    assert rows[0][0] > 0
    assert demo_runs[robot].facts["minutes_saved"] == f"{rows[0][1] / 100:.2f}"
