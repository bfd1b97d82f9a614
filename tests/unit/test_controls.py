"""Each line of the control matrix names tests, and they are there."""

import re

import pytest

from documents import DOCS, ROOT

MATRIX = DOCS / "reference" / "controls.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
LINES = [line for line in MATRIX.read_text("utf-8").splitlines() if line.startswith("| ")][2:]


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED.findall("\n".join(LINES)))))
def test_the_test_behind_a_control_exists(file: str, test: str) -> None:
    assert f"def {test}(" in (ROOT / file).read_text("utf-8")


def test_every_control_names_a_test() -> None:
    assert len(LINES) >= 18
    assert [line for line in LINES if not NAMED.search(line)] == []
