"""Entries of a large camt file without a tree: most are alike in all but their texts.

Each entry is cut into tags and texts at once; the tags of an entry are its shape, and where the texts of a
shape stand is found out once. A shape that comes again and again becomes a pattern, which takes the texts of
an entry in one step.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gevinst.formats.camt_leaves import UNREAD, USED, Leaves, Source
from gevinst.formats.xml_safe import MOST_DEPTH

_CURRENCY = re.compile(r"\sCcy\s*=\s*[\"']([^\"'&]*)[\"']")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
# A batch of a thousand payments is a shape of its own, which hardly comes again: it is not kept.
MOST_SHAPES = 5_000
# A pattern costs as much as some hundred entries, and each entry may be held against all of them.
OFTEN = 30
MOST_PATTERNS = 8
MOST_PARTS = 400
FIRST_BLOCK, LAST_BLOCK = 64, 2048


class UnusualError(Exception):
    """The file cannot be cut without a tree."""


@dataclass(kw_only=True, slots=True)
class Shape:
    """Where the texts of alike entries stand among their parts."""

    texts: list[tuple[str, int]] = field(default_factory=list)  #: (path, part) of each text that is used
    details: list["Shape"] = field(default_factory=list)
    currency: str = ""
    seen: int = 0  #: entries that were cut piece by piece


@dataclass(kw_only=True, slots=True)
class Alike:
    """Entries of one shape within a block."""

    shape: Shape
    pattern: re.Pattern[bytes]
    places: Mapping[int, int]  #: part of the entry → group of the pattern, from 0
    numbers: list[int] = field(default_factory=list)
    groups: list[tuple[bytes, ...]] = field(default_factory=list)

    def emptied(self) -> "Alike":
        """The same shape without entries."""
        return Alike(shape=self.shape, pattern=self.pattern, places=self.places)


@dataclass(frozen=True, kw_only=True)
class Block:
    """Entries that follow each other, numbered from 0."""

    alike: Sequence[Alike]
    single: Sequence[tuple[int, Source]]  #: number and entry
    lines: Sequence[int]  #: of every entry
    source: Callable[[int], Source]  #: an entry of `alike` by itself


def single_block(source: Source) -> Block:
    """One entry as a block."""
    return Block(alike=[], single=[(0, source)], lines=[source.line], source=lambda _: source)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Entries of a file that follow each other, with nothing but white space between them."""

    content: bytes  #: the part of the file that they stand in
    spans: Sequence[int]  #: where each begins and ends in it, by turns
    lines: Sequence[int]  #: of each start tag


@dataclass(kw_only=True, slots=True)
class Quick:
    """Reads runs of entries, and knows the shapes that it has met in the file."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    usual: list[Alike] = field(default_factory=list)  #: shapes that come again and again
    size: int = FIRST_BLOCK  #: entries of the next block

    def blocks(self, run: Run) -> Iterator[Block]:
        """The entries of a run.

        Raises:
            UnusualError: one cannot be cut.
        """
        first, count = 0, len(run.lines)
        while first < count:
            last = min(first + self.size, count)
            yield self._block(run, first, last)
            first, self.size = last, min(2 * self.size, LAST_BLOCK)

    def _block(self, run: Run, first: int, end: int) -> Block:
        """Cut by patterns what fits one, the rest piece by piece. The commonest pattern is tried first."""
        self.usual.sort(key=lambda one: -len(one.numbers))
        self.usual[:] = usual = [one.emptied() for one in self.usual]
        content, spans = run.content, run.spans[2 * first : 2 * end]
        tries = [(one.pattern.fullmatch, one.numbers.append, one.groups.append) for one in usual]
        single: list[tuple[int, Source]] = []
        for number, (begins, ends) in enumerate(zip(spans[::2], spans[1::2], strict=True)):
            for match, take_number, take_groups in tries:
                if found := match(content, begins, ends):
                    take_number(number)
                    take_groups(found.groups())
                    break
            else:
                single.append((number, self.source(run, first + number)))
        return Block(
            alike=[one for one in usual if one.numbers],
            single=single,
            lines=run.lines[first:end],
            source=lambda number: self.source(run, first + number),
        )

    def source(self, run: Run, number: int) -> Source:
        """One entry, cut piece by piece.

        Raises:
            UnusualError: it cannot be cut.
        """
        start, end = run.spans[2 * number], run.spans[2 * number + 1]
        text = run.content[start:end].decode("utf-8")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if text.count("<") != text.count(">"):
            raise UnusualError
        parts = text.replace(">", "<").split("<")
        tags = "<".join(parts[1::2])
        shape = self.shapes.get(tags)
        if shape is None:
            shape = shape_of(parts)
            if len(self.shapes) < MOST_SHAPES and len(parts) < MOST_PARTS:
                self.shapes[tags] = shape
        shape.seen += 1
        if shape.seen == OFTEN and len(self.usual) < MOST_PATTERNS and _is_simple(shape, parts):
            self.usual.append(_pattern_of(shape, parts))
        return Source(leaves=_leaves(shape, parts), currency=shape.currency, line=run.lines[number])


def _is_simple(shape: Shape, parts: Sequence[str]) -> bool:
    """Whether the entry is short, with one transaction at most; of others hardly two are alike."""
    return len(shape.details) <= 1 and len(parts) < MOST_PARTS


def _pattern_of(shape: Shape, parts: Sequence[str]) -> Alike:
    """What an entry with the same tags looks like, whatever its texts are."""
    used = sorted({place for one in (shape, *shape.details) for _, place in one.texts})
    pieces = [
        b"<" + re.escape(part.encode()) + b">"
        if index % 2
        else (b"([^<>]*+)" if index in used else b"[^<>]*+")
        for index, part in enumerate(parts[1:-1], start=1)
    ]
    places = {place: group for group, place in enumerate(used)}
    return Alike(shape=shape, pattern=re.compile(b"".join(pieces)), places=places)


def shape_of(parts: Sequence[str]) -> Shape:
    """Where the texts stand in an entry that is cut into text, tag, text and so on.

    Raises:
        UnusualError: too deep, or a reference within a tag.
    """
    shape = Shape()
    open_at: list[tuple[str, Shape, str]] = []  #: tag's name, whose leaves, and the path before it
    passed = 0
    for index in range(1, len(parts), 2):
        tag = parts[index]
        if tag.startswith("/"):
            if not open_at:  # what is behind the entry may not be well-formed
                raise UnusualError
            open_at.pop()
            passed = passed if len(open_at) >= passed else 0
            continue
        if "&" in tag or len(open_at) > MOST_DEPTH:
            raise UnusualError
        inside = _place(shape, open_at, tag, index, passed=bool(passed))
        if not tag.endswith("/"):
            open_at.append(inside)
            if not passed and inside[0] in UNREAD:
                passed = len(open_at)
    return shape


def _place(
    shape: Shape, open_at: Sequence[tuple[str, Shape, str]], tag: str, index: int, *, passed: bool
) -> tuple[str, Shape, str]:
    """Note where the text of one element stands; what is open within it."""
    name = tag.split(maxsplit=1)[0].rstrip("/").rpartition(":")[2]
    if not open_at:
        return name, shape, ""
    _, owner, prefix = open_at[-1]
    if passed:
        return name, owner, prefix
    if prefix == "NtryDtls/" and name == "TxDtls":
        owner.details.append(Shape())
        return name, owner.details[-1], ""
    path = prefix + name
    if (
        path == "Amt"
        and owner is shape
        and path not in dict(shape.texts)
        and (found := _CURRENCY.search(tag))
    ):
        shape.currency = found[1]
    if path in USED and not tag.endswith("/"):
        owner.texts.append((path, index + 1))
    return name, owner, f"{path}/"


def _leaves(shape: Shape, parts: Sequence[str]) -> Leaves:
    texts: dict[str, list[str]] = {}
    for path, place in shape.texts:
        text = parts[place]
        text = plain_text(text) if "&" in text else text.strip()
        if text:
            if path in texts:
                texts[path].append(text)
            else:
                texts[path] = [text]
    return Leaves(texts=texts, details=[_leaves(one, parts) for one in shape.details])


def plain_text(text: str) -> str:
    """A text as it is meant: its references resolved, without outer blanks."""
    return _REFERENCE.sub(_letter, text).strip()


def _letter(found: re.Match[str]) -> str:
    if found[1] or found[2]:
        return chr(int(found[1], 16) if found[1] else int(found[2]))
    return _NAMED[found[3]]
