"""A console over an office of its own, for tests: real database, real pages, no browser."""

import asyncio
import re
import shutil
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from fastapi.testclient import TestClient
from httpx import Response

from gevinst.app.accounts import add_account, open_session
from gevinst.domain.access import Person, Role
from gevinst.web.app import create_app
from gevinst.web.console import Console

T = TypeVar("T")
PROJECT = Path(__file__).parents[2]
PASSWORD = "æbler og pærer 17"
ADDRESS = "http://127.0.0.1:8765"
IT = Person(user="it", roles=frozenset({Role.ADMINISTRATOR}))
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')
#: One account for each role, named after it, and one that is all.
EVERYTHING = "everything"


def lay_out_office(folder: Path) -> Path:
    """An office with the demo's robots and no data."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / "gevinst.toml", folder)
    for name in ("robots", "tasks", "resources"):
        shutil.copytree(PROJECT / name, folder / name, dirs_exist_ok=True)
    return folder


def add_accounts(console: Console) -> None:
    """An account for each role."""
    for name, roles in {**{str(role): {role} for role in Role}, EVERYTHING: set(Role)}.items():
        add_account(
            console.door,
            by=IT,
            user=name.replace("_", "-"),
            shown_name=name,
            password=PASSWORD,
            roles=roles,
            now=datetime.now(UTC),
        )


@dataclass(frozen=True)
class Reader:
    """Someone with a browser without script."""

    client: TestClient

    def get(self, path: str) -> Response:
        """Open a page."""
        response: Response = self.client.get(path)
        return response

    def csrf(self, path: str = "/") -> str:
        """What the forms of a page send back."""
        found = CSRF.search(self.get(path).text)
        assert found, path
        return found.group(1)

    def post(self, path: str, **fields: str | list[str]) -> Response:
        """Send a form of the console."""
        response: Response = self.client.post(path, data={"csrf": self.csrf(), **fields})
        return response


def sent_as_shown(reader: Reader, page: str, path: str, **fields: str) -> Response:
    """Send a form with what a page, as it was read, has hidden in it."""
    form = re.search(rf'<form[^>]*action="{re.escape(path)}".*?</form>', page, re.DOTALL)
    assert form, path
    response: Response = reader.client.post(path, data=dict(HIDDEN.findall(form.group())) | fields)
    return response


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine comes to, in a thread of its own: a browser test of this process may hold a loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def visiting(console: Console, user: str, *, address: str = "testclient") -> Reader:
    """A reader with a session, without the slow check of a password; a server's error is an answer."""
    client = TestClient(
        create_app(console),
        base_url=ADDRESS,
        follow_redirects=False,
        raise_server_exceptions=False,
        client=(address, 50_000),
    )
    if user:
        client.cookies[console.cookie] = open_session(console.door.book, user, console.now()).key
    return Reader(client)


def reader(console: Console, user: str = "", password: str = PASSWORD) -> Reader:
    """A reader; signed in when a user is named."""
    client = TestClient(create_app(console), base_url=ADDRESS, follow_redirects=False)
    if user:
        signed = client.post("/login", data={"user": user, "password": password, "next": "/"})
        assert signed.status_code == 303, signed.text
    return Reader(client)
