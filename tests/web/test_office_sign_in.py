"""Sign-in by the office's own provider: code flow with PKCE, roles from a claim, and what is refused."""

import sqlite3
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from joserfc.jwk import RSAKey

from gevinst import bootstrap
from gevinst.app.accounts import set_roles
from gevinst.app.office_sign_in import MOST_PENDING, Waiting
from gevinst.domain.access import Role
from gevinst.domain.account import REAUTHENTICATE_AFTER, hash_of
from gevinst.web.app import create_app
from gevinst.web.console import Console
from web.offices import ADDRESS, IT
from web.provider import SmallProvider

OIDC = """
[console.oidc]
issuer = "{issuer}"
client_id = "gevinst"
[console.oidc.roles]
"Gevinst.Controller" = "controller"
"Gevinst.Revision" = "auditor"
"""
KNOWN_USER = "Regnskab01@kommune.example"
KNOWN = {
    "preferred_username": KNOWN_USER,
    "name": "Regnskab",
    "roles": ["Gevinst.Controller"],
}


@pytest.fixture
def provider() -> Iterator[SmallProvider]:
    """A provider that vouches for a controller."""
    with SmallProvider(claims=dict(KNOWN)) as running:
        yield running


@pytest.fixture
def office(console: Console, provider: SmallProvider) -> Console:
    """A console whose office signs in there."""
    file = console.office.robots.parent / "gevinst.toml"
    file.write_text(file.read_text("utf-8") + OIDC.format(issuer=provider.issuer), "utf-8")
    return replace(console, office=bootstrap.office(str(file.parent)))


def browser(console: Console) -> TestClient:
    return TestClient(create_app(console), base_url=ADDRESS, follow_redirects=False)


def signed_in(client: TestClient, provider: SmallProvider, going: str = "/arbejde") -> Response:
    out = client.get("/login/kontor", params={"next": going})
    assert out.status_code == 303, out.text
    address = out.headers["location"]
    state = parse_qs(urlsplit(address).query)["state"][0]
    back: Response = client.get(
        "/login/kontor/svar", params={"code": provider.approve(address), "state": state}
    )
    return back


def test_a_person_comes_in_with_the_roles_of_the_claim(office: Console, provider: SmallProvider) -> None:
    client = browser(office)

    back = signed_in(client, provider)

    assert back.headers["location"] == "/arbejde"
    assert client.get("/arbejde").status_code == 200
    assert client.get("/admin").status_code == 403
    account = office.door.book.account("regnskab01@kommune.example")
    assert account
    assert account.roles == {Role.CONTROLLER}
    assert not account.password_hash
    assert [row.detail["by"] for row in office.parts.runs.audit_of(["account.added"], account.user)] == [
        "oidc"
    ]


def test_who_signs_shows_the_provider_anew_that_they_are_there(
    office: Console, provider: SmallProvider
) -> None:
    client, paper = browser(office), "/afstemning/2026-10"

    def shown(who: str, seconds: int) -> int:
        provider.claims |= {"preferred_username": who, "auth_time": int(time.time()) + seconds}
        out = client.get("/login/kontor", params={"bevis": "ja", "next": paper}).headers["location"]
        asked = {name: values[0] for name, values in parse_qs(urlsplit(out).query).items()}
        assert (asked["prompt"], asked["max_age"]) == ("login", "0")
        answer = {"code": provider.approve(out), "state": asked["state"]}
        back: Response = client.get("/login/kontor/svar", params=answer)
        return back.status_code

    def must_prove() -> bool:
        with sqlite3.connect(office.parts.url.removeprefix("sqlite:///")) as database:
            (proved,) = database.execute("SELECT max(proved) FROM session").fetchone()
        return datetime.now(UTC) - datetime.fromisoformat(proved) > REAUTHENTICATE_AFTER

    signed_in(client, provider)  # by the provider's own session: it does not say when it last asked
    assert must_prove()
    refused = shown(KNOWN_USER, -3_600), shown("another@kommune.example", 0)
    assert (*refused, must_prove()) == (401, 401, True)
    assert (shown(KNOWN_USER, 0), must_prove()) == (303, False)


def test_a_providers_clock_that_is_ahead_makes_no_proof_last_longer(
    office: Console, provider: SmallProvider
) -> None:
    provider.claims |= {"auth_time": int(time.time()) + 86_400}
    client = browser(office)

    signed_in(client, provider)

    session = office.door.book.session(hash_of(client.cookies[office.cookie]))
    assert session
    assert session.proved <= office.now()


def test_roles_follow_the_provider_at_the_next_sign_in(office: Console, provider: SmallProvider) -> None:
    signed_in(browser(office), provider)
    provider.claims["roles"] = ["Gevinst.Revision", "Noget.Andet"]

    client = browser(office)
    signed_in(client, provider)

    assert client.get("/revisionsspor").status_code == 200
    account = office.door.book.account("regnskab01@kommune.example")
    assert account
    assert account.roles == {Role.AUDITOR}


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"roles": ["Noget.Andet"]}, "rolle"),
        ({"roles": None}, "rolle"),
        ({"roles": {"a": 1}}, "rolle"),
        ({"preferred_username": ""}, "brugernavnet"),
        ({"preferred_username": 7}, "brugernavnet"),
        ({"preferred_username": "a/../b"}, "brugernavnet"),
        ({"preferred_username": "x" * 65}, "brugernavnet"),
        ({"preferred_username": "administrator"}, "brugernavnet"),
    ],
)
def test_who_has_no_role_or_no_name_of_their_own_stays_out(
    office: Console, provider: SmallProvider, claims: dict[str, Any], code: str
) -> None:
    provider.claims |= claims
    client = browser(office)

    refused = signed_in(client, provider)

    assert refused.status_code == 401
    assert code in refused.text
    assert client.get("/").status_code == 303


@pytest.mark.parametrize(
    "spoil",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "https://another.example"},
        {"exp": 1},
        {"exp": None},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_opens_nothing(
    office: Console, provider: SmallProvider, spoil: dict[str, Any]
) -> None:
    provider.spoil = spoil
    client = browser(office)

    assert signed_in(client, provider).status_code == 401
    assert client.get("/").status_code == 303


def test_a_token_signed_with_another_key_opens_nothing(office: Console, provider: SmallProvider) -> None:
    provider.published = RSAKey.generate_key(2048, {"kid": "1"})

    assert signed_in(browser(office), provider).status_code == 401


def test_a_provider_that_names_itself_otherwise_is_not_asked(
    office: Console, provider: SmallProvider
) -> None:
    provider.named = "https://another.example"

    assert browser(office).get("/login/kontor").status_code == 401


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(
    office: Console, provider: SmallProvider
) -> None:
    client, other = browser(office), browser(office)
    address = client.get("/login/kontor").headers["location"]
    state = parse_qs(urlsplit(address).query)["state"][0]
    code = provider.approve(address)
    answer = {"code": code, "state": state}

    assert other.get("/login/kontor/svar", params=answer).status_code == 401
    assert client.get("/login/kontor/svar", params=answer).status_code == 303
    assert client.get("/login/kontor/svar", params=answer).status_code == 401
    assert client.get("/login/kontor/svar").status_code == 401


def test_a_provider_that_does_not_answer_is_said_so(office: Console, provider: SmallProvider) -> None:
    provider.server.shutdown()
    provider.server.server_close()

    refused = browser(office).get("/login/kontor")

    assert refused.status_code == 401
    assert "svarede ikke" in refused.text


def test_one_who_is_disabled_here_stays_out(office: Console, provider: SmallProvider) -> None:
    signed_in(browser(office), provider)
    set_roles(
        office.door.book,
        by=IT,
        user="regnskab01@kommune.example",
        roles={Role.CONTROLLER},
        disabled=True,
        now=office.now(),
    )

    assert signed_in(browser(office), provider).status_code == 401


def test_an_office_without_it_has_no_such_page(console: Console) -> None:
    assert browser(console).get("/login/kontor").status_code == 404
    assert "kontorets login" not in browser(console).get("/login").text


def test_sign_ins_that_never_come_back_take_no_more_memory(console: Console) -> None:
    waiting, now = Waiting(), console.now()

    started = [waiting.begin("/", now) for _ in range(MOST_PENDING + 5)]

    assert waiting.take(started[0].state, now) is None
    assert waiting.take(started[-1].state, now) == started[-1]
    assert waiting.take(started[-2].state, now + timedelta(minutes=11)) is None


def test_many_who_sign_in_at_once_lose_no_sign_in(console: Console) -> None:
    waiting, now = Waiting(), console.now()
    for _ in range(MOST_PENDING - 100):
        waiting.begin("/", now)

    def out_and_back(_: int) -> bool:
        one = waiting.begin("/", now)
        return (waiting.take(one.state, now), waiting.take(one.state, now)) == (one, None)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(out_and_back, range(4_000)))
    finally:
        sys.setswitchinterval(before)
