"""gevinst robots: which robots there are."""

import json
from datetime import UTC, datetime

import click

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError, configuration_sentence
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.register import register
from gevinst.cli.table import table
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run
from gevinst.formats.robot_folder import load_robot, robot_ids
from gevinst.texts import Texts


@click.group(invoke_without_command=True, help=help_text("robots.help"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def robots(ctx: click.Context, *, as_json: bool) -> None:
    """List the robots with phase, owner, schedule and last run; a folder that cannot be read is named."""
    if ctx.invoked_subcommand:
        return
    texts = Texts(language())
    office = bootstrap.office()
    store = bootstrap.store(office)
    found: list[tuple[Robot, Run | None]] = []
    for robot_id in robot_ids(office):
        try:
            robot = load_robot(office, robot_id)
        except ConfigurationError as error:
            click.echo(configuration_sentence(error, texts), err=True)
            continue
        found.append((robot, store.latest(robot_id)))
    click.echo(_json(found) if as_json else _table(found))


robots.add_command(register)


def _json(found: list[tuple[Robot, Run | None]]) -> str:
    """Robots with stable keys, moments ISO 8601 in UTC."""
    rows = [
        {
            "robot": robot.id,
            "title": robot.title.get("da", robot.id),
            "title_en": robot.title.get("en", ""),
            "phase": str(robot.phase),
            "process_owner": robot.people.process_owner,
            "benefit_owner": robot.people.benefit_owner,
            "schedule": robot.schedule or None,
            "next_run": _moment(due) if (due := _next_due(robot)) else None,
            "last_run": _moment(last.started) if last else None,
            "last_run_id": last.run_id if last else None,
            "state": str(last.state) if last else None,
        }
        for robot, last in found
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _next_due(robot: Robot) -> datetime | None:
    """When a robot is due next; None for one that is started by hand, or whose schedule names no moment."""
    found = bootstrap.upcoming(robot, bootstrap.now()) if robot.schedule else None
    return found.nominal if found else None


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _table(found: list[tuple[Robot, Run | None]]) -> str:
    texts = Texts(language())
    rows = [
        [
            robot.id,
            robot.title.get(language(), robot.id),
            texts.get(f"phase_of_robot.{robot.phase}"),
            robot.people.benefit_owner,
            robot.schedule or texts.get("cli.robots.by_hand"),
            texts.moment(due) if (due := _next_due(robot)) else "",
            texts.moment(last.started) if last else "",
            texts.get(f"state_of_run.{last.state}") if last else texts.get("cli.robots.never"),
        ]
        for robot, last in found
    ]
    heads = ("robot", "title", "phase", "owner", "schedule", "next", "last", "state")
    return table([texts.get(f"cli.robots.{name}") for name in heads], rows)
