"""gevinst layouts: known files; which of them a file is written as; a first layout for a new file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from gevinst import bootstrap
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.cli.sources import assumption_lines, mapping_of
from gevinst.cli.table import table
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.run import ExitCode
from gevinst.domain.source import SourceRead
from gevinst.formats.intake import take_in
from gevinst.formats.layout_draft import OwnFormatError, draft_layout
from gevinst.formats.layout_fit import Fit, fits_of
from gevinst.formats.layouts import Layout, packaged_layouts
from gevinst.formats.reading import read_source
from gevinst.reports.finding_json import finding_json
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence

HEADS = ("id", "version", "title", "syntax", "from")
FIT_HEADS = ("id", "version", "fits", "why")


@click.group(help=help_text("layouts.help"), invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def layouts(ctx: click.Context, *, as_json: bool) -> None:
    """List the layouts."""
    if ctx.invoked_subcommand:
        return
    own = bootstrap.own_layouts()
    known = {**packaged_layouts(), **own}
    shown = [_layout_json(one, is_own=one.id in own) for _, one in sorted(known.items())]
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2) if as_json else _list(shown))


def _layout_json(layout: Layout, *, is_own: bool) -> dict[str, Any]:
    return {
        "id": layout.id,
        "version": layout.version,
        "title": layout.title.model_dump(),
        "syntax": layout.syntax.value,
        "own": is_own,
    }


def _list(layouts_shown: list[dict[str, Any]]) -> str:
    texts = Texts(language())
    rows = [
        [
            one["id"],
            str(one["version"]),
            one["title"][language()],
            texts.get(f"cli.layouts.syntax.{one['syntax']}"),
            texts.get("cli.layouts.own" if one["own"] else "cli.layouts.packaged"),
        ]
        for one in layouts_shown
    ]
    return table([texts.get(f"cli.layouts.{name}") for name in HEADS], rows, right=(1,))


@layouts.command(help=help_text("layouts.explain"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def explain(ctx: click.Context, file: Path, *, as_json: bool) -> None:
    """Say which layouts a file fits, why the others do not, and what reading takes."""
    own = bootstrap.own_layouts()
    fits = fits_of(take_in(file), {**packaged_layouts(), **own})
    read, refused = _read(file, own)
    if as_json:
        click.echo(json.dumps(_explained_json(file, fits, read, refused), ensure_ascii=False, indent=2))
    else:
        click.echo(_explained(file, fits, read))
    for one in refused.findings if refused else ():
        click.echo(finding_sentence(one, Texts(language())), err=True)
    ctx.exit(ExitCode.INPUT if refused else ExitCode.DONE)


def _read(file: Path, own: Mapping[str, Layout]) -> tuple[SourceRead | None, InputRejectedError | None]:
    try:
        return read_source(file, own=own), None
    except InputRejectedError as error:
        return None, error


def _explained_json(
    file: Path, fits: list[Fit], read: SourceRead | None, refused: InputRejectedError | None
) -> dict[str, Any]:
    texts = Texts(language())
    return {
        "file": file.name,
        "taken": read.layout if read else "",
        "because": [line.strip() for line in assumption_lines(read, texts)] if read else [],
        "layouts": [
            {"id": one.layout.id, "version": one.layout.version, "fits": one.fits, "why": _why(one, texts)}
            for one in fits
        ],
        "findings": [finding_json(one, texts) for one in (refused.findings if refused else ())],
    }


def _explained(file: Path, fits: list[Fit], read: SourceRead | None) -> str:
    texts = Texts(language())
    lines = []
    if read:
        key = "cli.layouts.detected" if read.layout == "detected" else "cli.layouts.taken"
        lines = [texts.get(key, file=file.name, layout=read.layout), *assumption_lines(read, texts), ""]
    rows = [
        [
            one.layout.id,
            str(one.layout.version),
            texts.get("cli.layouts.yes" if one.fits else "cli.layouts.no"),
            _why(one, texts),
        ]
        for one in sorted(fits, key=lambda one: not one.fits)
    ]
    return "\n".join(
        [*lines, table([texts.get(f"cli.layouts.{name}") for name in FIT_HEADS], rows, right=(1,))]
    )


def _why(fit: Fit, texts: Texts) -> str:
    if fit.fits:
        return ""
    facts = dict(fit.facts)
    if fit.because == "other_syntax":
        facts = {name: texts.get(f"cli.layouts.syntax.{value}") for name, value in facts.items()}
    return texts.get(f"cli.layouts.why.{fit.because}", **facts)


@layouts.command(help=help_text("layouts.draft"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--map", "mapping", default="", help=help_text("reconcile.map"))
def draft(file: Path, *, mapping: str) -> None:
    """Write a first layout for a file, to stdout."""
    texts = Texts(language())
    told = mapping_of(mapping, "--map")
    try:
        text = draft_layout(take_in(file), mapping=told, known=bootstrap.own_layouts())
    except OwnFormatError as error:
        kind = texts.get(f"cli.layouts.syntax.{error.kind.value}")
        said = texts.get("cli.layouts.own_format", file=file.name, kind=kind)
        raise click.BadParameter(said, param_hint="FILE") from error
    unsure = [one for one in read_source(file, mapping=told).assumptions if not one.sure]
    notes = [texts.get("cli.layouts.draft_note", file=file.name)]
    notes += [texts.get(one.because, **{"taken": one.taken, **one.facts}) for one in unsure]
    click.echo("\n".join([*(f"# {' '.join(note.split())}" for note in notes), text]), nl=False)
