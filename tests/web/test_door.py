"""The console's door: signing in, what comes before every page, and what a person sees when it is shut."""

import socket
import time

import pytest

from gevinst.app.office import ConfigurationError
from gevinst.domain.access import MAY, Action, Person, Role
from gevinst.web import door, pages
from gevinst.web.app import PUBLIC, routes_of
from gevinst.web.console import Console
from gevinst.web.serve import check_address, check_free
from gevinst.web.visit import Gate
from web.offices import ADDRESS, EVERYTHING, reader

ROUTES = list(routes_of((door.router, *pages.routers())))


def gates(path: str, method: str) -> list[Gate]:
    return [
        need.call
        for route in ROUTES
        if route.path == path and method in (route.methods or ())
        for need in route.dependant.dependencies
        if isinstance(need.call, Gate)
    ]


@pytest.mark.parametrize(
    ("path", "method"), [(route.path, method) for route in ROUTES for method in sorted(route.methods or ())]
)
def test_every_route_is_public_by_name_or_has_one_right(path: str, method: str) -> None:
    assert len(gates(path, method)) == (0 if path in PUBLIC or path.startswith("/api/") else 1)


@pytest.mark.parametrize("role", Role)
def test_every_page_opens_to_the_roles_of_its_right_and_to_no_other(console: Console, role: Role) -> None:
    person = Person(user="x", roles=frozenset({role}))
    someone = reader(console, str(role).replace("_", "-"))
    pages_to_open = [
        (route.path, gates(route.path, "GET")[0].action)
        for route in ROUTES
        if "GET" in (route.methods or ()) and "{" not in route.path and gates(route.path, "GET")
    ]

    for path, action in pages_to_open:
        status = someone.get(path).status_code
        assert (status == 403) is not person.may(action), (path, status)


def test_every_action_is_some_roles() -> None:
    assert set(MAY) == set(Action)
    assert all(MAY.values())


def test_who_is_not_signed_in_is_asked_to_and_comes_to_the_page_then(console: Console) -> None:
    stranger = reader(console)

    asked = stranger.get("/koersler?robot=hovedkonto")

    assert asked.status_code == 303
    assert asked.headers["location"] == "/login?next=/koersler%3Frobot%3Dhovedkonto"


def test_a_form_of_a_session_that_is_over_is_kept_and_sent_after_signing_in(console: Console) -> None:
    stranger = reader(console)

    kept = stranger.client.post("/logout", data={"note": "<b>skrevet</b>", "csrf": "old"})
    again = stranger.client.post(
        "/login",
        data={"user": EVERYTHING, "password": "æbler og pærer 17", "next": "/logout", "note": "skrevet"},
    )

    assert kept.status_code == 401
    assert 'name="note" value="&lt;b&gt;skrevet&lt;/b&gt;"' in kept.text
    assert again.status_code == 200
    assert 'action="/logout"' in again.text
    assert 'name="note" value="skrevet"' in again.text


def test_secrets_of_a_form_do_not_wait_for_a_sign_in_and_its_page_does(console: Console) -> None:
    stranger = reader(console)
    secrets = {"password": "gammel hemmelighed", "new_password": "ny hemmelighed", "again": "ny hemmelighed"}
    shown_on = {"referer": f"{ADDRESS}/konto?sprog=da"}

    asked = stranger.client.post("/konto/adgangskode", data={"user": "x", **secrets}, headers=shown_on)
    untold = stranger.client.post("/logout", data={"csrf": "old"}, headers={"referer": "https://a.example/b"})

    assert asked.status_code == 401
    assert "hemmelighed" not in asked.text
    assert 'name="next" value="/konto?sprog=da"' in asked.text
    assert 'name="next" value="/"' in untold.text


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:x"]
)
def test_signing_in_leads_to_no_other_site(console: Console, path: str) -> None:
    signed = reader(console).client.post(
        "/login", data={"user": EVERYTHING, "password": "æbler og pærer 17", "next": path}
    )

    assert signed.headers["location"] == "/"


def test_a_form_from_another_site_is_refused(console: Console) -> None:
    someone = reader(console, EVERYTHING)
    csrf = someone.csrf()

    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert someone.client.post("/logout", data={"csrf": csrf}, headers=headers).status_code == 403
    assert someone.client.post("/logout", data={"csrf": "guess"}).status_code == 403
    assert someone.client.post("/logout").status_code == 403
    assert someone.get("/").status_code == 200


def test_an_unknown_host_is_refused(console: Console) -> None:
    assert reader(console).client.get("/login", headers={"host": "evil.example"}).status_code == 400


def test_every_answer_tells_the_browser_what_it_may_do(console: Console) -> None:
    someone = reader(console, EVERYTHING)

    for path in ("/", "/login", "/no-such-page", "/static/gevinst.css"):
        headers = someone.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_one_byte_over_the_limit_is_refused_unread(console: Console) -> None:
    someone = reader(console, EVERYTHING)
    limit = str(console.largest_upload + 1)

    assert someone.client.post("/logout", headers={"content-length": limit}).status_code == 413


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(console: Console) -> None:
    signed = reader(console).client.post(
        "/login", data={"user": EVERYTHING, "password": "æbler og pærer 17", "next": "/"}
    )

    cookie = signed.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_signing_out_makes_the_old_cookie_worthless(console: Console) -> None:
    someone = reader(console, EVERYTHING)
    cookie = dict(someone.client.cookies)

    someone.post("/logout")

    someone.client.cookies.update(cookie)
    assert someone.get("/").status_code == 303


def test_a_wrong_name_takes_as_long_as_a_wrong_password(console: Console) -> None:
    def seconds(user: str) -> float:
        start = time.perf_counter()
        reader(console).client.post("/login", data={"user": user, "password": "wrong", "next": "/"})
        return time.perf_counter() - start

    seconds(EVERYTHING)
    known, unknown = (min(seconds(user) for _ in range(3)) for user in (EVERYTHING, "nobody"))

    assert 0.5 < known / unknown < 2


def test_ten_wrong_passwords_are_answered_by_wait(console: Console) -> None:
    client = reader(console).client
    answers = [
        client.post("/login", data={"user": "controller", "password": "wrong", "next": "/"}).status_code
        for _ in range(11)
    ]

    assert answers == [401] * 10 + [429]


def test_what_is_not_there_and_what_breaks_have_pages_of_their_own(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = reader(console, EVERYTHING)
    monkeypatch.setattr("gevinst.web.pages.runs._filter", lambda _: 1 / 0)
    client = reader(console, EVERYTHING).client
    client._transport.raise_server_exceptions = False  # as a real server does

    missing, broken = someone.get("/no-such-page"), client.get("/koersler")

    assert missing.status_code == 404
    assert "Siden findes ikke" in missing.text
    assert broken.status_code == 500
    assert "ZeroDivisionError" not in broken.text
    assert "Traceback" not in broken.text


def test_the_language_is_kept_for_the_reader(console: Console) -> None:
    someone = reader(console, EVERYTHING)
    back = someone.get("/sprog/en?side=/koersler")

    assert back.headers["location"] == "/koersler"
    assert '<html lang="en">' in someone.get("/koersler").text


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "gevinst.example", "::"])  # noqa: S104 - what is refused
def test_it_does_not_listen_beyond_this_machine_without_tls(host: str) -> None:
    with pytest.raises(Exception, match="CON-001"):
        check_address(host, "")
    check_address(host, "https://gevinst.example")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_it_listens_on_this_machine_without_tls(host: str) -> None:
    check_address(host, "")


def test_a_port_that_another_program_has_is_refused_before_anyone_is_told_of_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match="CON-003"):
            check_free("127.0.0.1", port)

    check_free("127.0.0.1", port)
