"""The morning digest: who is told how much waits, by a real mail server with STARTTLS."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gevinst.app.accounts import set_email
from gevinst.app.digest import NeedKind, needs_of
from gevinst.bootstrap.administration import digest_tools
from gevinst.cli.digest import digest
from gevinst.domain.access import Person, Role
from gevinst.domain.alarm import AlarmKind
from gevinst.runner.notify import Notice, Notifier, teams_card
from gevinst.web.console import Console
from web.mailbox import Mailbox
from web.offices import IT

TO = "drift@kommune.example"


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server that the office has set up."""
    with Mailbox(folder=tmp_path) as box:
        monkeypatch.setenv("SSL_CERT_FILE", str(box.certificate))
        monkeypatch.setenv("GEVINST_SMTP", box.address)
        monkeypatch.setenv("GEVINST_MAIL_FROM", "gevinst@kommune.example")
        yield box


@pytest.fixture
def office(console: Console, monkeypatch: pytest.MonkeyPatch) -> Console:
    """An office with two alarms and an operator who has an address."""
    monkeypatch.setenv("GEVINST_OFFICE", str(console.office.robots.parent))
    settings = console.office.robots.parent / "gevinst.toml"
    settings.write_text(
        settings.read_text("utf-8") + '\n[console]\nurl = "https://gevinst.kommune.example/"\n', "utf-8"
    )
    at = datetime.now(UTC)
    for number in (1, 2):
        console.parts.alarms.ring(AlarmKind.LATE, f"t{number}", robot="hovedkonto", detail="x", at=at)
    set_email(console.door.book, by=IT, user="operator", email=TO, now=at)
    return console


def send(*options: str) -> Result:
    return CliRunner().invoke(digest, options)


def test_each_person_is_told_how_much_waits_and_where(office: Console, mailbox: Mailbox) -> None:
    done = send()

    assert done.exit_code == 0, done.output
    (mail,) = mailbox.mails
    assert (mail["Subject"], mail["To"]) == ("Kræver dig: 2", TO)
    text = mail.get_content()
    assert "2 alarmer er åbne: https://gevinst.kommune.example/" in text
    assert not any("MAIL" in line for line in mailbox.plain)
    assert [row.subject for row in office.parts.runs.audit_of(["digest.sent"])] == ["operator"]


@pytest.mark.usefixtures("office")
def test_the_same_morning_brings_no_second_mail(mailbox: Mailbox) -> None:
    send()
    send()
    assert len(mailbox.mails) == 1

    send("--again")
    assert len(mailbox.mails) == 2


def test_a_refused_mail_is_said_and_keeps_no_other_back(office: Console, mailbox: Mailbox) -> None:
    set_email(office.door.book, by=IT, user="everything", email="alt@kommune.example", now=datetime.now(UTC))
    mailbox.refused = frozenset({"alt@kommune.example"})

    done = send()

    assert done.exit_code == 1
    assert "everything" in done.output
    assert [mail["To"] for mail in mailbox.mails] == [TO]


@pytest.mark.usefixtures("office")
def test_a_server_without_a_certificate_that_is_trusted_gets_nothing(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    assert send().exit_code == 1
    assert not mailbox.mails


def test_a_dry_run_shows_the_mail_and_sends_none(office: Console) -> None:
    done = send("--dry-run")

    assert "operator: Kræver dig: 2" in done.output
    assert not office.parts.runs.audit_of(["digest.sent"])


@pytest.mark.usefixtures("office")
def test_without_a_mail_server_it_says_what_to_set() -> None:
    assert getattr(send().exception, "code", "") == "CFG-034"


def test_one_is_told_only_of_what_ones_roles_may_do(office: Console) -> None:
    tools = digest_tools(office.office, office.parts)

    def kinds(role: Role) -> list[NeedKind]:
        return [one.kind for one in needs_of(Person(user="x", roles=frozenset({role})), tools)]

    assert kinds(Role.OPERATOR) == [NeedKind.ALARMS]
    assert kinds(Role.AUDITOR) == []
    assert kinds(Role.BENEFIT_OWNER) == []
    owner = Person(user="oekonomichef", roles=frozenset({Role.BENEFIT_OWNER}))
    assert [one.kind for one in needs_of(owner, tools)] == [NeedKind.QUARTERS]


def test_a_teams_workflow_gets_an_adaptive_card() -> None:
    card = teams_card(Notice(subject="Alarm 7", text="En kørsel udeblev."))

    (attached,) = card["attachments"]
    assert card["type"] == "message"
    assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert [block["text"] for block in attached["content"]["body"]] == ["Alarm 7", "En kørsel udeblev."]


def test_the_addresses_of_hooks_are_not_shown() -> None:
    shown = repr(Notifier(hook="https://x.example/secret", teams="https://y.example/secret"))

    assert "secret" not in shown


def test_an_alarm_goes_out_by_mail_to_who_is_named_for_it(mailbox: Mailbox) -> None:
    told = Notice(subject="Alarm 7", text="En kørsel udeblev.")
    settings = {"GEVINST_SMTP": mailbox.address, "GEVINST_MAIL_FROM": "gevinst@kommune.example"}

    nobody = Notifier.of(settings).send(told)
    someone = Notifier.of({**settings, "GEVINST_ALARM_MAIL": TO}).send(told)

    assert (nobody, someone) == (False, True)
    assert [(mail["To"], mail["Subject"]) for mail in mailbox.mails] == [(TO, "Alarm 7")]
