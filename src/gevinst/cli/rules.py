"""gevinst rules: try changed rules on earlier periods, and see which rules people's work suggests."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gevinst import bootstrap
from gevinst.app.backtest import ChangedMatch, PeriodTrial, try_rules
from gevinst.app.hand_work import hand_work
from gevinst.app.office import ConfigurationError
from gevinst.app.ports import KeptGroup
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.table import table
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.domain.period import is_period
from gevinst.domain.reconciliation import Side
from gevinst.domain.rule_mining import MOST_EXAMPLES, Ends, Score, Suggestion, suggest_rules
from gevinst.domain.run import ExitCode
from gevinst.formats.robot_folder import load_robot, load_rules
from gevinst.reports.matches import pass_title
from gevinst.texts import Texts

HEADS = ("period", "run", "same", "new", "new_sum", "lost", "lost_sum", "changed", "touched")
SHOWN = 10


@click.group(help=help_text("rules.help"))
def rules() -> None:
    """Try rules, and suggest them."""


@rules.command("try", help=help_text("rules.try"))
@click.argument("robot")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--periods", default="", help=help_text("rules.periods"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def try_command(ctx: click.Context, robot: str, file: Path, *, periods: str, as_json: bool) -> None:
    """Run rules over the inputs of earlier periods and show what they would change."""
    office = bootstrap.office()
    found = load_robot(office, robot)
    if not file.is_file():
        raise click.BadParameter(
            Texts(language()).get("cli.rules.no_file", file=str(file)), param_hint="FILE"
        )
    wanted = _periods(periods)
    tools = bootstrap.trial_tools(office, found)
    trials = try_rules(found.id, load_rules(file), tools, periods=wanted)
    if as_json:
        click.echo(json.dumps([_values(one) for one in trials], ensure_ascii=False, indent=2))
    else:
        click.echo(_words(trials))
    ctx.exit(_exit_code(trials))


def _periods(text: str) -> list[str]:
    """The months of the option.

    Raises:
        ConfigurationError: CFG-006, one of them is no month.
    """
    found = [part.strip() for part in text.split(",") if part.strip()]
    for period in found:
        if not is_period(period):
            raise ConfigurationError("CFG-006", period=period)
    return found


def _exit_code(trials: list[PeriodTrial]) -> ExitCode:
    if any(one.touched for one in trials):
        return ExitCode.PEOPLE_NEEDED
    return ExitCode.INPUT if any(one.problem for one in trials) else ExitCode.DONE


def _values(trial: PeriodTrial) -> dict[str, Any]:
    return {
        "period": trial.run.period,
        "run_id": trial.run.run_id,
        "environment": str(trial.run.environment),
        "problem": trial.problem or None,
        "same": trial.same,
        "new": [_group(one) for one in trial.new],
        "lost": [_group(one) for one in trial.lost],
        "changed": [
            {
                "before": [_group(group) for group in one.before],
                "after": [_group(group) for group in one.after],
            }
            for one in trial.changed
        ],
        "touched": [_group(one) for one in trial.touched],
    }


def _group(group: KeptGroup) -> dict[str, Any]:
    return {
        "left": list(group.left),
        "right": list(group.right),
        "pass": group.made_by,
        "amount": str(kroner(group.amount)),
        "difference": str(kroner(group.difference)),
    }


def _words(trials: list[PeriodTrial]) -> str:
    texts = Texts(language())
    if not trials:
        return texts.get("cli.rules.no_periods")
    heads = [texts.get(f"cli.rules.{name}") for name in HEADS]
    rows = [_row(one, texts) for one in trials]
    touched = sum(len(one.touched) for one in trials)
    verdict = texts.get("cli.rules.touched_in_all", count=touched) if touched else texts.get("cli.rules.safe")
    details = [line for one in trials for line in _details(one, texts)]
    return "\n".join([table(heads, rows, right=range(2, len(HEADS))), "", *details, verdict])


def _row(trial: PeriodTrial, texts: Texts) -> list[str]:
    if trial.problem:
        return [trial.run.period, texts.get(f"cli.rules.problem.{trial.problem}"), *[""] * (len(HEADS) - 2)]
    return [
        trial.run.period,
        trial.run.run_id,
        texts.number(trial.same),
        texts.number(len(trial.new)),
        texts.amount(sum(abs(one.amount) for one in trial.new)),
        texts.number(len(trial.lost)),
        texts.amount(sum(abs(one.amount) for one in trial.lost)),
        texts.number(len(trial.changed)),
        texts.number(len(trial.touched)),
    ]


def _details(trial: PeriodTrial, texts: Texts) -> list[str]:
    """The first matches of each kind, one line each."""
    lines = []
    for key, groups in (("new", trial.new), ("lost", trial.lost)):
        for one in groups[:SHOWN]:
            lines += [
                texts.get(f"cli.rules.line.{key}", **_facts(one, texts)),
                *_item_lines(trial, [one], texts),
            ]
    for changed in trial.changed[:SHOWN]:
        lines += [_changed_line(changed, texts), *_item_lines(trial, changed.after, texts)]
    if lines:
        lines = [texts.get("cli.rules.of_period", period=trial.run.period), *lines, ""]
    return lines


def _facts(group: KeptGroup, texts: Texts) -> dict[str, str]:
    return {
        "ends": _ends_words((group.left, group.right)),
        "amount": texts.amount(group.amount),
        "rule": group.made_by,
    }


def _item_lines(trial: PeriodTrial, groups: Sequence[KeptGroup], texts: Texts) -> list[str]:
    """Day, text and amount of each item, so that a person can judge the match without opening the files."""
    names = [(side, name) for one in groups for side, end in _ends_by_side(one) for name in end]
    return [
        texts.get(
            "cli.rules.line.item",
            name=mask_cpr(name),
            booked=trial.items[side, name].booked,
            amount=texts.amount(trial.items[side, name].amount),
            text=mask_cpr(trial.items[side, name].text),
        )
        for side, name in names
        if (side, name) in trial.items
    ]


def _ends_by_side(group: KeptGroup) -> tuple[tuple[Side, tuple[str, ...]], ...]:
    return (Side.LEFT, group.left), (Side.RIGHT, group.right)


def _changed_line(changed: ChangedMatch, texts: Texts) -> str:
    before, after = (
        "; ".join(_ends_words((one.left, one.right)) for one in groups)
        for groups in (changed.before, changed.after)
    )
    return texts.get("cli.rules.line.changed", before=before, after=after)


def _ends_words(ends: Ends) -> str:
    return mask_cpr(" | ".join(", ".join(names) or "–" for names in ends))


@rules.command("suggest", help=help_text("rules.suggest"))
@click.argument("robot")
def suggest(robot: str) -> None:
    """Write the passes that people's matches by hand suggest, as TOML with their evidence."""
    texts = Texts(language())
    office = bootstrap.office()
    found = load_robot(office, robot)
    work = hand_work(found.id, bootstrap.store(office))
    suggestions = suggest_rules(work, BankCalendar())
    matched = sum(len(one.matched) for one in work)
    click.echo(texts.get("cli.rules.read", matched=matched, periods=len(work)), err=True)
    if not suggestions:
        click.echo(texts.get("cli.rules.nothing"), err=True)
    for one in suggestions:
        click.echo(toml_of(one, texts))


def toml_of(suggestion: Suggestion, texts: Texts) -> str:
    """A pass for rules.toml, with what speaks for and against it as comments."""
    rule, learnt, held_out = suggestion.rule, suggestion.learnt, suggestion.held_out
    lines = [
        texts.get("cli.rules.what", what=pass_title(rule, texts), count=rule.days),
        texts.get("cli.rules.evidence", right=learnt.right, tried=learnt.tried, bound=learnt.bound),
        texts.get("cli.rules.held_out", right=held_out.right, tried=held_out.tried),
        *_counter_examples(learnt, texts),
        *_counter_examples(held_out, texts),
    ]
    if learnt.untried:
        lines.append(texts.get("cli.rules.untried", count=learnt.untried))
    comments = [f"# {line}" for line in lines]
    parts = {"id": rule.id, "kind": str(rule.kind), "key": str(rule.key)}
    keys = [f"{name} = {json.dumps(value)}" for name, value in parts.items()]
    keys.append(f"days = {rule.days}")
    if rule.tolerance:
        keys.append(f'tolerance = "{Texts().amount(rule.tolerance)}"')
        keys.append(f"difference_account = {json.dumps(rule.difference_account, ensure_ascii=False)}")
    if rule.text_contains:
        keys.append(f"text_contains = {json.dumps(list(rule.text_contains), ensure_ascii=False)}")
    return "\n".join([*comments, "[[pass]]", *keys, ""])


def _counter_examples(score: Score, texts: Texts) -> list[str]:
    shown = [
        texts.get("cli.rules.counter_example", period=period, ends=_ends_words(ends))
        for period, ends in score.wrong[:MOST_EXAMPLES]
    ]
    rest = len(score.wrong) - len(shown)
    return [*shown, texts.get("cli.rules.more_examples", count=rest)] if rest else shown
