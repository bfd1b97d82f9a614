"""The work list in the console: filters, alike cases, rows as they stood, and the day that has passed."""

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from gevinst import bootstrap
from gevinst.domain.case import CaseState
from gevinst.domain.decision import DecisionKind
from gevinst.web.console import Console
from web.case_runs import FILE, HOSTILE, Line, put_run
from web.offices import reader, sent_as_shown, visiting


@pytest.fixture
def november(console: Console) -> Console:
    """A console on a day in November."""
    return replace(console, today=lambda: date(2026, 11, 3))


def states(console: Console, *numbers: int) -> list[CaseState]:
    found = [console.parts.cases.case("r1", number) for number in numbers]
    return [one.standing.state for one in found if one]


def test_a_case_shows_its_row_as_it_stood_with_html_as_text_and_cpr_masked(november: Console) -> None:
    put_run(november, [Line(name="b1", text=HOSTILE)])

    shown = reader(november, "controller").get("/arbejde/r1.1").text

    assert "05-10-2026;&lt;script&gt;alert(1)&lt;/script&gt; =HYPERLINK(1)" in shown
    assert "<script>alert" not in shown
    assert "010190-1234" not in shown


def test_a_row_that_is_no_longer_kept_is_said_to_be_so(november: Console) -> None:
    put_run(november, [Line(name="b1"), Line(name="b2", line=99)])
    (november.office.runs / "hovedkonto/2026-10/r1/input/bank" / FILE).unlink()

    shown = reader(november, "controller").get("/arbejde/r1.1")

    assert shown.status_code == 200
    assert "Rækken kan ikke vises" in shown.text


def test_alike_cases_are_offered_together_and_settled_together(november: Console) -> None:
    alike = [Line(name=f"b{number}") for number in range(3)]
    put_run(november, [*alike, Line(name="x", cause="fee")])
    someone = reader(november, "controller")

    offered = someone.get("/arbejde").text
    filtered = someone.get("/arbejde?cause=no_counterpart_bank").text
    asked = {"all": "yes", "cause": "no_counterpart_bank", "do": "returned", "text": "spurgt"}
    moved = someone.post("/arbejde/samlet", seen="2", **asked)
    untouched = states(november, 1, 2, 3)
    sent = someone.post("/arbejde/samlet", seen="3", **asked)

    assert "cause=no_counterpart_bank" in offered
    assert "cause=fee" not in offered  # one alone is not alike
    assert 'id="all"' in filtered
    assert 'id="all"' not in offered
    assert "told=moved" in moved.headers["location"]
    assert untouched == [CaseState.TO_DO] * 3
    assert "done=3&of=3" in sent.headers["location"]
    assert states(november, 1, 2, 3, 4) == [CaseState.DECIDED] * 3 + [CaseState.TO_DO]


def test_a_decided_and_a_skipped_case_lead_on_within_the_filter(november: Console) -> None:
    put_run(november, [*(Line(name=f"b{number}") for number in range(3)), Line(name="x", cause="fee")])
    someone = visiting(november, "controller")
    asked = {"cause": "no_counterpart_bank", "how": "returned", "text": "spurgt"}

    first = someone.client.get("/arbejde/naeste?cause=no_counterpart_bank").headers["location"]
    skip = re.search(r'href="(/arbejde/naeste[^"]+)"', someone.get(first).text)
    assert skip
    second = someone.client.get(unescape(skip.group(1))).headers["location"]
    decided = someone.post("/arbejde/r1.2/afgoer", **asked).headers["location"]
    third = someone.client.get(decided).headers["location"]

    assert first == "/arbejde/r1.1?cause=no_counterpart_bank"
    assert second == "/arbejde/r1.2?cause=no_counterpart_bank"
    assert third == "/arbejde/r1.3?cause=no_counterpart_bank&told=decided&was=r1.2"
    assert 'href="/arbejde/r1.2">Se den, eller fortryd' in someone.get(third).text
    after_the_last = someone.post("/arbejde/r1.3/afgoer", **asked).headers["location"]
    assert someone.client.get(after_the_last).headers["location"].startswith(first)


def test_a_persons_own_waiting_cases_lead_from_one_to_the_next(november: Console) -> None:
    put_run(november, [Line(name="b1"), Line(name="b2")])
    someone, mine = visiting(november, "controller"), "who=mine&state=waiting"
    for number in (1, 2):
        someone.post(f"/arbejde/r1.{number}/afgoer", how="waits", until="2026-12-10")

    first = someone.client.get(f"/arbejde/naeste?{mine}").headers["location"]
    second = someone.client.get(f"/arbejde/naeste?{mine}&after=r1.1&after_day=2026-10-05")

    assert first == f"/arbejde/r1.1?{mine}"
    assert second.headers["location"] == f"/arbejde/r1.2?{mine}"


def test_a_case_whose_day_has_passed_is_to_do_again_and_can_be_decided(november: Console) -> None:
    put_run(november, [Line(name="b1")])
    someone = reader(november, "controller")
    someone.post("/arbejde/r1.1/afgoer", how="waits", until="2026-11-10", text="spurgt banken")
    waiting = someone.get("/arbejde").text

    later = replace(november, today=lambda: date(2026, 11, 11))
    again = reader(later, "controller")
    listed, shown = again.get("/arbejde").text, again.get("/arbejde/r1.1").text
    again.post("/arbejde/r1.1/afgoer", how="accept", code="fee", account="4711")

    assert "r1.1" not in waiting
    assert "skulle være udlignet 10.11.2026" in listed
    assert "Afgør sagen" in shown
    assert [one.kind for one in later.parts.runs.decisions("hovedkonto")] == [
        DecisionKind.NOTE,
        DecisionKind.ACCEPT,
    ]


def test_the_overview_draws_the_age_of_the_cases_with_the_same_figures_in_a_table(november: Console) -> None:
    put_run(november, [Line(name="b1"), Line(name="b2", booked=date(2026, 2, 1))])

    shown = reader(november, "controller").get("/").text

    assert '<svg class="bars" role="img"' in shown
    assert "<caption>2 sager efter ældste bogføringsdag</caption>" in shown
    assert '<th scope="row">Over 180 dage</th><td class="n">1</td><td class="n">125,00</td>' in shown


def test_a_robots_page_draws_the_share_that_it_matched(november: Console) -> None:
    put_run(november, [Line(name="b1")])

    shown = reader(november, "operator").get("/robotter/hovedkonto").text

    assert '<th scope="row">2026-10</th><td class="n">99,0 %</td>' in shown


def test_who_may_not_see_items_sees_no_ages_of_cases(november: Console) -> None:
    put_run(november, [Line(name="b1")])

    assert '<svg class="bars"' not in reader(november, "operator").get("/").text


def test_an_explanation_whose_day_has_passed_calls_on_the_overview(november: Console) -> None:
    put_run(november, [Line(name="b1")])
    someone = visiting(november, "controller")
    path = "/afstemning/2026-10/hovedkonto"
    explained = {"reason": "in_transit", "expected": "2026-11-10"}
    sent_as_shown(someone, someone.get(path).text, f"{path}/underskriv", **explained)
    before = someone.get("/").text

    later = replace(november, today=lambda: date(2026, 11, 11))

    assert path not in before
    assert f'href="{path}">Forklaringen for 2026-10' in visiting(later, "controller").get("/").text
    assert path not in visiting(later, "operator").get("/").text


ACCOUNT = """
[[account]]
id = "deponering"
title = { da = "Deponeringskonto", en = "Deposit account" }
person = "Regnskabsmedarbejder"
"""


@pytest.mark.parametrize("page", ["/arbejde", "/robotter", "/kalender", "/afstemning/2026-10"])
def test_pages_open_in_an_office_that_has_an_account_without_a_robot(console: Console, page: str) -> None:
    file = console.office.robots.parent / "gevinst.toml"
    file.write_text(file.read_text("utf-8") + ACCOUNT, "utf-8")
    office = replace(console, office=bootstrap.office(str(file.parent)))

    assert visiting(office, "everything").get(page).status_code == 200
