"""gevinst gain plan: weigh an idea before it is built."""

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from gevinst import bootstrap
from gevinst.bootstrap import gains
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.gain_plan import Idea
from gevinst.domain.money import AmountError, parse_amount
from gevinst.formats.gain_idea import idea_of, read_idea
from gevinst.texts import Texts

FOLDER = "businesscase"
PERCENT = 100


@click.command("plan", help=help_text("gain.plan"))
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--no-input", is_flag=True, help=help_text("gain.no_input"))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help=help_text("gain.out"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
def plan(file: Path | None, *, no_input: bool, out: Path | None, as_json: bool) -> None:
    """Weigh an idea."""
    texts = Texts(language())
    if file is None and no_input:
        raise click.UsageError(texts.get("cli.gain.plan.needs_file"))
    office = bootstrap.office()
    case = gains.business_case(office, read_idea(file) if file else _asked(texts))
    if as_json:
        click.echo(json.dumps(gains.plan_values(case), ensure_ascii=False, indent=1))
        return
    paths = gains.write_plan(case, out or office.data / FOLDER)
    click.echo(gains.plan_words(case, language()))
    for path in paths:
        click.echo(texts.get("cli.gain.written", path=str(path)))


def _asked(texts: Texts) -> Idea:
    """The answers, one question after the other; a wrong one is asked again."""

    def ask(name: str, read: Callable[[str], Any] = str, default: str | None = None) -> Any:
        return click.prompt(
            texts.get(f"cli.gain.ask.{name}"), value_proc=_reader(read, texts), default=default
        )

    year = bootstrap.today().year
    answers: dict[str, Any] = {name: ask(name) for name in ("title", "unit", "purpose")}
    answers |= {name: ask(name, _three) for name in ("items_per_month", "minutes")}
    answers["exceptions"] = [one / PERCENT for one in ask("exceptions", _three)]
    answers |= {name: ask(name, _number) for name in ("exception_minutes", "supervision_hours")}
    answers["rate"] = {"hourly": ask("rate", _amount), "year": year}
    investment, running = ask("investment", _amount), ask("running_cost", _amount)
    named = {name: texts.get(f"cli.gain.idea.{name}") for name in ("investment", "running")}
    answers["investment"] = [{"what": named["investment"], "amount": investment, "year": year}]
    answers["running_cost"] = [{"what": named["running"], "monthly": running, "year": year}]
    answers |= {name: ask(name, int) for name in ("probability", "consequence")}
    answers["risk"] = ask("risk", default="")
    return idea_of(answers, answers["title"])


def _reader(read: Callable[[str], Any], texts: Texts) -> Callable[[str], Any]:
    """Reads one answer; a wrong one is told in words, and click asks again."""
    kinds: dict[Callable[[str], Any], str] = {_three: "three", _amount: "amount"}
    wanted = kinds.get(read, "number")

    def value(text: str) -> Any:
        try:
            return read(text.strip())
        except (ValueError, InvalidOperation):
            raise click.BadParameter(texts.get(f"cli.gain.ask.{wanted}")) from None

    return value


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _three(text: str) -> list[Decimal]:
    numbers = [_number(one) for one in text.split()]
    if len(numbers) != len(("low", "likely", "high")) or numbers != sorted(numbers):
        raise ValueError(text)
    return numbers


def _amount(text: str) -> str:
    try:
        parse_amount(text)
    except AmountError:
        raise ValueError(text) from None
    return text
