"""Gains, trail, open data and administration in a real browser: accessible, on a phone, without script."""

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from gains import a_card, a_month, keep
from gevinst import bootstrap
from gevinst.app.open_data import publish
from gevinst.web.app import create_app
from gevinst.web.console import Console, open_console
from web.offices import EVERYTHING, IT, PASSWORD, add_accounts, lay_out_office

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
STOPWATCH = "/gevinster/hovedkonto/stopur"
PAGES = (
    "/gevinster",
    "/gevinster/hovedkonto",
    STOPWATCH,
    "/revisionsspor",
    "/aabne-data",
    "/aabne-data/udgivelse",
    "/tilgaengelighed",
    "/admin",
    "/admin/brugere/auditor",
    "/admin/noegler",
    "/admin/indstillinger",
)


@dataclass(frozen=True)
class Running:
    """A console that is served."""

    console: Console
    address: str


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A console with gains, a public data set and accounts."""
    folder = lay_out_office(tmp_path_factory.mktemp("served") / "office")
    settings = folder / "gevinst.toml"
    settings.write_text(settings.read_text("utf-8").replace('["oekonomichef"]', f'["{EVERYTHING}"]'), "utf-8")
    for robot in folder.joinpath("robots").iterdir():  # the three of the demo are enough
        if robot.name not in {"hovedkonto", "kortindloesning", "skattekonto"}:
            shutil.rmtree(robot)
    console = open_console(bootstrap.office(str(folder)))
    add_accounts(console)
    card = a_card()
    keep(console.parts, card)
    for month in ("2026-07", "2026-08", "2026-09"):
        a_month(console.parts, card, month)
    publish(console.parts.published, "koersler", on=True, by=IT, why="Besluttet", now=console.now())
    server = uvicorn.Server(uvicorn.Config(create_app(console), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Running(console=console, address=f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def cookies(running: Running, browser: Browser) -> list[dict[str, str]]:
    """What one sign-in leaves in the browser."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{running.address}/login")
        page.fill("#user", EVERYTHING)
        page.fill("#password", PASSWORD)
        page.click("main button")
        return [dict(one) for one in context.cookies()]  # type: ignore[arg-type]


def signed_in(
    browser: Browser, running: Running, cookies: list[dict[str, str]], language: str = "da", **how: object
) -> BrowserContext:
    context = browser.new_context(**how)  # type: ignore[arg-type]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    context.add_cookies([{"name": "sprog", "value": language, "url": running.address}])
    return context


def faults(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in found]


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("da", "light", 1280), ("en", "dark", 320), ("da", "dark", 1280)]
)
def test_no_page_has_accessibility_faults_or_is_too_wide(
    running: Running,
    browser: Browser,
    cookies: list[dict[str, str]],
    language: str,
    scheme: str,
    width: int,
) -> None:
    size = {"width": width, "height": 800}
    told: list[str] = []
    with signed_in(browser, running, cookies, language, color_scheme=scheme, viewport=size) as context:
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
        for path in PAGES:
            page.goto(running.address + path)
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")

            assert (path, faults(page)) == (path, [])
            assert page.locator("h1").count() == 1, path
            assert page.locator("html").get_attribute("lang") == language
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert (path, wide <= width) == (path, True)
    assert told == []


def test_the_public_page_has_no_faults_for_a_stranger(running: Running, browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{running.address}/aabne-data")

        assert faults(page) == []
        assert "Hvad robotterne har afstemt" in page.inner_text("main")


def test_a_benefit_owner_confirms_a_quarter_by_keyboard_and_without_script(
    running: Running, browser: Browser, cookies: list[dict[str, str]]
) -> None:
    with signed_in(browser, running, cookies, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{running.address}/gevinster/hovedkonto?aar=2026")
        page.focus("#quarter")
        page.select_option("#quarter", "2026-Q3")
        page.keyboard.press("Tab")
        page.keyboard.type("Robotten kom senere i gang")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        page.wait_for_url("**told=answered**")
        answers = running.console.parts.gains.answers("hovedkonto")
        assert [(one.quarter, str(one.state)) for one in answers] == [("2026-Q3", "confirmed")]


def test_the_stopwatch_works_without_script(
    running: Running, browser: Browser, cookies: list[dict[str, str]]
) -> None:
    with signed_in(browser, running, cookies, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(running.address + STOPWATCH)
        page.click("main button")
        page.wait_for_timeout(700)
        page.click("button[value=next]")
        page.click("button[value=stop]")

        page.wait_for_url("**maaling=**")
        assert "minutes = 0.0" in page.inner_text("main")


def test_gains_fit_a_sheet_of_paper_in_print(
    running: Running, browser: Browser, cookies: list[dict[str, str]], tmp_path: Path
) -> None:
    with signed_in(browser, running, cookies, viewport={"width": 688, "height": 900}) as context:
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto(f"{running.address}/gevinster?aar=2026")
        page.screenshot(path=tmp_path / "print.png")

        assert page.evaluate("document.documentElement.scrollWidth") <= 688
        assert page.locator("nav.ways").is_hidden()
