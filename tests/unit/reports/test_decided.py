"""The run page tells what people have decided, what could not be followed, and notes that are overdue."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no annotations

from gevinst.app.run_report import RunReport
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.decision import Decision, DecisionKind
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Rules
from gevinst.reports.decided import decision_lines
from gevinst.reports.open_items import open_items
from gevinst.reports.result_json import result_json, result_schema
from gevinst.reports.run_page import run_page
from gevinst.texts import Language, Texts
from runs import a_run, ended
from unit.matching.builders import frame

NOTE = Decision(
    number=7,
    robot="hovedkonto",
    period="2026-10",
    kind=DecisionKind.NOTE,
    left=("B1",),
    reason="Afventer bilag fra 010180-1234",
    who="controller",
    at=datetime(2026, 11, 2, 12, 0, tzinfo=UTC),
    run_id="run-1",
)


def report_of(*decisions: Decision, as_of: date = date(2026, 10, 31)) -> RunReport:
    left, right = (
        frame(["B1 2026-10-05 -45,00 Gebyr", "B2 2026-10-05 80,00 A"]),
        frame(["L1 2026-10-28 80,00 B"]),
    )
    result = reconcile(
        SideInput(items=left),
        SideInput(items=right),
        rules=Rules(),
        calendar=BankCalendar(),
        decisions=decisions,
    )
    return RunReport(
        run=ended(a_run()), robot_title="Hovedkonto", result=result, as_of=as_of, decisions=decisions
    )


def notes(report: RunReport, language: Language) -> Sequence[str]:
    return [note for row in open_items(report, Texts(language)) for note in row.notes]


def test_a_note_stands_at_its_item_without_cpr_numbers() -> None:
    assert notes(report_of(NOTE), Language.DANISH) == [
        "Notat 7 (controller, 02.11.2026): Afventer bilag fra 010180-XXXX."
    ]
    assert notes(report_of(NOTE), Language.ENGLISH) == [
        "Note 7 (controller, 2026-11-02): Afventer bilag fra 010180-XXXX."
    ]


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (date(2026, 10, 31), "Ventes udlignet 12.11.2026."),
        (date(2026, 11, 12), "Ventes udlignet 12.11.2026."),
        (date(2026, 11, 13), "Ventede 12.11.2026, ikke udlignet."),
    ],
)
def test_a_date_that_has_passed_is_said(as_of: date, said: str) -> None:
    [note] = notes(report_of(replace(NOTE, expected=date(2026, 11, 12)), as_of=as_of), Language.DANISH)

    assert note.endswith(said)


def test_what_was_followed_and_what_was_not_each_have_a_line() -> None:
    match = replace(NOTE, kind=DecisionKind.MATCH, number=1, reason="aftalt", left=("B2",), right=("L1",))
    match = replace(match, amount_left=8_000, amount_right=8_000)
    gone = replace(NOTE, kind=DecisionKind.UNMATCH, number=2, left=("B2", "B9"))

    lines = decision_lines(report_of(match, gone, NOTE), Texts())

    assert lines[0].startswith("Beslutning nr. 2 kan ikke følges")
    assert lines[1:] == ["Beslutning 1 (controller, 02.11.2026): B2, L1 hører sammen. aftalt"]


def test_both_pages_tell_it() -> None:
    gone = replace(NOTE, kind=DecisionKind.UNMATCH, number=2, left=("B2", "B9"))
    report = report_of(gone, NOTE)

    assert "Decision no. 2 cannot be followed" in run_page(report, Language.ENGLISH)
    danish = run_page(report, Language.DANISH)
    assert "Afgjort af personer" in danish
    assert "Notat 7" in danish
    assert "Ikke undersøgt færdigt" not in danish
    assert "010180-1234" not in danish


def test_the_result_for_machines_has_every_decision_that_the_run_followed() -> None:
    match = replace(NOTE, kind=DecisionKind.MATCH, number=1, left=("B2",), right=("L1",), account="øre")

    document = result_json(report_of(match, replace(NOTE, expected=date(2026, 11, 12))))

    Draft202012Validator(result_schema()).validate(document)
    assert [(one["number"], one["kind"], one["left"]) for one in document["decisions"]] == [
        (1, "match", ["B2"]),
        (7, "note", ["B1"]),
    ]
    assert document["decisions"][1]["reason"] == "Afventer bilag fra 010180-XXXX"
    assert document["decisions"][1]["expected"] == "2026-11-12"
