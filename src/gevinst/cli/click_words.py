"""Click's own words (usage, options, errors) in the user's language."""

from functools import lru_cache
from importlib.resources import files

from click import core, decorators, exceptions, formatting, parser, termui, types

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
    from babel.messages.pofile import read_po  # noqa: PLC0415 - slow to load, and only help and errors need it

    with files(__package__).joinpath("click_da.po").open("rb") as file:
        return {
            _key(message.id): _forms(message.string) for message in read_po(file, locale="da") if message.id
        }


def _key(name: object) -> str:
    return name if isinstance(name, str) else str(next(iter(name)))  # type: ignore[call-overload]


def _forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]
