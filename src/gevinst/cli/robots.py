"""gevinst robots: which robots there are."""

import json

import click

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.table import table
from gevinst.formats.robot_folder import load_robot, robot_ids
from gevinst.texts import Texts


@click.command(help=help_text("robots.help"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
def robots(*, as_json: bool) -> None:
    """List the robots with phase, owner, schedule and last run; a folder that cannot be read is named."""
    texts = Texts(language())
    office = bootstrap.office()
    store = bootstrap.store(office)
    rows = []
    for robot_id in robot_ids(office):
        try:
            robot = load_robot(office, robot_id)
        except ConfigurationError as error:
            click.echo(f"{error.code}: {texts.get(f'error.{error.code}', **error.facts)}", err=True)
            continue
        last = store.latest(robot_id)
        rows.append(
            {
                "robot": robot_id,
                "title": robot.title.get(language(), robot_id),
                "phase": texts.get(f"phase_of_robot.{robot.phase}"),
                "benefit_owner": robot.people.benefit_owner,
                "schedule": robot.schedule or texts.get("cli.robots.by_hand"),
                "next_run": texts.moment(bootstrap.next_firing(robot.schedule)) if robot.schedule else "",
                "last_run": texts.moment(last.started) if last else "",
                "state": texts.get(f"state_of_run.{last.state}") if last else texts.get("cli.robots.never"),
            }
        )
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    heads = [
        texts.get(f"cli.robots.{name}")
        for name in ("robot", "title", "phase", "owner", "schedule", "next", "last", "state")
    ]
    click.echo(table(heads, [list(row.values()) for row in rows]))
