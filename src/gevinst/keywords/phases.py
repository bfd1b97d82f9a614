"""Titles of the phases of a flow, for GROUP, in the language of the log."""

from gevinst import bootstrap
from gevinst.texts import Texts

PHASE_NAMES = ("read", "match", "work", "write")


def get_variables(language: str = "") -> dict[str, dict[str, str]]:
    """The variable PHASES: title by phase; in the language of the office when none is given."""
    texts = Texts(language or bootstrap.language())
    return {"PHASES": {name: texts.get(f"phase.{name}") for name in PHASE_NAMES}}
