# ruff: noqa: INP001 (a script, not a package)
"""Write the pages of the reference that are made from the code: `python docs/make_reference.py [FOLDER]`.

Commands come from Click, findings from the message catalogue, keywords from Robot Framework's libdoc. FOLDER
is where `commands.md`, `findings.md`, `keywords.md` and `layouts.md` go; without it, `docs/reference`.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ["GEVINST_LANGUAGE"] = "en"  # before the commands are imported: their help is read then

import click
from babel.messages.pofile import read_po
from robot.libdocpkg import LibraryDocumentation  # type: ignore[import-untyped]

from gevinst.cli import group
from gevinst.domain.run import ExitCode
from gevinst.formats.layouts import Layout, packaged_layouts

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "reference"
MADE = "<!-- Made by docs/make_reference.py; change the code or its texts, then run that. -->\n"
CATALOGUES = ROOT / "src" / "gevinst" / "texts"
FORM = re.compile(r"\{(\w+):\w+\}")  # how a fact is shown, as in {rows:n}, is of no interest to a reader
LIBRARIES = (
    "gevinst.keywords.reconciliation",
    "gevinst.keywords.flow",
    "gevinst.keywords.period_folder",
    "gevinst.keywords.mail",
    "gevinst.keywords.vault",
)

#: What stands before the dash of a code; another one is shown under its own letters.
AREAS = {
    "FIL": "The file as a whole",
    "LAY": "Layout and columns",
    "CEL": "Cells",
    "BNK": "Bank statements",
    "BAL": "Trial balances",
    "SAF": "SAF-T files",
    "DOC": "Values in SAF-T files and invoices",
    "INV": "Invoices",
    "ROB": "What the robot expects",
    "DRF": "What differs from the periods before",
    "DEC": "Decisions",
    "CAS": "Cases of the work list",
    "SIG": "Signatures under a period",
    "REQ": "Runs that are asked for",
    "PLN": "Changes of plans",
    "TWO": "Two files that are reconciled now",
    "INB": "Files for drop folders",
    "ACC": "Accounts of the console",
    "CON": "The console",
    "TAB": "Tables that flows read",
    "MAK": "Making and moving robots",
    "EVI": "Evidence, deletion and leaving",
    "POS": "Posting rules and journals",
    "GAI": "Gains",
    "TID": "Time sheets",
    "CFG": "Settings, robots and rules",
    "STO": "The database",
    "QUE": "The queue of runs",
    "ITM": "Work items",
}

EXIT_CODES = {
    ExitCode.DONE: "done; for a reconciliation: agreed",
    ExitCode.FAILED: "a system or our code failed; IT acts, the technical log says where",
    ExitCode.USAGE: "the command was not understood",
    ExitCode.PEOPLE_NEEDED: "done, and people are needed: items are open, or the audit trail was changed",
    ExitCode.INPUT: "an input is missing or cannot be used; a controller acts",
    ExitCode.ALREADY_RUNNING: "the same robot and period is running",
    ExitCode.CONFIGURATION: "a setting, a robot's folder, its rules or the database cannot be used",
    ExitCode.INTERRUPTED: "stopped by a person",
}


COMMANDS_INTRO = """\
`gevinst` stands in `.venv/bin` (`.venv\\Scripts` on Windows). Data go to stdout, messages to stderr. The
language is the office's, Danish without one; `GEVINST_LANGUAGE=en` makes it English. `-h` or `--help` shows
the help of a command. Standing in a folder without a `gevinst.toml` in it or above it, set
`GEVINST_OFFICE`."""

SETTINGS = """\
| Variable | Meaning |
| --- | --- |
| `GEVINST_LANGUAGE` | `da` or `en`: language of the commands, before that of the office |
| `GEVINST_OFFICE` | the folder of `gevinst.toml`; without it, the working folder or the nearest above it |
| `GEVINST_DATABASE` | SQLAlchemy URL of the database; goes before the one in `gevinst.toml` |"""

EXIT_CODES_NOTE = """\
`python3 run.py` gives the same, but 0 when the demo's robots left open items, as they are meant to. `robot`
itself gives the number of failed tasks: 1 when items are open; see
[Run with plain robot](../how-to/run-with-plain-robot.md)."""

FINDINGS_INTRO = """\
A finding has a code, a place (file, sheet, line, cell), what was found, what was expected and what to do. An
error makes the input unusable: the run is *rejected* and no line is used. A warning is shown and the file is
used. Errors of settings, robots and the database stop a command before anything is done. Words in braces are
filled in. What to do with a rejected run: [Rejected input](../how-to/rejected-input.md)."""

LAYOUTS_INTRO = """\
A layout describes a known file as data. `--layout ID`, or `layout` in `robot.toml`, names it, and another
kind of file is then refused. Without that, a file is recognised by itself. Layouts for banks follow published
descriptions and sample files; a real export may differ: `gevinst read` shows it before you rely on it."""

KEYWORDS_INTRO = """\
The words that a suite under `tasks/` is written with. A suite imports a resource file, and that imports the
libraries. Rows never pass through a keyword, only names of files, counts and sums."""


def catalogue(language: str) -> dict[str, str]:
    """The messages of a language by key; of those with a singular and a plural, the plural."""
    messages = {}
    for file in sorted(CATALOGUES.glob(f"{language}_*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language):
                key = message.id if isinstance(message.id, str) else message.id[0]
                text = message.string if isinstance(message.string, str) else (message.string or [""])[-1]
                messages[key] = FORM.sub(r"{\1}", text)
    return messages


ENGLISH, DANISH = catalogue("en"), catalogue("da")


def main(arguments: list[str]) -> None:
    """Write the pages."""
    folder = Path(arguments[0]) if arguments else PAGES
    pages = {"commands": commands, "findings": findings, "keywords": keywords, "layouts": layouts}
    for name, page in pages.items():
        (folder / f"{name}.md").write_text("\n".join([*page(), ""]), encoding="utf-8")


def commands() -> Iterator[str]:
    """Every command and option, and the exit codes."""
    yield from ("# Commands", "", MADE)
    yield COMMANDS_INTRO
    yield from _commands_of(group, "gevinst")
    yield from ("", "## Settings", "", SETTINGS, "", "## Exit codes", "")
    yield from ("The same for commands and for runs.", "", "| Code | Meaning |", "| ---: | --- |")
    yield from (f"| {code.value} | {EXIT_CODES[code]} |" for code in ExitCode)
    yield from ("", EXIT_CODES_NOTE)


def _commands_of(command: click.Command, name: str) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield from _command(command, name)
        return
    if command.params:
        yield from _command(command, name)
    inner = " ".join([name, *_arguments(command)])
    context = click.Context(command)
    for part in command.list_commands(context):
        found = command.get_command(context, part)
        if found:
            yield from _commands_of(found, f"{inner} {part}")


def _command(command: click.Command, name: str) -> Iterator[str]:
    options = [one for one in command.params if isinstance(one, click.Option) and "--version" not in one.opts]
    if name == "gevinst" and not options:
        return
    shown = [name, *(["[OPTIONS]"] if options else []), *_arguments(command)]
    yield from ("", f"## `{' '.join(shown)}`", "", _one_line(command.help or ""))
    if options:
        yield from ("", "| Option | Meaning |", "| --- | --- |")
        yield from (_option(one) for one in options)


def _arguments(command: click.Command) -> list[str]:
    context = click.Context(command)
    return [one.make_metavar(context) for one in command.params if isinstance(one, click.Argument)]


def _option(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.make_metavar(click.Context(click.Command('x')))}"
    needed = " Required." if option.required else ""
    return f"| `{', '.join(option.opts)}{value}` | {_cell(option.help or '')}{needed} |"


def findings() -> Iterator[str]:
    """Every code with what is wrong, what was expected, and what to do."""
    yield from ("# Findings and errors", "", MADE)
    yield FINDINGS_INTRO
    codes = sorted(finding_codes() | error_codes())
    there = {code.split("-")[0] for code in codes}
    for area in sorted(there, key=[*AREAS, *sorted(there - AREAS.keys())].index):
        yield from ("", f"## {AREAS.get(area, area)}")
        for code in (one for one in codes if one.startswith(f"{area}-")):
            yield from _finding(code) if code in finding_codes() else _error(code)


def finding_codes() -> set[str]:
    """Codes of findings in the catalogue."""
    return {key.split(".")[1] for key in ENGLISH if key.startswith("finding.") and key.endswith(".title")}


def error_codes() -> set[str]:
    """Codes of errors in the catalogue."""
    return {key.split(".")[1] for key in ENGLISH if key.startswith("error.") and key[-1].isdigit()}


def _finding(code: str) -> Iterator[str]:
    yield from ("", f"### {code}", "", "| | English | Dansk |", "| --- | --- | --- |")
    for part, name in (("title", "What"), ("expected", "Expected"), ("do", "Do")):
        key = f"finding.{code}.{part}"
        yield f"| {name} | {_cell(ENGLISH[key])} | {_cell(DANISH[key])} |"


def _error(code: str) -> Iterator[str]:
    key = f"error.{code}"
    yield from ("", f"### {code}", "", "| English | Dansk |", "| --- | --- |")
    yield f"| {_cell(ENGLISH[key])} | {_cell(DANISH[key])} |"


def layouts() -> Iterator[str]:
    """Every layout that comes with the package, and how it is recognised."""
    yield from ("# Layouts", "", MADE, LAYOUTS_INTRO, "")
    yield from ("| Id | File | Dansk | Recognised by |", "| --- | --- | --- | --- |")
    for one in packaged_layouts().values():
        yield f"| `{one.id}` | {one.title.en} | {one.title.da} | {_recognised(one)} |"


def _recognised(layout: Layout) -> str:
    if layout.starts:
        return f"records that begin with `{layout.starts}`"
    names = ", ".join(f"`{name}`" for name in layout.header or layout.anchors)
    if not names:
        return "its content"
    return f"the header {names}" if layout.header else f"a header with {names}"


def keywords() -> Iterator[str]:
    """The words of the flows: those of the resource files, and those of our libraries."""
    yield from ("# Keywords", "", MADE)
    yield KEYWORDS_INTRO
    for file in sorted((ROOT / "resources").glob("*.resource")):
        yield from _words(str(file), f"`resources/{file.name}`")
    for name in LIBRARIES:
        yield from _words(name, f"Library `{name}`")


def _words(source: str, title: str) -> Iterator[str]:
    library = LibraryDocumentation(source)
    yield from ("", f"## {title}", "", _one_line(library.doc), "")
    yield from ("| Keyword | Arguments | What it does |", "| --- | --- | --- |")
    for word in library.keywords:
        arguments = ", ".join(f"`{one}`" for one in word.args)
        yield f"| {word.name} | {arguments} | {_cell(word.doc).replace('``', '`')} |"


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main(sys.argv[1:])
