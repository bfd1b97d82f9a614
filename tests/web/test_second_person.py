"""The second person: approves and signs what they have read, and nothing that came after."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gevinst.app.accounts import set_password
from gevinst.app.cases import CASE_PAGE
from gevinst.domain.case import CaseState
from gevinst.domain.signature import SignatureKind
from gevinst.web.console import Console
from web.case_runs import Line, put_run
from web.offices import EVERYTHING, IT, PASSWORD, Reader, sent_as_shown, visiting

CASE = "/arbejde/r1.1"
ROBOT = "bankbogfoering"  # one with a limit above which a second person is asked
PAPER = f"/afstemning/2026-10/{ROBOT}"
OPEN = {"reason": "in_transit", "expected": "2026-12-01"}


@pytest.fixture(autouse=True)
def _one_case_above_the_limit(console: Console) -> None:
    put_run(console, [Line(name="b1", amount=9_000_000_00)], robot=ROBOT)


@pytest.fixture
def approver(console: Console) -> Reader:
    """Who comes second."""
    return visiting(console, "approver")


def decide(console: Console, account: str) -> None:
    answer = visiting(console, "controller").post(
        f"{CASE}/afgoer", how="accept", code="write_off", account=account, text="aftalt"
    )
    assert answer.status_code == 303


def test_a_decision_that_was_changed_after_it_was_read_is_not_approved(
    console: Console, approver: Reader
) -> None:
    decide(console, "4711")
    read = approver.get(CASE).text
    visiting(console, "controller").post(f"{CASE}/fortryd", reason="forkert konto")
    decide(console, "9999")

    late = sent_as_shown(approver, read, f"{CASE}/godkend", reason="set")
    now = sent_as_shown(approver, approver.get(CASE).text, f"{CASE}/godkend", reason="set")

    assert (late.status_code, now.status_code) == (409, 303)
    assert "En anden har ændret sagen" in late.text
    found = console.parts.cases.case("r1", 1)
    assert found is not None
    assert found.standing.state is CaseState.DECIDED


def test_a_decision_is_offered_to_others_and_not_to_who_made_it(console: Console, approver: Reader) -> None:
    both, waiting = visiting(console, EVERYTHING), "/arbejde/naeste?state=awaits_approval"
    both.post(f"{CASE}/afgoer", how="accept", code="write_off", account="4711", text="aftalt")

    assert both.get(waiting).headers["location"] == "/arbejde?state=awaits_approval&told=done"
    assert approver.get(waiting).headers["location"] == f"{CASE}?state=awaits_approval"
    assert "1 afgørelse venter på din godkendelse" in approver.get("/").text
    assert "venter på din godkendelse" not in both.get("/").text


def test_anothers_decision_is_found_behind_a_page_of_ones_own(console: Console, approver: Reader) -> None:
    lines = [Line(name=f"b{number}", amount=9_000_000_00) for number in range(CASE_PAGE + 1)]
    put_run(console, lines, run_id="r2", robot=ROBOT)
    both, keys = visiting(console, EVERYTHING), [f"r2.{number + 1}" for number in range(CASE_PAGE + 1)]
    accept = {"code": "write_off", "account": "4711", "text": "aftalt"}
    both.post("/arbejde/samlet", do="accept", case=keys[:CASE_PAGE], **accept)
    visiting(console, "controller").post(f"/arbejde/{keys[-1]}/afgoer", how="accept", **accept)

    waiting = "/arbejde/naeste?state=awaits_approval"

    assert both.get(waiting).headers["location"].startswith(f"/arbejde/{keys[-1]}?")
    assert approver.get(waiting).headers["location"].startswith(f"/arbejde/{keys[0]}?")


def test_an_approval_that_does_not_say_what_was_read_is_refused(console: Console, approver: Reader) -> None:
    decide(console, "4711")

    assert approver.post(f"{CASE}/godkend", reason="set").status_code == 409


def test_who_gives_the_wrong_password_keeps_what_was_typed_and_blanks_count(console: Console) -> None:
    moment = [datetime.now(UTC)]
    later = replace(console, now=lambda: moment[0])
    password = f" {PASSWORD} "
    set_password(console.door, by=IT, user="approver", password=password, now=moment[0])
    decide(console, "4711")
    chief = visiting(later, "approver")
    moment[0] += timedelta(minutes=16)
    read = chief.get(CASE).text

    wrong = sent_as_shown(chief, read, f"{CASE}/godkend", reason="set bilag 7", password=PASSWORD)
    right = sent_as_shown(chief, read, f"{CASE}/godkend", reason="set bilag 7", password=password)

    assert (wrong.status_code, right.status_code) == (409, 303)
    assert 'value="set bilag 7"' in wrong.text


def test_figures_of_a_run_that_came_after_the_page_are_not_signed(console: Console) -> None:
    preparer = visiting(console, "controller")
    read = preparer.get(PAPER).text
    put_run(console, [Line(name="b1"), Line(name="b2")], run_id="r2", robot=ROBOT)

    late = sent_as_shown(preparer, read, f"{PAPER}/underskriv", **OPEN)

    assert late.status_code == 409
    assert "kørt igen" in late.text
    assert console.parts.signatures.of_period("2026-10") == []


def test_a_signature_that_was_given_anew_after_it_was_read_is_not_approved(
    console: Console, approver: Reader
) -> None:
    preparer = visiting(console, "controller")
    sent_as_shown(preparer, preparer.get(PAPER).text, f"{PAPER}/underskriv", **OPEN)
    read = approver.get(PAPER).text
    other = OPEN | {"reason": "next_period"}
    sent_as_shown(preparer, preparer.get(PAPER).text, f"{PAPER}/underskriv", **other)

    late = sent_as_shown(approver, read, f"{PAPER}/godkend")
    now = sent_as_shown(approver, approver.get(PAPER).text, f"{PAPER}/godkend")

    kinds = [one.kind for one in console.parts.signatures.of_period("2026-10")]
    assert (late.status_code, now.status_code) == (409, 303)
    assert kinds == [SignatureKind.PREPARE, SignatureKind.PREPARE, SignatureKind.APPROVE]
