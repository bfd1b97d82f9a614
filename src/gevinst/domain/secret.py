"""Secrets: what they are called, where they are kept, and how they are kept out of all that is written."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape
from urllib.parse import quote, quote_plus

#: Names of secrets and of their parts: they stand in settings, files and messages.
SECRET_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
#: The part of a secret that has only one.
ONLY_PART = "value"
MASK = "***"
SHORTEST_MASKED = 4  # shorter texts stand everywhere, and masking them would leave no log
SHORTEST_CUT = 6  # so much of a secret at a cut end gives it away
PARTS_OF_BYTES = 3  # Base64 writes three bytes as four letters, so a text has three forms inside another


class SecretPlace(StrEnum):
    """Where secrets are kept."""

    SYSTEMD = "systemd"  #: credentials that systemd hands to a service
    KEYRING = "keyring"  #: the user's keyring of the operating system
    FILE = "file"  #: a file that only its owner can read


@dataclass(frozen=True, kw_only=True)
class SecretValue:
    """A secret: its parts by name, such as user and password. Its text shows none of them."""

    name: str
    parts: Mapping[str, str] = field(repr=False)


def parts_of(text: str) -> dict[str, str]:
    """The parts of a secret as it is kept: a JSON object of texts, else the whole text as one part."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and found and all(isinstance(one, str) for one in found.values()):
        return {str(name): value for name, value in found.items()}
    return {ONLY_PART: text}


def text_of(parts: Mapping[str, str]) -> str:
    """A secret as it is kept; see parts_of."""
    if set(parts) == {ONLY_PART}:
        return parts[ONLY_PART]
    return json.dumps(dict(parts), ensure_ascii=False, sort_keys=True)


class Scrubber:
    """Masks secrets in text: as they are, and as Base64, URL, HTML, JSON and hex write them."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._forms: list[str] = []
        self._found: re.Pattern[str] | None = None
        self.learn(values)

    @property
    def longest(self) -> int:
        """Length of the longest form, so that text in pieces can overlap."""
        return max(map(len, self._forms), default=0)

    def learn(self, values: Iterable[str]) -> None:
        """Mask these values too from now on; texts of fewer than four letters are not."""
        new = {line for value in values for line in _lines(value)} - self._values
        if new:
            self._values |= new
            forms = {form for value in self._values for form in _forms(value)}
            self._forms = sorted(forms, key=len, reverse=True)
            self._found = re.compile("|".join(map(re.escape, self._forms)), re.IGNORECASE)

    def scrub(self, text: str, *, goes_on: bool = False) -> str:
        """The text without secrets, also without one that was cut off at its end.

        Args:
            text: any text.
            goes_on: its end is no cut, since more follows.
        """
        if self._found is None or not text:
            return text
        scrubbed = self._found.sub(MASK, text)
        return scrubbed if goes_on else self._without_cut(scrubbed)

    def holds(self, text: str) -> bool:
        """Whether a secret stands in the text."""
        return bool(self._found and self._found.search(text))

    def _without_cut(self, text: str) -> str:
        """Text whose end is the beginning of a secret, as when something long was cut."""
        body = text.rstrip(".…\r\n ")
        for form in self._forms:
            for length in range(min(len(form) - 1, len(body)), SHORTEST_CUT - 1, -1):
                if body.endswith(form[:length]):
                    return body[:-length] + MASK + text[len(body) :]
        return text


def _lines(value: str) -> Iterator[str]:
    """A value, and each of its lines: a key of several lines is often written line by line."""
    for text in (value, value.strip(), *(line.strip() for line in value.splitlines())):
        if len(text) >= SHORTEST_MASKED:
            yield text


def _forms(value: str) -> Iterator[str]:
    """How programs write a value."""
    yield value
    yield from (quote(value, safe=""), quote(value), quote_plus(value))
    yield from (escape(value), escape(value, quote=False))
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]
    for encoding in ("utf-8", "utf-16-le"):
        raw = value.encode(encoding)
        yield raw.hex()
        yield from _base64_forms(raw)


def _base64_forms(raw: bytes) -> Iterator[str]:
    """The letters that stand for these bytes wherever they are inside other bytes."""
    for before in range(PARTS_OF_BYTES):
        written = base64.b64encode(b"\0" * before + raw).decode()
        first = -(-before * 8 // 6)  # letters that depend on what stands before
        last = (before + len(raw)) * 8 // 6  # and none that depend on what comes after
        inside = written[first:last]
        if len(inside) >= SHORTEST_CUT:
            yield inside
            yield inside.replace("+", "-").replace("/", "_")
            yield quote(inside, safe="")
