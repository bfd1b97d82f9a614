"""Gain report and business case in a real browser: accessible, self-contained, readable, printable."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from gains import MONTHS, a_card, a_month, a_robot, keep, tools, url_in
from gevinst.app.gain_report import gain_report
from gevinst.reports.gain_files import write_gain_report
from gevinst.reports.gain_plan_page import write_plan
from gevinst.store import open_parts
from unit.test_gain_sums import weighed

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = ("gevinster.html", "gevinster.en.html", "businesscase.html", "businesscase.en.html")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the pages of two robots, one of which costs time, and of an idea."""
    made = tmp_path_factory.mktemp("gains")
    parts = open_parts(url_in(made))
    cards = [a_card(robot="hovedkonto"), a_card(robot="skattekonto")]
    keep(parts, cards[0])
    for month in MONTHS:
        a_month(parts, cards[0], month)
    a_month(parts, cards[1], items=5, supervision="4000", opened=40)
    robots = [a_robot(card) for card in cards]
    write_gain_report(gain_report(robots, MONTHS, tools(parts)), robots, made)
    write_plan(weighed(), made)
    parts.runs.close()
    return made


@contextmanager
def opened(browser: Browser, path: Path, **context: Any) -> Iterator[Page]:
    """A page, as a reader opens it from its folder; what the browser complains of is a fault."""
    with browser.new_context(**context) as fresh:
        page = fresh.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(path.as_uri())
        yield page
        assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_the_page_has_no_accessibility_faults(browser: Browser, folder: Path, name: str, scheme: str) -> None:
    with opened(browser, folder / name, color_scheme=scheme) as page:
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        found = Axe().run(page, options=RULES).response["violations"]

    assert [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in found] == []


@pytest.mark.parametrize("width", [320, 500, 768, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_the_page_never_scrolls_sideways(browser: Browser, folder: Path, name: str, width: int) -> None:
    with opened(browser, folder / name, viewport={"width": width, "height": 800}) as page:
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth")

    assert wide <= width


def test_the_page_asks_for_nothing_from_outside(browser: Browser, folder: Path) -> None:
    with browser.new_context() as fresh:
        page = fresh.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((folder / "gevinster.html").as_uri())
        page.wait_for_load_state("networkidle")

    assert asked == [(folder / "gevinster.html").as_uri()]


def test_the_first_screen_says_what_it_comes_to_and_what_to_do(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "gevinster.html", viewport={"width": 1280, "height": 720}) as page:
        heading, action = page.locator("h1"), page.locator(".conclusion .word")

        assert "timer" in heading.inner_text()
        assert "koster mere tid" in action.inner_text()
        box = action.bounding_box()
        assert box
        assert box["y"] + box["height"] < 400


def test_the_other_language_is_one_click_away(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "gevinster.html") as page:
        page.get_by_role("link", name="In English").click()

        assert page.locator("html").get_attribute("lang") == "en"
        assert "hours" in page.locator("h1").inner_text()


@pytest.mark.parametrize("name", ["gevinster.html", "businesscase.html"])
def test_a_print_cuts_no_table(browser: Browser, folder: Path, name: str) -> None:
    with opened(browser, folder / name, viewport={"width": 688, "height": 1000}) as page:
        page.emulate_media(media="print")
        cut = page.evaluate(
            "[...document.querySelectorAll('.table')].filter(one => one.offsetWidth"
            " && one.scrollWidth > one.clientWidth + 1).length"
        )

    assert cut == 0
