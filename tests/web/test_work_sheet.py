"""The work list as a workbook: locked where it is known, all answers kept or none, a reason for each row."""

import io
from collections.abc import Mapping
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from gevinst.app.case_sheet import FILL_IN, KNOWN
from gevinst.domain.case import CaseState
from gevinst.domain.decision import DecisionKind
from gevinst.texts import Texts
from gevinst.web.console import Console
from web.case_runs import HOSTILE, Line, put_run
from web.offices import Reader, reader, sent_as_shown

COLUMN = {key: at for at, key in enumerate((*KNOWN, *FILL_IN), start=1)}
ACCEPT = {"how": "Accepter som difference", "code": "Gebyr", "account": "4711", "text": "gebyr fra banken"}


@pytest.fixture
def controller(console: Console) -> Reader:
    """A controller of an office with three cases."""
    put_run(console, [Line(name="b1", text=HOSTILE), Line(name="b2"), Line(name="b3")])
    return reader(console, "controller")


def taken_out(someone: Reader, asked: str = "") -> Workbook:
    got = someone.get(f"/arbejde/excel{asked}")
    assert got.status_code == 200
    return load_workbook(io.BytesIO(got.content))


def filled(book: Workbook, answers: Mapping[int, Mapping[str, Any]]) -> bytes:
    sheet = book.worksheets[0]
    for row, values in answers.items():
        for key, value in values.items():
            sheet.cell(row, COLUMN[key]).value = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def sent(someone: Reader, content: bytes, name: str = "arbejdsliste.xlsx") -> Any:
    return someone.client.post(
        "/arbejde/excel", data={"csrf": someone.csrf()}, files={"sheet": (name, content)}
    )


def kinds(console: Console) -> list[DecisionKind]:
    return [one.kind for one in console.parts.runs.decisions("hovedkonto")]


def unlocked(sheet: Worksheet) -> set[str]:
    return {key for key, at in COLUMN.items() if not sheet.cell(2, at).protection.locked}


def test_what_is_known_is_locked_and_what_is_filled_in_has_choices(controller: Reader) -> None:
    sheet = taken_out(controller).worksheets[0]

    assert sheet.protection.sheet
    assert unlocked(sheet) == set(FILL_IN)
    checks = {str(one.sqref)[0]: one.type for one in sheet.data_validations.dataValidation}
    assert checks == {
        "K": "list",
        "L": "list",
        "M": "textLength",
        "N": "textLength",
        "O": "date",
        "P": "textLength",
    }
    assert sheet.max_row == 4


def test_bank_texts_are_texts_in_the_workbook_and_cpr_is_masked(controller: Reader) -> None:
    cell = taken_out(controller).worksheets[0].cell(2, COLUMN["what"])

    assert cell.data_type == "s"
    assert str(cell.value).startswith("<script>alert(1)</script> =HYPERLINK(1) ")
    assert "010190-1234" not in str(cell.value)


def test_answers_come_back_as_decisions(console: Console, controller: Reader) -> None:
    content = filled(
        taken_out(controller),
        {
            2: ACCEPT,
            3: {"how": "Rettet i økonomisystemet", "document": "700123"},
            4: {"how": "Venter på udligning", "until": "10.12.2026"},
        },
    )

    answer = sent(controller, content)

    assert answer.headers["location"] == "/arbejde?told=sheet&done=3"
    assert kinds(console) == [DecisionKind.ACCEPT, DecisionKind.NOTE, DecisionKind.NOTE]
    assert "3 afgørelser fra regnearket er gemt" in controller.get(answer.headers["location"]).text
    settled = [console.parts.cases.case("r1", number) for number in (1, 2, 3)]
    assert [one.standing.state for one in settled if one] == [
        CaseState.DECIDED,
        CaseState.DECIDED,
        CaseState.WAITING,
    ]


def test_an_english_workbook_comes_back_too(console: Console, controller: Reader) -> None:
    controller.get("/sprog/en")
    book = taken_out(controller)
    controller.get("/sprog/da")

    answer = sent(controller, filled(book, {2: {"how": "Returned to the sender"}}))

    assert answer.status_code == 303, answer.text
    assert kinds(console) == [DecisionKind.NOTE]


def test_one_wrong_row_and_nothing_is_kept_with_a_reason_for_each(
    console: Console, controller: Reader
) -> None:
    content = filled(
        taken_out(controller),
        {
            2: ACCEPT,
            3: {"how": "Accepter som difference", "account": "4711"},
            4: {"how": "Venter på udligning", "until": "i morgen"},
        },
    )
    both = sent(controller, content)
    first = sent(
        controller, filled(taken_out(controller), {2: ACCEPT, 3: {"how": "Accepter som difference"}})
    )

    assert both.status_code == first.status_code == 409
    assert "Intet er gemt" in both.text
    assert "Række 4" in both.text
    assert "»i morgen« er ikke en dato" in both.text
    assert "Række 3" in first.text
    assert kinds(console) == []


def test_a_workbook_is_refused_whole_when_the_run_has_moved_on(console: Console, controller: Reader) -> None:
    content = filled(taken_out(controller), {2: ACCEPT, 3: ACCEPT})
    put_run(console, [Line(name="b1"), Line(name="b2")], run_id="r2")

    answer = sent(controller, content)

    assert answer.status_code == 409
    assert answer.text.count("robotten er kørt igen") == 2
    assert kinds(console) == []


def test_a_case_that_someone_changed_meanwhile_stops_the_whole(console: Console, controller: Reader) -> None:
    content = filled(taken_out(controller), {2: ACCEPT, 3: ACCEPT})
    reader(console, "approver").post("/arbejde/r1.2/overtag")

    answer = sent(controller, content)

    assert answer.status_code == 409
    assert "Række 3" in answer.text
    assert kinds(console) == []


def test_the_same_workbook_twice_is_refused_the_second_time(console: Console, controller: Reader) -> None:
    content = filled(taken_out(controller), {2: ACCEPT})

    first, second = sent(controller, content), sent(controller, content)

    assert (first.status_code, second.status_code) == (303, 409)
    assert kinds(console) == [DecisionKind.ACCEPT]


def test_a_case_twice_and_a_key_that_is_none_are_told_by_row(console: Console, controller: Reader) -> None:
    book = taken_out(controller)
    sheet = book.worksheets[0]
    sheet.cell(3, 1).value = sheet.cell(2, 1).value
    sheet.cell(4, 1).value = "noget andet"

    twice = sent(controller, filled(book, {2: ACCEPT, 3: ACCEPT}))
    none = sent(controller, filled(book, {4: ACCEPT}))

    assert "Sagen står også i række 2" in twice.text
    assert "noget andet er ikke en sag" in none.text
    assert kinds(console) == []


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("liste.csv", b"a;b\n1;2\n", "ikke arbejdslistens regneark"),
        ("liste.xlsx", b"PK\x03\x04 half", "ikke arbejdslistens regneark"),
        ("../../x.xlsx", b"", "ikke arbejdslistens regneark"),
    ],
)
def test_a_file_of_another_kind_is_told_what_to_send(
    controller: Reader, name: str, content: bytes, told: str
) -> None:
    answer = sent(controller, content, name)

    assert answer.status_code == 409
    assert told in answer.text


def test_another_workbook_and_an_empty_one_are_told_what_to_do(controller: Reader) -> None:
    other, content = Workbook(), io.BytesIO()
    other.save(content)

    assert "ikke arbejdslistens regneark" in sent(controller, content.getvalue()).text
    assert "Ingen af rækkerne er udfyldt" in sent(controller, filled(taken_out(controller), {})).text
    assert "ikke valgt en fil" in controller.post("/arbejde/excel").text


def test_nothing_of_a_workbook_is_kept_in_a_signed_period(console: Console, controller: Reader) -> None:
    content = filled(taken_out(controller), {2: ACCEPT})
    paper = "/afstemning/2026-10/hovedkonto"
    explained = {"reason": "in_transit", "expected": "2026-12-01"}
    sent_as_shown(controller, controller.get(paper).text, f"{paper}/underskriv", **explained)
    approver = reader(console, "approver")
    sent_as_shown(approver, approver.get(paper).text, f"{paper}/godkend")

    answer = sent(controller, content)

    assert answer.status_code == 409
    assert "underskrevet og låst" in answer.text
    assert kinds(console) == []


def test_the_workbook_holds_the_cases_of_the_filter(controller: Reader) -> None:
    assert taken_out(controller, "?least=200").worksheets[0].max_row == 1
    guide = taken_out(controller).worksheets[1]
    assert str(guide["A1"].value).endswith(Texts().get("sheet.made", moment="", count=3)[-8:])
