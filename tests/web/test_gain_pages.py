"""Gains in the console: figures, a benefit owner's answer, and the stopwatch."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import load_workbook

from gains import a_card, a_month, keep
from gevinst.web.console import Console
from web.offices import reader

OWNER = "benefit-owner"
CASE = "fixed"


@pytest.fixture
def earned(console: Console) -> Console:
    """A console whose main account has earned in the third quarter, with a benefit owner named."""
    settings = console.office.robots.parent / "gevinst.toml"
    text = settings.read_text("utf-8").replace('["oekonomichef"]', f'["{OWNER}"]')
    settings.write_text(text, "utf-8")
    card = a_card()
    keep(console.parts, card)
    for month in ("2026-07", "2026-08"):
        a_month(console.parts, card, month, items=40, exceptions=1, supervision="10")
    return console


def test_gains_show_low_middle_and_high_with_their_formulas(earned: Console) -> None:
    shown = reader(earned, "auditor").get("/gevinster").text

    assert "Timer frigjort" in shown or "timer" in shown
    assert '<svg class="chart"' in shown
    assert 'href="/gevinster/hovedkonto"' in shown
    assert "style=" not in shown


def test_the_workbook_counts_by_formulas(earned: Console) -> None:
    got = reader(earned, "auditor").get("/gevinster/hent/gevinster.xlsx")

    book = load_workbook(io.BytesIO(got.content))
    formulas = [
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if str(cell.value).startswith("=")
    ]
    assert "attachment" in got.headers["content-disposition"]
    assert len(formulas) > 20


def test_the_benefit_owner_confirms_a_quarter_with_a_reason_when_it_is_far_from_plan(earned: Console) -> None:
    owner = reader(earned, OWNER)
    answer = {"quarter": "2026-Q3", "state": "confirmed"}

    without = owner.post("/gevinster/hovedkonto/svar", **answer)
    kept = owner.post("/gevinster/hovedkonto/svar", **answer, reason="Robotten kom senere i gang")

    assert without.status_code == 409
    assert "GAI-005" in without.text or "begrund" in without.text.lower()
    assert kept.status_code == 303
    assert [one.who for one in earned.parts.gains.answers("hovedkonto")] == [OWNER]
    assert "Robotten kom senere i gang" in owner.get("/gevinster/hovedkonto?aar=2026").text


def test_one_who_is_not_named_as_owner_confirms_nothing(earned: Console) -> None:
    other = reader(earned, "everything")

    refused = other.post("/gevinster/hovedkonto/svar", quarter="2026-Q3", state="confirmed", reason="ja")

    assert refused.status_code == 409
    assert not earned.parts.gains.answers("hovedkonto")


@pytest.mark.parametrize("state", ["calculated", "", "CONFIRMED"])
def test_no_other_answer_than_yes_and_no(earned: Console, state: str) -> None:
    answered = reader(earned, OWNER).post("/gevinster/hovedkonto/svar", quarter="2026-Q3", state=state)

    assert answered.status_code == 422


def test_the_stopwatch_times_items_without_script_and_keeps_them(earned: Console) -> None:
    at = datetime(2027, 1, 4, 9, tzinfo=UTC)

    def later(minutes: float) -> Console:
        return replace(earned, now=lambda: at + timedelta(minutes=minutes))

    someone = reader(earned, "controller")
    cookies = dict(someone.client.cookies)

    def press(minutes: float, address: str, key: str) -> str:
        console = later(minutes)
        visitor = reader(console)
        visitor.client.cookies.update(cookies)
        fields = dict(pair.split("=") for pair in address.partition("?")[2].split("&") if "=" in pair)
        pressed = visitor.post(
            "/gevinster/hovedkonto/stopur", **{"sag": CASE, **fields}, **({"key": key} if key else {})
        )
        assert pressed.status_code == 303, pressed.text
        return pressed.headers["location"]

    at = datetime.now(UTC)
    address = press(0, "", "")
    address = press(4, address, "next")
    address = press(5, address, "pause")
    address = press(9, address, "next")  # goes on
    address = press(11, address, "next")
    address = press(12, address, "stop")

    kept = earned.parts.gains.measurements("hovedkonto")
    assert [list(map(str, one.minutes)) for one in kept] == [["4.00", "3.00"]]
    assert f"maaling={kept[0].number}" in address
    assert "minutes = 3.50" in someone.get(address).text


@pytest.mark.parametrize(
    "address",
    ["start=x", "start=1&min=a", "start=1&min=-4", "start=99999999999999", "start=nan", "start=inf"],
)
def test_an_address_with_nonsense_starts_no_stopwatch(earned: Console, address: str) -> None:
    shown = reader(earned, "controller").get(f"/gevinster/hovedkonto/stopur?sag={CASE}&{address}")

    assert shown.status_code == 200
    assert "Begynd første sag" in shown.text


def test_the_page_follows_what_was_answered_and_earned_at_once(earned: Console) -> None:
    owner = reader(earned, OWNER)
    before = owner.get("/gevinster/hovedkonto?aar=2026").text

    owner.post(
        "/gevinster/hovedkonto/svar", quarter="2026-Q3", state="rejected", reason="Vi bruger tiden igen"
    )
    a_month(earned.parts, a_card(), "2026-09", items=1180)
    after = owner.get("/gevinster/hovedkonto?aar=2026").text

    assert "Vi bruger tiden igen" not in before
    assert "Vi bruger tiden igen" in after
    assert "1.180" in after
