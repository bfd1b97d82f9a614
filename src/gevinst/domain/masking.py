"""Keep CPR numbers and passwords out of everything that people or machines read as text."""

import re

_CPR = re.compile(
    r"(?<!\d)(?P<birth>(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2})"
    r"[ \u00a0\u202f]?[-\u2010-\u2015\u2212]?[ \u00a0\u202f]?\d{4}(?!\d)"
)
_PASSWORD = re.compile(r"(?P<user>://[^\s:/@]*):[^\s/@]+@")
LONGEST_FOUND = 60
CPR_LENGTH = 13  # with its hyphen and the blanks beside it


def mask_cpr(text: str) -> str:
    """Replace the last four digits of each CPR number, as in 010180-XXXX."""
    return _CPR.sub(lambda match: f"{match['birth']}-XXXX", text)


def has_cpr(text: str) -> bool:
    """Whether a text has what may be a CPR number: by its form, since those after 2007 fit no check digit."""
    return _CPR.search(text) is not None


def mask_log(text: str, longest: int | None = None) -> str:
    """Text as a log may hold it: CPR numbers masked, and the passwords of addresses such as a database's.

    Args:
        text: any text.
        longest: at most so many characters are kept. What is masked is never cut in two before it is found.
    """
    near = text if longest is None else text[: longest + CPR_LENGTH]
    return _PASSWORD.sub(lambda match: f"{match['user']}:***@", mask_cpr(near))[:longest]


def shown_value(text: object) -> str:
    """A cell's value as a message may show it: masked, one line, short, no control characters."""
    near = str(text)[: LONGEST_FOUND + CPR_LENGTH]  # a number that is cut before it is masked is not found
    line = mask_cpr(printable(near))
    return line if len(line) <= LONGEST_FOUND else line[:LONGEST_FOUND] + "…"


def printable(text: str) -> str:
    """A text on one line, without the characters by which it could write over others on a terminal."""
    return "".join(char if char.isprintable() else "\N{SYMBOL FOR SUBSTITUTE}" for char in text)
