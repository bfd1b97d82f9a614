"""A text as UTF-8, block by block: a large file is never held, neither as it is nor as text."""

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import pyarrow as pa

BUFFER = 1 << 19
LINE_ENDS = (b"\n", b"\r")
ENDLESS = 1 << 20
LONGEST_LETTER = 4  # bytes of UTF-8
SUBSTITUTE = b"\x1a"  # ends a text from DOS
# The letters, as bytes, in which cp1252 is not latin-1, which Python reads many times faster.
CP1252_ONLY = (0x80, 0xA0)
UTF8, CP1252, LATIN1 = (codecs.lookup(name).name for name in ("utf-8", "cp1252", "latin-1"))
#: Encodings in which ASCII is ASCII and a line end is one byte, read without a decoder that remembers.
PLAIN = frozenset({UTF8, CP1252, LATIN1})


class LettersError(Exception):
    """Bytes that are no letters of an encoding. Holds the line where they stand, from 1."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


@dataclass(frozen=True, kw_only=True)
class Utf8Text:
    """A text that can be gone through again and again, and what was seen of it."""

    blocks: Callable[[], Iterator[bytes]]  #: all of it, in pieces that end with a line where they can
    quoted: bool  #: it holds a quotation mark
    cut_last: bool  #: its last line has no line end

    @classmethod
    def of(cls, utf8: bytes) -> "Utf8Text":
        """A text that is at hand."""
        return cls(
            blocks=lambda: iter([utf8] if utf8 else []),
            quoted=b'"' in utf8,
            cut_last=bool(utf8) and not utf8.endswith(LINE_ENDS),
        )

    def head(self, count: int) -> bytes:
        """The first bytes."""
        return head_of(self.blocks(), count)

    def without(self, count: int) -> "Utf8Text":
        """The text behind its first bytes."""
        return replace(self, blocks=lambda: _passed_over(self.blocks(), count))

    def whole(self) -> bytes:
        """All of it at once."""
        return b"".join(self.blocks())

    def opened(self) -> io.BufferedReader:
        """The text as a file."""
        return io.BufferedReader(_Stream(self.blocks()), BUFFER)


class _Stream(io.RawIOBase):
    """Blocks as a file."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader hands over
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def head_of(blocks: Iterable[bytes], count: int) -> bytes:
    """The first bytes of blocks."""
    found = b""
    for block in blocks:
        found += block[: count - len(found)]
        if len(found) == count:
            break
    return found


def _passed_over(blocks: Iterator[bytes], count: int) -> Iterator[bytes]:
    for block in blocks:
        if count < len(block):
            yield block[count:]
        count = max(count - len(block), 0)


def line_blocks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Bytes in blocks that end with LF, or within a line of ENDLESS bytes but within no letter of UTF-8.

    A SUBSTITUTE at the very end is left out.
    """
    waiting = b""
    for block in blocks:
        content = waiting + block
        cut = content.rfind(b"\n") + 1
        if not cut and len(content) > ENDLESS:
            cut = len(content) - (_unfinished(content) or content.endswith(SUBSTITUTE))
        if cut:
            yield content[:cut]
        waiting = content[cut:]
    if last := waiting.removesuffix(SUBSTITUTE):
        yield last


def _unfinished(block: bytes) -> int:
    """How many bytes at the end begin a letter that does not end."""
    for back in range(1, min(LONGEST_LETTER, len(block) + 1)):
        byte = block[-back]
        if byte < 0x80:  # noqa: PLR2004 - ASCII
            return 0
        if byte >= 0xC0:  # noqa: PLR2004 - the first byte of a letter says how many it has
            return back if back < 2 + (byte >= 0xE0) + (byte >= 0xF0) else 0  # noqa: PLR2004 - as above
    return 0


def transcoded(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """A file's bytes as UTF-8, without byte order mark; those that are to be UTF-8 already are not checked.

    Args:
        blocks: the file.
        encoding: as `codecs` names it.

    Raises:
        LettersError: bytes that are no letters.
    """
    if encoding in PLAIN:
        line = 1
        for number, block in enumerate(line_blocks(blocks)):
            yield plain_utf8(block, encoding, first=not number, line=line)
            line += block.count(b"\n")
        return
    first = True
    for block in line_blocks(_decoded(blocks, encoding)):
        yield block.removeprefix(codecs.BOM_UTF8) if first else block
        first = False


def plain_utf8(block: bytes, encoding: str, *, first: bool, line: int) -> bytes:
    """A block in one of the PLAIN encodings as UTF-8.

    Raises:
        LettersError: bytes that are no letters.
    """
    if encoding == UTF8:
        return block.removeprefix(codecs.BOM_UTF8) if first else block
    codec = CP1252 if encoding == CP1252 and holds(block, *CP1252_ONLY) else LATIN1
    try:
        return block.decode(codec).encode()
    except UnicodeDecodeError as error:
        raise LettersError(line + block.count(b"\n", 0, error.start)) from error


def _decoded(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = text_line = 1
    for block in chain(blocks, [b""]):
        try:
            text = decoder.decode(block, final=not block)
            utf8 = text.encode()
        except UnicodeDecodeError as error:
            raise LettersError(line + bytes(error.object).count(b"\n", 0, error.start)) from error
        except UnicodeEncodeError as error:  # half of a pair that stands for one letter
            raise LettersError(text_line + str(error.object).count("\n", 0, error.start)) from error
        except UnicodeError as error:  # such as UTF-16 that has no byte order mark and is told to have one
            raise LettersError(line) from error
        line += block.count(b"\n")
        text_line += text.count("\n")
        yield utf8


def is_utf8(content: bytes) -> bool:
    """Whether bytes are strict UTF-8."""
    ends = np.array([0, len(content)], dtype=np.int64)
    text = pa.Array.from_buffers(pa.large_string(), 1, [None, pa.py_buffer(ends), pa.py_buffer(content)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def holds(content: bytes, first: int, end: int) -> bool:
    """Whether there is a byte from `first` to before `end`."""
    return counted(content, first, end) > 0


def counted(content: bytes, first: int, end: int) -> int:
    """How many bytes are from `first` to before `end`."""
    letters = np.frombuffer(content, dtype=np.uint8)
    # What is below `first` turns into a large number.
    return int(np.count_nonzero((letters - np.uint8(first) if first else letters) < end - first))
