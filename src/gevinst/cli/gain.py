"""gevinst gain: measure work by hand, confirm quarters, and report what the robots gained."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from gevinst import bootstrap
from gevinst.app.gain_answer import Wish
from gevinst.app.gain_cost import SpentTime
from gevinst.bootstrap import gains
from gevinst.cli import language
from gevinst.cli.gain_measure import measure
from gevinst.cli.gain_plan import plan
from gevinst.cli.help import help_text
from gevinst.domain.gain_card import COSTS
from gevinst.domain.gain_quarters import months_between
from gevinst.domain.gain_records import GainError, QuarterState
from gevinst.domain.gains import MINUTES_PER_HOUR
from gevinst.domain.masking import mask_cpr
from gevinst.formats.robot_folder import load_robot
from gevinst.texts import Texts

ROBOT = click.argument("robot")
QUARTER = click.argument("quarter")
JSON = click.option("--json", "as_json", is_flag=True, help=help_text("json"))
SEAL_SHOWN = 12


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


@gain.command("confirm", help=help_text("gain.confirm"))
@ROBOT
@QUARTER
@click.option("--reason", default="", help=help_text("gain.reason"))
def confirm(robot: str, quarter: str, *, reason: str) -> None:
    """Confirm a quarter's hours as realised."""
    _answer(robot, quarter, QuarterState.CONFIRMED, reason)


@gain.command("reject", help=help_text("gain.reject"))
@ROBOT
@QUARTER
@click.option("--reason", required=True, help=help_text("gain.reason"))
def reject(robot: str, quarter: str, *, reason: str) -> None:
    """Reject a quarter's hours."""
    _answer(robot, quarter, QuarterState.REJECTED, reason)


def _answer(robot: str, quarter: str, state: QuarterState, reason: str) -> None:
    office = bootstrap.office()
    wish = Wish(quarter=quarter, state=state, reason=reason, who=bootstrap.user(), at=bootstrap.now())
    kept = gains.answer_quarter(office, load_robot(office, robot), wish)
    texts = Texts(language())
    hours, planned = (texts.number(round(one / MINUTES_PER_HOUR)) for one in (kept.minutes, kept.planned))
    facts = {"robot": robot, "quarter": kept.quarter, "number": kept.number, "seal": kept.seal[:SEAL_SHOWN]}
    word = texts.get(f"gain.state.{kept.state}").lower()
    click.echo(texts.get("cli.gain.answered", state=word, hours=hours, planned=planned, **facts))


@gain.command("cost", help=help_text("gain.cost"))
@ROBOT
@click.argument("period")
@click.option("--kind", type=click.Choice(COSTS), required=True, help=help_text("gain.cost.kind"))
@click.option("--minutes", required=True, help=help_text("gain.cost.minutes"))
@click.option("--items", type=click.IntRange(1, 10_000), default=1, help=help_text("gain.cost.items"))
@click.option("--case", "case_type", default="", help=help_text("gain.case"))
def cost(robot: str, period: str, *, minutes: str, **parts: Any) -> None:
    """Enter time that people still spend."""
    office, texts = bootstrap.office(), Texts(language())
    spent = SpentTime(period=period, minutes=_decimal(minutes), at=bootstrap.now(), **parts)
    taken = gains.enter_cost(office, load_robot(office, robot), spent)
    key = "cli.gain.cost.kept" if taken else "cli.gain.cost.nothing"
    click.echo(texts.get(key, minutes=texts.amount(round(taken * 100)), robot=robot, period=period))


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise GainError("GAI-018") from None
    return number if number.is_finite() else Decimal(0)


@gain.command("card", help=help_text("gain.card"))
@ROBOT
@JSON
def card(robot: str, *, as_json: bool) -> None:
    """Show a gain card and its earlier versions."""
    office, texts = bootstrap.office(), Texts(language())
    now = load_robot(office, robot).gain
    if now is None:
        raise GainError("GAI-010", robot=robot)
    kept = gains.gain_book(office).cards(robot)
    if as_json:
        versions = [
            {"version": one.version, "at": one.at.isoformat(), "who": one.who, "card": one.content}
            for one in kept
        ]
        click.echo(json.dumps({"now": now.version, "versions": versions}, ensure_ascii=False, indent=1))
        return
    for one in kept:
        at = texts.moment(one.at)
        click.echo(texts.get("cli.gain.card.version", version=one.version, at=at, who=mask_cpr(one.who)))
    click.echo(texts.get("cli.gain.card.now", version=now.version))
    if not kept or kept[-1].version != now.version:
        click.echo(texts.get("cli.gain.card.unused"))


gain.add_command(measure)
gain.add_command(plan)
