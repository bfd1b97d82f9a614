"""Every case of fixtures/<flow>/ comes out as its expected.json says."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.runs import flow_run, noting
from gevinst.app.robot_check import flow_outcome
from gevinst.domain.flows import FLOW_IDS, flow_of
from gevinst.texts import Texts
from gevinst.texts.findings import finding_text

FIXTURES = Path(__file__).parents[3] / "fixtures"
FOLDERS = [(flow, case) for flow in FLOW_IDS for case in sorted((FIXTURES / flow).iterdir()) if case.is_dir()]
CASES = [pytest.param(flow, case, id=f"{flow}-{case.name}") for flow, case in FOLDERS]
REFUSED = [
    pytest.param(flow, case, id=f"{flow}-{case.name}")
    for flow, case in FOLDERS
    if json.loads((case / "expected.json").read_text("utf-8"))["state"] == "rejected"
]


@pytest.mark.parametrize(("flow", "case"), CASES)
def test_a_case_comes_out_as_expected(flow: str, case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    settings = expected.pop("settings")
    run = flow_run(flow_of(flow), case, settings=settings, now=datetime(2026, 11, 2, tzinfo=UTC))

    found = flow_outcome(run)

    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize(("flow", "case"), REFUSED)
def test_a_refused_case_names_its_file_says_what_to_do_and_delivers_nothing(flow: str, case: Path) -> None:
    settings = json.loads((case / "expected.json").read_text("utf-8"))["settings"]
    run = flow_run(flow_of(flow), case, settings=settings, now=datetime(2026, 11, 2, tzinfo=UTC))
    left: list[Path] = []
    run.tools = replace(run.tools, deliver=noting(left))

    flow_outcome(run)

    assert run.deliver(case) == ()
    assert left == []
    for finding in run.findings:
        assert finding.place.file
        for language in ("da", "en"):
            said = finding_text(finding, Texts(language))
            assert said.title
            assert said.expected
            assert said.do


@pytest.mark.parametrize("flow", FLOW_IDS)
def test_every_flow_has_a_normal_case_and_a_refused_one(flow: str) -> None:
    states = [
        json.loads((case / "expected.json").read_text("utf-8"))["state"]
        for case in (FIXTURES / flow).iterdir()
        if case.is_dir()
    ]

    assert "rejected" in states
    assert set(states) - {"rejected"}
