"""Every case of fixtures/<flow>/ comes out as its expected.json says."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.runs import flow_run
from gevinst.app.robot_check import flow_outcome
from gevinst.domain.flows import FLOW_IDS, flow_of

FIXTURES = Path(__file__).parents[3] / "fixtures"
CASES = [
    pytest.param(flow, case, id=f"{flow}-{case.name}")
    for flow in FLOW_IDS
    for case in sorted((FIXTURES / flow).iterdir())
    if case.is_dir()
]


@pytest.mark.parametrize(("flow", "case"), CASES)
def test_a_case_comes_out_as_expected(flow: str, case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    settings = expected.pop("settings")
    run = flow_run(flow_of(flow), case, settings=settings, now=datetime(2026, 11, 2, tzinfo=UTC))

    found = flow_outcome(run)

    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize("flow", FLOW_IDS)
def test_every_flow_has_a_normal_case_and_a_refused_one(flow: str) -> None:
    states = [
        json.loads((case / "expected.json").read_text("utf-8"))["state"]
        for case in (FIXTURES / flow).iterdir()
        if case.is_dir()
    ]

    assert "rejected" in states
    assert set(states) - {"rejected"}
