"""The run page in a real browser: accessible, self-contained, readable on a phone, page one on one sheet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from gevinst.app.run_report import RunReport
from gevinst.domain.run import RunState
from gevinst.reports.evidence import write_reports
from unit.reports.sample import agreed, rejected_report, sample_report, sample_run

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PIXELS_PER_MM = 96 / 25.4
PRINTED_WIDTH = round((210 - 2 * 14) * PIXELS_PER_MM)
PRINTED_HEIGHT = (297 - 11 - 14) * PIXELS_PER_MM


def rejected() -> RunReport:
    return replace(rejected_report(), result=None)


def failed() -> RunReport:
    return replace(
        sample_report(run=sample_run(state=RunState.FAILED), failure="banken svarede ikke"), result=None
    )


def agreed_report() -> RunReport:
    return sample_report(agreed())


@contextmanager
def opened(browser: Browser, folder: Path, report: RunReport, **context: Any) -> Iterator[Page]:
    """The Danish page of a report, as a reader opens it from the evidence folder."""
    write_reports(folder, report)
    with browser.new_context(**context) as fresh:
        page = fresh.new_page()
        page.goto((folder / "koersel.html").as_uri())
        yield page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("made", [sample_report, agreed_report, rejected, failed])
def test_the_page_has_no_accessibility_faults(
    made: Callable[[], RunReport], scheme: str, browser: Browser, tmp_path: Path
) -> None:
    with opened(browser, tmp_path, made(), color_scheme=scheme) as page:
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        found = Axe().run(page, options=RULES).response["violations"]

    assert [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in found] == []


def test_the_english_page_has_no_accessibility_faults(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample_report()) as page:
        page.get_by_role("link", name="In English").click()
        assert page.locator("h1").inner_text().startswith("Not agreed: 22 items, ")
        found = Axe().run(page, options=RULES).response["violations"]

    assert [fault["id"] for fault in found] == []


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_the_page_never_scrolls_sideways(width: int, browser: Browser, tmp_path: Path) -> None:
    size = {"width": width, "height": 800}
    with opened(browser, tmp_path, sample_report(), viewport=size) as page:
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth")

    assert wide <= width


def test_the_page_asks_for_nothing_and_breaks_no_rule_of_its_policy(browser: Browser, tmp_path: Path) -> None:
    asked, said = [], []
    write_reports(tmp_path, sample_report())
    with browser.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto((tmp_path / "koersel.html").as_uri())
        colour = page.evaluate("getComputedStyle(document.querySelector('.conclusion')).borderLeftWidth")

    assert (len(asked), said) == (1, [])
    assert colour == "6px"  # the style sheet was let in


def test_conclusion_to_what_to_do_fit_on_the_first_sheet(browser: Browser, tmp_path: Path) -> None:
    size = {"width": PRINTED_WIDTH, "height": 1000}
    with opened(browser, tmp_path, sample_report(), viewport=size) as page:
        page.emulate_media(media="print")
        box = page.locator("#todo").bounding_box()

    assert box
    assert box["y"] + box["height"] <= PRINTED_HEIGHT


def test_the_work_list_begins_on_a_sheet_of_its_own(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample_report()) as page:
        page.emulate_media(media="print")
        begins = page.locator("#list").evaluate("section => getComputedStyle(section).breakBefore")

    assert begins == "page"


def test_a_link_to_a_work_item_leads_to_its_row(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample_report()) as page:
        page.locator("#todo a").first.click()
        target = page.evaluate("document.querySelector(':target').id")

    assert target.startswith("post-")


def test_the_page_can_be_read_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample_report()) as page:
        page.keyboard.press("Tab")
        first = page.evaluate("document.activeElement.textContent")
        page.keyboard.press("Enter")

        assert first == "Gå til indholdet"
        assert page.url.endswith("#conclusion")
