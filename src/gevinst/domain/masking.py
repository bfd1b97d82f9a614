"""Keep CPR numbers out of everything that people or machines read as text."""

import re

_CPR = re.compile(r"(?<!\d)(?P<birth>(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2})[- ]?\d{4}(?!\d)")
LONGEST_FOUND = 60


def mask_cpr(text: str) -> str:
    """Replace the last four digits of each CPR number, as in 010180-XXXX."""
    return _CPR.sub(lambda match: f"{match['birth']}-XXXX", text)


def shown_value(text: object) -> str:
    """A cell's value as a message may show it: masked, one line, short, no control characters."""
    line = "".join(char if char.isprintable() else "\N{SYMBOL FOR SUBSTITUTE}" for char in str(text))
    return mask_cpr(line if len(line) <= LONGEST_FOUND else line[:LONGEST_FOUND] + "…")
