"""The message catalogue and the code that takes from it: nothing is missing, nothing is left over."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import PoFileError, read_po

from gevinst.texts.catalogue import read_catalogue

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "src" / "gevinst"
CODE = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
OTHER = [path for part in ("src", "tasks", "resources") for path in (ROOT / part).rglob("*")]
TEXTS = [*CODE.values(), *(path.read_text("utf-8") for path in OTHER if path.suffix in (".j2", ".resource"))]
ANY_CODE = re.compile(r'"([A-Z]{3}-\d{3})"')
#: Errors have their code in the class, or are of one class with many codes.
CODE_OF_ERROR = re.compile(
    r'^ {4}code = "([A-Z]{3}-\d{3})"|"((?:ACC|CAS|CFG|CON|DEC|EVI|GAI|INB|MAK|ODA|PLN|REQ|SIG|TWO)-\d{3})"',
    re.MULTILINE,
)
#: Families of keys that templates and tables put together, by what they begin with.
FAMILIES = (
    "gain.formula.",
    "gain.grade.",
    "gain.kind.",
    "gain.method.",
    "gain.state.",
    "report.cause.",
    "report.do.",
    "report.environment.",
    "report.fact.",
    "report.open.bucket.",
    "report.rest.matches.",
    "report.since.",
    "report.tone.",
    "report.trigger.",
    "sign.",
)


@cache
def messages(language: str) -> dict[str, tuple[str, ...]]:
    """The forms of each message of every area, by key."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((PACKAGE / "texts").glob(f"{language}_*.po")):
        for message in read_po(path.open("rb"), locale=language):
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0]
                assert key not in found, f"{key} stands twice"
                found[key] = (
                    (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                )
    return found


def facts(form: str) -> set[str]:
    """What a form of a message names."""
    return {name for _, name, _, _ in Formatter().parse(form) if name}


def literal_keys() -> Iterator[tuple[str, str]]:
    """Keys that code names in full, with the file: `texts.get("…")`, `texts.has("…")`, `help_text("…")`."""
    for path, text in CODE.items():
        for call in ast.walk(ast.parse(text)):
            if not isinstance(call, ast.Call) or not call.args or not isinstance(call.args[0], ast.Constant):
                continue
            name, key = ast.unparse(call.func), str(call.args[0].value)
            if name == "help_text":
                yield f"cli.{key}", path.name
            elif "." in key and re.search(r"(?i)(texts?(\(.*\))?|danish|english)\.(get|has)$", name):
                yield key, path.name


def errors() -> set[str]:
    """Codes of errors, which end a command; all others are of findings."""
    return {one or other for text in CODE.values() for one, other in CODE_OF_ERROR.findall(text)}


def families() -> list[re.Pattern[str]]:
    """Patterns of the keys that code and templates put together, and of the families above."""
    parts = {part for text in TEXTS for part in re.findall(r'f"([a-z_]+\.[^"\s]*\{[^"\n]*)"', text)}
    parts |= {f"{start}{{}}" for text in TEXTS for start in re.findall(r'"([a-z_]+\.(?:[\w.]+\.)?)" ~', text)}
    told = (r".*".join(map(re.escape, re.split(r"\{[^{}]*\}", part))) for part in parts)
    return [re.compile(pattern) for pattern in (*told, *(f"{re.escape(start)}.*" for start in FAMILIES))]


def test_the_messages_are_those_of_the_files() -> None:
    ours: dict[str, tuple[str, ...]] = {}
    for path in (PACKAGE / "texts").glob("da_*.po"):
        ours |= read_catalogue(path, "da")

    assert ours == messages("da")


def test_a_line_that_is_no_message_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "da.po"
    file.write_text('msgid "key"\nmissing word\n', encoding="utf-8")

    with pytest.raises(PoFileError, match="misformatted keyword on 1"):
        read_catalogue(file, "da")


def test_both_languages_have_the_same_messages() -> None:
    assert messages("da").keys() == messages("en").keys()


@pytest.mark.parametrize("language", ["da", "en"])
def test_no_message_is_empty(language: str) -> None:
    assert [key for key, forms in messages(language).items() if not all(forms)] == []


def test_a_message_has_the_same_facts_in_both_languages() -> None:
    danish, english = messages("da"), messages("en")

    named = {key: [set().union(*map(facts, of[key])) for of in (danish, english)] for key in danish}

    assert {key: both for key, both in named.items() if both[0] != both[1]} == {}


def test_facts_are_plain_names_in_the_forms_that_texts_know() -> None:
    parts = [part for forms in messages("da").values() for form in forms for part in Formatter().parse(form)]
    named = [(name, form, conversion) for _, name, form, conversion in parts if name is not None]

    assert {(form, conversion) for _, form, conversion in named} == {
        (form, None) for form in ("", "kr", "date", "n", "pct")
    }
    assert all(name.isidentifier() for name, _, _ in named)


def test_each_key_that_code_names_is_in_the_catalogue() -> None:
    keys = set(literal_keys())

    assert len(keys) > 100
    assert {key for key, _ in keys} - messages("da").keys() == set()


def test_each_message_is_used() -> None:
    named = {quoted for text in TEXTS for quoted in re.findall(r'["\']([\w.-]+)["\']', text)}
    named |= {key for key, _ in literal_keys()}
    named |= {f"error.{code}" for code in errors()}
    dynamic = families()

    left = messages("da").keys() - named

    assert [key for key in sorted(left) if not any(one.fullmatch(key) for one in dynamic)] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_is_put_together_somewhere(family: str) -> None:
    assert any(family in text for text in TEXTS)
    assert any(key.startswith(family) for key in messages("da"))


def test_each_error_of_the_code_has_its_sentence() -> None:
    assert {f"error.{code}" for code in errors()} - messages("da").keys() == set()


def test_each_finding_of_the_code_has_its_three_sentences() -> None:
    codes = {code for text in CODE.values() for code in ANY_CODE.findall(text)} - errors()
    wanted = {f"finding.{code}.{part}" for code in codes for part in ("title", "expected", "do")}

    assert len(codes) > 30
    assert wanted - messages("da").keys() == set()


def test_each_finding_of_the_catalogue_can_happen() -> None:
    known = {key.split(".")[1] for key in messages("da") if key.startswith("finding.") and key.count(".") > 1}
    raised = {code for text in TEXTS for code in re.findall(r"[A-Z]{3}-\d{3}", text)}

    assert known - raised == set()
