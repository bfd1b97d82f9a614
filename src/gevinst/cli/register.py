"""gevinst robots register: the register of robots that an auditor asks for."""

from pathlib import Path

import click

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError, Office, configuration_sentence
from gevinst.app.register import Register, register_entries
from gevinst.bootstrap.evidence import register_keys
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.robot import Robot
from gevinst.formats.robot_folder import load_robot, robot_ids
from gevinst.reports.register import register_csv, register_json, register_page
from gevinst.texts import Texts


@click.command(help=help_text("register.help"))
@click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), help=help_text("register.html")
)
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
def register(*, page: Path | None, as_json: bool) -> None:
    """Print the register, as CSV unless JSON or a page is asked for."""
    found = _register(bootstrap.office())
    for sentence in found.unreadable:
        click.echo(sentence, err=True)
    if page:
        page.write_text(register_page(found, language()), encoding="utf-8", newline="\n")
        click.echo(Texts(language()).get("cli.register.written", path=str(page)))
    else:
        click.echo(register_json(found) if as_json else register_csv(found, language()), nl=as_json)


def _register(office: Office) -> Register:
    opened = bootstrap.store(office)
    robots, unreadable = _robots(office)
    return Register(
        office=office.name,
        day=bootstrap.today(),
        entries=register_entries(opened, robots, bootstrap.today()),
        unreadable=unreadable,
        keys=register_keys(office, opened),
    )


def _robots(office: Office) -> tuple[list[Robot], list[str]]:
    """The robots, and what is wrong with the folders of those that cannot be read."""
    robots, unreadable = [], []
    for robot_id in robot_ids(office):
        try:
            robots.append(load_robot(office, robot_id))
        except ConfigurationError as error:
            unreadable.append(configuration_sentence(error, Texts(language())))
    return robots, unreadable
