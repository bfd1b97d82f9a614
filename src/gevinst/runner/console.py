"""What a robot prints: its beginning and its end are kept, and CPR numbers and passwords are masked."""

from collections import deque
from pathlib import Path
from typing import BinaryIO

from gevinst.domain.masking import mask_log

KEPT_BYTES = 1_000_000  # half from the beginning, half from the end
LONGEST_PIECE = 10_000  # a line without end is taken in pieces


def keep_console(stream: BinaryIO, file: Path, *, kept: int = KEPT_BYTES) -> None:
    """Drain a process's output, and write at most `kept` bytes of it; a line says what was left out.

    The stream is read to its end even when the file cannot be written: a full pipe would hang the process.
    """
    try:
        _write(stream, file, kept // 2)
    except OSError:
        while stream.read(KEPT_BYTES):
            pass


def _write(stream: BinaryIO, file: Path, half: int) -> None:
    written = 0
    tail = _Tail(half)
    with file.open("wb") as kept:
        while piece := stream.readline(LONGEST_PIECE):
            if written < half:
                written += kept.write(_masked(piece))
                kept.flush()
            else:
                tail.add(piece)
        if tail.left_out:
            kept.write(f"\n[… {tail.left_out} bytes …]\n".encode())
        kept.writelines(map(_masked, tail.pieces))


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


def _masked(piece: bytes) -> bytes:
    return mask_log(piece.decode(errors="replace")).encode()
