"""gevinst new, check: make a robot, and check it."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from gevinst import bootstrap
from gevinst.app.new_robot import NewRobot, path_with_period, period_in, setting_value
from gevinst.app.office import ConfigurationError, Office
from gevinst.app.robot_check import Checked
from gevinst.bootstrap import making
from gevinst.cli import language
from gevinst.cli.errors import error_sentence
from gevinst.cli.help import help_text
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flow import SourceShape
from gevinst.domain.run import ExitCode
from gevinst.domain.schedule import ScheduleError, parse_timing
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence

Answer = TypeVar("Answer")
NO_MONTH = "\0"  # stands in no path


@click.command(help=help_text("new.help"))
@click.argument("robot")
@click.option("--title", default="", help=help_text("new.title"))
@click.option("--flow", default="", help=help_text("new.flow"))
@click.option("--file", "files", multiple=True, metavar="NAME=FILE", help=help_text("new.file"))
@click.option("--owner", default="", help=help_text("new.owner"))
@click.option("--benefit-owner", default="", help=help_text("new.benefit_owner"))
@click.option("--group", "controllers", default="", help=help_text("new.group"))
@click.option("--schedule", default=None, help=help_text("new.schedule"))
@click.option("--minutes", default="", help=help_text("new.minutes"))
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help=help_text("new.set"))
@click.option("--no-input", is_flag=True, help=help_text("new.no_input"))
def new(
    robot: str, *, files: tuple[str, ...], settings: tuple[str, ...], no_input: bool, **said: Any
) -> None:
    """Ask what is not said, look at the files, and write the robot's folder."""
    office = bootstrap.office()
    making.check_new_id(office, robot)
    asker = _Asker(Texts(language()), may_ask=not no_input)
    flow = asker.flow(said["flow"], making.flows(office))
    values = _settings(asker, flow, _pairs(settings, "--set"))
    wanted = _Wanted(robot=robot, flow=flow, shapes=making.shapes_of(flow, values))
    chosen = _files(asker, office, _pairs(files, "--file"), wanted)
    owner = asker.text("owner", said["owner"])
    answers = NewRobot(
        id=robot,
        title=said["title"] or robot.replace("_", " ").replace("-", " ").capitalize(),
        flow=flow,
        sources=chosen.paths,
        settings=values,
        process_owner=owner,
        benefit_owner=said["benefit_owner"] or owner,
        controller_group=said["controllers"] or owner,
        schedule=asker.schedule(said["schedule"]),
        minutes=asker.minutes(said["minutes"]),
        case_types=making.case_types_of(office, flow),
        today=bootstrap.today(),
    )
    taken = next((target for target in chosen.copies.values() if target.exists()), None)
    if taken is not None:
        raise ConfigurationError("MAK-005", path=str(taken))
    for source, target in chosen.copies.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    folder = making.write_robot(office, answers, _readme(answers))
    _tell(answers, chosen, folder)


def _tell(answers: NewRobot, chosen: "_Chosen", folder: Path) -> None:
    texts = Texts(language())
    for name, rows in chosen.rows.items():
        path = answers.sources[name]
        click.echo(texts.get("make.new.read", source=name, path=path, count=rows))
        if "{period}" not in path:
            click.echo(texts.get("make.new.no_month", source=name, mark="{period}"))
    for target in chosen.copies.values():
        click.echo(texts.get("make.new.copied", path=str(target)))
    click.echo(texts.get("make.new.written", folder=str(folder)))
    click.echo(texts.get("make.new.next", robot=answers.id, period=chosen.period or "2026-10"))


def _readme(answers: NewRobot) -> str:
    """The robot's README in both languages: what a person must still write stands in it."""
    danish, english = Texts("da"), Texts("en")
    facts = {"title": answers.title, "minutes": str(answers.minutes).replace(".", ",")}
    return danish.get("make.readme", **facts) + "\n\n*" + english.get("make.readme_line", **facts) + "*\n"


def _pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """NAME=VALUE, several of them.

    Raises:
        click.BadParameter: one has no name or no value.
    """
    found = {}
    for text in given:
        name, mark, value = text.partition("=")
        if not mark or not name or not value:
            raise click.BadParameter(Texts(language()).get("make.new.pair", text=text), param_hint=option)
        found[name] = value
    return found


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What files are asked for."""

    robot: str
    flow: str
    shapes: Mapping[str, SourceShape]  #: none where files are recognised by themselves

    def headings(self, source: str) -> list[str]:
        """Headings that a source must have."""
        shape = self.shapes.get(source)
        return [one.headings[0] for one in shape.columns if one.required] if shape else []

    def several(self, source: str) -> bool:
        """Whether a source may be many files."""
        shape = self.shapes.get(source)
        return shape is not None and shape.several


@dataclass(frozen=True, kw_only=True)
class _Found:
    """The files of a source, looked at."""

    text: str  #: as it was written
    pattern: Path
    there: Sequence[Path]
    rows: int


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    """The files of a new robot."""

    paths: Mapping[str, str]  #: as robot.toml has them
    rows: Mapping[str, int]
    copies: Mapping[Path, Path]  #: files from elsewhere, and where they go
    period: str


def _files(asker: "_Asker", office: Office, given: Mapping[str, str], wanted: _Wanted) -> _Chosen:
    """A path for each source, from a file of each that can be read.

    Raises:
        InputRejectedError: a file cannot be used: nothing is written.
    """
    sources = making.sources_of(wanted.flow)
    unknown = sorted(set(given) - set(sources))
    if unknown:
        facts = {"text": ", ".join(unknown), "known": ", ".join(sources)}
        raise click.BadParameter(asker.texts.get("make.new.unknown_source", **facts), param_hint="--file")

    def look(name: str, text: str) -> _Found:
        pattern, there = _there(office, text, several=wanted.several(name))
        rows = making.rows_in(office, there, wanted.shapes.get(name))
        return _Found(text=text, pattern=pattern, there=there, rows=rows)

    found = {
        name: asker.file(
            name, given.get(name, ""), must=must, headings=wanted.headings(name), look=partial(look, name)
        )
        for name, must in sources.items()
    }
    return _chosen(office, wanted.robot, {name: one for name, one in found.items() if one})


def _chosen(office: Office, robot: str, found: Mapping[str, _Found]) -> _Chosen:
    """Where the files are, or where they go, as robot.toml has it."""
    period = next((month for one in found.values() if (month := period_in(one.text))), "")
    paths: dict[str, str] = {}
    copies: dict[Path, Path] = {}
    for name, one in found.items():
        inside = _inside(office, one.pattern)
        if inside is None:
            inside = f"ind/{robot}/{name}/{one.pattern.name}"
            copies |= {file: office.data / "ind" / robot / name / file.name for file in one.there}
        paths[name] = path_with_period(inside, period or NO_MONTH)
    rows = {name: one.rows for name, one in found.items()}
    return _Chosen(paths=paths, rows=rows, copies=copies, period=period)


def _there(office: Office, text: str, *, several: bool) -> tuple[Path, list[Path]]:
    """The files that a path names, and the path in full: from here, or from the office's data folder.

    A file that is dragged into a terminal comes in quotes.

    Raises:
        click.BadParameter: there is none.
    """
    written = Path(text.strip().strip("\"'")).expanduser()
    for folder in (Path.cwd(), office.data):
        path = folder / written
        found = [path] if path.is_file() else []
        if several and not found:
            found = sorted(one for one in path.parent.glob(path.name) if one.is_file())
        if found:
            return path, found
    raise click.BadParameter(Texts(language()).get("make.new.no_file", file=text), param_hint="--file")


def _inside(office: Office, path: Path) -> str | None:
    """A path below the office's data folder; None for one that lies elsewhere."""
    whole, data = path.parent.resolve() / path.name, office.data.resolve()
    return whole.relative_to(data).as_posix() if whole.is_relative_to(data) else None


def _settings(asker: "_Asker", flow: str, given: Mapping[str, str]) -> dict[str, object]:
    needed = making.settings_of(flow)
    asked = {name: asker.text("setting", given.get(name, ""), name=name) for name in needed}
    return {name: setting_value(text) for name, text in {**asked, **given}.items()}


class _Asker:
    """Takes what was said on the command line, and asks for the rest."""

    def __init__(self, texts: Texts, *, may_ask: bool) -> None:
        self.texts = texts
        self._may_ask = may_ask

    def flow(self, said: str, known: Sequence[str]) -> str:
        """Question 1: the flow."""
        if not said and self._may_ask:
            rows = [(str(at), self.texts.get(f"make.flow.{name}"), name) for at, name in enumerate(known, 1)]
            for number, label, name in rows:
                click.echo(f"{number:>4}  {label:<50} {name}")
        by_number = {str(at): name for at, name in enumerate(known, 1)}
        chosen = {**by_number, **{name: name for name in known}}
        return self._answer("flow", said, lambda text: chosen.get(text.strip()), known=", ".join(known))

    def file(
        self, name: str, said: str, *, must: bool, headings: Sequence[str], look: Callable[[str], _Found]
    ) -> _Found | None:
        """Question 2: the files of a source; None where the robot can do without."""
        if not must and not said and not self._may_ask:
            return None
        hint = self.texts.get("make.new.headings", headings=", ".join(headings)) if headings else ""

        def read(text: str) -> tuple[_Found | None] | None:
            return (look(text),) if text.strip() else None if must else (None,)

        return self._answer(
            "file", said or None, read, default=None if must else "", source=name, headings=hint
        )[0]

    def text(self, key: str, said: str, **facts: str) -> str:
        """A text that must be given."""
        least = 2 if key == "owner" else 1
        return self._answer(
            key, said, lambda text: text.strip() if len(text.strip()) >= least else None, **facts
        )

    def schedule(self, said: str | None) -> str:
        """Question 4: when it runs; "" for by hand."""
        return self._answer("schedule", said, _schedule, default="")

    def minutes(self, said: str) -> Decimal:
        """Question 5: the gain, minutes by hand for one item."""
        return self._answer("minutes", said, _minutes)

    def _answer(
        self,
        key: str,
        said: str | None,
        read: Callable[[str], Answer | None],
        *,
        default: str | None = None,
        **facts: str,
    ) -> Answer:
        """What was said, else what a person answers; asked again until it can be used."""
        if said or (said is not None and default is not None):
            value = read(said)
            if value is None:
                raise click.UsageError(self.texts.get(f"make.wrong.{key}", text=said, **facts))
            return value
        if not self._may_ask:
            if default is not None and (value := read(default)) is not None:
                return value
            raise click.UsageError(self._missing(key, facts))
        question = self.texts.get(f"make.ask.{key}", **facts)
        while True:
            text = click.prompt(question, default=default, show_default=False)
            try:
                if (value := read(text)) is not None:
                    return value
                click.echo(self.texts.get(f"make.wrong.{key}", text=text, **facts), err=True)
            except click.BadParameter as error:
                click.echo(error.message, err=True)
            except InputRejectedError as error:
                for finding in error.findings:
                    click.echo(finding_sentence(finding, self.texts), err=True)

    def _missing(self, key: str, facts: Mapping[str, str]) -> str:
        own = f"make.new.missing_{key}"
        if self.texts.has(own):
            return self.texts.get(own, **facts)
        return self.texts.get("make.new.missing", option=_OPTIONS[key])


_OPTIONS = {
    "flow": "--flow",
    "owner": "--owner",
    "minutes": "--minutes",
}


def _schedule(text: str) -> str | None:
    try:
        if text.strip():
            parse_timing(text)
    except ScheduleError:
        return None
    return text.strip()


def _minutes(text: str) -> Decimal | None:
    try:
        minutes = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return minutes if minutes.is_finite() and 0 < minutes <= 10_000 else None  # noqa: PLR2004 - a week by hand


@click.command(help=help_text("check.help"))
@click.argument("robot")
@click.option("--json", "as_json", is_flag=True, help=help_text("json"))
@click.pass_context
def check(ctx: click.Context, robot: str, *, as_json: bool) -> None:
    """Check a robot's passport, rules and layouts, and run its cases."""
    texts = Texts(language())
    lines = [
        {"part": str(one.part), "mark": str(one.mark), "said": _said(one, texts)}
        for one in making.check(bootstrap.office(), robot)
    ]
    if as_json:
        click.echo(json.dumps(lines, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            mark, part = (texts.get(f"make.{kind}.{line[kind]}") for kind in ("mark", "part"))
            click.echo(f"{mark:<9} {part:<12} {line['said']}")
    wrong = sum(line["mark"] == "wrong" for line in lines)
    if not as_json:
        click.echo(texts.get("make.check.wrong", count=wrong) if wrong else texts.get("make.check.whole"))
    ctx.exit(ExitCode.CONFIGURATION if wrong else ExitCode.DONE)


def _said(one: Checked, texts: Texts) -> str:
    if one.error:
        return error_sentence(one.error, texts)
    return texts.get(f"make.check.{one.said}", **one.facts)
