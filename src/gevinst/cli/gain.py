"""gevinst gain: measure work by hand, confirm quarters, and report what the robots gained."""

import json
from pathlib import Path
from typing import Any

import click

from gevinst import bootstrap
from gevinst.bootstrap import gains
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.gain_quarters import months_between
from gevinst.texts import Texts

ROBOT = click.argument("robot")
JSON = click.option("--json", "as_json", is_flag=True, help=help_text("json"))


@click.group("gain", help=help_text("gain.help"))
def gain() -> None:
    """Gains."""


@gain.command("report", help=help_text("gain.report"))
@click.option("--year", type=click.IntRange(2000, 2100), help=help_text("gain.year"))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help=help_text("gain.out"))
@JSON
def report(*, year: int | None, out: Path | None, as_json: bool) -> None:
    """Make the gain report."""
    office = bootstrap.office()
    months = months_between(f"{year}-01", f"{year}-12") if year else ()
    made = gains.gain_report(office, months)
    if as_json:
        click.echo(json.dumps(gains.gain_values(made), ensure_ascii=False, indent=1))
        return
    texts = Texts(language())
    paths = gains.write_gain_report(office, made, out or office.data / "gevinster", language())
    click.echo(gains.gain_lead(made, language()))
    for path in paths:
        click.echo(texts.get("cli.gain.written", path=str(path)))


def say(key: str, **facts: Any) -> None:
    """Print a message of the catalogue."""
    click.echo(Texts(language()).get(key, **facts))
