"""gevinst decide: people's decisions about items, which the next run follows."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from gevinst import bootstrap
from gevinst.app.decisions import ListedDecision, Wish, approve, decide, list_decisions, undo
from gevinst.app.office import Office
from gevinst.app.ports import RunStore
from gevinst.app.signing import is_locked
from gevinst.app.start_run import default_period
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.table import table
from gevinst.domain.decision import Decision, DecisionKind
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.domain.robot import Robot
from gevinst.formats.robot_folder import load_robot
from gevinst.texts import Texts

HEADS = ("number", "period", "kind", "items", "amount", "who", "at", "standing", "why")
LEFT = click.option("--left", multiple=True, metavar="ID", help=help_text("decide.left"))
RIGHT = click.option("--right", multiple=True, metavar="ID", help=help_text("decide.right"))
REASON = click.option("--reason", default="", help=help_text("decide.reason"))
RUN = click.option("--run", "run_id", default="", help=help_text("decide.run"))


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """Where decisions are taken: a robot, a period, and who sits there."""

    office: Office
    store: RunStore
    locked: Callable[[str, str], bool]  #: whether a robot's period is signed
    robot: Robot
    period: str  #: "" until one is asked for


class _PeriodAnywhere(click.Group):
    """A group whose period may stand before or after the robot."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the period first, where click looks for it."""
        robot, rest = args[:1], args[1:]
        width = 2 if rest[:1] == ["--period"] else int(bool(rest) and rest[0].startswith("--period="))
        return super().parse_args(ctx, [*rest[:width], *robot, *rest[width:]])


@click.group("decide", cls=_PeriodAnywhere, help=help_text("decide.help"))
@click.argument("robot")
@click.option("--period", default="", help=help_text("run.period"))
@click.pass_context
def decide_group(ctx: click.Context, robot: str, *, period: str) -> None:
    """Decide about the items of a robot's period."""
    office = bootstrap.office()
    found = load_robot(office, robot)
    parts = bootstrap.parts(office)
    ctx.obj = _Desk(
        office=office,
        store=parts.runs,
        locked=lambda one, month: is_locked(parts.signatures, one, month),
        robot=found,
        period=period,
    )


@decide_group.command("match", help=help_text("decide.match"))
@LEFT
@RIGHT
@click.option("--account", default="", help=help_text("decide.account"))
@REASON
@RUN
@click.pass_obj
def match(desk: _Desk, /, **parts: Any) -> None:
    """These items belong together."""
    _decide(desk, DecisionKind.MATCH, **parts)


@decide_group.command("unmatch", help=help_text("decide.unmatch"))
@LEFT
@RIGHT
@REASON
@RUN
@click.pass_obj
def unmatch(desk: _Desk, /, **parts: Any) -> None:
    """These items do not belong together."""
    _decide(desk, DecisionKind.UNMATCH, **parts)


@decide_group.command("accept", help=help_text("decide.accept"))
@LEFT
@RIGHT
@click.option("--account", required=True, help=help_text("decide.account"))
@click.option("--reason", required=True, help=help_text("decide.reason"))
@RUN
@click.pass_obj
def accept(desk: _Desk, /, **parts: Any) -> None:
    """These items of one side are accepted as a difference."""
    _decide(desk, DecisionKind.ACCEPT, **parts)


@decide_group.command("note", help=help_text("decide.note"))
@LEFT
@RIGHT
@click.option("--text", "reason", required=True, help=help_text("decide.text"))
@click.option("--expected", type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]), help=help_text("decide.expected"))
@RUN
@click.pass_obj
def note(desk: _Desk, /, *, expected: datetime | None, **parts: Any) -> None:
    """What is known of these items, and when they should be settled."""
    _decide(desk, DecisionKind.NOTE, expected=expected.date() if expected else None, **parts)


def _decide(desk: _Desk, kind: DecisionKind, **parts: Any) -> None:
    wish = Wish(kind=kind, who=bootstrap.user(), at=bootstrap.now(), **parts)
    period = desk.period or default_period(bootstrap.today())
    kept = decide(
        wish,
        desk.robot,
        period,
        store=desk.store,
        groups=lambda run: bootstrap.kept_groups(desk.office, run),
        locked=desk.locked,
    )
    key = "cli.decide.awaits" if kept.needs_approval else "cli.decide.kept"
    facts = {"number": kept.number, "robot": kept.robot, "period": kept.period}
    click.echo(Texts(language()).get(key, **facts))


@decide_group.command("undo", help=help_text("decide.undo"))
@click.argument("number", type=int)
@REASON
@click.pass_obj
def undo_command(desk: _Desk, number: int, *, reason: str) -> None:
    """Take a decision back."""
    kept = undo(number, **_person(desk, reason))
    click.echo(Texts(language()).get("cli.decide.undone", number=number, undo=kept.number))


@decide_group.command("approve", help=help_text("decide.approve"))
@click.argument("number", type=int)
@REASON
@click.pass_obj
def approve_command(desk: _Desk, number: int, *, reason: str) -> None:
    """Agree to a large decision as the second person."""
    kept = approve(number, **_person(desk, reason))
    click.echo(Texts(language()).get("cli.decide.approved", number=number, approval=kept.number))


def _person(desk: _Desk, reason: str) -> dict[str, Any]:
    return {
        "robot": desk.robot.id,
        "reason": reason,
        "who": bootstrap.user(),
        "at": bootstrap.now(),
        "store": desk.store,
        "locked": desk.locked,
    }


@decide_group.command("list", help=help_text("decide.list"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_obj
def list_command(desk: _Desk, *, as_json: bool) -> None:
    """Show the decisions, of the period if one is given."""
    found = list_decisions(desk.robot.id, store=desk.store, period=desk.period)
    if as_json:
        click.echo(json.dumps([_values(one) for one in found], ensure_ascii=False, indent=2))
    else:
        click.echo(_table(found))


def _values(listed: ListedDecision) -> dict[str, Any]:
    one = listed.decision
    return {
        "number": one.number,
        "robot": one.robot,
        "period": one.period,
        "kind": str(one.kind),
        "left": list(one.left),
        "right": list(one.right),
        "amount_left": str(kroner(one.amount_left)),
        "amount_right": str(kroner(one.amount_right)),
        "difference": str(kroner(one.difference)),
        "account": one.account or None,
        "reason": mask_cpr(one.reason),
        "expected": one.expected.isoformat() if one.expected else None,
        "who": one.who,
        "at": one.at.isoformat(timespec="seconds"),
        "run_id": one.run_id,
        "needs_approval": one.needs_approval,
        "standing": str(listed.standing),
        "followed": listed.followed,
    }


def _table(found: list[ListedDecision]) -> str:
    texts = Texts(language())
    if not found:
        return texts.get("cli.decide.none")
    heads = [texts.get(f"cli.decide.{name}") for name in HEADS]
    return table(heads, [_row(one, texts) for one in found], right=(0, 4))


def _row(listed: ListedDecision, texts: Texts) -> list[str]:
    one: Decision = listed.decision
    standing = texts.get(f"cli.decide.standing.{listed.standing}")
    waits = "" if listed.followed else f", {texts.get('cli.decide.not_followed')}"
    return [
        str(one.number),
        one.period,
        texts.get(f"cli.decide.kind.{one.kind}"),
        " | ".join(", ".join(map(mask_cpr, ids)) for ids in (one.left, one.right)),
        texts.amount(max(one.amount_left, one.amount_right, key=abs)),
        one.who,
        texts.moment(one.at),
        f"{standing}{waits}",
        mask_cpr(one.reason),
    ]
