"""What linters do not know about suites."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("tasks", "resources", "robots", "tests", "src")
SUITES = sorted(
    path
    for folder in FOLDERS
    for kind in ("robot", "resource")
    for path in (ROOT / folder).rglob(f"*.{kind}")
)

# RPA.Tasks turns a suite into a graph of which only the first task runs, and reports green.
RPA_TASKS = re.compile(r"RPA\.Tasks", re.IGNORECASE)
# A secret that is unpacked in a suite stands in clear in the log.
#: Suites of tests that log a secret on purpose, to see that it is masked.
SECRETS_ARE_THEIR_SUBJECT = frozenset({"use_secret.robot"})
SECRET_VALUE = re.compile(r"\$\{[^}]*\.value\b|\$\w+\.value\b")


def lines_with(pattern: re.Pattern[str], text: str) -> list[str]:
    return [line for line in text.splitlines() if pattern.search(line)]


@pytest.mark.parametrize("suite", SUITES, ids=lambda path: path.name)
def test_no_suite_uses_rpa_tasks(suite: Path) -> None:
    assert lines_with(RPA_TASKS, suite.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("suite", [one for one in SUITES if one.name not in SECRETS_ARE_THEIR_SUBJECT])
def test_no_suite_unpacks_a_secret(suite: Path) -> None:
    assert lines_with(SECRET_VALUE, suite.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", ["Library    RPA.Tasks", "Library    rpa.tasks    graph=False"])
def test_rpa_tasks_would_be_found(line: str) -> None:
    assert lines_with(RPA_TASKS, line) == [line]


@pytest.mark.parametrize(
    "line", ["Log    ${KODE.value}", "Evaluate    $kode.value", "Log    ${secrets['bank'].value}"]
)
def test_an_unpacked_secret_would_be_found(line: str) -> None:
    assert lines_with(SECRET_VALUE, line) == [line]
