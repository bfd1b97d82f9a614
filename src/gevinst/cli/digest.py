"""gevinst digest: each morning, tell people by mail how much waits for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from gevinst import bootstrap
from gevinst.app.digest import PLACES, Need, needs_of, readers
from gevinst.app.office import ConfigurationError
from gevinst.bootstrap.administration import digest_tools, notifier
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.account import Account
from gevinst.domain.audit import AuditEvent
from gevinst.domain.run import ExitCode
from gevinst.runner.notify import Notice
from gevinst.texts import OFFICE_ZONE, Texts

if TYPE_CHECKING:
    from gevinst.store.opening import StoreParts

SENT = "digest.sent"


@click.command("digest", help=help_text("digest.help"))
@click.option("--dry-run", is_flag=True, help=help_text("digest.dry_run"))
@click.option("--again", is_flag=True, help=help_text("digest.again"))
@click.pass_context
def digest(ctx: click.Context, *, dry_run: bool, again: bool) -> None:
    """Mail each account that has an address and something to do; once a day."""
    texts, office = Texts(language()), bootstrap.office()
    sender = notifier()
    if not dry_run and not sender.smtp:
        raise ConfigurationError("CFG-034")
    opened, now = bootstrap.parts(office), bootstrap.now()
    tools = digest_tools(office, opened)
    failed = 0
    for account in readers(opened.accounts.accounts()):
        needs = needs_of(account.person, tools)
        if not needs or (not again and not dry_run and _had(opened, account, now)):
            continue
        notice = notice_of(needs, texts, office.console.url)
        if dry_run:
            click.echo(f"{account.user}: {notice.subject}\n{notice.text}\n")
        elif sender.mail(notice, account.email):
            _note(opened, account, needs, now)
            click.echo(texts.get("cli.digest.sent", user=account.user), err=True)
        else:
            failed += 1
            click.echo(texts.get("cli.digest.failed", user=account.user), err=True)
    ctx.exit(ExitCode.FAILED if failed else ExitCode.DONE)


def notice_of(needs: Sequence[Need], texts: Texts, address: str) -> Notice:
    """The mail: how much, of what, and where to go."""
    total = sum(need.count for need in needs)
    said = [(texts.get(f"digest.{need.kind}", count=need.count), PLACES[need.kind]) for need in needs]
    lines = [f"{words}: {address}{place}" for words, place in said]
    text = "\n".join([*lines, "", texts.get("digest.why")])
    return Notice(subject=texts.get("digest.subject", count=total), text=text)


def _had(opened: "StoreParts", account: Account, now: datetime) -> bool:
    """Whether the account has had today's mail."""
    sent = opened.runs.audit_of([SENT], account.user)
    return bool(sent) and sent[-1].at.astimezone(OFFICE_ZONE).date() == now.astimezone(OFFICE_ZONE).date()


def _note(opened: "StoreParts", account: Account, needs: Sequence[Need], now: datetime) -> None:
    detail = {str(need.kind): need.count for need in needs}
    event = AuditEvent(at=now, who=bootstrap.user(), what=SENT, subject=account.user, detail=detail)
    opened.runs.append_audit(event)
