"""The console in a real browser: whole journeys, by keyboard, without script, on a phone, for every eye."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from browser.consoles import LINES, lay_out, seated, served
from gevinst.web.console import Console
from web.case_runs import put_run
from web.offices import PASSWORD

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: Of details with one name only one is open at a time.
OPEN_ALL = "all => all.forEach(one => { one.removeAttribute('name'); one.open = true; })"
PAGES = (
    *("/", "/arbejde", "/arbejde?cause=fee", "/arbejde?least=9.999.999", "/arbejde/r1.1", "/koersler"),
    *(
        "/koersler/r1",
        "/robotter",
        "/robotter/hovedkonto",
        "/robotter/hovedkonto/koer",
        "/afstemning/2026-10",
    ),
    *("/afstemning/2026-10/hovedkonto", "/konto", "/no-such-page"),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A console that tests only look at."""
    with served(lay_out(tmp_path_factory.mktemp("shared") / "office")) as address:
        yield address


@pytest.fixture
def own(tmp_path: Path) -> Console:
    """A console that one test changes."""
    return lay_out(tmp_path / "office")


def faults(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [(fault["id"], [node["html"][:120] for node in fault["nodes"]][:2]) for fault in found]


def paths_of_nav(page: Page) -> list[str]:
    links = page.locator(".ways a").all()
    return [str(link.get_attribute("href")) for link in links]


def test_the_list_is_worked_by_keyboard_alone(shared: str, browser: Browser) -> None:
    with seated(browser, shared, "controller") as seat:
        seat.open("/arbejde")
        page = seat.page
        expect(page.locator("#keys")).to_be_visible()
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('tbody th a')"):
                break
        first = page.evaluate("document.activeElement.getAttribute('href')")
        page.keyboard.press("j")
        page.keyboard.press("x")
        second = page.evaluate("document.activeElement.getAttribute('href')")
        chosen = page.locator("tbody input:checked").get_attribute("value")
        page.keyboard.press("k")
        assert page.evaluate("document.activeElement.getAttribute('href')") == first
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{shared}{second}")

    assert second != first
    assert second == f"/arbejde/{chosen}"


def test_without_script_a_case_is_decided_all_the_same(own: Console, browser: Browser) -> None:
    with (
        served(own) as address,
        seated(browser, address, "controller", java_script_enabled=False) as seat,
    ):
        seat.open("/arbejde/r1.1")
        page = seat.page
        page.locator("summary", has_text="Returneret til afsender").click()
        page.locator("#returned-text").fill("spurgt")
        page.locator('form:has(input[value="returned"]) button').click()
        expect(page.locator("h1")).to_be_visible()
        assert seat.complaints == []
    assert len(own.parts.runs.decisions("hovedkonto")) == 1


def test_an_operator_asks_for_a_run_and_sees_it_wait(own: Console, browser: Browser) -> None:
    with served(own) as address, seated(browser, address, "operator") as seat:
        page = seat.page
        page.get_by_role("link", name="Robotter").click()
        page.get_by_role("link", name="Hovedkonto mod finans").click()
        page.get_by_role("link", name="Kør nu").click()
        page.locator("#trial").check()
        page.locator('main form[method="post"] button').click()
        expect(page.get_by_role("status")).to_be_visible()
        assert "/koersler/" in page.url
        assert page.get_by_role("link", name="Arbejdsliste").count() == 0
        assert seat.complaints == []


def test_an_auditor_checks_the_trail_and_sees_who_decided_what(own: Console, browser: Browser) -> None:
    with served(own) as address:
        with seated(browser, address, "controller") as seat:
            seat.open("/arbejde/r1.2")
            seat.page.fill("#account", "4711")
            seat.page.get_by_role("button", name="Accepter").click()
            expect(seat.page.get_by_role("status")).to_be_visible()
        with seated(browser, address, "auditor") as seat:
            page = seat.page
            page.get_by_role("link", name="Revisionsspor").click()
            page.get_by_role("button", name="Kontrollér").click()
            expect(page.get_by_role("status")).to_contain_text("hel")
            page.fill("#what", "case.decide")
            page.keyboard.press("Enter")
            expect(page.locator("tbody tr")).to_have_count(1)
            expect(page.locator("tbody tr")).to_contain_text("controller")
            with page.expect_download() as loading:
                page.get_by_role("button", name="CSV").click()
            assert "case.decide" in Path(loading.value.path()).read_text("utf-8-sig")
            seat.open("/arbejde/r1.2")
            expect(page.locator("#decided")).to_be_visible()
            assert page.locator("main button").count() == 0
            assert seat.complaints == []


def test_an_administrator_turns_on_a_second_step_and_comes_in_by_a_code_on_paper(
    own: Console, browser: Browser
) -> None:
    with served(own) as address, seated(browser, address, "administrator") as seat:
        page = seat.page
        page.get_by_role("link", name="administrator", exact=True).click()
        page.fill("#begin-password", PASSWORD)
        page.keyboard.press("Enter")
        key = page.locator("code.key").inner_text().replace(" ", "")
        assert faults(page) == []
        page.fill("#code", pyotp.TOTP(key).at(int(own.now().timestamp())))
        page.keyboard.press("Enter")
        paper = page.locator(".recovery code").first.inner_text()
        assert faults(page) == []
        page.get_by_role("button", name="Log ud").click()
        seat.sign_in("administrator")
        expect(page.locator("#code")).to_be_focused()
        assert faults(page) == []
        page.keyboard.type(paper)
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Overblik")).to_have_attribute("aria-current", "page")
        assert seat.complaints == []


@pytest.mark.parametrize("user", ["auditor", "administrator", "benefit-owner"])
def test_every_page_of_a_roles_navigation_opens_without_a_complaint(
    shared: str, browser: Browser, user: str
) -> None:
    with seated(browser, shared, user) as seat:
        for path in paths_of_nav(seat.page):
            seat.open(path)
            assert seat.page.locator("h1").count() == 1, path

        assert seat.complaints == []


@pytest.mark.parametrize(("scheme", "language"), [("light", "da"), ("dark", "en")])
def test_no_page_or_state_has_accessibility_faults_or_scrolls_sideways(
    shared: str, browser: Browser, scheme: str, language: str
) -> None:
    with seated(browser, shared, "controller", color_scheme=scheme) as seat:
        seat.open(f"/sprog/{language}?side=/")
        found, wide = {}, {}
        for path in PAGES:
            seat.open(path)
            seat.page.locator("details").evaluate_all(OPEN_ALL)
            found[path] = faults(seat.page)
            for width in (640, 320):  # 200 percent of 1280, and a phone
                seat.page.set_viewport_size({"width": width, "height": 800})
                wide[path, width] = seat.page.evaluate("document.documentElement.scrollWidth") - width
            seat.page.set_viewport_size({"width": 1280, "height": 720})

    assert {path: one for path, one in found.items() if one} == {}
    assert {path: one for path, one in wide.items() if one > 0} == {}


def test_a_refused_workbook_is_told_accessibly(shared: str, browser: Browser, tmp_path: Path) -> None:
    wrong = tmp_path / "forkert.xlsx"
    wrong.write_text("not a workbook", "utf-8")
    with seated(browser, shared, "controller") as seat:
        seat.open("/arbejde")
        seat.page.set_input_files("#sheet", wrong)
        seat.page.get_by_role("button", name="Send svarene").click()
        expect(seat.page.get_by_role("alert")).to_contain_text("Regnearket kan ikke bruges")
        assert faults(seat.page) == []


def test_in_print_there_are_no_buttons_and_no_navigation(shared: str, browser: Browser) -> None:
    with seated(browser, shared, "controller") as seat:
        seat.open("/arbejde/r1.1")
        seat.page.emulate_media(media="print")

        assert seat.page.locator(".ways").is_hidden()
        assert [one for one in seat.page.locator("button").all() if one.is_visible()] == []
        assert seat.page.locator("h1").is_visible()


def test_html_in_a_banks_text_is_text(shared: str, browser: Browser) -> None:
    with seated(browser, shared, "controller") as seat:
        for path in ("/arbejde", "/arbejde/r1.1"):
            seat.open(path)
            assert seat.page.get_by_text("<script>alert(1)</script>").count() >= 1
            assert seat.page.locator("main script").count() == 0

        assert seat.complaints == []


@pytest.mark.parametrize(
    ("user", "path"),
    [
        ("approver", "/arbejde/r2.1"),
        ("approver", "/afstemning/2026-10"),
        ("approver", "/afstemning/2026-10/skattekonto"),
        ("operator", "/kalender"),
    ],
)
def test_a_printed_page_fits_a_sheet_cuts_nothing_and_offers_nothing_to_do(
    own: Console, browser: Browser, user: str, path: str
) -> None:
    put_run(own, [replace(LINES[0], text="lang " * 2_000)], run_id="r2", robot="skattekonto")
    with served(own) as address, seated(browser, address, user) as seat:
        seat.page.set_viewport_size({"width": 688, "height": 900})  # between the margins of A4
        seat.page.emulate_media(media="print")
        seat.open(path)

        offered = seat.page.locator("main :is(button, .button, #decide)")
        cut = "[...document.querySelectorAll('main pre')].filter(one => one.scrollHeight > one.clientHeight)"
        assert [one for one in offered.all() if one.is_visible()] == []
        assert seat.page.evaluate(f"{cut}.length") == 0
        assert seat.page.evaluate("document.documentElement.scrollWidth") <= 688
