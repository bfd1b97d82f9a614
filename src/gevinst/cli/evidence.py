"""gevinst evidence: the key that seals it, checking it, and handing it to an auditor."""

import json
import tempfile
from pathlib import Path

import click

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError, Office
from gevinst.app.ports import RunStore, UnknownRunError
from gevinst.bootstrap import evidence as parts
from gevinst.cli import language
from gevinst.cli.help import help_text
from gevinst.domain.audit import AuditEvent
from gevinst.domain.run import ExitCode
from gevinst.formats.seals import seal_in, unpack
from gevinst.reports.locking import lock_folder, open_folder
from gevinst.reports.pack import write_pack
from gevinst.reports.verify import Problem, raw_key
from gevinst.texts import Texts

PACK = ".zip"


@click.group(help=help_text("evidence.help"))
def evidence() -> None:
    """Evidence of runs."""


@evidence.command(help=help_text("evidence.key"))
@click.option("--rotate", is_flag=True, help=help_text("evidence.rotate"))
def key(*, rotate: bool) -> None:
    """Show the public key that seals evidence, and those of before; change it."""
    texts = Texts(language())
    office = bootstrap.office()
    opened = bootstrap.store(office)
    signer = parts.signer(office, opened, rotate=rotate)
    click.echo(texts.get("cli.evidence.key_now", fingerprint=signer.fingerprint))
    click.echo(signer.public_pem.decode("ascii"), nl=False)
    for row in opened.audit_of([parts.KEY_NOTED]):
        click.echo(texts.get("cli.evidence.key_since", fingerprint=row.subject, moment=texts.moment(row.at)))


@evidence.command(help=help_text("evidence.verify"))
@click.argument("targets", nargs=-1, metavar="RUN_FOLDER_OR_ZIP")
@click.option("--all", "everything", is_flag=True, help=help_text("evidence.all"))
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=help_text("evidence.with_key"),
)
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def verify(
    ctx: click.Context, *, targets: tuple[str, ...], everything: bool, keys: tuple[Path, ...], as_json: bool
) -> None:
    """Check evidence: every file's hash, the signature, the sums, and what the audit trail knows of it."""
    if not targets and not everything:
        raise click.UsageError(Texts(language()).get("cli.evidence.what"))
    office = _office_here()
    opened = bootstrap.store(office) if office else None
    trusted = {_key_of(path) for path in keys} if keys else None
    if trusted is None and office and opened:
        trusted = parts.trusted_keys(office, opened)
    places = [*targets, *(_sealed_folders(office) if everything and office else ())]
    found = {place: _problems(place, office, opened, trusted) for place in places}
    click.echo(json.dumps(_values(found), ensure_ascii=False, indent=2) if as_json else _lines(found))
    if trusted is None and not as_json:
        click.echo(Texts(language()).get("cli.evidence.no_trust"), err=True)
    if any(found.values()):
        ctx.exit(ExitCode.PEOPLE_NEEDED)


@evidence.command(help=help_text("evidence.pack"))
@click.argument("run_id", metavar="RUN")
@click.option("--out", required=True, type=click.Path(path_type=Path), help=help_text("evidence.out"))
@click.pass_context
def pack(ctx: click.Context, run_id: str, *, out: Path) -> None:
    """Write a run's evidence to one file, once it is checked; noted in the audit trail."""
    texts = Texts(language())
    office = bootstrap.office()
    opened = bootstrap.store(office)
    folder = _folder_of(run_id, office, opened)
    problems = _problems(str(folder), office, opened, parts.trusted_keys(office, opened))
    if problems:
        click.echo(_lines({run_id: problems}), err=True)
        ctx.exit(ExitCode.PEOPLE_NEEDED)
    try:
        write_pack(folder, out)
    except FileExistsError as error:
        raise ConfigurationError("EVI-006", path=str(out)) from error
    _note(opened, "evidence.export", seal_in(folder).run_id)
    click.echo(texts.get("cli.evidence.packed", path=str(out)))


@evidence.command(help=help_text("evidence.lock"))
@click.argument("run_ids", nargs=-1, required=True, metavar="RUNS")
def lock(run_ids: tuple[str, ...]) -> None:
    """Encrypt the evidence of runs where it lies; the proof stays readable."""
    texts = Texts(language())
    office = bootstrap.office()
    opened = bootstrap.store(office)
    key_bytes = parts.lock_key(office)
    for run_id in run_ids:
        folder = _folder_of(run_id, office, opened)
        if _problems_in(folder, office, opened, parts.trusted_keys(office, opened)):
            raise ConfigurationError("EVI-011", run=run_id)
        sealed = seal_in(folder).run_id
        count = lock_folder(folder, sealed, key_bytes)
        _note(opened, "evidence.lock", sealed)
        click.echo(texts.get("cli.evidence.locked", run=run_id, count=count))


@evidence.command("open", help=help_text("evidence.open"))
@click.argument("run_id", metavar="RUN")
@click.option("--out", required=True, type=click.Path(path_type=Path), help=help_text("evidence.folder"))
def open_command(run_id: str, *, out: Path) -> None:
    """Lay out a readable copy of encrypted evidence in a new folder; noted in the audit trail."""
    office = bootstrap.office()
    opened = bootstrap.store(office)
    folder = _folder_of(run_id, office, opened)
    if out.exists():
        raise ConfigurationError("EVI-008", path=str(out))
    key_bytes = parts.lock_key(office)
    sealed = seal_in(folder).run_id
    _note(opened, "evidence.open", sealed)
    open_folder(folder, sealed, key_bytes, out)
    click.echo(Texts(language()).get("cli.evidence.opened", path=str(out)))


def _note(opened: RunStore, what: str, run_id: str) -> None:
    event = AuditEvent(at=bootstrap.now(), who=bootstrap.user(), what=what, subject=run_id)
    opened.append_audit(event)


def _office_here() -> Office | None:
    """The office, unless someone checks evidence outside of one."""
    try:
        return bootstrap.office()
    except ConfigurationError:
        return None


def _key_of(path: Path) -> bytes:
    try:
        return raw_key(path.read_bytes())
    except ValueError as error:
        raise ConfigurationError("EVI-001", path=str(path), cause=str(error)) from error


def _sealed_folders(office: Office) -> list[str]:
    return sorted(str(path.parent) for path in office.runs.rglob("SHA256SUMS"))


def _folder_of(place: str, office: Office | None, opened: RunStore | None) -> Path:
    """The evidence folder of a path or of a run.

    Raises:
        UnknownRunError: there is no such run.
        ConfigurationError: EVI-005 the run has no evidence here.
    """
    path = Path(place)
    if path.is_dir():
        return path
    run = opened.find(place) if opened else None
    if run is None or office is None:
        raise UnknownRunError(run_id=place)
    folder = office.runs / run.folder
    if not run.folder or not folder.is_dir():
        raise ConfigurationError("EVI-005", run=place)
    return folder


def _problems(
    place: str, office: Office | None, opened: RunStore | None, trusted: set[bytes] | None
) -> list[Problem]:
    if Path(place).suffix.lower() != PACK or not Path(place).is_file():
        return _problems_in(_folder_of(place, office, opened), office, opened, trusted)
    with tempfile.TemporaryDirectory() as name:
        twice = unpack(Path(place), Path(name))
        found = _problems_in(Path(name), office, opened, trusted)
    return [*(("added", one, place) for one in twice), *found]


def _problems_in(
    folder: Path, office: Office | None, opened: RunStore | None, trusted: set[bytes] | None
) -> list[Problem]:
    """What is wrong in the folder; and whether the audit trail knows another manifest of the run."""
    problems = parts.check_evidence(folder, trusted, office)
    if problems or opened is None:
        return problems
    seal = seal_in(folder)
    noted = [row.detail.get("manifest") for row in opened.audit_of(["run.end"], seal.run_id)]
    sealed = [digest for digest in noted if digest]
    return [("trail", seal.run_id, seal.manifest)] if sealed and sealed[-1] != seal.manifest else []


def _lines(found: dict[str, list[Problem]]) -> str:
    texts = Texts(language())
    lines = []
    for place, problems in found.items():
        if not problems:
            lines.append(texts.get("cli.evidence.whole", place=place))
        for word, name, detail in problems:
            said = texts.get(f"evidence.problem.{word}", name=name, found=detail)
            lines.append(f"{place}: {said}")
    return "\n".join(lines or [texts.get("cli.evidence.none")])


def _values(found: dict[str, list[Problem]]) -> list[dict[str, object]]:
    return [
        {
            "evidence": place,
            "whole": not problems,
            "problems": [{"kind": word, "name": name, "found": detail} for word, name, detail in problems],
        }
        for place, problems in found.items()
    ]
