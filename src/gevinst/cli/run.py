"""gevinst run: run one robot now."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from gevinst import bootstrap
from gevinst.app.start_run import default_period, new_run
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.run import EXIT_CODES, Run, RunState, Trigger
from gevinst.formats.robot_folder import load_robot
from gevinst.texts import Texts


@click.command(help=help_text("run.help"))
@click.argument("robot")
@click.option("--period", default="", help=help_text("run.period"))
@click.option("--source", "sources", multiple=True, metavar="NAME=FILE", help=help_text("run.source"))
@click.option("--trial", is_flag=True, help=help_text("run.trial"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def run(  # noqa: PLR0913 - the options of a command
    ctx: click.Context, robot: str, *, period: str, sources: tuple[str, ...], trial: bool, as_json: bool
) -> None:
    """Run a robot and say what came of it."""
    office = bootstrap.office()
    found = load_robot(office, robot)
    files = source_files(sources, known=list(found.sources))
    now = bootstrap.now()
    started = new_run(
        found,
        period=period or default_period(now.date()),
        trial=trial,
        trigger=Trigger.MANUAL,
        user=bootstrap.user(),
        now=now,
    )
    ended = bootstrap.run_robot(office, started, found, files=files)
    folder = office.runs / ended.folder
    click.echo(run_json(ended, folder) if as_json else run_lines(ended, folder))
    ctx.exit(EXIT_CODES[ended.state])


def source_files(sources: tuple[str, ...], *, known: list[str]) -> dict[str, Path]:
    """The files given by hand, by source.

    Raises:
        click.BadParameter: not NAME=FILE, or no such source.
    """
    files = {}
    for text in sources:
        name, mark, path = text.partition("=")
        if not mark or name not in known:
            raise click.BadParameter(
                Texts(language()).get("cli.run.bad_source", text=text, known=", ".join(known)),
                param_hint="--source",
            )
        files[name] = Path(path).absolute()
    return files


def run_lines(ended: Run, folder: Path) -> str:
    """What a person sees after a run."""
    texts = Texts(language())
    lines = [ended.summary if not texts.has(ended.summary) else texts.get(ended.summary)]
    lines.append(texts.get("cli.run.page", path=str(folder / "koersel.html")))
    if ended.state is RunState.FAILED:
        lines.append(bootstrap.console_tail(folder))
    return "\n".join(lines)


def run_json(ended: Run, folder: Path) -> str:
    """The run with stable keys; amounts as strings in kroner, moments as ISO."""
    values: Mapping[str, object] = asdict(ended) | {"folder": str(folder)}
    return json.dumps(values, ensure_ascii=False, indent=2, default=str)
