"""A list with headings and no rows is an empty list: the flows come to an end, and the controls hold."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.runs import flow_run
from gevinst.domain.flows import flow_of

FIXTURES = Path(__file__).parents[3] / "fixtures"
FLOWS = (
    "voucher_reconciliation",
    "duplicate_invoices",
    "supplier_statement",
    "debtor_control",
    "debt_sorting",
    "duplicate_notices",
    "invoice_distribution",
)
SOURCES = [(flow, source) for flow in FLOWS for source in flow_of(flow).sources]


@pytest.mark.parametrize(("flow", "emptied"), SOURCES)
def test_a_list_with_no_rows_leaves_the_controls_intact(flow: str, emptied: str, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(FIXTURES / flow / "normal", case)
    for path in [*case.glob(f"{emptied}.csv"), *case.glob(f"{emptied}/*.csv")]:
        path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    for path in case.glob(f"{emptied}/*.xml"):
        path.unlink()
    settings = json.loads((case / "expected.json").read_text("utf-8"))["settings"]
    run = flow_run(flow_of(flow), case, settings=settings, now=datetime(2026, 11, 2, tzinfo=UTC))

    run.read_all()
    assert run.work_out().holds
