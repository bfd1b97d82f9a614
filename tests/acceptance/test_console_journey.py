"""The demo month from the first sign-in to the last signature, through the console's pages alone."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from acceptance.conftest import ROBOTS
from acceptance.offices import Ran, TestOffice
from browser.consoles import Seat, seated, served
from gevinst import bootstrap
from gevinst.app.accounts import make_setup_code
from gevinst.domain.case import CaseState
from gevinst.domain.decision import DecisionKind
from gevinst.web.console import Console, open_console
from web.offices import PASSWORD

LIMIT = '\n[delivery]\nfour_eyes_above = "1.000,00"\n'
SETTLED = "2036-12-01"  # a day that no test run comes after


@pytest.fixture
def console(demo_office: TestOffice, demo_runs: Mapping[str, Ran], tmp_path: Path) -> Iterator[Console]:
    """The demo office's console after the month's runs, with a limit for four eyes."""
    assert set(demo_runs) == set(ROBOTS)
    folder = shutil.copytree(demo_office.folder, tmp_path / "office")
    for robot in ROBOTS:
        with (folder / "robots" / robot / "robot.toml").open("a", encoding="utf-8") as passport:
            passport.write(LIMIT)
    opened = open_console(bootstrap.office(str(folder)))
    yield opened
    opened.parts.runs.close()


def test_the_demo_month_is_solved_approved_signed_and_locked(console: Console, browser: Browser) -> None:
    code = make_setup_code(console.door.book, console.now())
    with served(console) as address, seated(browser, address) as second, seated(browser, address) as first:
        make_first_two_people(second, code)
        first.sign_in("controller")
        settle_alike_cases(first.page)
        hows = settle_each_case(first.page)
        approve_what_is_large(second)
        sign_each_account(first, "Underskriv")
        sign_each_account(second, "Godkend som anden person")

        assert hows == {"match", "accept", "corrected", "waits", "returned"}
        expect(second.page.get_by_text("3 af 3 konti er underskrevet af begge (100 %)")).to_be_visible()
        assert first.complaints == second.complaints == []
    assert_that_nothing_waits(console)


def make_first_two_people(seat: Seat, code: str) -> None:
    """The one who starts the console makes an account of their own, and one for the controller."""
    page = seat.page
    seat.open(f"/opsaetning?kode={code}")
    for field, value in (("user", "chef"), ("password", PASSWORD), ("again", PASSWORD)):
        page.fill(f"#{field}", value)
    page.click("main button")
    page.get_by_role("link", name="Administration").click()
    page.fill("#user", "controller")
    page.fill("#password", PASSWORD)
    page.get_by_label("Controller").check()
    page.get_by_role("button", name="Opret bruger").click()
    expect(page.locator("h1")).to_have_text("controller")


def settle_alike_cases(page: Page) -> None:
    """What the month's end left open waits for the next month, all at once."""
    page.get_by_role("link", name="Kortindløsning mod finans 2026-10").click()
    page.get_by_role("link", name="Åbn sagerne").click()
    page.locator(".chips a", has_text="Ventes i næste periode").first.click()
    page.locator("#all").check()
    page.fill("#until", SETTLED)
    page.get_by_role("button", name="Udfør").click()
    expect(page.get_by_role("status")).to_contain_text("24")


def settle_each_case(page: Page) -> set[str]:
    """Decide about one case after the other, as the page suggests; how that was."""
    hows: set[str] = set()
    page.get_by_role("link", name="Overblik").click()
    expect(page.locator("h1")).to_have_text("23 sager")
    page.get_by_role("link", name="Åbn næste sag").click()
    page.locator("#decide").wait_for()
    while page.locator("#decide").count():
        before = page.url
        hows.add(settle(page, tired_of="waits" in hows))
        page.wait_for_url(lambda url, before=before: url != before)  # type: ignore[misc] # bound at once
    expect(page.get_by_role("status")).to_have_text("Der er ikke flere sager at tage fat på.")
    return hows


def settle(page: Page, *, tired_of: bool) -> str:
    """Settle the case at hand in the way that is open, else by asking its sender, or by waiting."""
    opened = page.locator("details[name=how][open]")
    if opened.count() == 0:
        name = "Returneret til afsender" if tired_of else "Venter på udligning"
        page.locator("summary", has_text=name).click()
    how = str(opened.locator("[name=how]").get_attribute("value"))
    alternatives = opened.locator("[name=alternative]")
    if alternatives.count():
        alternatives.first.check()
    for field, value in {"account": "4711", "document": "1900042999", "until": SETTLED}.items():
        if not alternatives.count() and opened.locator(f"[name={field}]").count():
            opened.locator(f"[name={field}]").fill(value)
    opened.locator("[name=text]").fill("aftalt med enheden")
    opened.get_by_role("button").click()
    return how


def approve_what_is_large(seat: Seat) -> None:
    """The second person goes from one decision above the limit to the next."""
    page = seat.page
    seat.open("/")
    expect(page.locator("h1")).to_have_text("4 afgørelser venter på din godkendelse")
    page.get_by_role("link", name="Åbn næste sag").click()
    page.locator("#decided").wait_for()
    while page.locator('form[action$="/godkend"]').count():
        before = page.url
        page.locator('form[action$="/godkend"] button').click()
        page.wait_for_url(lambda url, before=before: url != before)  # type: ignore[misc] # bound at once
    expect(page.get_by_role("status")).to_have_text("Der er ikke flere sager at tage fat på.")


def sign_each_account(seat: Seat, button: str) -> None:
    """Sign the papers of the month's accounts, and go back to their list."""
    page = seat.page
    for robot in ROBOTS:
        seat.open("/afstemning/2026-10")
        page.locator(f'tbody a[href$="/{robot}"]').click()
        page.locator("#signatures").wait_for()
        if page.locator("#reason").count():
            page.select_option("#reason", "next_period")
            page.fill("#expected", SETTLED)
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("status")).to_be_visible()
    page.get_by_role("link", name="Tilbage til listen").click()


def assert_that_nothing_waits(console: Console) -> None:
    runs = console.parts.view.standing_each(ROBOTS).values()
    groups = console.parts.cases
    found = {
        one.standing.state
        for run in runs
        for number in range(1, 100)
        if (one := groups.case(run.run_id, number))
    }
    made = [one for robot in ROBOTS for one in console.parts.runs.decisions(robot)]
    assert found == {CaseState.DECIDED, CaseState.WAITING}
    assert {one.kind for one in made} >= {DecisionKind.MATCH, DecisionKind.ACCEPT, DecisionKind.NOTE}
