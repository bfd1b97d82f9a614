"""A console served on a real socket, with cases to solve and a person of each role, for browser tests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page

from gevinst import bootstrap
from gevinst.domain.access import Role
from gevinst.domain.account import Account
from gevinst.domain.audit import AuditEvent
from gevinst.web.app import create_app
from gevinst.web.console import Console, open_console
from web.case_runs import HOSTILE, Line, put_run
from web.offices import PASSWORD, lay_out_office

LINES = (
    Line(name="b1", text=HOSTILE),
    Line(name="b2", amount=-4_711_00, cause="fee", text="Gebyr"),
    Line(name="b3", amount=99_95),
)


def lay_out(folder: Path) -> Console:
    """An office with one run of three cases, and a person of each role named after it."""
    console = open_console(bootstrap.office(str(lay_out_office(folder))))
    hashed = console.door.passwords.hash(PASSWORD)  # once: it is slow on purpose
    for role in Role:
        name, now = str(role).replace("_", "-"), console.now()
        roles = frozenset({role})
        account = Account(user=name, shown_name=name, password_hash=hashed, roles=roles, created=now)
        event = AuditEvent(at=now, who="it", what="account.added", subject=name)
        console.door.book.add_account(account, event)
    put_run(console, LINES)
    return console


@contextmanager
def served(console: Console) -> Iterator[str]:
    """The console on a port of its own."""
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(console), log_level="error", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [own]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{own.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@dataclass
class Seat:
    """A person at a browser; what the browser complains of is kept."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page."""
        self.page.goto(self.address + path)

    def sign_in(self, user: str) -> None:
        """Sign in as a person."""
        self.open("/login")
        self.page.fill("#user", user)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button")


@contextmanager
def seated(browser: Browser, address: str, user: str = "", **context: Any) -> Iterator[Seat]:
    """A person at a fresh browser, signed in when named."""
    with browser.new_context(locale="da-DK", **context) as fresh:
        seat = Seat(page=fresh.new_page(), address=address)

        def note(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                seat.complaints.append(message.text)

        seat.page.on("console", note)
        seat.page.on("pageerror", lambda error: seat.complaints.append(str(error)))
        if user:
            seat.sign_in(user)
        yield seat
