"""gevinst secrets: which secrets there are, by name; keep one, forget one. Values are never shown."""

import json
import sys

import click

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.table import table
from gevinst.domain.audit import AuditEvent
from gevinst.domain.run import ExitCode
from gevinst.domain.secret import ONLY_PART, SECRET_NAME
from gevinst.texts import Texts


@click.group(invoke_without_command=True, help=help_text("secrets.help"))
@click.pass_context
def secrets(ctx: click.Context) -> None:
    """List secrets by name."""
    if not ctx.invoked_subcommand:
        ctx.invoke(show_list)


@secrets.command(name="list", help=help_text("secrets.list"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
def show_list(*, as_json: bool = False) -> None:
    """List each secret that is kept or needed: its place, and the robots that need it."""
    office, texts = bootstrap.office(), Texts(language())
    where = bootstrap.secret_book(office).where()
    needed: dict[str, list[str]] = {}
    for robot in bootstrap.robots(office):
        for name in robot.secrets:
            needed.setdefault(name, []).append(robot.id)
    names = sorted({*where, *needed})
    if as_json:
        rows = [{"name": name, "place": where.get(name), "robots": needed.get(name, [])} for name in names]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not names:
        click.echo(texts.get("cli.secrets.none"))
        return
    lines = [
        [
            name,
            texts.get(f"secrets.place.{where[name]}")
            if name in where
            else texts.get("secrets.place.missing"),
            ", ".join(needed.get(name, [])),
        ]
        for name in names
    ]
    click.echo(table([texts.get(f"cli.secrets.{head}") for head in ("name", "place", "robots")], lines))


@secrets.command(name="set", help=help_text("secrets.set"))
@click.argument("name")
def keep(name: str) -> None:
    """Keep a value, from stdin or asked for without showing it; NAME or NAME.PART."""
    office, texts = bootstrap.office(), Texts(language())
    secret, part = _split(name)
    book = bootstrap.secret_book(office)
    value = _value(texts.get("cli.secrets.ask", name=name))
    kept = book.get(secret)
    parts = dict(kept.parts) if kept and part != ONLY_PART else {}
    parts.pop(ONLY_PART, None)
    place = book.set(secret, parts | {part: value})
    _note("secret.set", secret)
    click.echo(texts.get("cli.secrets.kept", name=name, place=texts.get(f"secrets.place.{place}")))


@secrets.command(name="remove", help=help_text("secrets.remove"))
@click.argument("name")
@click.pass_context
def forget(ctx: click.Context, name: str) -> None:
    """Forget a secret wherever it is kept and can be removed."""
    texts = Texts(language())
    secret, _ = _split(name)
    places = bootstrap.secret_book(bootstrap.office()).remove(secret)
    if not places:
        click.echo(texts.get("cli.secrets.not_there", name=secret), err=True)
        ctx.exit(ExitCode.USAGE)
    _note("secret.remove", secret)
    shown = ", ".join(texts.get(f"secrets.place.{place}") for place in places)
    click.echo(texts.get("cli.secrets.removed", name=secret, place=shown))


def _split(name: str) -> tuple[str, str]:
    """Name and part.

    Raises:
        ConfigurationError: CFG-027 it is no name.
    """
    secret, mark, part = name.partition(".")
    if not SECRET_NAME.fullmatch(secret) or (mark and not SECRET_NAME.fullmatch(part)):
        raise ConfigurationError("CFG-027", name=name)
    return secret, part or ONLY_PART


def _value(question: str) -> str:
    """What a person types twice, unseen; or all of stdin, without the end of its last line."""
    if sys.stdin.isatty():
        return str(click.prompt(question, hide_input=True, confirmation_prompt=True))
    value = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    if not value:
        raise click.UsageError(Texts(language()).get("cli.secrets.empty"))
    return value


def _note(what: str, name: str) -> None:
    event = AuditEvent(at=bootstrap.now(), who=bootstrap.user(), what=what, subject=name)
    bootstrap.store(bootstrap.office()).append_audit(event)
