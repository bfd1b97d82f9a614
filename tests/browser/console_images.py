"""Pictures of the console for the documents: `python tests/browser/console_images.py OFFICE FOLDER`.

OFFICE is a folder with an office whose robots have run, as `gevinst demo` leaves it. It gets an account more.
"""

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import sync_playwright

from browser.consoles import served
from gevinst import bootstrap
from gevinst.app.accounts import open_session
from gevinst.domain.access import Role
from gevinst.domain.account import Account
from gevinst.domain.audit import AuditEvent
from gevinst.web.console import Console, open_console

USER = "controller"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def a_session(console: Console) -> str:
    """The key of a session of a controller who may approve."""
    now = console.now()
    account = Account(
        user=USER,
        shown_name="Controller",
        password_hash="",
        roles=frozenset({Role.CONTROLLER, Role.APPROVER}),
        created=now,
    )
    event = AuditEvent(at=now, who="it", what="account.added", subject=USER)
    console.door.book.add_account(account, event)
    return open_session(console.door.book, USER, now).key


def a_case(console: Console) -> str:
    """The page of a case that has items on both sides."""
    runs = console.parts.view.standing_each(bootstrap.robot_names(console.office)).values()
    listed = [console.parts.cases.case(run.run_id, 1) for run in runs]
    found = next(one.case for one in listed if one and one.case.left and one.case.right)
    return f"/arbejde/{found.key}"


def main(office: str, folder: str) -> None:
    """Take the pictures."""
    console = open_console(bootstrap.office(office))
    pages = {
        "console-overview": "/",
        "console-work-list": "/arbejde",
        "console-case": a_case(console),
        "console-sign-off": "/afstemning/2026-10",
        "console-robot": "/robotter/hovedkonto",
    }
    with served(console) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 1200, "height": 800}, locale="da-DK")
        context.add_cookies([{"name": console.cookie, "value": a_session(console), "url": address}])
        page = context.new_page()
        for name, path in pages.items():
            page.goto(address + path)
            page.screenshot(path=Path(folder) / f"{name}.png")


if __name__ == "__main__":
    main(*sys.argv[1:3])
