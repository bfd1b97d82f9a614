"""The report catalogue: the same messages with the same facts in both languages."""

import re
from importlib.resources import files
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from gevinst.domain.run import RunState
from gevinst.texts import Texts


def messages(language: str) -> dict[str, tuple[str, ...]]:
    """The forms of each message, by key."""
    with files("gevinst.texts").joinpath(f"{language}_reports.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    found = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return found


def facts_of(language: str) -> dict[str, set[str]]:
    """The facts that each message names in any of its forms."""
    return {
        key: {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}
        for key, forms in messages(language).items()
    }


def engine_sources() -> list[str]:
    return [path.read_text("utf-8") for path in files("gevinst.domain.matching").iterdir() if path.is_file()]


def test_both_languages_have_the_same_messages() -> None:
    assert set(facts_of("da")) == set(facts_of("en"))


def test_both_languages_name_the_same_facts() -> None:
    danish, english = facts_of("da"), facts_of("en")

    assert {key for key in danish if danish[key] != english[key]} == set()


def test_no_message_is_empty() -> None:
    every = [
        (key, form)
        for language in ("da", "en")
        for key, forms in messages(language).items()
        for form in forms
    ]

    assert [key for key, form in every if not form] == []


@pytest.mark.parametrize("state", list(RunState))
def test_every_state_of_a_run_has_a_word(state: RunState) -> None:
    assert Texts("da").has(f"state.{state}")


@pytest.mark.parametrize("kind", ["reason", "cause"])
def test_every_reason_and_cause_of_the_engine_has_a_sentence(kind: str) -> None:
    pattern = {"reason": r'reason="(\w+)"', "cause": r'Cause\(key="(\w+)"'}[kind]
    prefix = {"reason": "because", "cause": "cause"}[kind]
    used = {key for source in engine_sources() for key in re.findall(pattern, source)} - {"evidence"}

    assert used
    assert {key for key in used if not Texts("da").has(f"{prefix}.{key}")} == set()


def test_every_note_of_the_engine_has_a_sentence() -> None:
    used = {key for source in engine_sources() for key in re.findall(r'\(\("(\w+)", \{', source)}

    assert used
    assert {key for key in used if not Texts("da").has(f"note.{key}")} == set()
