"""What a robot prints: its beginning and its end are kept, and CPR numbers and secrets are masked."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gevinst.domain.masking import mask_log
from gevinst.domain.secret import Scrubber

KEPT_BYTES = 1_000_000  # half from the beginning, half from the end
LONGEST_PIECE = 10_000  # a line without end is taken in pieces


def keep_console(
    stream: BinaryIO, file: Path, *, kept: int = KEPT_BYTES, scrubber: Scrubber | None = None
) -> None:
    """Drain a process's output, and write at most `kept` bytes of it; a line says what was left out.

    The stream is read to its end even when the file cannot be written: a full pipe would hang the process.
    """
    try:
        _write(_pieces(stream, scrubber or Scrubber()), file, kept // 2)
    except OSError:
        while stream.read(KEPT_BYTES):
            pass


def say_killed(file: Path, memory: int) -> None:
    """Write below what a process printed that it was ended from outside, and its most memory in kB.

    Raises:
        OSError: it cannot be written.
    """
    seen = f"its process had {memory // 1024} MB of memory at most" if memory else "its memory is not known"
    with file.open("a", encoding="utf-8") as kept:
        kept.write(f"\n[ ERROR ] ended from outside by signal 9; {seen}\n")


def _pieces(stream: BinaryIO, scrubber: Scrubber) -> Iterator[bytes]:
    """Lines, long ones in pieces, masked; what may be the beginning of a secret waits for what follows."""
    held = ""
    while piece := stream.readline(LONGEST_PIECE):
        text = held + mask_log(piece.decode(errors="replace"))
        goes_on = not text.endswith("\n")
        text = scrubber.scrub(text, goes_on=goes_on)
        ready = max(len(text) - scrubber.longest, 0) if goes_on else len(text)
        held = text[ready:]
        yield text[:ready].encode()
    yield scrubber.scrub(held).encode()


def _write(pieces: Iterator[bytes], file: Path, half: int) -> None:
    written = 0
    tail = _Tail(half)
    with file.open("wb") as kept:
        for piece in pieces:
            if written < half:
                written += kept.write(piece)
                kept.flush()
            else:
                tail.add(piece)
        if tail.left_out:
            kept.write(f"\n[… {tail.left_out} bytes …]\n".encode())
        kept.writelines(tail.pieces)


class _Tail:
    """The last pieces, at most `most` bytes."""

    def __init__(self, most: int) -> None:
        self.pieces: deque[bytes] = deque()
        self.left_out = 0
        self._most, self._size = most, 0

    def add(self, piece: bytes) -> None:
        """Take in a piece, and let go of the oldest."""
        self.pieces.append(piece)
        self._size += len(piece)
        while self._size > self._most:
            gone = len(self.pieces.popleft())
            self._size -= gone
            self.left_out += gone
