"""Click's own words (usage, options, errors) in the user's language."""

from functools import lru_cache
from importlib.resources import files

from click import core, decorators, exceptions, formatting, parser, termui, types

from gevinst.texts.catalogue import read_catalogue

_MODULES = (core, decorators, exceptions, formatting, parser, termui, types)


def speak_danish() -> None:
    """Let Click take its words from `click_da.po`, which is read when the first one is needed.

    Click takes them from gettext's domain of the whole process, whose compiled files we do not have; so its
    modules are given this function in place of gettext's.
    """
    for module in _MODULES:
        for name, spoken in (("_", _one), ("ngettext", _counted)):
            if hasattr(module, name):
                setattr(module, name, spoken)


def _one(message: str) -> str:
    return _words().get(message, (message,))[0]


def _counted(one: str, many: str, count: int) -> str:
    forms = _words().get(one, (one, many))
    return forms[0] if count == 1 else forms[-1]


@lru_cache
def _words() -> dict[str, tuple[str, ...]]:
    return read_catalogue(files(__package__).joinpath("click_da.po"), "da")
