"""Many small files: one table, a page of a size that a person can open, and none left out in silence."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.runs import flow_run
from gevinst.app.flow_run import FlowRun
from gevinst.demo.invoice_file import invoice_xml
from gevinst.domain.flows import flow_of
from gevinst.reports.flow_page import MOST_LISTED, flow_page

COUNT = MOST_LISTED + 5


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> FlowRun:
    case = tmp_path_factory.mktemp("many")
    (case / "invoices").mkdir()
    for number in range(COUNT):
        content = invoice_xml(
            cvr="10000009",
            name="Levering",
            number=f"{70_001 + 7 * number}",
            day=date(2026, 10, 1),
            gross=50_000,
        )
        (case / "invoices" / f"{number:04}.xml").write_bytes(content)
    _ledger(case)
    made = flow_run(flow_of("duplicate_invoices"), case, settings={}, now=datetime(2026, 11, 2, tzinfo=UTC))
    made.read_all()
    made.work_out()
    return made


def _ledger(case: Path) -> None:
    rows = "".join(f"10000009;{70_001 + 7 * number};01.10.2026;500,00\n" for number in range(COUNT - 1))
    (case / "ledger.csv").write_text(f"CVR;Fakturanr.;Fakturadato;Beløb\n{rows}", "utf-8")


def test_each_file_is_a_row_and_the_one_that_is_not_posted_is_a_case(run: FlowRun) -> None:
    assert run.result is not None
    assert len(run.reads["invoices"].rows) == COUNT
    assert [one.cause for one in run.result.cases] == ["invoice_not_posted"]
    assert [one.place.file for one in run.result.cases] == [f"{COUNT - 1:04}.xml"]


def test_the_page_lists_the_first_files_and_says_where_all_are(run: FlowRun) -> None:
    page = flow_page(run.report(run.run))

    files = page[page.index('id="technique"') :]
    assert files.count('<td class="hash"') == MOST_LISTED
    assert f"Her står {MOST_LISTED} af {COUNT + 1}; resten står i result.json." in files
