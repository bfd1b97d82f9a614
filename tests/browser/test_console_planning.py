"""Calendar, inbox, deliveries, two files, and a run that goes on, in a real browser."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from gevinst import bootstrap
from gevinst.app.accounts import add_account
from gevinst.app.plan import pause
from gevinst.domain.access import Person, Role
from gevinst.domain.progress import Progress
from gevinst.domain.run import RunState
from gevinst.web.app import create_app
from gevinst.web.console import Console, open_console
from runs import a_run, ended
from web.offices import EVERYTHING, IT, PASSWORD, lay_out_office

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ARRIVAL = '\n[arrival]\nfolder = "indbakke"\nsource = "bank"\npattern = "*.xml"\n'
BANK = "Dato;Tekst;Beløb A;Beløb B\n05-10-2026;Leje;1.250,00;45,00\n16-10-2026;Gebyr;-45,50;33,00\n"
LEDGER = "Bogført;Tekst;Beløb\n05-10-2026;Leje;1.250,00\n"
ME = Person(user=EVERYTHING, roles=frozenset(Role))
#: What a hostile text in a log would try; each line of the list says what came of one attempt.
HOSTILE_LOG = """<!doctype html><title>log</title><ul id="told"></ul><script>
const tell = (what, result) => {
  document.getElementById("told").insertAdjacentHTML("beforeend", `<li>${what}: ${result}</li>`);
};
const attempt = (what, doing) => { try { tell(what, doing()); } catch (error) { tell(what, error.name); } };
attempt("cookie", () => document.cookie);
attempt("storage", () => localStorage.length);
attempt("origin", () => window.origin);
attempt("parent", () => window.open("/") === null ? "blocked" : "open");
fetch("/koersler").then(() => tell("fetch", "answered"), (error) => tell("fetch", error.name));
fetch("https://example.invalid/").then(() => tell("out", "answered"), (error) => tell("out", error.name));
new Image().src = "/koersler?picture";
navigator.sendBeacon && attempt("beacon", () => { navigator.sendBeacon("/logout", "x"); return "sent"; });
</script>"""


@dataclass(frozen=True)
class Running:
    """A console that is served."""

    console: Console
    address: str


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A console with one account, a paused robot, a held delivery, and files that wait."""
    folder = lay_out_office(tmp_path_factory.mktemp("served") / "office")
    with (folder / "robots/hovedkonto/robot.toml").open("a", encoding="utf-8") as passport:
        passport.write(ARRIVAL)
    console = open_console(bootstrap.office(str(folder)))
    now = datetime.now(UTC)
    add_account(
        console.door,
        by=IT,
        user=EVERYTHING,
        shown_name=EVERYTHING,
        password=PASSWORD,
        roles=set(Role),
        now=now,
    )
    _fill(console, now)
    server = uvicorn.Server(
        uvicorn.Config(create_app(console), port=0, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Running(console=console, address=f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join()


def _fill(console: Console, now: datetime) -> None:
    robot = bootstrap.robot(console.office, "skattekonto")
    pause(bootstrap.plans(console.parts), robot, until=None, why="Ferie", by=ME, now=now)
    waiting = console.office.data / "indbakke" / "ind"
    waiting.mkdir(parents=True)
    (waiting / "udtog_2026-10.xml").write_text("<x/>", "utf-8")
    run = replace(a_run("run-held"), started=now - timedelta(minutes=2))
    console.parts.runs.start(run)
    bootstrap.delivery_tools(console.office).sender.deliver(
        b"PK", console.office.data / "a.xlsx", key="a:b", run_id=run.run_id, control_total=1, held=True
    )
    console.parts.runs.finish(replace(ended(run, RunState.OPEN_ITEMS), ended=now))


@pytest.fixture(scope="module")
def cookies(running: Running, browser: Browser) -> list[Any]:
    """What one sign-in leaves in the browser."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{running.address}/login")
        page.fill("#user", EVERYTHING)
        page.fill("#password", PASSWORD)
        page.click("main button")
        return [dict(one) for one in context.cookies()]


def signed_in(
    browser: Browser, running: Running, cookies: list[Any], language: str = "da", **how: Any
) -> BrowserContext:
    context = browser.new_context(**how)
    context.add_cookies(cookies)
    context.add_cookies([{"name": "sprog", "value": language, "url": running.address}])
    return context


def faults(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in found]


def send_files(page: Page, address: str) -> str:
    """The address of the page of two files that leave one question open."""
    page.goto(f"{address}/to-filer")
    for side, text in (("left", BANK), ("right", LEDGER)):
        file = {"name": f"{side}.csv", "mimeType": "text/csv", "buffer": text.encode()}
        page.set_input_files(f"#{side}", file)  # type: ignore[arg-type] # a dictionary of this form is one
    page.click("main button")
    page.wait_for_url("**/to-filer/*")
    return page.url


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("da", "light", 1280), ("en", "dark", 320), ("da", "dark", 1280)]
)
def test_no_page_has_accessibility_faults_or_is_too_wide(
    running: Running, browser: Browser, cookies: list[Any], language: str, scheme: str, width: int
) -> None:
    size, told = {"width": width, "height": 800}, list[str]()
    with signed_in(browser, running, cookies, language, color_scheme=scheme, viewport=size) as context:
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
        files = send_files(page, running.address).removeprefix(running.address)
        for path in (
            "/kalender",
            "/kalender/pause",
            "/indbakke",
            "/leverancer",
            "/to-filer",
            files,
            f"{files}/robot",
        ):
            page.goto(running.address + path)
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")

            assert (path, faults(page)) == (path, [])
            assert page.locator("h1").count() == 1, path
            assert page.locator("html").get_attribute("lang") == language
            assert (path, page.evaluate("document.documentElement.scrollWidth") <= width) == (path, True)
    assert told == []


def test_two_files_are_answered_for_run_and_read_without_script(
    running: Running, browser: Browser, cookies: list[Any]
) -> None:
    with signed_in(browser, running, cookies, java_script_enabled=False) as context:
        page = context.new_page()
        send_files(page, running.address)
        assert page.get_by_role("button", name="Afstem nu").count() == 0
        page.get_by_label("Beløb A").check()
        page.get_by_role("button", name="Brug det").click()
        page.get_by_role("button", name="Afstem nu").click()

        assert "Ikke afstemt: 1 post" in page.inner_text("main")
        shown = page.frame_locator("iframe").locator("h1")
        assert "Ikke afstemt" in shown.inner_text()
        with page.expect_download() as loading:
            page.get_by_role("link", name="Hent Excel").click()
        assert Path(loading.value.path()).read_bytes()[:2] == b"PK"


def test_a_robot_is_paused_and_goes_on_by_keyboard(
    running: Running, browser: Browser, cookies: list[Any]
) -> None:
    with signed_in(browser, running, cookies) as context:
        page = context.new_page()
        page.goto(f"{running.address}/kalender/pause")
        page.select_option("#robot", "kortindloesning")
        page.focus("#why")
        page.keyboard.type("Ny terminal")
        page.keyboard.press("Enter")
        page.wait_for_url("**/kalender?told=paused")

        page.focus("#why-kortindloesning")
        page.keyboard.type("Klar")
        page.keyboard.press("Enter")
        page.wait_for_url("**/kalender?told=resumed")
        assert page.locator("#why-kortindloesning").count() == 0


def test_a_run_is_followed_live_until_it_ends(running: Running, browser: Browser, cookies: list[Any]) -> None:
    parts = running.console.parts
    run = replace(a_run("run-live", period="2026-08"), started=datetime.now(UTC))
    parts.runs.start(run)
    with signed_in(browser, running, cookies) as context:
        page, told = context.new_page(), list[str]()
        page.on("console", lambda message: told.append(message.text))
        page.goto(f"{running.address}/koersler/run-live")
        live = page.locator("[data-live]")
        assert live.get_attribute("aria-live") == "polite"

        parts.progress.note(
            Progress(run_id="run-live", phase="Afstemmer <b>", done=3, total=9, at=datetime.now(UTC))
        )
        page.get_by_text("Afstemmer <b>").wait_for()

        parts.runs.finish(replace(run, state=RunState.AGREED, ended=datetime.now(UTC)))
        live.wait_for(state="detached")
        assert page.locator(".verdict .word").inner_text() == "Afstemt"
        assert told == []


def test_a_hostile_log_reaches_no_cookie_no_page_and_no_network(
    running: Running, browser: Browser, cookies: list[Any]
) -> None:
    console = running.console
    folder = console.office.runs / "hovedkonto" / "log"
    folder.mkdir(parents=True)
    (folder / "log.html").write_text(HOSTILE_LOG, "utf-8")
    run = replace(a_run("run-log", period="2026-07"), started=datetime.now(UTC), folder="hovedkonto/log")
    console.parts.runs.start(run)
    console.parts.runs.finish(replace(run, state=RunState.AGREED, ended=datetime.now(UTC)))
    with signed_in(browser, running, cookies) as context:
        page, asked = context.new_page(), list[str]()
        context.on("response", lambda response: asked.append(response.url))
        page.goto(f"{running.address}/koersler/run-log/filer/log.html")
        page.wait_for_function("document.querySelectorAll('#told li').length >= 6")
        page.wait_for_timeout(300)
        told = dict(line.split(": ") for line in page.locator("#told li").all_inner_texts())
        page.goto(f"{running.address}/koersler")

    assert told["cookie"] == told["storage"] == "SecurityError"
    assert told["origin"] == "null"
    assert told["parent"] == "blocked"
    assert told["fetch"] == told["out"] == "TypeError"
    assert [url for url in asked if "picture" in url or "logout" in url or "example" in url] == []
    assert page.url.endswith("/koersler")  # the session stands
