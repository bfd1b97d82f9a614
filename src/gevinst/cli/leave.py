"""gevinst export: everything of the office in plain files."""

from pathlib import Path

import click

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError
from gevinst.bootstrap.evidence import export_all
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.texts import Texts


@click.command(help=help_text("export.help"))
@click.option("--all", "folder", required=True, type=click.Path(path_type=Path), help=help_text("export.all"))
def export(*, folder: Path) -> None:
    """Write runs, items, decisions, gains, trail, robots and evidence to a new folder."""
    texts = Texts(language())
    office = bootstrap.office()
    try:
        counts = export_all(office, bootstrap.store(office), folder)
    except FileExistsError as error:
        raise ConfigurationError("EVI-008", path=str(folder)) from error
    click.echo(texts.get("cli.export.done", path=str(folder), tables=len(counts), rows=sum(counts.values())))
