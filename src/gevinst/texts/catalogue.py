"""Reads gettext's `.po` files, by Babel."""

from importlib.resources.abc import Traversable


def read_catalogue(file: Traversable, language: str) -> dict[str, tuple[str, ...]]:
    """The messages of a file by their id: one form, or singular and plural.

    Raises:
        PoFileError: a line is no part of a message.
    """
    from babel.messages.pofile import read_po  # noqa: PLC0415 - a command without messages need not load it

    with file.open("rb") as opened:
        messages = read_po(opened, locale=language, abort_invalid=True)
    return {_first(message.id): _forms(message.string) for message in messages if message.id}


def _first(name: object) -> str:
    """The key of a message; one with a plural has its key twice."""
    return name if isinstance(name, str) else str(next(iter(name)))  # type: ignore[call-overload]


def _forms(string: object) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)  # type: ignore[arg-type]
