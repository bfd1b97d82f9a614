"""A camt file cut into its entries and a skeleton without them, block by block.

A parser looks at each block first: the file is well-formed as far as it is cut. A file that holds what this
cannot cut rightly, such as a comment or CDATA, is left to the tree.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

from gevinst.formats.camt_leaves import source_of
from gevinst.formats.camt_quick import Block, Quick, Run, UnusualError, single_block
from gevinst.formats.file_bytes import BLOCK
from gevinst.formats.intake import Intake
from gevinst.formats.xml_safe import checked_blocks

_ENTRY = re.compile(rb"<((?:[\w.-]+:)?)Ntry[\s>/]")
_DECLARED = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
LONGEST_ENTRY = 50_000_000  # a batch of 80,000 payments
LONGEST_SKELETON = 64_000_000  # without line ends; a statement's head has some thousand bytes

#: Entries by their element: itself, or blocks of those that it stands for.
Blocks: TypeAlias = "Callable[[etree._Element], Iterable[Block]]"  # noqa: SLF001 - lxml has no other name for it


@dataclass(frozen=True, kw_only=True)
class Piece:
    """The next part of a file, for a parser, and how the entries in it are read."""

    xml: bytes
    blocks: Blocks


def cut(intake: Intake) -> Iterator[Piece]:
    """The file with one empty element for each run of entries; lines are those of the file.

    Raises:
        UnusualError: it takes a tree to read it.
        InputRejectedError: FIL-003 letters, FIL-004 cut or not well-formed, FIL-005 a DTD.
    """
    cutting = _Cutting()
    for block in checked_blocks(intake, 4 * BLOCK):  # some thousand entries, read by columns
        yield Piece(xml=cutting.skeleton(block), blocks=cutting.blocks)
    yield Piece(xml=cutting.rest(), blocks=cutting.blocks)


def uncut(intake: Intake) -> Iterator[Piece]:
    """The file as it is; entries are read from their elements.

    Raises:
        InputRejectedError: FIL-006 written to meanwhile.
    """
    lines = _entry_lines(intake)
    blocks: Blocks = lambda element: [single_block(source_of(element, line=next(lines, 0)))]  # noqa: E731
    for block in intake.blocks():
        yield Piece(xml=block, blocks=blocks)


def _entry_lines(intake: Intake) -> Iterator[int]:
    """The line of each entry's start tag. lxml's own line numbers stop at 65,535."""
    line, waiting = 1, b""
    for block in intake.blocks():
        content, before = waiting + block, 0
        end = _whole_tags(content, 0)
        for found in _ENTRY.finditer(content, 0, end):
            line += content.count(b"\n", before, found.start())
            before = found.start()
            yield line
        line += content.count(b"\n", before, end)
        waiting = content[end:]


def _whole_tags(content: bytes, start: int) -> int:
    """Where the last tag begins if it does not end, else the end."""
    last = content.rfind(b"<", start)
    return last if last > content.rfind(b">", start) else len(content)


class _Cutting:
    """Cuts a file that comes block by block."""

    def __init__(self) -> None:
        self._quick = Quick()
        self._waiting = b""  # begins with an entry or a tag that is not whole yet
        self._line = 1  # on which it begins
        self._is_first = True
        self._tags: tuple[re.Pattern[bytes], re.Pattern[bytes]] | None = None
        self._runs: dict[str, Run] = {}  # by number; those of this block and the one before
        self._count = self._kept = 0
        self._size = 0  # of the skeleton

    def blocks(self, element: etree._Element) -> Iterator[Block]:
        """The entries that an empty element of the skeleton stands for.

        Raises:
            UnusualError: the element is none of those, or an entry cannot be cut.
        """
        run = self._runs.pop(element.get("run", ""), None)
        if run is None or len(element) or element.tag != "Ntry":
            raise UnusualError
        return self._quick.blocks(run)

    def skeleton(self, block: bytes) -> bytes:
        """The skeleton as far as it is known with this block.

        Raises:
            UnusualError: the file cannot be cut.
        """
        content = self._waiting + block
        self._refuse_unusual(content)
        self._forget()
        spans = array("q")
        whole = self._find(content, spans)
        self._waiting = content[whole:]
        found = self._without_entries(content[:whole], spans)
        self._size += len(found) - found.count(b"\n")
        if len(self._waiting) > LONGEST_ENTRY or self._size > LONGEST_SKELETON:
            raise UnusualError
        return found

    def rest(self) -> bytes:
        """What is left at the end of the file.

        Raises:
            UnusualError: an entry has not ended.
        """
        if self._tags and self._tags[0].match(self._waiting):
            raise UnusualError
        return self._waiting

    def _forget(self) -> None:
        """Let go of runs that nobody asked for; the parser is one block behind at most."""
        self._runs = {number: run for number, run in self._runs.items() if int(number) > self._kept}
        self._kept = self._count

    def _refuse_unusual(self, content: bytes) -> None:
        """Comments, CDATA and instructions; letters other than UTF-8."""
        end = 0
        if self._is_first:
            self._is_first = False
            declared = _DECLARED.match(content)
            end = declared.end() if declared else 0
            if _ENCODING.search(content[:end]) or content.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise UnusualError
        if content.find(b"<!", end) >= 0 or content.find(b"<?", end) >= 0:
            raise UnusualError

    def _find(self, content: bytes, spans: "array[int]") -> int:
        """Note where each entry begins and ends; say where what is not whole begins.

        No entry stands in another, and nothing but a tag begins with <. All have the prefix of the first.
        """
        at = 0
        if self._tags is None and (first := _ENTRY.search(content)):
            name = re.escape(first[1]) + b"Ntry"
            self._tags = re.compile(b"<" + name + rb"[\s>/]"), re.compile(b"</" + name + rb"\s*>")
        if self._tags is not None:
            opening, closing = self._tags
            while start := opening.search(content, at):
                last = closing.search(content, start.end())
                if last is None:
                    return start.start()
                if _is_empty(content, start) or last.end() - start.start() > LONGEST_ENTRY:
                    raise UnusualError
                spans.extend((start.start(), last.end()))
                at = last.end()
        return _whole_tags(content, at)

    def _without_entries(self, content: bytes, spans: "array[int]") -> bytes:
        """The content with an empty element of as many lines for each run of entries."""
        pieces: list[bytes] = []
        lines = array("q")
        line, before, first = self._line, 0, 0
        for number, (start, end) in enumerate(zip(spans[::2], spans[1::2], strict=True)):
            between = content[before:start]
            if number and between and not between.isspace():
                pieces.append(self._run(content, spans[2 * first : 2 * number], lines[first:], line))
                first = number
            if number == first:
                pieces.append(between)
            line += between.count(b"\n")
            lines.append(line)
            line += content.count(b"\n", start, end)
            before = end
        if spans:
            pieces.append(self._run(content, spans[2 * first :], lines[first:], line))
        self._line = line + content.count(b"\n", before)
        return b"".join([*pieces, content[before:]])

    def _run(self, content: bytes, spans: "array[int]", lines: "array[int]", line: int) -> bytes:
        self._count += 1
        self._runs[str(self._count)] = Run(content=content, spans=spans, lines=lines)
        return b'<Ntry xmlns="" run="%d"%b/>' % (self._count, b"\n" * (line - lines[0]))


def _is_empty(content: bytes, tag: re.Match[bytes]) -> bool:
    """Whether a start tag is an end tag too."""
    if content[tag.end() - 1 : tag.end()] == b">":
        return False
    return content.startswith(b"/", content.find(b">", tag.end() - 1) - 1)
