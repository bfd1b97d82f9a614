"""gevinst samples: samples of a robot's matches for human control."""

from pathlib import Path
from secrets import randbelow

import click

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError, Office
from gevinst.app.ports import DONE_STATES, RunStore, UnknownRunError
from gevinst.app.samples import Sample, answer, draw_sample, find_sample, samples
from gevinst.bootstrap.evidence import SAMPLES
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.table import table
from gevinst.domain.run import Run
from gevinst.domain.sampling import LARGEST_SAMPLE, STANDARD_SIZE, numbers_of
from gevinst.formats.kept_run import kept_matches
from gevinst.reports.sample_list import item_words, sample_json, write_sample
from gevinst.texts import Texts

HEADS = ("sample", "size", "checked", "wrong", "interval")
SEEDS = 1_000_000


@click.group(invoke_without_command=True, help=help_text("samples.help"))
@click.pass_context
def samples_group(ctx: click.Context) -> None:
    """List the samples with what they show."""
    if ctx.invoked_subcommand:
        return
    texts = Texts(language())
    found = samples(bootstrap.store(bootstrap.office()))
    click.echo(_table(found, texts) if found else texts.get("cli.samples.none"))


@samples_group.command(help=help_text("samples.draw"))
@click.argument("subject", metavar="RUN_OR_ROBOT")
@click.argument("period", metavar="PERIOD", required=False)
@click.option(
    "--size",
    type=click.IntRange(1, LARGEST_SAMPLE),
    default=STANDARD_SIZE,
    help=help_text("samples.size_help"),
)
@click.option("--seed", type=click.IntRange(0, SEEDS), help=help_text("samples.seed"))
def draw(subject: str, period: str | None, *, size: int, seed: int | None) -> None:
    """Draw a sample of a run's matches, or of a robot's standing run of a period."""
    texts = Texts(language())
    office = bootstrap.office()
    opened = bootstrap.store(office)
    run = _run(opened, subject, period)
    folder = _evidence(office, run)
    chosen = randbelow(SEEDS) if seed is None else seed
    new = draw_sample(
        opened,
        run,
        kept_matches(folder, language()),
        size=size,
        seed=chosen,
        who=bootstrap.user(),
        at=bootstrap.now(),
    )
    target = office.data / SAMPLES / f"{new.sample.sample_id}.xlsx"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_sample(target, new, item_words(folder), language())
    target.with_suffix(".json").write_text(sample_json(new), encoding="utf-8", newline="\n")
    facts = {"sample": new.sample.sample_id, "count": new.sample.size, "population": new.sample.population}
    click.echo(texts.get("cli.samples.drawn", **facts, seed=chosen, path=str(target)))


@samples_group.command("answer", help=help_text("samples.answer"))
@click.argument("sample_id", metavar="SAMPLE")
@click.option("--right", default="", metavar="1-20,23", help=help_text("samples.right"))
@click.option("--wrong", default="", metavar="21,22", help=help_text("samples.wrong_numbers"))
@click.option("--rest-right", is_flag=True, help=help_text("samples.rest_right"))
@click.option("--why", default="", help=help_text("samples.why"))
def answer_command(sample_id: str, *, right: str, wrong: str, rest_right: bool, why: str) -> None:
    """Keep what people have found."""
    texts = Texts(language())
    opened = bootstrap.store(bootstrap.office())
    sample = _sample(opened, sample_id)
    yes, no = (_numbers(words, sample, texts) for words in (right, wrong))
    if rest_right:
        yes |= set(range(1, sample.size + 1)) - no - sample.wrong
    if yes & no or not yes | no:
        raise click.UsageError(texts.get("cli.samples.contradiction"))
    if no and not why.strip():
        raise click.UsageError(texts.get("cli.samples.needs_why"))
    kept = answer(opened, sample, right=yes, wrong=no, why=why, who=bootstrap.user(), at=bootstrap.now())
    click.echo(_table([kept], texts))


def _run(opened: RunStore, subject: str, period: str | None) -> Run:
    found = opened.find(subject)
    if found is None and period:
        standing = (run for run in opened.standing_runs(subject) if run.period == period)
        found = next(standing, None)
    if found is None or found.state not in DONE_STATES:
        raise UnknownRunError(run_id=f"{subject} {period or ''}".strip())
    return found


def _evidence(office: Office, run: Run) -> Path:
    folder = office.runs / run.folder
    if not run.folder or not (folder / "result.json").is_file():
        raise ConfigurationError("EVI-005", run=run.run_id)
    return folder


def _sample(opened: RunStore, sample_id: str) -> Sample:
    found = find_sample(opened, sample_id)
    if found is None:
        raise click.UsageError(Texts(language()).get("cli.samples.unknown", sample=sample_id))
    return found


def _numbers(words: str, sample: Sample, texts: Texts) -> set[int]:
    try:
        return numbers_of(words, sample.size)
    except ValueError as error:
        raise click.UsageError(texts.get("cli.samples.no_number", text=words, last=sample.size)) from error


def _table(found: list[Sample], texts: Texts) -> str:
    rows = [
        [
            one.sample_id,
            texts.number(one.size),
            texts.number(one.checked),
            texts.number(len(one.wrong)),
            _interval(one, texts),
        ]
        for one in found
    ]
    return table([texts.get(f"cli.samples.{name}") for name in HEADS], rows, right=range(1, 4))


def _interval(sample: Sample, texts: Texts) -> str:
    if sample.interval is None:
        return ""
    low, high = (f"{share * 100:.2f}" for share in sample.interval)
    words = texts.get("cli.samples.between", low=low, high=high)
    return words.replace(".", ",") if texts.language == "da" else words
