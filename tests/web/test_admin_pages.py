"""Administration in the console: accounts, tokens, settings."""

import re

import pytest

from gevinst.app.accounts import person_of_token
from gevinst.domain.access import Role
from gevinst.web.console import Console
from web.offices import PASSWORD, reader

KEY = re.compile(r"<p><code>([\w-]{40,})</code></p>")


def test_an_administrator_adds_one_who_can_sign_in_then(console: Console) -> None:
    chief = reader(console, "administrator")

    added = chief.post(
        "/admin/brugere",
        user="ny.kollega",
        shown_name="Ny kollega",
        password="fire helt nye ord",
        role="controller",
    )
    refused = chief.post("/admin/brugere", user="ny.kollega", password="fire helt nye ord", role="controller")

    assert added.headers["location"] == "/admin/brugere/ny.kollega?told=added"
    assert refused.status_code == 409
    assert "hedder ny.kollega" in refused.text
    assert reader(console, "ny.kollega", "fire helt nye ord").get("/arbejde").status_code == 200


def test_new_roles_end_the_sessions_and_are_noted(console: Console) -> None:
    someone, chief = reader(console, "operator"), reader(console, "administrator")

    changed = chief.post("/admin/brugere/operator/roller", role=["operator", "developer"])

    assert changed.status_code == 303
    assert someone.get("/").status_code == 303
    account = console.door.book.account("operator")
    assert account
    assert account.roles == {Role.OPERATOR, Role.DEVELOPER}
    noted = console.parts.runs.audit_of(["account.roles"], "operator")
    assert [row.who for row in noted] == ["administrator"]


def test_the_last_administrator_cannot_go(console: Console) -> None:
    chief = reader(console, "administrator")
    chief.post("/admin/brugere/everything/roller", role="auditor")

    refused = chief.post("/admin/brugere/administrator/roller", role="auditor")

    assert refused.status_code == 409
    assert "mindst én administrator" in refused.text


def test_a_password_and_an_address_have_forms_of_their_own(console: Console) -> None:
    chief = reader(console, "administrator")

    chief.post("/admin/brugere/auditor/adgangskode", password="seks gange to er 12")
    chief.post("/admin/brugere/auditor/mail", email="revision@kommune.example")
    wrong = chief.post("/admin/brugere/auditor/mail", email="a@b.c\r\nBcc: x@y.z")

    assert wrong.status_code == 409
    assert reader(console, "auditor", "seks gange to er 12").get("/").status_code == 200
    account = console.door.book.account("auditor")
    assert account
    assert account.email == "revision@kommune.example"


def test_sessions_are_ended_from_afar(console: Console) -> None:
    someone, chief = reader(console, "auditor"), reader(console, "administrator")

    chief.post("/admin/brugere/auditor/log-ud")

    assert someone.get("/").status_code == 303


def test_a_token_is_shown_once_and_revoked_at_once(console: Console) -> None:
    chief = reader(console, "administrator")

    made = chief.post("/admin/noegler", name="Ledelsesinformation", days="30", role="auditor")
    found = KEY.search(made.text)
    assert found
    key = found.group(1)
    program = person_of_token(console.door.book, key, console.now())
    assert program
    assert program.roles == {Role.AUDITOR}
    assert key not in chief.get("/admin/noegler").text
    assert key.encode() not in (console.office.data / "gevinst.db").read_bytes()

    chief.post(f"/admin/noegler/{console.door.book.tokens()[0].key_hash}/spaer")

    assert person_of_token(console.door.book, key, console.now()) is None
    assert "Spærret" in chief.get("/admin/noegler").text


@pytest.mark.parametrize("days", ["0", "367", "-1", "x", "99999999999", ""])
def test_a_token_does_not_last_for_ever(console: Console, days: str) -> None:
    refused = reader(console, "administrator").post("/admin/noegler", name="a", days=days, role="auditor")

    assert refused.status_code == 409
    assert not console.door.book.tokens()


def test_settings_show_names_and_no_secret(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEVINST_TEAMS_HOOK", "https://hook.example/hemmelig-adresse")
    monkeypatch.setenv("GEVINST_SMTP", "mail.example:587")

    shown = reader(console, "administrator").get("/admin/indstillinger").text

    assert "hemmelig-adresse" not in shown
    assert shown.count("Sat op") == 2


@pytest.mark.parametrize(
    "path", ["/admin/brugere/nobody", "/admin/brugere/%3Cb%3E", "/admin/brugere/nobody/mail"]
)
def test_an_account_that_is_not_there_has_no_page(console: Console, path: str) -> None:
    chief = reader(console, "administrator")

    assert (chief.post(path) if path.endswith("mail") else chief.get(path)).status_code == 404


def test_no_page_shows_a_hash_of_a_password(console: Console) -> None:
    chief = reader(console, "administrator")

    for path in ("/admin", "/admin/brugere/auditor", "/admin/noegler"):
        page = chief.get(path).text
        assert "argon2" not in page
        assert PASSWORD not in page
