"""The trail as a page reads it, public data sets and open sessions: alike on SQLite and PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from gevinst.app.accounts import AccountError, Door, Visitor, open_session, prove_again
from gevinst.app.open_data import public_sets, publish
from gevinst.app.trail_search import TrailQuestion, rows_of
from gevinst.domain.access import NotAllowedError, Person, Role
from gevinst.domain.account import SESSION_IDLE, Account
from gevinst.domain.audit import AuditEvent, AuditRow
from gevinst.store import open_parts, trail
from gevinst.store.opening import StoreParts
from gevinst.store.passwords import Argon2Passwords

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
CHIEF = Person(user="chef", roles=frozenset({Role.ADMINISTRATOR}))


@pytest.fixture
def parts(database_url: str) -> Iterator[StoreParts]:
    """A store with thirty rows in its trail."""
    opened = open_parts(database_url)
    for number in range(30):
        event = AuditEvent(
            at=AT + timedelta(hours=number),
            who="a" if number % 2 else "b",
            what=("run.end", "case.note", "runner")[number % 3],
            subject=str(number),
            detail={"robot": "moms" if number % 5 else "løn"},
        )
        opened.runs.append_audit(event)
    yield opened
    opened.runs.close()


@pytest.mark.parametrize(
    "question",
    [
        TrailQuestion(),
        TrailQuestion(who="a"),
        TrailQuestion(what="run"),
        TrailQuestion(what="run.end"),
        TrailQuestion(robot="løn"),
        TrailQuestion(first=AT + timedelta(hours=3), last=AT + timedelta(hours=20), who="b", what="case"),
        TrailQuestion(what="%"),
        TrailQuestion(who="' OR 1=1 --"),
    ],
)
def test_pages_read_backwards_are_the_rows_that_are_asked_for(
    parts: StoreParts, question: TrailQuestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "AT_A_TIME", 7)
    found: list[AuditRow] = []
    before = None
    while rows := parts.trail.newest(question, before=before, limit=4):
        found += rows
        before = rows[-1].number

    assert found == rows_of(parts.runs, question)[::-1]


def test_a_data_set_is_public_until_it_is_withdrawn_and_each_switch_is_noted(parts: StoreParts) -> None:
    publish(parts.published, "koersler", on=True, by=CHIEF, why="ja", now=AT)
    assert [one.id for one in public_sets(parts.published)] == ["koersler"]

    publish(parts.published, "koersler", on=False, by=CHIEF, why="nej", now=AT)
    assert public_sets(parts.published) == []
    assert [row.why for row in parts.runs.audit_of(["publish.on", "publish.off"])] == ["ja", "nej"]


def test_only_who_may_publishes(parts: StoreParts) -> None:
    other = Person(user="x", roles=frozenset(Role) - {Role.ADMINISTRATOR})

    with pytest.raises(NotAllowedError):
        publish(parts.published, "koersler", on=True, by=other, why="ja", now=AT)


def an_account(parts: StoreParts, user: str) -> Account:
    account = Account(
        user=user, shown_name=user, password_hash="", roles=frozenset({Role.APPROVER}), created=AT
    )
    event = AuditEvent(at=AT, who=user, what="account.added", subject=user)
    parts.accounts.add_account(account, event)
    return account


def test_sessions_that_are_over_are_not_counted(parts: StoreParts) -> None:
    for user in ("a", "b"):
        an_account(parts, user)
        open_session(parts.accounts, user, AT)
    open_session(parts.accounts, "b", AT + SESSION_IDLE)

    assert parts.accounts.open_sessions(AT) == {"a": 1, "b": 2}
    assert parts.accounts.open_sessions(AT + SESSION_IDLE + timedelta(seconds=1)) == {"b": 1}


def test_who_has_no_password_here_cannot_prove_it_again(parts: StoreParts) -> None:
    account = an_account(parts, "a")
    seen = Visitor(account=account, session=open_session(parts.accounts, "a", AT).session)
    door = Door(book=parts.accounts, passwords=Argon2Passwords(), half=lambda _: False)

    with pytest.raises(AccountError, match="ACC-017"):
        prove_again(door, seen, password="", address="x", now=AT)


def test_the_last_row_of_some_acts_is_found(parts: StoreParts) -> None:
    rows = list(parts.runs.audit_rows())

    assert parts.trail.last_number(["case.note"]) == max(
        row.number for row in rows if row.what == "case.note"
    )
    assert parts.trail.last_number(["nothing"]) == 0
