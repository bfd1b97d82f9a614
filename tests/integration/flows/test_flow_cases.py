"""Every case of fixtures/<flow>/ comes out as its expected.json says."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.runs import flow_run
from gevinst.app.flow_run import FlowRun
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flows import FLOW_IDS, flow_of

FIXTURES = Path(__file__).parents[3] / "fixtures"
CASES = [
    pytest.param(flow, case, id=f"{flow}-{case.name}")
    for flow in FLOW_IDS
    for case in sorted((FIXTURES / flow).iterdir())
    if case.is_dir()
]


def outcome(run: FlowRun) -> dict[str, Any]:
    try:
        run.read_all()
        result = run.work_out()
    except InputRejectedError as error:
        run.findings = list(error.findings)
        return {"state": str(run.state()), "findings": sorted({one.code for one in error.findings})}
    return {
        "state": str(run.state()),
        "controls": {one.key: one.difference for one in result.controls},
        "cases": [[one.cause, one.item_id, one.amount] for one in result.cases],
        "tables": {one.key: len(one.rows) for one in result.tables},
        "sums": {
            f"{one.key}.{name}": int(one.rows[name].sum()) for one in result.tables for name in one.summed
        },
        "done": {kind: len(keys) for kind, keys in result.done.items()},
        "outputs": [[one.name, one.control_total] for one in result.outputs],
    }


@pytest.mark.parametrize(("flow", "case"), CASES)
def test_a_case_comes_out_as_expected(flow: str, case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    settings = expected.pop("settings")
    run = flow_run(flow_of(flow), case, settings=settings, now=datetime(2026, 11, 2, tzinfo=UTC))

    found = outcome(run)

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
