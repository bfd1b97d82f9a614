"""gevinst reconcile: any two files, one proven reconciliation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from gevinst import bootstrap
from gevinst.app.run_report import RunReport
from gevinst.cli import language
from gevinst.cli.errors import exit_code_of
from gevinst.cli.help import help_text
from gevinst.cli.run_facts import page_of, summary_of
from gevinst.cli.sources import answer_hint, assumption_lines, mapping_of, read_file
from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.matching.rules import Rules
from gevinst.domain.run import EXIT_CODES
from gevinst.domain.source import SourceRead
from gevinst.formats.robot_folder import load_rules
from gevinst.texts import Texts

FILE = click.Path(path_type=Path)
RULES_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(help=help_text("reconcile.help"))
@click.argument("left", type=FILE)
@click.argument("right", type=FILE)
@click.option("--out", type=FILE, required=True, help=help_text("reconcile.out"))
@click.option("--layout-left", default="", help=help_text("reconcile.layout"))
@click.option("--layout-right", default="", help=help_text("reconcile.layout"))
@click.option("--map-left", default="", help=help_text("reconcile.map"))
@click.option("--map-right", default="", help=help_text("reconcile.map"))
@click.option("--rules", type=RULES_FILE, default=None, help=help_text("reconcile.rules"))
@click.option("--same-sign", is_flag=True, help=help_text("reconcile.same_sign"))
@click.option("--no-input", is_flag=True, help=help_text("no_input"))
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def reconcile(  # noqa: PLR0913 - the options of a command
    ctx: click.Context,
    left: Path,
    right: Path,
    *,
    out: Path,
    layout_left: str,
    layout_right: str,
    map_left: str,
    map_right: str,
    rules: Path | None,
    same_sign: bool,
    no_input: bool,
    as_json: bool,
) -> None:
    """Reconcile two files and write result.json, afstemning.xlsx and the run page."""
    from gevinst.app.reconcile_files import AdHoc, files_report, reconcile_files  # noqa: PLC0415 - loads pandas

    ask = AdHoc(
        user=bootstrap.user(),
        started=bootstrap.now(),
        rules=load_rules(rules) if rules else Rules(),
        versions=bootstrap.versions(),
        title=Texts("da").get("cli.reconcile.title"),
        title_en=Texts("en").get("cli.reconcile.title"),
    )
    wishes = (
        (left, layout_left, "--map-left", mapping_of(map_left, "--map-left")),
        (right, layout_right, "--map-right", mapping_of(map_right, "--map-right")),
    )
    reads, findings, hints = _read_all(wishes, no_input=no_input)
    if reads[0] is not None and reads[1] is not None:
        report = reconcile_files(reads[0], reads[1], ask, same_sign=same_sign)
    else:
        report = files_report(reads, ask, findings=findings)
    report = replace(report, run=replace(report.run, summary=bootstrap.conclude(report, "da")))
    bootstrap.replace_reports(out, report, [path for path in (left, right) if path.is_file()])
    if report.rejected:
        exit_code_of(InputRejectedError(report.rejected), language())
    for hint in hints:
        click.echo(hint, err=True)
    click.echo(_json(out) if as_json else _lines(report, out))
    ctx.exit(EXIT_CODES[report.state])


Wish = tuple[Path, str, str, Mapping[str, str]]  # file, layout, name of the mapping's option, mapping


def _read_all(
    wishes: Sequence[Wish], *, no_input: bool
) -> tuple[list[SourceRead | None], list[Finding], list[str]]:
    """The files as read (None where one cannot be used), what is wrong, and what to write to settle it."""
    reads: list[SourceRead | None] = []
    findings: list[Finding] = []
    hints: list[str] = []
    for path, layout, option, mapping in wishes:
        try:
            reads.append(read_file(path, layout=layout, mapping=mapping, no_input=no_input))
        except InputRejectedError as error:
            reads.append(None)
            findings += error.findings
            hints += answer_hint(error.findings, option=option, file=path.name)
    return reads, findings, hints


def _json(out: Path) -> str:
    return json.dumps(
        json.loads((out / "result.json").read_text(encoding="utf-8")), ensure_ascii=False, indent=2
    )


def _lines(report: RunReport, out: Path) -> str:
    texts = Texts(language())
    lines = []
    for source in report.sources:
        facts = {"file": source.file, "count": source.rows.read, "sum": source.debit + source.credit}
        lines += [texts.get("keyword.read", **facts), *assumption_lines(source, texts)]
    page = texts.get("cli.run.page", path=str(page_of(out, texts)))
    return "\n".join([*lines, "", summary_of(report.run, out, texts), page])
