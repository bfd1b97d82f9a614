"""The console against those who mean harm, by the requirements of OWASP ASVS 5.0 that each test names."""

import asyncio
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from gevinst import bootstrap
from gevinst.app.accounts import AccountError, check_password, end_sessions, make_setup_code, set_roles
from gevinst.domain.access import MAY, Person, Role
from gevinst.domain.audit import AuditEvent
from gevinst.domain.case import CaseState
from gevinst.web import door, pages
from gevinst.web.app import PUBLIC, create_app, routes_of
from gevinst.web.console import Console, open_console
from gevinst.web.shield import LOG_CSP
from gevinst.web.turnstile import Turnstile
from gevinst.web.visit import Gate
from web.case_runs import HOSTILE, Line, put_run
from web.offices import EVERYTHING, IT, PASSWORD, awaited, lay_out_office, visiting

ROUTES = [
    (route.path, method, need.call.action)
    for route in routes_of((door.router, *pages.routers()))
    for method in sorted(route.methods or ())
    for need in route.dependant.dependencies
    if isinstance(need.call, Gate)
]
PARAMETERS = {"period": "2026-10", "account": "hovedkonto", "robot_id": "hovedkonto", "robot": "hovedkonto"}
LOG_OUT = "/logout"
ROBOT = "bankbogfoering"  # it has a limit above which two must agree
CPR = "010190-1234"
WRONG = "wrong"
SECRET = "planted-secret-7f3a"
PAYLOADS = (
    "<script>alert(1)</script>",
    "'; DROP TABLE run; --",
    "x; touch /tmp/owned-by-gevinst",
    "{{ 7 * 7 }}",
    "../../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "\r\nset-cookie: a=b",
    "\x00",
    "%00",
    "ﷺ" * 50,
)


@pytest.fixture
def cases(console: Console) -> Console:
    """A console with a case below and one above the robot's limit."""
    put_run(console, [Line(name="b1", text=HOSTILE), Line(name="big", amount=9_000_000_00)], robot=ROBOT)
    return console


def filled(path: str) -> str:
    return re.sub(r"{(\w+)(?::\w+)?}", lambda name: PARAMETERS.get(name[1], "x"), path)


# No default account, and a first administrator by a code that works once


def test_v6_3_2_a_fresh_install_has_no_account_and_its_first_needs_a_code_that_works_once(
    tmp_path: Path,
) -> None:
    console = open_console(bootstrap.office(str(lay_out_office(tmp_path / "office"))))
    stranger = visiting(console, "")
    facts = {"user": "chef", "shown_name": "Chef", "password": PASSWORD, "again": PASSWORD}

    for user in ("admin", "gevinst", "root"):
        tried = stranger.client.post("/login", data={"user": user, "password": user, "next": "/"})
        assert tried.status_code == 401
    assert stranger.client.post("/opsaetning", data={**facts, "code": "guess"}).status_code == 422
    code = make_setup_code(console.door.book, console.now())
    first = stranger.client.post("/opsaetning", data={**facts, "code": code})
    again = visiting(console, "").client.post("/opsaetning", data={**facts, "user": "chef2", "code": code})

    assert (first.status_code, again.status_code) == (303, 422)
    assert make_setup_code(console.door.book, console.now()) == ""


# Passwords of V6.2


@pytest.mark.parametrize(
    "password",
    ["kort", "hunter2hunt", "password1234", "Adgangskode2026!", "Sommer2026!!", "qwertyuiop12",
     "1qaz2wsx3edc", "aaaaaaaaaaaa", "123456789012", "controller-kode", "gevinst-kommune", "x" * 300],
)  # fmt: skip
def test_v6_2_4_a_password_that_is_short_or_well_known_is_refused(password: str) -> None:
    with pytest.raises(AccountError, match="ACC-005"):
        check_password(password, "controller")


@pytest.mark.parametrize(
    "password", ["tre røde både sejler", "korrekthestbatterihæfte", "tre røde både sejler forbi " * 6]
)
def test_v6_2_5_a_long_one_of_any_signs_is_taken(password: str) -> None:
    check_password(password, "controller")


def test_v6_2_9_passwords_are_kept_as_argon2id_and_keys_as_hashes_only(console: Console) -> None:
    key = visiting(console, EVERYTHING).client.cookies[console.cookie]
    file = console.parts.url.removeprefix("sqlite:///")
    with sqlite3.connect(file) as database:
        dump = "\n".join(database.iterdump())

    assert dump.count("$argon2id$") == len(Role) + 1
    assert PASSWORD not in dump
    assert key not in dump


# Guessing


def test_v6_3_1_guessing_is_slowed_by_address_and_never_locks_a_person_out_elsewhere(
    console: Console,
) -> None:
    def tries(user: str, address: str, password: str = WRONG, times: int = 1) -> list[int]:
        client = visiting(console, "", address=address).client
        form = {"user": user, "password": password, "next": "/"}
        return [client.post("/login", data=form).status_code for _ in range(times)]

    many = tries("controller", "203.0.113.9", times=11)
    at_work = tries("controller", "192.0.2.10", PASSWORD)
    for number in range(40):
        event = AuditEvent(at=console.now(), who="unknown", what="login.refused", subject="unknown")
        console.door.book.note_wrong(
            user=f"name{number}", address="203.0.113.9", at=console.now(), event=event
        )
    other_user = tries("approver", "203.0.113.9", PASSWORD)

    assert many == [401] * 10 + [429]
    assert other_user == [429]
    assert at_work == [303]


# Sessions of V7


def test_v7_2_3_each_session_has_a_new_key_of_256_bits(console: Console) -> None:
    keys = {visiting(console, EVERYTHING).client.cookies[console.cookie] for _ in range(5)}

    assert len(keys) == 5
    assert all(len(key) >= 43 for key in keys)  # 32 bytes in base64


@pytest.mark.parametrize(
    ("gap", "times", "status"), [(29, 16, 200), (31, 1, 303), (29, 17, 303)], ids=["busy", "idle", "old"]
)
def test_v7_3_1_a_session_ends_idle_after_30_minutes_and_after_8_hours(
    console: Console, gap: int, times: int, status: int
) -> None:
    moment = [datetime.now(UTC)]
    later = replace(console, now=lambda: moment[0])
    someone = visiting(later, "controller")

    answers = []
    for _ in range(times):
        moment[0] += timedelta(minutes=gap)
        answers.append(someone.get("/").status_code)

    assert answers[-1] == status


def test_v7_4_1_who_is_disabled_changed_or_ended_by_the_administrator_is_out_at_once(
    console: Console,
) -> None:
    book, now = console.door.book, console.now()
    gone, changed, ended = (visiting(console, user) for user in ("controller", "operator", "auditor"))

    set_roles(book, by=IT, user="controller", roles={Role.CONTROLLER}, disabled=True, now=now)
    set_roles(book, by=IT, user="operator", roles={Role.AUDITOR}, disabled=False, now=now)
    end_sessions(book, by=IT, user="auditor", now=now)

    assert [one.get("/").status_code for one in (gone, changed, ended)] == [303, 303, 303]


def test_v7_5_1_an_approval_asks_for_the_password_again(cases: Console) -> None:
    moment = [datetime.now(UTC)]
    later = replace(cases, now=lambda: moment[0])
    visiting(later, "controller").post(
        "/arbejde/r1.2/afgoer", how="accept", code="write_off", account="4711", text="aftalt"
    )
    chief = visiting(later, "approver")
    moment[0] += timedelta(minutes=16)

    without = chief.post("/arbejde/r1.2/godkend", reason="set", decision="1")
    wrong = chief.post("/arbejde/r1.2/godkend", reason="set", decision="1", password="forkert kode her")
    right = chief.post("/arbejde/r1.2/godkend", reason="set", decision="1", password=PASSWORD)

    assert [one.status_code for one in (without, wrong, right)] == [409, 409, 303]


# Cookies, headers and forms of V3


def test_v3_3_1_behind_tls_the_cookie_is_bound_to_host_and_tls(console: Console) -> None:
    secure = replace(console, url="https://gevinst.kommune.example")
    client = visiting(secure, "").client
    form = {"user": EVERYTHING, "password": PASSWORD, "next": "/"}

    answer = client.post("/login", data=form, headers={"host": "gevinst.kommune.example"})

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-gevinst=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "domain" not in cookie.lower()
    assert answer.headers["strict-transport-security"].startswith("max-age=")


def test_v3_2_1_robot_frameworks_log_has_an_origin_of_its_own(cases: Console) -> None:
    log = cases.office.runs / f"{ROBOT}/2026-10/r1/log.html"
    log.write_text("<script>1</script>", "utf-8")

    headers = visiting(cases, "auditor").get("/koersler/r1/filer/log.html").headers

    assert headers["content-security-policy"] == LOG_CSP
    assert "allow-same-origin" not in LOG_CSP
    assert "sandbox allow-scripts; default-src 'none'" in LOG_CSP


def test_v3_5_1_no_form_without_its_sessions_mark_does_anything(cases: Console) -> None:
    someone, other = visiting(cases, EVERYTHING), visiting(cases, EVERYTHING)
    foreign = other.csrf()

    for path, method, _ in ROUTES:
        if method == "POST":
            for data in ({}, {"csrf": ""}, {"csrf": foreign}):
                assert someone.client.post(filled(path), data=data).status_code == 403, path


def test_v3_5_3_opening_pages_changes_nothing(cases: Console) -> None:
    someone = visiting(cases, EVERYTHING)
    someone.get("/")
    before = (cases.parts.runs.decisions(ROBOT), len(list(cases.parts.runs.audit_rows())))

    for path, method, _ in ROUTES:
        if method == "GET" and not path.endswith("/live"):
            someone.get(filled(path).replace("/x", "/r1.1") if path.startswith("/arbejde") else filled(path))
    someone.get("/arbejde/r1.1/afgoer")
    someone.get("/logout")

    assert (cases.parts.runs.decisions(ROBOT), len(list(cases.parts.runs.audit_rows()))) == before
    assert someone.get("/").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.", "[::2]"])
def test_v3_5_3_a_name_that_is_not_ours_is_refused_also_on_the_own_machine(
    console: Console, host: str
) -> None:
    assert visiting(console, EVERYTHING).client.get("/", headers={"host": host}).status_code == 400


# Who may do what, V8


@pytest.mark.parametrize("role", Role)
def test_v8_2_1_each_route_lets_in_the_roles_of_its_right_and_no_other(cases: Console, role: Role) -> None:
    someone = visiting(cases, str(role).replace("_", "-"))
    csrf = someone.csrf()
    wrong = []
    for path, method, action in ROUTES:
        if path == LOG_OUT or path.endswith("/live"):
            continue
        if method == "GET":
            status = someone.get(filled(path)).status_code
        else:
            status = someone.client.post(filled(path), data={"csrf": csrf}).status_code
        if (status == 403) is (role in MAY[action]) or status >= 500:
            wrong.append((method, path, status))

    assert wrong == []


def test_v8_2_1_who_is_not_signed_in_gets_no_page_but_the_public_ones(cases: Console) -> None:
    stranger = visiting(cases, "")

    for path, method, _ in ROUTES:
        assert path not in PUBLIC
        if method == "GET":
            assert stranger.get(filled(path)).status_code == 303, path
        else:
            assert stranger.client.post(filled(path), data={"csrf": "x"}).status_code == 401, path


@pytest.mark.parametrize(
    "path",
    ["/koersler/unknown", "/koersler/r1/filer/%2e%2e/%2e%2e/gevinst.db",
     "/koersler/r1/filer/../../gevinst.db", "/koersler/r1/filer//etc/passwd",
     "/koersler/r1/filer/x%00.html", "/arbejde/r1.99", "/arbejde/r9.1",
     "/arbejde/r1.1/filer/" + "0" * 64, "/robotter/%2e%2e", "/afstemning/2026-13"],
)  # fmt: skip
def test_v8_2_2_what_is_not_there_or_lies_outside_is_not_found(cases: Console, path: str) -> None:
    assert visiting(cases, EVERYTHING).get(path).status_code == 404


def test_v2_3_1_a_step_that_is_skipped_is_refused(cases: Console) -> None:
    chief = visiting(cases, "approver")

    decision = chief.post("/arbejde/r1.1/godkend", reason="intet at godkende")
    period = chief.post("/afstemning/2026-10/hovedkonto/godkend")

    assert (decision.status_code, period.status_code) == (409, 409)
    assert cases.parts.signatures.of_period("2026-10") == []


def test_v2_3_4_of_two_approvals_one_counts_and_nobody_approves_their_own(cases: Console) -> None:
    both = visiting(cases, EVERYTHING)
    both.post("/arbejde/r1.2/afgoer", how="accept", code="write_off", account="4711", text="aftalt")

    own = both.post("/arbejde/r1.2/godkend", reason="min egen", decision="1")
    answers = [
        visiting(cases, "approver").post("/arbejde/r1.2/godkend", reason="set", decision="1")
        for _ in range(2)
    ]

    assert own.status_code == 409
    assert "ingen godkender sin egen" in own.text
    assert [one.status_code for one in answers] == [303, 409]
    found = cases.parts.cases.case("r1", 2)
    assert found is not None
    assert found.standing.state is CaseState.DECIDED


# What is typed, V1 and V5


@pytest.mark.parametrize("payload", PAYLOADS)
def test_v1_2_1_whatever_is_typed_is_shown_as_text_and_runs_nothing(cases: Console, payload: str) -> None:
    someone = visiting(cases, EVERYTHING)
    texts = ("text", "reason", "account", "document", "code", "until", "why", "user", "period", "robot")
    fields = dict.fromkeys(texts, payload)
    answers = [
        someone.post(f"/arbejde/r1.1/{act}", how=how, **fields)
        for act, how in (("note", ""), ("afgoer", "corrected"), ("afgoer", payload), ("fortryd", ""))
    ]
    answers += [
        someone.client.get(path, params=fields | {"least": payload, "after": payload, "told": payload})
        for path in ("/arbejde", "/koersler", "/login", "/robotter/hovedkonto/koer", "/arbejde/r1.1")
    ]
    answers.append(someone.get("/arbejde/r1.1"))

    assert all(one.status_code < 500 for one in answers), [one.status_code for one in answers]
    assert all("<script>alert" not in one.text for one in answers)
    assert all("a" not in one.cookies for one in answers)
    assert not Path("/tmp/owned-by-gevinst").exists()  # noqa: S108 - what the payload would make
    assert "49" not in re.findall(r"Historik.*", answers[-1].text, re.DOTALL)[0][:400]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("bilag.pdf", 303),
        ("virus.exe", 409),
        ("side.html", 409),
        ("../../gevinst.db.txt", 303),
        ('a"b\r\n.pdf', 303),
    ],
)
def test_v5_2_2_files_are_taken_by_their_kind_and_given_back_as_downloads(
    cases: Console, name: str, status: int
) -> None:
    someone = visiting(cases, "controller")
    kept = set(cases.office.data.rglob("*"))

    answer = someone.client.post(
        "/arbejde/r1.1/note", data={"csrf": someone.csrf()}, files={"file": (name, b"<script>1</script>")}
    )

    assert answer.status_code == status
    new = {path for path in cases.office.data.rglob("*") if path.is_file()} - kept
    assert all(path.parent.name == "vedhaeftet" for path in new if not path.name.startswith("gevinst.db"))
    links = re.findall(r'href="(/arbejde/r1\.1/filer/\w+)"', someone.get("/arbejde/r1.1").text)
    for link in links:
        headers = someone.get(link).headers
        assert headers["content-disposition"].startswith("attachment")
        assert "\n" not in headers["content-disposition"]
        assert headers["x-content-type-options"] == "nosniff"
    assert bool(links) is (status == 303)


def test_v5_2_1_more_than_was_announced_is_not_read_to_its_end(console: Console) -> None:
    small = replace(console, largest_upload=1_000)
    someone = visiting(small, EVERYTHING)
    sent: list[int] = []

    def body() -> Iterator[bytes]:
        for number in range(1_000):
            sent.append(number)
            yield b"x" * 100

    answer = someone.client.post(
        "/logout", content=body(), headers={"content-type": "application/x-www-form-urlencoded"}
    )

    assert answer.status_code == 413
    assert visiting(small, EVERYTHING).get("/").status_code == 200


@pytest.mark.parametrize(
    ("path", "user", "size", "status"),
    [
        ("/arbejde/r1.1/note", "", 50_000_000, 401),
        ("/arbejde/r1.1/note", "auditor", 50_000_000, 403),
        ("/login", "", 50_000_000, 401),
        ("/api/v1/runs", "", 200_000, 413),
    ],
)
def test_v5_2_1_what_a_stranger_sends_is_not_read(
    cases: Console, path: str, user: str, size: int, status: int
) -> None:
    async def unread() -> Any:
        raise AssertionError(path)

    assert status_of_sending(cases, path, user, size, unread) == status


def status_of_sending(
    console: Console, path: str, user: str, size: int, receive: Callable[[], Awaitable[Any]]
) -> int:
    """What a form is answered whose body comes as the test has it come."""
    someone = visiting(console, user)
    kind = "multipart/form-data; boundary=x"
    headers = {"host": "127.0.0.1", "content-type": kind, "content-length": str(size)}
    headers["cookie"] = "; ".join(f"{name}={value}" for name, value in someone.client.cookies.items())
    told: list[Any] = []

    async def keep(message: Any) -> None:
        told.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("testclient", 50_000),
    }
    awaited(create_app(console)(scope, receive, keep))
    return int(told[0]["status"])


def test_v15_2_2_what_comes_drop_by_drop_is_not_waited_for(cases: Console) -> None:
    hasty = replace(cases, slowest_upload=0.05)

    async def drop_by_drop() -> Any:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"", "more_body": True}

    assert status_of_sending(hasty, "/arbejde/r1.1/note", EVERYTHING, 10_000, drop_by_drop) == 408
    assert status_of_sending(hasty, "/login", "", 10_000, drop_by_drop) == 408


def test_v15_2_2_nobody_watches_so_many_runs_that_others_wait(cases: Console) -> None:
    full = replace(cases, watching=Turnstile(each=0, together=9))

    assert visiting(full, EVERYTHING).get("/koersler/r1/live").text == "retry: 60000\n\n"


# What is told and what is logged, V16


def test_v16_2_5_a_secret_or_cpr_is_in_no_page_log_or_trail(
    cases: Console, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: object) -> None:
        raise RuntimeError("lost")

    monkeypatch.setenv("GEVINST_SECRET_ERP", SECRET)
    monkeypatch.setattr("gevinst.web.pages.runs._filter", breaks)
    someone = visiting(cases, EVERYTHING)
    with caplog.at_level(logging.DEBUG):
        someone.client.post("/login", data={"user": CPR, "password": SECRET, "next": "/"})
        someone.post("/arbejde/r1.1/note", text=f"borger {CPR}")
        shown = [someone.get(path).text for path in ("/koersler", "/arbejde", "/arbejde/r1.1", "/")]

    trail = "\n".join(str(row) for row in cases.parts.runs.audit_rows())
    log = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("gevinst"))
    for told in (*shown, trail, log):
        assert SECRET not in told
        assert CPR not in told


def test_v16_3_1_each_refused_sign_in_is_in_the_trail_without_what_was_typed(console: Console) -> None:
    client = visiting(console, "").client
    for user in ("controller", "no\r\nsuch user"):
        client.post("/login", data={"user": user, "password": SECRET, "next": "/"})

    rows = [row for row in console.parts.runs.audit_rows() if row.what == "login.refused"]

    assert [row.subject for row in rows] == ["controller", "unknown"]
    assert SECRET not in str(rows)


def test_v16_3_2_what_a_person_may_not_do_is_in_the_log(
    console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "gevinst.console"):
        visiting(console, "operator").get("/arbejde")

    assert "operator may not see_items at /arbejde" in caplog.text


def test_v16_5_1_an_error_of_ours_shows_a_number_that_the_log_has_too(
    console: Console, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: object) -> None:
        raise KeyError("a\r\nb")

    monkeypatch.setattr("gevinst.web.pages.runs._filter", breaks)

    answer = visiting(console, EVERYTHING).get("/koersler")

    number = re.search(r"\b[0-9a-f]{8}\b", answer.text)
    assert answer.status_code == 500
    assert number is not None
    assert f"error {number[0]} at /koersler" in caplog.text
    assert "KeyError" not in answer.text


# Secrets in addresses, V14


def test_v14_2_1_no_form_with_a_secret_is_sent_in_an_address(cases: Console) -> None:
    someone = visiting(cases, EVERYTHING)
    paths = {filled(path) for path, method, _ in ROUTES if method == "GET" and not path.endswith("/live")}

    shown = [someone.get(path).text for path in sorted(paths | {"/login", "/arbejde/r1.1"})]

    forms = list(chain.from_iterable(re.findall(r"<form.*?</form>", page, re.DOTALL) for page in shown))
    assert forms
    for form in forms:
        secret = 'type="password"' in form or 'name="csrf"' in form
        assert not (secret and 'method="get"' in form)


def test_a_person_of_no_role_may_do_nothing() -> None:
    nobody = Person(user="x", roles=frozenset())

    assert not any(nobody.may(action) for action in MAY)
