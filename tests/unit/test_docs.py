"""The docs are true to the code: links, keys, commands, codes, words and layouts."""

import re
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

import click
import pytest
from PIL import Image
from pydantic import BaseModel
from robot.libdocpkg import LibraryDocumentation  # type: ignore[import-untyped]

from documents import DOCS, PAGES, ROOT, blocks
from gevinst.cli import group
from gevinst.domain.gains import GainKind, Method
from gevinst.domain.matching.rules import STANDARD_PASSES, Key, PassKind
from gevinst.domain.robot import Phase
from gevinst.domain.run import ExitCode
from gevinst.formats import robot_folder
from gevinst.formats.gain_card import GAIN_PARTS
from gevinst.formats.gain_settings import OFFICE_GAIN_PARTS
from gevinst.formats.layouts import packaged_layouts
from gevinst.formats.plan import OPTIONS, Role
from gevinst.formats.robot_folder import load_rules
from gevinst.formats.work_settings import WORK_PARTS

REFERENCE = DOCS / "reference"
MADE = ("commands.md", "findings.md", "keywords.md", "layouts.md")
RULES_PAGE = DOCS / "how-to" / "write-rules.md"
ROBOT_PAGE = REFERENCE / "robot-toml.md"
LINKED = tuple(dict.fromkeys((*PAGES, *sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("robots/*/README.md")))))
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r'"([A-Z]{3}-\d{3})"')

#: Where the keys of each model stand: page and heading.
MODELS = {
    "_Robot": (ROBOT_PAGE, "The robot"),
    "_People": (ROBOT_PAGE, "`[people]`"),
    "_Source": (ROBOT_PAGE, "`[sources]`"),
    "SchedulePart": (ROBOT_PAGE, "`[schedule]`"),
    "ItemsPart": (ROBOT_PAGE, "`[items]`"),
    "SecretsPart": (ROBOT_PAGE, "`[secrets]`"),
    "SecretPlacesPart": (ROBOT_PAGE, "`[secrets]` of the office"),
    "ArrivalPart": (ROBOT_PAGE, "`[arrival]`"),
    "_Limits": (ROBOT_PAGE, "`[limits]`"),
    "DeliveryPart": (ROBOT_PAGE, "`[delivery]`"),
    **{part.__name__: (ROBOT_PAGE, "`[gain]`") for part in GAIN_PARTS},
    **{part.__name__: (ROBOT_PAGE, "`[gain]` of the office") for part in OFFICE_GAIN_PARTS},
    "_Passport": (ROBOT_PAGE, "`[passport]`"),
    "_Office": (ROBOT_PAGE, "`gevinst.toml`"),
    "_Account": (ROBOT_PAGE, "`[[account]]` of the office"),
    "_Evidence": (REFERENCE / "evidence.md", "Settings"),
    "_Rules": (RULES_PAGE, "Keys"),
    "_Pass": (RULES_PAGE, "Keys"),
}
#: Values that a key may have, and the page that lists them.
VALUES: tuple[tuple[type[StrEnum], Path], ...] = (
    (Phase, ROBOT_PAGE),
    (GainKind, ROBOT_PAGE),
    (Method, ROBOT_PAGE),
    (Role, ROBOT_PAGE),
    (PassKind, RULES_PAGE),
    (Key, RULES_PAGE),
)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in HEADING.findall(FENCED.sub("", read(page)))}


def section(page: Path, heading: str) -> str:
    """What stands under a heading of the second level."""
    parts = re.split(r"^## (.+)$", read(page), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[heading]


def keys_in(text: str) -> set[str]:
    """The keys in the first column of the tables that begin with Key."""
    found: set[str] = set()
    for table in re.findall(r"^\| Key \|.*\n\|[ \-|:]+\n((?:\|.*\n)+)", text, re.MULTILINE):
        for row in table.splitlines():
            found |= set(re.findall(r"`(\w+)`", row.split("|")[1]))
    return found


def models() -> dict[str, type[BaseModel]]:
    """The models of a robot's folder, its rules and the office."""
    parts = vars(robot_folder).items()
    base = robot_folder._Part
    found = {
        name: one
        for name, one in parts
        if isinstance(one, type) and issubclass(one, base) and one is not base
    }
    others: tuple[type[BaseModel], ...] = (*WORK_PARTS, *GAIN_PARTS, *OFFICE_GAIN_PARTS)
    return found | {part.__name__: part for part in others}


def keys_of(model: type[BaseModel]) -> set[str]:
    """Keys of a model; tables have a heading of their own."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    if model is robot_folder._Robot:
        tables = {"title", "people", "sources", "schedule", "limits", "delivery", "gain", "passport"}
        tables |= {"items", "secrets", "arrival"}
        assert tables <= fields.keys()
        return fields.keys() - tables
    return set(fields)


@pytest.mark.parametrize("page", LINKED, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCED.sub("", read(page))):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


def test_every_page_is_in_the_index() -> None:
    index = DOCS / "README.md"
    linked = {(DOCS / target.split("#")[0]).resolve() for target in LINK.findall(read(index))}

    assert {page for page in DOCS.rglob("*.md") if page != index} <= linked


def test_the_readme_is_short_and_has_a_small_picture() -> None:
    picture = DOCS / "images" / "run-page.png"

    assert len(read(ROOT / "README.md").splitlines()) <= 120
    assert "docs/images/run-page.png" in read(ROOT / "README.md")
    assert picture.stat().st_size < 250_000
    with Image.open(picture) as opened:
        assert opened.width == 1200


def test_pictures_of_text_are_text() -> None:
    drawing = read(DOCS / "images" / "architecture.svg")

    assert "<text" in drawing
    assert "prefers-color-scheme: dark" in drawing
    assert "<title" in drawing


def test_no_page_promises_what_is_to_come() -> None:
    for page in LINKED:
        assert not re.search(r"\b(TODO|TBD|FIXME|coming soon)\b", read(page)), name_of(page)


def test_the_pages_that_are_made_are_up_to_date(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "docs/make_reference.py", str(tmp_path)], cwd=ROOT, check=True)

    for name in MADE:
        assert read(tmp_path / name) == read(REFERENCE / name), f"run: python docs/make_reference.py ({name})"


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Each command with its name as it is typed: a group's arguments stand before the sub-command."""
    context = click.Context(command)
    if name != "gevinst" and (command.params or not isinstance(command, click.Group)):
        yield name, command
    if isinstance(command, click.Group):
        arguments = [one.make_metavar(context) for one in command.params if isinstance(one, click.Argument)]
        for part in command.list_commands(context):
            found = command.get_command(context, part)
            assert found is not None
            yield from commands(found, " ".join([name, *arguments, part]))


@pytest.mark.parametrize(("name", "command"), [*commands(group, "gevinst")])
def test_a_command_is_in_the_reference_with_every_option(name: str, command: click.Command) -> None:
    page = REFERENCE / "commands.md"
    after = r"(?: \[OPTIONS\])?(?: \[?[A-Z_]+\]?)*`"  # options and arguments of its own
    headings = [
        heading for heading in HEADING.findall(read(page)) if re.fullmatch(f"`{name}{after}", heading)
    ]

    assert len(headings) == 1
    described = section(page, headings[0])
    for parameter in command.params:
        for option in parameter.opts if isinstance(parameter, click.Option) else []:
            assert f"`{option}" in described


def test_every_exit_code_is_in_the_reference() -> None:
    described = section(REFERENCE / "commands.md", "Exit codes")

    assert re.findall(r"^\| (\d+) \|", described, re.MULTILINE) == [str(code.value) for code in ExitCode]


def test_each_model_has_a_place_in_the_docs() -> None:
    assert models().keys() == MODELS.keys()


@pytest.mark.parametrize("name", MODELS)
def test_every_key_is_in_the_reference(name: str) -> None:
    page, heading = MODELS[name]

    assert keys_of(models()[name]) <= keys_in(section(page, heading))


@pytest.mark.parametrize(("page", "heading"), sorted({(*place,) for place in MODELS.values()}))
def test_the_reference_has_no_key_that_is_gone(page: Path, heading: str) -> None:
    there = {
        key for name, place in MODELS.items() if place == (page, heading) for key in keys_of(models()[name])
    }

    assert keys_in(section(page, heading)) == there


@pytest.mark.parametrize(("values", "page"), VALUES)
def test_every_value_of_a_key_is_in_the_reference(values: type[StrEnum], page: Path) -> None:
    text = read(page)

    assert [value for value in values if f"`{value}`" not in text] == []


def test_every_option_of_a_mapping_is_in_the_reference() -> None:
    text = section(ROBOT_PAGE, "`[sources]`")

    assert [option for option in sorted(OPTIONS) if f"`{option}`" not in text] == []


@pytest.mark.parametrize("block", [block for block in blocks(RULES_PAGE) if block.language == "toml"])
def test_rules_in_the_docs_can_be_loaded(block: object, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(getattr(block, "text", ""), encoding="utf-8")

    assert load_rules(file).passes


def test_each_kind_of_pass_has_an_example(tmp_path: Path) -> None:
    shown = set()
    for block in blocks(RULES_PAGE):
        if block.language == "toml":
            file = tmp_path / "rules.toml"
            file.write_text(block.text, encoding="utf-8")
            own = {rule.kind for rule in load_rules(file).passes if rule not in STANDARD_PASSES}
            shown |= own

    assert shown == set(PassKind)


def test_the_standard_passes_are_listed_as_they_are() -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \| ([\w-]+) \|.*\| (\d+) \|$",
        section(RULES_PAGE, "The standard passes"),
        re.MULTILINE,
    )

    assert rows == [(rule.id, str(rule.kind), str(rule.days)) for rule in STANDARD_PASSES]


def test_every_code_in_the_program_is_in_the_reference() -> None:
    used = {code for file in (ROOT / "src").rglob("*.py") for code in CODE.findall(read(file))}
    described = set(HEADING.findall(read(REFERENCE / "findings.md")))

    assert used <= described


def test_every_word_of_the_flows_is_in_the_reference() -> None:
    text = read(REFERENCE / "keywords.md")
    sources = [*(ROOT / "resources").glob("*.resource"), *(ROOT / "src/gevinst/keywords").glob("*.py")]
    # run_words is a base, whose words its libraries have; work_items serves rpaframework's words.
    no_words = {"__init__", "beginning", "phases", "run_words", "work_items"}
    libraries = [LibraryDocumentation(str(file)) for file in sources if file.stem not in no_words]

    words = [word.name for library in libraries for word in library.keywords]
    assert words
    assert [word for word in words if f"| {word} |" not in text] == []


def test_every_layout_is_in_the_reference() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", read(REFERENCE / "layouts.md"), re.MULTILINE)

    assert sorted(rows) == sorted(packaged_layouts())


def test_the_glossary_is_in_order_and_has_each_word_once() -> None:
    words = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", read(DOCS / "glossary.md"), re.MULTILINE)[1:]
    words = [word for word in words if not set(word) <= {"-", " "}]

    assert len(words) > 30
    assert all(first.casefold() < second.casefold() for first, second in pairwise(words))


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("*.md")), ids=name_of)
def test_a_decision_fits_on_a_page_and_has_its_parts(page: Path) -> None:
    headings = HEADING.findall(read(page))

    assert len(read(page).split()) < 600
    assert headings[1:] == ["Need", "Options", "Decision", "Consequences"]
