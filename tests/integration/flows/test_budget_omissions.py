"""What a department leaves out is told by a case, which then explains the difference to the ERP."""

from datetime import UTC, datetime
from pathlib import Path

from flows.runs import flow_run
from gevinst.app.flow_run import FlowRun
from gevinst.domain.flows import flow_of

NOW = datetime(2026, 11, 2, tzinfo=UTC)
SETTINGS = {"departments": {"1001": "Skole Nord", "1002": "Skole Syd"}}
WORKBOOK = "Artskonto;Tekst;Korrigeret budget;Forbrug;Forventet regnskab\n"
EXPORT = "Omkostningssted;Artskonto;Korrigeret budget;Forbrug\n"


def worked_out(folder: Path, files: dict[str, str], ledger: str) -> FlowRun:
    (folder / "departments").mkdir()
    for name, rows in files.items():
        (folder / "departments" / name).write_text(WORKBOOK + rows, "utf-8")
    (folder / "ledger.csv").write_text(EXPORT + ledger, "utf-8")
    run = flow_run(flow_of("budget_follow_up"), folder, settings=SETTINGS, now=NOW)
    run.read_all()
    run.work_out()
    return run


def test_an_account_that_a_department_leaves_out_is_a_case(tmp_path: Path) -> None:
    files = {
        "afd_1001.csv": "40001000;Løn;12.000,00;10.000,00;12.000,00\n",
        "afd_1002.csv": "40001000;Løn;1.000,00;900,00;1.000,00\n",
    }
    ledger = (
        "1001;40001000;12.000,00;10.000,00\n1001;41002000;6.000,00;5.000,50\n1002;40001000;1.000,00;900,00\n"
    )

    result = worked_out(tmp_path, files, ledger).result

    assert result is not None
    assert [(one.cause, one.amount, one.place.file) for one in result.cases] == [
        ("differs_from_erp", -500_050, "afd_1001.csv")
    ]
    assert result.facts["difference"] == -500_050


def test_a_department_without_a_file_leaves_nothing_unexplained(tmp_path: Path) -> None:
    files = {"afd_1001.csv": "40001000;Løn;12.000,00;10.000,45;12.000,00\n"}
    ledger = "1001;40001000;12.000,00;10.000,00\n1002;40001000;24.000,00;21.000,00\n"

    run = worked_out(tmp_path, files, ledger)

    assert run.result is not None
    assert {one.key: one.difference for one in run.result.controls if one.difference} == {
        "budget_told": -2_400_000,
        "spent_told": -2_099_955,
    }
    assert run.ended().unexplained == 0
    assert run.result.holds
