"""The robot that posts bank lines: its journals, held against a check of their own, and its demo's truth."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.opus_check import check_csv, check_xml
from flows.runs import flow_run, shipped_run
from gevinst.app.flow_run import FlowRun
from gevinst.demo.flows_posting import ROBOT, lay_out_posting
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flow import FlowResult
from gevinst.domain.flows.bank_posting import FLOW, booking_day
from gevinst.domain.journal import MOST_LINES, two_lines_each

FIXTURES = Path(__file__).parents[3] / "fixtures" / "bank_posting"
NOW = datetime(2026, 11, 2, tzinfo=UTC)
CAUSES = {"no_rule": "no_posting_rule", "person": "posting_exception", "rivals": "rival_posting_rules"}


def run_of(case: Path, settings: dict[str, Any], **tools: Any) -> FlowRun:
    run = flow_run(FLOW, case, settings=settings, now=NOW)
    run.tools = replace(run.tools, **tools)
    return run


def result_of(run: FlowRun) -> FlowResult:
    run.read_all()
    return run.work_out()


def normal(**tools: Any) -> FlowRun:
    settings = json.loads((FIXTURES / "normal" / "expected.json").read_text("utf-8"))["settings"]
    return run_of(FIXTURES / "normal", settings, **tools)


@pytest.fixture
def demo(tmp_path: Path) -> tuple[FlowResult, dict[str, Any]]:
    lay_out_posting(tmp_path, "2026-10")
    truth = json.loads((tmp_path / "facit" / "bankbogfoering_2026-10.json").read_text("utf-8"))
    return result_of(shipped_run(ROBOT, tmp_path, now=NOW)), truth


def test_the_demo_comes_out_as_its_truth_says(demo: tuple[FlowResult, dict[str, Any]]) -> None:
    result, truth = demo
    tables = {one.key: one.rows for one in result.tables}
    posted = tables["posted"][["transaction", "artskonto", "psp", "cost_center"]]
    found = {row[0]: ["posted", *row[1:]] for row in posted.itertuples(index=False)}
    found |= {one: ["elsewhere", "", "", ""] for one in tables["not_posted"]["transaction"]}
    outcomes = {cause: outcome for outcome, cause in CAUSES.items()}
    found |= {case.item_id: [outcomes[case.cause], "", "", ""] for case in result.cases}

    assert found == truth["lines"]
    assert int(tables["posted"]["amount"].sum()) == truth["sums"]["posted"]
    assert result.holds


def test_both_forms_of_the_journal_pass_a_check_of_their_own(
    demo: tuple[FlowResult, dict[str, Any]],
) -> None:
    result, _ = demo
    files = {one.name: one for one in result.outputs}
    totals: dict[tuple[str, str], Any] = {}
    for name, one in files.items():
        if name.endswith(".csv"):
            wrong, sums = check_csv(one.content)
            assert wrong == []
            debit = sum(value for (_, side), value in sums.items() if side == "Debet")
            assert debit * 100 == one.control_total
            totals = {key: totals.get(key, 0) + sums.get(key, 0) for key in {*totals, *sums}}
    [xml] = [one for name, one in files.items() if name.endswith(".xml")]
    wrong, sums = check_xml(xml.content, xml.name)

    assert wrong == []
    assert dict(sums) == totals


def test_the_check_finds_a_journal_that_does_not_balance() -> None:
    result = result_of(normal())
    csv, xml = result.outputs[0], result.outputs[-1]

    assert "debit is not credit" in check_csv(csv.content.replace(b"Debet;250,00", b"Debet;251,00"))[0]
    told, _ = check_xml(xml.content.replace(b">250.00<", b">251.00<"), xml.name)
    assert "document 1: debit is not credit" in told


def test_what_nobody_decided_stands_on_the_interim_account_and_nowhere_else() -> None:
    result = result_of(normal())
    [_, interim, _] = result.outputs
    _, sums = check_csv(interim.content)

    assert {account for account, _ in sums} == {"91500001", "91500099"}
    assert interim.control_total == sum(abs(case.amount) for case in result.cases)


def test_a_value_day_on_a_saturday_becomes_the_next_bank_day() -> None:
    result = result_of(normal())
    posted = next(one for one in result.tables if one.key == "posted").rows.set_index("transaction")

    assert posted.loc["T004", "value_day"] == pd.Timestamp("2026-10-12")


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 2), date(2026, 10, 30)),  # 31 October is a Saturday
        (date(2026, 10, 15), date(2026, 10, 14)),
        (date(2026, 10, 12), date(2026, 10, 9)),  # a Monday
        (date.max, date(2026, 10, 30)),
    ],
)
def test_a_journal_is_posted_on_the_last_closed_bank_day(today: date, day: date) -> None:
    assert booking_day(date(2026, 10, 31), today, BankCalendar()) == day


ANSWER = """<?xml version="1.0"?>
<ns1:FinancePostingResponse xmlns:ns1="http://kmd.dk/fir/posting/external">
<CONTROL_FIELDS><FILE_NAME>{file}</FILE_NAME></CONTROL_FIELDS>
<RETURN><RECEIV_DOC>B1</RECEIV_DOC><MESSAGE_TYPE>I</MESSAGE_TYPE><MESSAGE_NUM>305</MESSAGE_NUM>
<MESSAGE_TEXT>Modtaget</MESSAGE_TEXT></RETURN>
<RETURN><RECEIV_DOC>B2</RECEIV_DOC><MESSAGE_TYPE>{kind}</MESSAGE_TYPE><MESSAGE_NUM>301</MESSAGE_NUM>
<MESSAGE_TEXT>Tidligere modtaget</MESSAGE_TEXT></RETURN>
</ns1:FinancePostingResponse>
"""


def answered(tmp_path: Path, *, kind: str) -> FlowRun:
    for name in ("bank.csv", "rules.csv", "accounts.csv"):
        (tmp_path / name).write_bytes((FIXTURES / "normal" / name).read_bytes())
    (tmp_path / "answer").mkdir()
    (tmp_path / "answer" / "svar.xml").write_text(ANSWER.format(file="ZFIR.xml", kind=kind), "utf-8")
    settings = json.loads((FIXTURES / "normal" / "expected.json").read_text("utf-8"))["settings"]
    return run_of(tmp_path, settings, sent=lambda _robot: {"ZFIR.xml": 100})


def test_an_answer_to_a_sent_journal_is_shown_and_a_refusal_is_a_case(tmp_path: Path) -> None:
    result = result_of(answered(tmp_path, kind="E"))

    assert len(next(one for one in result.tables if one.key == "answers").rows) == 2
    refused = [case for case in result.cases if case.cause == "journal_refused"]
    assert [(case.document, case.place.line) for case in refused] == [("B2", 6)]


@pytest.mark.parametrize(("total", "amounts"), [(1_444_775, []), (1_444_700, [75])])
def test_a_journal_that_left_before_with_another_total_is_a_case(total: int, amounts: list[int]) -> None:
    name = "ZFIR_KMD_Opus_Posteringer_IND_000_GEVINST_20261030_000000.xml"

    result = result_of(normal(sent=lambda _robot: {name: total}))

    late = [case for case in result.cases if case.cause == "journal_sent_before"]
    assert [case.amount for case in late] == amounts


def test_a_message_of_an_unknown_kind_is_not_taken_for_a_yes(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as error:
        result_of(answered(tmp_path, kind="?"))

    assert [one.code for one in error.value.findings] == ["POS-023"]


def test_a_large_journal_is_split_into_documents_that_each_balance() -> None:
    count = MOST_LINES
    items = pd.DataFrame(
        {
            "bank_account": "91500001",
            "account": "90540000",
            "cost_center": "",
            "psp": "",
            "amount": [100 if at % 3 else -100 for at in range(count)],
            "text": "x",
            "value_date": pd.Timestamp("2026-10-05"),
            "reference": [f"T{at}" for at in range(count)],
            "group": "1",
        }
    )

    lines = two_lines_each(items)

    assert lines.groupby("document").size().tolist() == [MOST_LINES, MOST_LINES]
    assert sorted(lines["reference"].unique()) == sorted(items["reference"])


def test_no_cpr_number_and_no_line_break_reaches_the_ledger(tmp_path: Path) -> None:
    for name in ("bank.csv", "rules.csv", "accounts.csv"):
        text = (FIXTURES / "normal" / name).read_text("utf-8-sig")
        (tmp_path / name).write_text(text.replace("Renter af indestående", "Rente 010180-1234"), "utf-8")
    settings = json.loads((FIXTURES / "normal" / "expected.json").read_text("utf-8"))["settings"]

    result = result_of(run_of(tmp_path, settings))

    assert all(b"010180-1234" not in one.content for one in result.outputs)
    assert b"Rente 010180-XXXX" in result.outputs[0].content
