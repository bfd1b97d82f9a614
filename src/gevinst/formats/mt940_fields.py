"""The fields of an MT940 or MT942 file: each tag with its physical line, and which message it belongs to.

Banks wrap text wherever the line is full, so a line of text may begin like a tag (`:26:37` is a clock) and a
tag may be cut after its first colon. What is text and what is a tag is decided here, once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gevinst.formats.physical_lines import physical_lines

KNOWN_TAGS = frozenset(
    [
        "13",
        "13D",
        "20",
        "21",
        "25",
        "25P",
        "28",
        "28C",
        "34F",
        "60",
        "60F",
        "60M",
        "61",
        "62",
        "62F",
        "62M",
        "64",
        "65",
        "86",
        "90C",
        "90D",
        "NS",
    ]
)
FREE_TEXT = frozenset({"61", "86", "NS"})
FIRST_TAGS = frozenset({"21", "25", "25P", "28", "28C"})
AHEAD = 40  # lines that are looked at for what follows a doubtful :20:
_TAG = re.compile(r":(\d{2}[A-Z]?|NS):")
_CLOCK = re.compile(r"[0-5]\d(?:\D|$)")
_END = re.compile(r"-\s*(?:[})].*)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One tag and its text."""

    tag: str  #: such as 61 or 60F
    line: int  #: physical line of the tag, from 1
    lines: Sequence[str]  #: its text as it stands, blank lines left out

    @property
    def first(self) -> str:
        """The text of its first line."""
        return self.lines[0].strip() if self.lines else ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """The fields from one :20: to the next."""

    line: int
    fields: Sequence[Field]

    def value(self, *tags: str) -> str:
        """The first line of the first of these tags, or ""."""
        return next((field.first for field in self.fields if field.tag in tags), "")

    def has(self, *tags: str) -> bool:
        """Whether it has one of these tags."""
        return any(field.tag in tags for field in self.fields)


def messages_of(text: str) -> tuple[list[Message], list[Field]]:
    """The messages of a file, and the fields that stand before the first of them."""
    messages: list[Message] = []
    stray: list[Field] = []
    current: list[Field] = stray
    for field in fields_of(text):
        if field.tag == "20":
            current = []
            messages.append(Message(line=field.line, fields=current))
        current.append(field)
    return messages, stray


def fields_of(text: str) -> Iterator[Field]:
    """Every field in order; envelopes and text outside fields are left out."""
    tagged = list(_tagged_lines(text))
    tag, start = "", 0
    lines: list[str] = []
    for index, (number, line) in enumerate(tagged):
        found = _TAG.match(line)
        if found and _opens(tag, found[1], line[found.end() :], tagged[index + 1 : index + 1 + AHEAD]):
            if tag:
                yield Field(tag=tag, line=start, lines=lines)
            tag, start, lines = found[1], number, [line[found.end() :]]
        elif _END.fullmatch(line):
            if tag:
                yield Field(tag=tag, line=start, lines=lines)
            tag = ""
        elif tag:
            lines.append(line)
    if tag:
        yield Field(tag=tag, line=start, lines=lines)


def _tagged_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their number; a colon alone belongs to the line after it, a blank line to none."""
    pending = 0
    for number, line in enumerate(physical_lines(text), start=1):
        if line.strip() == ":" and not pending:
            pending = number
        elif line.strip():
            yield (pending, ":" + line) if pending and _TAG.match(":" + line) else (number, line)
            pending = 0


def _opens(current: str, tag: str, rest: str, following: Sequence[tuple[int, str]]) -> bool:
    """Whether a tag is one, and not text that looks like it."""
    if tag not in KNOWN_TAGS:
        return False
    if current not in FREE_TEXT or not _CLOCK.match(rest) or tag not in {"13", "20", "21", "25", "28"}:
        return True
    if tag != "20":
        return False
    after = (found[1] for _, line in following if (found := _TAG.match(line)) and found[1] in KNOWN_TAGS)
    return next(after, "") in FIRST_TAGS
