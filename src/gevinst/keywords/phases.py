"""Titles of the phases of a flow, for GROUP, in the language of the log."""

from gevinst.texts import Texts

PHASE_NAMES = ("read", "match", "write")


def get_variables(language: str = "da") -> dict[str, dict[str, str]]:
    """The variable PHASES: title by phase."""
    texts = Texts(language)
    return {"PHASES": {name: texts.get(f"phase.{name}") for name in PHASE_NAMES}}
