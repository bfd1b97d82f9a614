"""gevinst schedule: when robots are due next, what waits, and what became of the last moments."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import click

from gevinst import bootstrap
from gevinst.app.plan import Plans
from gevinst.app.queue_port import AlarmBook
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.running import occurrence_reason
from gevinst.cli.table import table
from gevinst.domain.occurrence import Firing, Occurrence
from gevinst.domain.queue import LIVE, Ticket
from gevinst.domain.robot import Phase, Robot
from gevinst.texts import Texts

SHOWN = 3
LOOKED_AHEAD = timedelta(days=400)


@click.command(help=help_text("schedule.help"))
@click.option("--robot", default="", help=help_text("runs.only_robot"))
@click.option("--count", type=click.IntRange(1, 100), default=SHOWN, help=help_text("schedule.count"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
def schedule(*, robot: str, count: int, as_json: bool) -> None:
    """Show the next moments of each robot with the reason for each shift, the queue and the last moments."""
    office = bootstrap.office()
    opened = bootstrap.parts(office)
    plans = bootstrap.plans(opened, office.closed_days)
    robots = [one for one in bootstrap.robots(office) if robot in ("", one.id) and _runs_by_itself(one)]
    coming = [(one, firing) for one in robots for firing in _next(plans, one, bootstrap.now(), count)]
    never = [one for one in robots if one.id not in {due.id for due, _ in coming}]
    waiting = [one for one in opened.queue.tickets(LIVE) if robot in ("", one.order.robot)]
    last = opened.clock.occurrences(robot or None, limit=20)
    if as_json:
        click.echo(json.dumps(_values(coming, waiting, last), ensure_ascii=False, indent=2))
        return
    texts = Texts(language())
    for one in never:
        click.echo(texts.get("alarm.never_due", robot=one.id, detail=one.schedule), err=True)
    click.echo("\n\n".join(_tables(coming, waiting, last, texts)))
    _tell_alarms(opened.alarms, texts)


def _runs_by_itself(robot: Robot) -> bool:
    return bool(robot.schedule) and robot.phase in (Phase.TRIAL, Phase.PRODUCTION)


def _next(plans: Plans, robot: Robot, now: datetime, count: int) -> list[Firing]:
    """The robot's next moments, from the first that its schedule does not leave out by itself."""
    first = plans.upcoming(robot, now)
    while first is not None and first.skipped and not first.changed:
        first = plans.upcoming(robot, first.nominal)
    if first is None:
        return []
    found, start, step = [first], first.nominal, timedelta(days=1)
    end = now + LOOKED_AHEAD
    while len(found) < count and start < end:
        found += plans.firings(robot, start, start + step)
        start, step = start + step, step * 2
    return found[:count]


def _tables(
    coming: list[tuple[Robot, Firing]], waiting: list[Ticket], last: Sequence[Occurrence], texts: Texts
) -> list[str]:
    parts = [_coming_table(coming, texts)] if coming else [texts.get("cli.schedule.none")]
    if waiting:
        parts.append(_waiting_table(waiting, texts))
    if last:
        parts.append(_last_table(last, texts))
    return parts


def _coming_table(coming: list[tuple[Robot, Firing]], texts: Texts) -> str:
    rows = [
        [robot.id, texts.moment(firing.nominal), robot.schedule, shift_of(firing, texts)]
        for robot, firing in sorted(coming, key=lambda one: one[1].nominal)
    ]
    return table(_heads("robot", "due", "schedule", "reason", texts=texts), rows)


def shift_of(firing: Firing, texts: Texts) -> str:
    """Why a moment is not on the day that the schedule names; "" when it is."""
    if firing.skipped:
        key = "paused" if firing.changed else "closed_day"
    elif firing.moved:
        key = "moved_by_hand" if firing.changed else "moved"
    else:
        return ""
    return texts.get(f"occurrence.{key}", planned=firing.planned, minutes=0)


def _waiting_table(waiting: list[Ticket], texts: Texts) -> str:
    rows = [
        [
            str(one.number),
            one.run_id,
            texts.get(f"ticket.{one.state}"),
            texts.moment(one.order.due),
            texts.get("cli.schedule.attempt", attempt=max(one.attempt, 1)),
        ]
        for one in waiting
    ]
    return table(_heads("number", "run", "state", "due", "attempt_head", texts=texts), rows)


def _last_table(last: Sequence[Occurrence], texts: Texts) -> str:
    rows = [
        [
            one.robot,
            texts.moment(one.nominal),
            texts.get(f"occurrence_state.{one.state}"),
            occurrence_reason(one, texts),
            one.run_id,
        ]
        for one in last
    ]
    return table(_heads("robot", "due", "state", "reason", "run", texts=texts), rows)


def _heads(*names: str, texts: Texts) -> list[str]:
    return [texts.get(f"cli.schedule.{name}") for name in names]


def _tell_alarms(alarms: AlarmBook, texts: Texts) -> None:
    count = len(alarms.alarms())
    if count:
        click.echo(texts.get("cli.alarms.open", count=count), err=True)


def _values(
    coming: list[tuple[Robot, Firing]], waiting: list[Ticket], last: Sequence[Occurrence]
) -> dict[str, Any]:
    """Stable keys, moments ISO 8601 in UTC."""
    return {
        "next": [
            {
                "robot": robot.id,
                "due": firing.nominal.isoformat(),
                "planned": firing.planned.isoformat(),
                "moved": firing.moved,
                "skipped": firing.skipped,
            }
            for robot, firing in coming
        ],
        "queue": [
            {
                "number": one.number,
                "run_id": one.run_id,
                "robot": one.order.robot,
                "period": one.order.period,
                "state": str(one.state),
                "due": one.order.due.isoformat(),
                "attempt": one.attempt,
            }
            for one in waiting
        ],
        "last": [
            {
                "robot": one.robot,
                "due": one.nominal.isoformat(),
                "planned": one.planned.isoformat(),
                "state": str(one.state),
                "reason": str(one.reason),
                "late_minutes": one.late_minutes,
                "count": one.count,
                "run_id": one.run_id or None,
            }
            for one in last
        ],
    }
