"""The second factor: turned on by its owner, asked for after the password, and worth one use of each code."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from gevinst.domain.access import Role
from gevinst.domain.account import hash_of
from gevinst.store.one_time_codes import TotpCodes
from gevinst.web.console import Console
from web.offices import EVERYTHING, PASSWORD, Reader, visiting

USER = "controller"
OWN = "/konto"
KEY = re.compile(r'class="key">([A-Z2-7 ]+)<')
PAPER = re.compile(r"<code>((?:[a-z2-7]{4}-){3}[a-z2-7]{4})</code>")
TYPED = {"text": "halvt skrevet", "code": "fee"}  # in the form of a case, whose session was over
NEXT = 30  # seconds to the next code


def code_of(console: Console, secret: str, *, later: int = 0) -> str:
    """What the device shows, or will show."""
    return pyotp.TOTP(secret).at(int(console.now().timestamp()) + later)


def turned_on(console: Console, user: str = USER) -> tuple[str, list[str]]:
    """A user whose second factor works: the device's secret, and the codes on paper."""
    own = visiting(console, user)
    mark = own.csrf(OWN)
    own.client.post(f"{OWN}/totrin", data={"csrf": mark, "password": PASSWORD})
    found = KEY.search(own.get(OWN).text)
    assert found
    secret = found.group(1).replace(" ", "")
    code = code_of(console, secret)
    shown = own.client.post(f"{OWN}/totrin/bekraeft", data={"csrf": mark, "code": code})
    paper = PAPER.findall(shown.text)
    assert len(paper) == 10
    assert paper[0] not in own.get(OWN).text
    return secret, paper


def half_way(console: Console, *, address: str = "testclient", **fields: str) -> Reader:
    """Someone who has given the password."""
    person = visiting(console, "", address=address)
    asked = person.client.post(
        "/login", data={"user": USER, "password": PASSWORD, "next": "/arbejde", **fields}
    )
    assert asked.status_code == 200
    assert 'action="/login/kode"' in asked.text
    return person


def give(person: Reader, code: str, **fields: str) -> int:
    answer = person.client.post("/login/kode", data={"one_time_code": code, "next": "/arbejde", **fields})
    return int(answer.status_code)


def test_the_password_alone_opens_nothing_and_the_code_opens_the_rest(console: Console) -> None:
    secret, _ = turned_on(console)
    person = half_way(console, **TYPED)

    before = person.get("/arbejde")
    half = person.client.cookies[console.cookie]
    seen = len(list(console.parts.runs.audit_rows()))
    after = person.client.post(
        "/login/kode",
        data={"one_time_code": code_of(console, secret, later=NEXT), "next": "/arbejde", **TYPED},
    )

    assert before.headers["location"].startswith("/login")
    assert all(f'name="{name}" value="{value}"' in after.text for name, value in TYPED.items())
    assert person.get("/arbejde").status_code == 200
    assert person.client.cookies[console.cookie] != half
    assert console.door.book.session(hash_of(half)) is None
    assert [row.what for row in console.parts.runs.audit_rows()][seen:] == ["login"]


def test_a_code_works_once_and_so_does_one_on_paper(console: Console) -> None:
    secret, paper = turned_on(console)
    code = code_of(console, secret, later=NEXT)

    assert give(half_way(console), code_of(console, secret)) == 401  # it confirmed the device
    assert [give(half_way(console), code) for _ in range(2)] == [303, 401]
    assert [give(half_way(console), paper[3].upper()) for _ in range(2)] == [303, 401]
    assert console.parts.factors.recovery_left(USER) == 9


def test_who_knows_the_password_guesses_ten_codes_from_wherever_they_come(console: Console) -> None:
    secret, _ = turned_on(console)

    here, there = half_way(console), half_way(console, address="198.51.100.7")

    wrong = [give(person, f"{number:06}") for person in (here, there) for number in range(5)]
    last = give(here, code_of(console, secret, later=NEXT))

    assert wrong == [401] * 10
    assert last == 429


def test_a_password_is_forgotten_when_the_code_is_long_in_coming(console: Console) -> None:
    secret, _ = turned_on(console)
    person = half_way(console)
    late = replace(console, now=lambda: console.now() + timedelta(minutes=6))
    other = visiting(late, "")
    other.client.cookies = person.client.cookies

    assert give(other, code_of(late, secret)) == 401
    assert give(visiting(console, ""), code_of(console, secret, later=NEXT)) == 401


def test_a_role_that_needs_it_leads_to_nothing_else_until_it_is_on(console: Console) -> None:
    asks = replace(console.office.console, second_factor=frozenset({Role.APPROVER}))
    strict = replace(console, office=replace(console.office, console=asks))
    approver, controller = visiting(strict, "approver"), visiting(strict, USER)

    assert approver.get("/arbejde").headers["location"] == OWN
    assert "Din rolle kræver totrinslogin" in approver.get(OWN).text
    assert controller.get("/arbejde").status_code == 200
    turned_on(strict, "approver")
    assert visiting(strict, "approver").get("/arbejde").status_code == 200


def test_it_is_taken_away_by_a_code_or_by_another_administrator(console: Console) -> None:
    secret, _ = turned_on(console)
    own, chief = visiting(console, USER), visiting(console, EVERYTHING)

    assert own.post(f"{OWN}/totrin/fjern", code="000000").status_code == 409
    assert own.post(f"{OWN}/totrin/fjern", code=code_of(console, secret, later=NEXT)).status_code == 303
    turned_on(console)
    assert chief.post(f"/admin/brugere/{USER}/totrin").status_code == 303
    assert chief.post(f"/admin/brugere/{EVERYTHING}/totrin").status_code == 409
    assert console.parts.factors.factor(USER) is None
    acts = [row.what for row in console.parts.runs.audit_rows() if row.what.startswith("factor.")]
    assert acts == ["factor.begun", "factor.added", "factor.removed"] * 2


def test_a_stranger_at_an_open_screen_turns_nothing_on(console: Console) -> None:
    own = visiting(console, USER)

    assert own.post(f"{OWN}/totrin", password="forkert kode 1").status_code == 409
    assert own.post(f"{OWN}/totrin/bekraeft", code="123456").status_code == 409
    assert console.parts.factors.factor(USER) is None


def test_a_person_changes_their_password_for_the_one_they_have(console: Console) -> None:
    own, new = visiting(console, USER), "nye æbler og gamle pærer"
    form = {"new_password": new, "again": new}

    assert own.post(f"{OWN}/adgangskode", password="forkert kode 1", **form).status_code == 409
    assert own.post(f"{OWN}/adgangskode", password=PASSWORD, new_password=new, again="x").status_code == 409
    assert own.post(f"{OWN}/adgangskode", password=PASSWORD, **form).headers["location"] == "/login"
    assert (
        visiting(console, "").client.post("/login", data={"user": USER, "password": new}).status_code == 303
    )


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")],
)
def test_codes_are_those_of_rfc_6238(at: int, code: str) -> None:
    """Appendix B, the last six of its eight digits; its secret is 12345678901234567890."""
    secret, now = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", datetime.fromtimestamp(at, UTC)

    assert TotpCodes().step(secret, code, now) == at // 30
    assert TotpCodes().step(secret, code, now + timedelta(seconds=90)) is None
