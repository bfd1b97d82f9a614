"""The bytes of one file: held, where it is small, else left on disk and read block by block."""

import errno
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

# Larger ones are no faster to read, and the system gives their memory out anew each time.
BLOCK = 1 << 19
NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)  # Windows has none

#: What shows that a file is another than it was: size, last change by either clock, and its number.
Stamp: TypeAlias = tuple[int, int, int, int]


class ChangedError(Exception):
    """The file on disk is another than the one that was taken in."""


class FileBytes(Protocol):
    """Bytes that can be read again and again."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """All bytes from the first on, in blocks of a size.

        Raises:
            ChangedError: the file was written to.
        """
        ...

    def whole(self) -> bytes:
        """All bytes at once.

        Raises:
            ChangedError: the file was written to.
        """
        ...


@dataclass(frozen=True)
class HeldBytes:
    """Bytes in memory."""

    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.content)

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """All bytes in blocks."""
        for start in range(0, len(self.content), size):
            yield self.content[start : start + size]

    def whole(self) -> bytes:
        """All bytes."""
        return self.content


@dataclass(frozen=True)
class DiskBytes:
    """Bytes of a file that stays on disk. Whoever writes to it meanwhile is found out."""

    path: Path
    stamp: Stamp

    @classmethod
    def at(cls, path: Path) -> "DiskBytes":
        """The file as it is now. A share tells of a file that it opens what it may not know of a path yet.

        Raises:
            ChangedError: the file was taken away, or made a link.
        """
        with _open(path) as file:
            return cls(path, _stamp_of(file))

    @property
    def size(self) -> int:
        """How many there are."""
        return self.stamp[0]

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """All bytes in blocks."""
        with self._opened() as file:
            while block := file.read(size):
                yield block
            self._same(file)

    def whole(self) -> bytes:
        """All bytes."""
        with self._opened() as file:
            content = file.read()
            self._same(file)
        return content

    def _opened(self) -> BinaryIO:
        file = _open(self.path)
        try:
            self._same(file)
        except ChangedError:
            file.close()
            raise
        return file

    def _same(self, file: BinaryIO) -> None:
        if _stamp_of(file) != self.stamp:
            raise ChangedError


def _open(path: Path) -> BinaryIO:
    """A file, open, but nothing that a link leads to: somebody may have put one in its place meanwhile."""
    try:
        return open(path, "rb", opener=lambda name, flags: os.open(name, flags | NO_LINK))
    except FileNotFoundError as error:
        raise ChangedError from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ChangedError from error
        raise


def _stamp_of(file: BinaryIO) -> Stamp:
    """The stamp of a file. Whoever writes to it can set the one time back, but not that of the system."""
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def digest_of(source: FileBytes) -> tuple[str, bool]:
    """The SHA-256 of bytes, hex, and whether they are nothing but white space.

    Raises:
        ChangedError: the file was written to.
    """
    digest = hashlib.sha256()
    blank = True
    for block in source.blocks():
        digest.update(block)
        blank = blank and block.isspace()
    return digest.hexdigest(), blank
