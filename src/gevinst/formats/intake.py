"""Take in one file: its bytes, its name and its fingerprint, or the reason why it cannot be taken."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from gevinst.domain.finding import Finding, InputRejectedError, Severity
from gevinst.domain.place import Place
from gevinst.formats.file_bytes import (
    BLOCK,
    ChangedError,
    DiskBytes,
    FileBytes,
    HeldBytes,
    digest_of,
)

# A month of a large municipality's main account is some 20 MB of camt. What is read block by block was
# measured up to here: a CSV of that size makes frames of 3.3 GB. What is held whole takes up to ten times its
# size.
LARGEST_BYTES = 1_000_000_000
LARGEST_HELD = 250_000_000
# Below this a file is held from the start: read once, and nobody can change it meanwhile.
SMALL = 8_000_000
HEAD = 8192
MEGABYTE = 1_000_000
UNFINISHED_ENDINGS = (".tmp", ".filepart", ".part", ".partial", ".crdownload", ".download", ".uploading")
OWNER_FILE_START = ("~$", ".~lock.")


@dataclass(frozen=True, kw_only=True)
class Intake:
    """One file that was taken in."""

    name: str  #: file name without folder
    source: FileBytes
    sha256: str  #: of the file, also where `source` is a part of it

    @classmethod
    def of(cls, name: str, content: bytes, *, sha256: str = "") -> "Intake":
        """A file whose bytes are at hand."""
        return cls(name=name, source=HeldBytes(content), sha256=sha256)

    def with_content(self, content: bytes) -> "Intake":
        """The same file with other bytes: a part of it, or without what no reader wants."""
        return replace(self, source=HeldBytes(content))

    @cached_property
    def head(self) -> bytes:
        """The first bytes, enough to tell what a file is.

        Raises:
            InputRejectedError: FIL-006 written to meanwhile.
        """
        return next(self.blocks(HEAD), b"")

    @cached_property
    def content(self) -> bytes:
        """All bytes, for readers that must have the file whole.

        Raises:
            InputRejectedError: FIL-006 written to meanwhile, FIL-009 too large to be held.
        """
        self.refuse_unless_held()
        try:
            return self.source.whole()
        except ChangedError as error:
            raise self.rejected("FIL-006") from error

    @property
    def can_be_held(self) -> bool:
        """Whether it is small enough for a reader that must have it whole."""
        return self.source.size <= LARGEST_HELD

    def refuse_unless_held(self, variant: str = "whole") -> None:
        """Refuse a file that is too large for a reader that must have it whole.

        Args:
            variant: of the message, where it is not the format that asks for it.

        Raises:
            InputRejectedError: FIL-009.
        """
        if not self.can_be_held:
            raise self.rejected(
                "FIL-009",
                size=self.source.size // MEGABYTE,
                limit=LARGEST_HELD // MEGABYTE,
                streamed=LARGEST_BYTES // MEGABYTE,
                variant=variant,
            )

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """All bytes from the first on, in blocks of a size; none is kept.

        Raises:
            InputRejectedError: FIL-006 written to meanwhile.
        """
        try:
            yield from self.source.blocks(size)
        except ChangedError as error:
            raise self.rejected("FIL-006") from error

    def place(self, *, line: int = 0, cell: str = "", sheet: str = "") -> Place:
        """A place in this file."""
        return Place(file=self.name, sheet=sheet, line=line, cell=cell)

    def finding(
        self,
        code: str,
        *,
        line: int = 0,
        found: str = "",
        severity: Severity = Severity.ERROR,
        **facts: str | int,
    ) -> Finding:
        """A finding about this file."""
        return Finding(code=code, place=self.place(line=line), found=found, severity=severity, facts=facts)

    def rejected(
        self, code: str, *, line: int = 0, found: str = "", **facts: str | int
    ) -> InputRejectedError:
        """The exception for a file that this one finding makes unusable."""
        return InputRejectedError([Finding(code=code, place=self.place(line=line), found=found, facts=facts)])


def take_in(path: Path) -> Intake:
    """Look through the whole file once; a small one is held from then on.

    Raises:
        InputRejectedError: FIL-001 empty, FIL-006 still being written, FIL-007 not found, a folder or a link,
            FIL-009 too large.
    """
    place = Place(file=path.name)
    _refuse_other_things(path, place)
    try:
        source: FileBytes = DiskBytes.at(path)
        if source.size > LARGEST_BYTES:
            raise _rejected("FIL-009", place, size=source.size // MEGABYTE, limit=LARGEST_BYTES // MEGABYTE)
        if source.size <= SMALL:
            source = HeldBytes(source.whole())
        sha256, blank = digest_of(source)
    except ChangedError as error:
        raise _rejected("FIL-006", place) from error
    if blank:
        raise _rejected("FIL-001", place)
    return Intake(name=path.name, source=source, sha256=sha256)


def _refuse_other_things(path: Path, place: Place) -> None:
    if path.name.startswith(OWNER_FILE_START) or path.name.lower().endswith(UNFINISHED_ENDINGS):
        raise _rejected("FIL-006", place)
    if path.is_symlink():  # whoever may put files here could show one that only we may read
        raise _rejected("FIL-007", place, folder=path.parent.name, variant="link")
    if path.is_dir():
        raise _rejected("FIL-007", place, folder=path.parent.name, variant="folder")
    if not path.is_file():
        raise _rejected("FIL-007", place, folder=path.parent.name)
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if lock.exists():  # whoever has it open in Excel or LibreOffice may not have saved it
            raise _rejected("FIL-006", place, lock=lock.name, variant="open")


def _rejected(code: str, place: Place, **facts: str | int) -> InputRejectedError:
    return InputRejectedError([Finding(code=code, place=place, facts=facts)])
