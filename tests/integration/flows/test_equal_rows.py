"""Rows that are equal are a case each: a decision about one says nothing of the other."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.runs import flow_run
from gevinst.domain.flow import FlowResult
from gevinst.domain.flows import flow_of
from gevinst.domain.posting_answer import answer_cases

NOW = datetime(2026, 11, 2, tzinfo=UTC)
BALANCES = "Aftale;Status;Dato;Saldo\n1;{status};01.10.2026;-1,00\n1;{status};01.10.2026;-1,00\n"
READINGS = "Målernr.;Tidspunkt;Målerstand\nM1;2026-10-01 00:00;5\nM1;2026-11-01 00:00;15\n"
BILLED = "Fakturanr.;Målernr.;Fra;Til;Forbrug;Beløb\n" + "F1;M1;01.10.2026;31.10.2026;10;100,00\n" * 3
NOTICES = "CustAccount;AdviceText;AdviceDate;RecIdLoc\n1;;01.10.2026;5\n1;;02.10.2026;5\n"
CREDITORS = "Kreditornr.;CVR\n1;12345678\n1;12345678\n"


def worked_out(flow: str, files: dict[str, str], folder: Path, **settings: Any) -> FlowResult:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    run = flow_run(flow_of(flow), folder, settings=settings, now=NOW)
    run.read_all()
    return run.work_out()


def ids_of(result: FlowResult) -> list[str]:
    return [one.item_id for one in result.cases]


@pytest.mark.parametrize(
    ("flow", "files", "settings", "ids"),
    [
        pytest.param(
            "small_differences",
            {"list": BALANCES.format(status="Spærret")},
            {"account": "9999"},
            ["1::2026-10-01:-100", "1::2026-10-01:-100#2"],
            id="balances",
        ),
        pytest.param(
            "meter_readings",
            {"readings": READINGS, "invoices": BILLED},
            {},
            ["F1:M1:2026-10-01:mr_billed_twice", "F1:M1:2026-10-01:mr_billed_twice#2"],
            id="invoice lines",
        ),
        pytest.param("duplicate_notices", {"notices": NOTICES}, {}, ["1:5", "1:5#2"], id="notices"),
        pytest.param(
            "master_data_checks",
            {"register": CREDITORS},
            {"may_share": ["cvr"]},
            ["1:cvr:check_digit", "1:cvr:check_digit#2"],
            id="records",
        ),
    ],
)
def test_equal_rows_are_a_case_each(
    flow: str, files: dict[str, str], settings: dict[str, Any], ids: list[str], tmp_path: Path
) -> None:
    assert ids_of(worked_out(flow, files, tmp_path, **settings)) == ids


def test_two_equal_balances_are_handled_twice(tmp_path: Path) -> None:
    files = {"list": BALANCES.format(status="Fri")}

    result = worked_out("small_differences", files, tmp_path, account="9999")

    assert result.done["difference"] == ["1::2026-10-01:-100", "1::2026-10-01:-100#2"]


def test_two_messages_of_one_number_about_a_document_are_a_case_each() -> None:
    told = {"file": "bilag.xml", "document": "B1", "kind": "E", "number": "301"}
    place = {"place_file": "svar.xml", "place_sheet": ""}
    rows = [
        {**told, **place, "message": "PSP mangler i linje 2", "place_line": 3},
        {**told, **place, "message": "PSP mangler i linje 8", "place_line": 9},
    ]

    cases = answer_cases(pd.DataFrame(rows), date(2026, 10, 31))

    assert [one.item_id for one in cases] == ["bilag.xml:B1:301", "bilag.xml:B1:301#2"]
