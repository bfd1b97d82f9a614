"""gevinst audit: whether the audit trail has been changed, and its rows for an auditor."""

from datetime import datetime, time
from pathlib import Path

import click

from gevinst import bootstrap
from gevinst.app.trail_search import TrailQuestion, rows_of
from gevinst.bootstrap.evidence import check_trail
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.audit import AuditEvent
from gevinst.domain.run import ExitCode
from gevinst.reports.trail_export import trail_csv, trail_json
from gevinst.reports.trail_words import fault_sentences
from gevinst.texts import OFFICE_ZONE, Texts

FORMATS = {"csv": trail_csv, "json": trail_json}
DAY = click.DateTime(["%Y-%m-%d"])


@click.group(help=help_text("audit.help"))
def audit() -> None:
    """The audit trail."""


@audit.command(help=help_text("audit.verify"))
@click.argument(
    "folders", nargs=-1, metavar="FOLDERS", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.pass_context
def verify(ctx: click.Context, *, folders: tuple[Path, ...]) -> None:
    """Check every row of the trail, and what other tables and evidence folders say beside it."""
    texts = Texts(language())
    office = bootstrap.office()
    found = check_trail(office, bootstrap.store(office), folders)
    for line in fault_sentences(found, texts):
        click.echo(line)
    if not found.whole:
        ctx.exit(ExitCode.PEOPLE_NEEDED)
    click.echo(texts.get("cli.audit.whole", count=found.rows))
    click.echo(texts.get("cli.audit.compared", count=found.seals))


@audit.command(help=help_text("audit.export"))
@click.option("--from", "first", type=DAY, help=help_text("audit.first"))
@click.option("--to", "last", type=DAY, help=help_text("audit.last"))
@click.option("--who", default="", help=help_text("audit.who"))
@click.option("--what", default="", help=help_text("audit.what"))
@click.option("--robot", default="", help=help_text("audit.robot"))
@click.option(
    "--format", "kind", type=click.Choice(sorted(FORMATS)), default="csv", help=help_text("audit.format")
)
@click.option("--out", type=click.Path(path_type=Path), help=help_text("audit.out"))
def export(
    *,
    first: datetime | None,
    last: datetime | None,
    who: str,
    what: str,
    robot: str,
    kind: str,
    out: Path | None,
) -> None:
    """Write rows of the trail; that they were written is a row of its own."""
    opened = bootstrap.store(bootstrap.office())
    question = TrailQuestion(first=_start(first), last=_end(last), who=who, what=what, robot=robot)
    rows = rows_of(opened, question)
    text = FORMATS[kind](rows)
    if out:
        out.write_text(text, encoding="utf-8", newline="")
    detail: dict[str, str | int] = {"rows": len(rows), **question.asked()}
    event = AuditEvent(
        at=bootstrap.now(), who=bootstrap.user(), what="audit.export", subject="audit", detail=detail
    )
    opened.append_audit(event)
    click.echo(
        Texts(language()).get("cli.audit.exported", count=len(rows), path=str(out)) if out else text,
        nl=bool(out),
    )


def _start(day: datetime | None) -> datetime | None:
    return datetime.combine(day.date(), time.min, OFFICE_ZONE) if day else None


def _end(day: datetime | None) -> datetime | None:
    return datetime.combine(day.date(), time.max, OFFICE_ZONE) if day else None
