"""The acceptance suite of the small cases, as Robot Framework runs it."""

import subprocess
import sys
from pathlib import Path

from robot.api import ExecutionResult
from robot.api import TestSuite as Suite

from acceptance.offices import ROOT, TestOffice, cases

SUITE = Path(__file__).with_name("bank_reconciliation.robot")


def test_each_small_case_ends_as_its_answer_says(case_office: TestOffice, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "robot",
        "--outputdir",
        str(tmp_path),
        "--pythonpath",
        str(ROOT / "tests"),
    ]

    done = subprocess.run(
        [*command, "--variable", f"OFFICE:{case_office.folder}", str(SUITE)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert ExecutionResult(tmp_path / "output.xml").statistics.total.passed == len(in_suite())


def test_the_suite_has_every_case_that_can_be_used() -> None:
    assert in_suite() == sorted(case.name for case in cases("agreed", "open_items"))


def in_suite() -> list[str]:
    suite = Suite.from_file_system(SUITE)
    return sorted(test.body[0].args[0] for test in suite.tests)
