"""A file that a flow needs and that is missing: the message names the file of this month, and its folder."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flows.runs import PERIOD, flow_run
from gevinst.app.flow_run import FlowRun
from gevinst.domain.flows import flow_of
from gevinst.domain.robot import Source

ROBOTS = Path(__file__).parents[3] / "robots"


def missing(run: FlowRun, source: Source) -> list[tuple[str, object]]:
    """File and folder of what is missing, when the robot names the source so."""
    run.robot = replace(run.robot, sources={source.name: source})
    run.read_source(source.name)
    return [(finding.place.file, finding.facts["folder"]) for finding in run.findings]


def test_each_missing_file_is_named_with_its_month_and_folder(tmp_path: Path) -> None:
    settings = tomllib.loads((ROBOTS / "bankbogfoering" / "robot.toml").read_text("utf-8"))["settings"]
    now = datetime(2026, 11, 2, tzinfo=UTC)
    run = flow_run(flow_of("bank_posting"), tmp_path, settings=settings, now=now)

    many = Source(name="bank", path="ind/{period}/bank_{period}*.csv")
    assert missing(run, many) == [(f"bank_{PERIOD}*.csv", f"ind/{PERIOD}")]

    run.findings.clear()
    one = Source(name="accounts", path="ind/finans/{period}/kontoplan.csv")
    assert missing(run, one) == [("kontoplan.csv", f"ind/finans/{PERIOD}")]
