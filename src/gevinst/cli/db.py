"""gevinst db: care of the office's database."""

from pathlib import Path

import click

from gevinst import bootstrap
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.run import ExitCode
from gevinst.texts import Texts


@click.group(help=help_text("db.help"))
def db() -> None:
    """The database."""


@db.command(help=help_text("db.upgrade"))
def upgrade() -> None:
    """Bring the tables to this program's version; opening the database does so too."""
    office = bootstrap.office()
    bootstrap.parts(office)
    click.echo(Texts(language()).get("cli.db.upgraded"))


@db.command(help=help_text("db.check"))
@click.pass_context
def check(ctx: click.Context) -> None:
    """Check the database, and say what it holds."""
    texts = Texts(language())
    found = bootstrap.check_database(bootstrap.office().database)
    for problem in found.problems:
        click.echo(problem, err=True)
    if found.problems:
        ctx.exit(ExitCode.FAILED)
    rows = ", ".join(f"{name} {texts.number(count)}" for name, count in found.rows.items() if count)
    click.echo(texts.get("cli.db.sound", database=found.database, revision=found.revision, rows=rows or "–"))


@db.command(help=help_text("db.backup"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write a copy while others use the database."""
    made = bootstrap.back_up_database(bootstrap.office().database, file)
    click.echo(Texts(language()).get("cli.db.backed_up", path=str(made)))


@db.command(help=help_text("db.restore"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """Put a backup in the place of the database; what was there is kept beside it."""
    office = bootstrap.office()
    kept = office.data / f"gevinst-{bootstrap.now():%Y%m%dT%H%M%S}.db"
    bootstrap.restore_database(office.database, file, kept)
    click.echo(Texts(language()).get("cli.db.restored", path=str(file), kept=str(kept)))


@db.command(name="copy-to", help=help_text("db.copy"))
@click.argument("url")
def copy_to(url: str) -> None:
    """Copy every row to an empty database, such as one on PostgreSQL."""
    copied = bootstrap.copy_database(bootstrap.office().database, url)
    click.echo(Texts(language()).get("cli.db.copied", count=sum(copied.values())))
