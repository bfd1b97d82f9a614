"""The robot that posts bank lines: its journals, held against a check of their own, and its demo's truth."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.opus_check import check_accounts, check_csv, check_xml, moved, told_by_bank
from flows.runs import flow_run, noting, shipped_run
from gevinst.app.flow_run import FlowRun
from gevinst.demo.flows_posting import FOLDER, OWN, ROBOT, lay_out_posting
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flow import FlowResult, SentFile, SentLine
from gevinst.domain.flows import bank_posting
from gevinst.domain.flows.bank_posting import FLOW, booking_day
from gevinst.domain.journal import MOST_LINES, two_lines_each
from gevinst.domain.run import RunState

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


@cache
def whole_month() -> FlowResult:
    """The month of the normal case, when no journal has left before."""
    return result_of(normal())


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


def test_the_journal_moves_on_open_accounts_what_the_bank_file_says_line_by_line(
    demo: tuple[FlowResult, dict[str, Any]], tmp_path: Path
) -> None:
    result, truth = demo
    folder = tmp_path / FOLDER
    bank = (folder / "bank_2026-10.csv").read_text("utf-8-sig")
    elsewhere = [line for line, (outcome, *_) in truth["lines"].items() if outcome == "elsewhere"]
    xml = result.outputs[-1]

    _, sums = check_xml(xml.content, xml.name)

    assert check_accounts(sums, (folder / "kontoplan.csv").read_text("utf-8-sig")) == []
    for account, (own, _) in OWN.items():
        assert moved([xml.content], own) == told_by_bank(bank, account, but=elsewhere)


def test_the_check_finds_a_journal_that_does_not_balance() -> None:
    result = whole_month()
    csv, xml = result.outputs[0], result.outputs[-1]

    assert "debit is not credit" in check_csv(csv.content.replace(b"Debet;250,00", b"Debet;251,00"))[0]
    told, _ = check_xml(xml.content.replace(b">250.00<", b">251.00<"), xml.name)
    assert "document 1: debit is not credit" in told


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        (b">20261012<", b">20261010<", "day or text"),  # a Saturday
        (b"<PSTNG_DATE>20261030<", b"<PSTNG_DATE>20261031<", "days"),
        (b"<HEADER_TXT>Bankposteringer<", b"<HEADER_TXT><", "header text"),
        (b"<ITEM_TEXT>Renter", b"<ITEM_TEXT>0101801234", "day or text"),
        (b"<SEND_TIME>000000<", b"<SEND_TIME>000001<", "day and time of the file's name"),
        (b"<DEB_CRED_IND>D<", b"<DEB_CRED_IND>K<", "sign"),
        (b"<REF_KEY_3>2<", b"<REF_KEY_3>3<", "number"),
        (b">90540000<", b">9054000<", "account"),
        (b">XG-0000005285-00006<", b"><", "an operating account needs"),
    ],
)
def test_the_check_finds_each_fault_of_an_xml_journal(right: bytes, wrong: bytes, what: str) -> None:
    xml = whole_month().outputs[-1]
    assert right in xml.content

    told, _ = check_xml(xml.content.replace(right, wrong, 1), xml.name)

    assert any(what in one for one in told)


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("Artskonto;Omk", "Konto;Omk", "the heading"),
        (";Debet;", ";D;", "side"),
        (";250,00;", ";250.00;", "amount"),
        (";72000000;;XG-0000005285-00006;"[1:], "72000000;;;", "an operating account needs"),
        ("Renter af indestående", "x" * 51, "text"),
    ],
)
def test_the_check_finds_each_fault_of_a_csv_journal(right: str, wrong: str, what: str) -> None:
    content = whole_month().outputs[0].content.decode()
    assert right in content

    told, _ = check_csv(content.replace(right, wrong, 1).encode())

    assert any(what in one for one in told)


def test_a_journal_that_does_not_balance_is_not_delivered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def lines_of(items: pd.DataFrame, *, first: int) -> pd.DataFrame:
        lines = two_lines_each(items, first=first)
        return lines.assign(amount=lines["amount"] + (lines.index == 0))

    monkeypatch.setattr(bank_posting, "two_lines_each", lines_of)
    left: list[Path] = []
    run = normal(deliver=noting(left))

    result = result_of(run)
    run.deliver(tmp_path)

    off = {one.key: one.difference for one in result.controls if one.difference}
    assert off == {"journal_balance": 1, "journal_bank": 1}
    assert (left, run.state()) == ([], RunState.OPEN_ITEMS)


def test_what_nobody_decided_stands_on_the_interim_account_and_nowhere_else() -> None:
    result = whole_month()
    [_, interim, _] = result.outputs
    _, sums = check_csv(interim.content)

    assert {account for account, _ in sums} == {"91500001", "91500099"}
    assert interim.control_total == sum(abs(case.amount) for case in result.cases)


def test_a_value_day_on_a_saturday_becomes_the_next_bank_day() -> None:
    result = whole_month()
    posted = next(one for one in result.tables if one.key == "posted").rows.set_index("transaction")

    assert posted.loc["T004", "value_day"] == pd.Timestamp("2026-10-12")


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 2), date(2026, 10, 30)),  # 31 October is a Saturday
        (date(2026, 10, 15), date(2026, 10, 14)),
        (date(2026, 10, 12), date(2026, 10, 9)),  # a Monday
        (date(2026, 10, 1), date(2026, 10, 1)),  # no day of the month is closed
        (date.max, date(2026, 10, 30)),
    ],
)
def test_a_journal_is_posted_on_the_last_closed_bank_day(today: date, day: date) -> None:
    assert booking_day(date(2026, 10, 31), today, BankCalendar()) == day


def sent_file(name: str, lines: Sequence[SentLine] | None = (), **facts: Any) -> SentFile:
    made: dict[str, Any] = {"target": name, "period": "2026-10", "run_id": "R1", "day": date(2026, 10, 13)}
    kept = None if lines is None else tuple(lines)
    return SentFile(name=name, lines=kept, state="delivered", **(made | facts))


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
    return run_of(tmp_path, settings, sent=lambda *_: (sent_file("ZFIR.xml"),))


def read_answer(tmp_path: Path, messages: Sequence[tuple[str, ...]]) -> Path:
    """Put an answer of these messages in the place of the one that is there."""
    said = "".join(
        f"<RETURN><RECEIV_DOC>{document}</RECEIV_DOC><MESSAGE_TYPE>{kind}</MESSAGE_TYPE>"
        f"<MESSAGE_NUM>{number}</MESSAGE_NUM><MESSAGE_TEXT>x</MESSAGE_TEXT></RETURN>"
        for _, document, kind, number in messages
    )
    path = tmp_path / "answer" / "svar.xml"
    path.write_text(
        '<n:FinancePostingResponse xmlns:n="http://kmd.dk/fir/posting/external"><CONTROL_FIELDS>'
        f"<FILE_NAME>{messages[0][0]}</FILE_NAME></CONTROL_FIELDS>{said}</n:FinancePostingResponse>",
        "utf-8",
    )
    return path


def test_an_answer_to_a_sent_journal_is_shown_and_a_refusal_is_a_case(tmp_path: Path) -> None:
    result = result_of(answered(tmp_path, kind="E"))

    assert len(next(one for one in result.tables if one.key == "answers").rows) == 2
    refused = [case for case in result.cases if case.cause == "journal_refused"]
    assert [(case.document, case.place.line) for case in refused] == [("B2", 6)]


FIRST = "ZFIR_KMD_Opus_Posteringer_IND_000_GEVINST_20261012_000000.xml"


def first_journal(result: FlowResult, *, of: Collection[str] = ("T001", "T005")) -> SentFile:
    """A journal of the month's first days, as an earlier run would have made it of some lines."""
    return sent_file(FIRST, [line for line in result.outputs[-1].lines if line.item in of])


def rows(result: FlowResult, table: str) -> pd.DataFrame:
    return next(one for one in result.tables if one.key == table).rows.set_index("transaction")


def test_a_line_that_stands_in_a_journal_is_not_proposed_again_and_the_rest_is() -> None:
    month = whole_month()

    result = result_of(normal(sent=lambda *_: (first_journal(month),)))

    kept = rows(result, "in_journal")
    assert kept[["journal", "posted_to"]].to_dict("index") == {
        "T001": {"journal": FIRST, "posted_to": "72000000"},
        "T005": {"journal": FIRST, "posted_to": "91500099"},
    }
    proposed = {line.item for line in result.outputs[-1].lines}
    assert proposed | set(kept.index) == {line.item for line in month.outputs[-1].lines}
    assert proposed.isdisjoint(kept.index)
    assert result.holds
    assert result.done == {
        "posting": ["T002", "T003", "T004", "T001"]
    }  # the whole month's, each credited once


def test_a_line_on_the_interim_account_waits_for_a_person_in_every_later_run() -> None:
    month = whole_month()

    result = result_of(normal(sent=lambda *_: (first_journal(month),)))

    assert [case.cause for case in result.cases if case.item_id == "T005"] == ["no_posting_rule"]
    waiting = rows(result, "interim")["document"]
    assert waiting.to_dict() == {"T005": "GEVINST20261030002", "T006": "", "T008": "", "T009": ""}


def test_a_line_on_the_interim_account_that_a_rule_fits_by_now_is_to_be_reposted() -> None:
    month = whole_month()
    [line] = [one for one in month.outputs[-1].lines if one.item == "T001"]
    before = sent_file(FIRST, [replace(line, account="91500099")])

    result = result_of(normal(sent=lambda *_: (before,)))

    assert [case.cause for case in result.cases if case.item_id == "T001"] == ["rule_after_interim"]
    assert "T001" not in {one.item for one in result.outputs[-1].lines}


def test_the_documents_of_a_day_are_numbered_on() -> None:
    month = whole_month()

    again = result_of(normal(sent=lambda *_: (first_journal(month),)))

    assert [one.name for one in again.outputs] == [
        "bilag_20261030_03.csv",
        "bilag_20261030_04.csv",
        "ZFIR_KMD_Opus_Posteringer_IND_000_GEVINST_20261030_000002.xml",
    ]
    assert check_xml(again.outputs[-1].content, again.outputs[-1].name)[0] == []
    assert {one.document for one in again.outputs[-1].lines} == {
        "GEVINST20261030003",
        "GEVINST20261030004",
    }


def test_when_all_lines_stand_in_journals_there_is_none_to_deliver() -> None:
    month = whole_month()

    again = result_of(normal(sent=lambda *_: (sent_file(FIRST, month.outputs[-1].lines),)))

    assert again.outputs == ()
    assert again.holds


def test_a_line_that_the_bank_has_changed_or_taken_back_is_a_case() -> None:
    month = whole_month()
    lines = {line.item: line for line in month.outputs[-1].lines}
    changed = replace(lines["T001"], amount=24_000)
    gone = replace(lines["T001"], item="T000", amount=5_000)

    result = result_of(normal(sent=lambda *_: (sent_file(FIRST, [changed, gone]),)))

    found = {case.cause: case.amount for case in result.cases if case.reference == FIRST}
    assert found == {"line_changed_after_journal": 1_000, "line_gone_after_journal": -5_000}


def test_journals_of_another_month_hold_nothing_of_this_one() -> None:
    month = whole_month()
    september = sent_file(FIRST, month.outputs[-1].lines, period="2026-09")

    assert len(result_of(normal(sent=lambda *_: (september,))).outputs[-1].lines) == 8


def test_nothing_is_proposed_while_the_lines_of_a_journal_are_not_known() -> None:
    with pytest.raises(InputRejectedError) as error:
        result_of(normal(sent=lambda *_: (sent_file(FIRST, None),)))

    assert [(one.code, one.place.file) for one in error.value.findings] == [("POS-026", FIRST)]


@pytest.mark.parametrize(
    ("messages", "free"),
    [
        ([("E", "322")], True),
        ([("A", "999"), ("I", "100")], True),
        ([("E", "301")], False),  # received before: the ERP has it
        ([("E", "322"), ("I", "305")], False),  # received without errors, whatever else it says
        ([("W", "322")], False),
    ],
)
def test_a_refused_document_frees_its_lines_unless_the_erp_has_it(
    tmp_path: Path, messages: list[tuple[str, str]], *, free: bool
) -> None:
    month = whole_month()
    journal = first_journal(month, of=["T001"])
    [line] = journal.lines or ()
    run = answered(tmp_path, kind="I")
    answer = read_answer(tmp_path, [(FIRST, line.document, *one) for one in messages])
    run.tools = replace(run.tools, sent=lambda *_: (journal,))

    result = result_of(run)

    assert answer.exists()
    assert ("T001" in {one.item for one in result.outputs[-1].lines}) is free


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
