"""Take in one file: its bytes, its name and its fingerprint, or the reason why it cannot be taken."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from gevinst.domain.finding import Finding, InputRejectedError, Severity
from gevinst.domain.place import Place

# A month of a large municipality's main account is some 20 MB of camt. Above this a wrong file is likelier.
LARGEST_BYTES = 250_000_000
MEGABYTE = 1_000_000
UNFINISHED_ENDINGS = (".tmp", ".filepart", ".part", ".partial", ".crdownload", ".download", ".uploading")
OWNER_FILE_START = ("~$", ".~lock.")


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The bytes of one file."""

    name: str  #: file name without folder
    content: bytes
    sha256: str

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
    """Read the whole file once.

    Raises:
        InputRejectedError: FIL-001 empty, FIL-006 still being written, FIL-007 not found, a folder or a link,
            FIL-009 too large.
    """
    place = Place(file=path.name)
    if path.name.startswith(OWNER_FILE_START) or path.name.lower().endswith(UNFINISHED_ENDINGS):
        raise _rejected("FIL-006", place)
    if path.is_symlink():  # whoever may put files here could show one that only we may read
        raise _rejected("FIL-007", place, folder=path.parent.name, variant="link")
    if path.is_dir():
        raise _rejected("FIL-007", place, folder=path.parent.name, variant="folder")
    if not path.is_file():
        raise _rejected("FIL-007", place, folder=path.parent.name)
    before = path.stat()
    if before.st_size > LARGEST_BYTES:
        raise _rejected("FIL-009", place, size=before.st_size // MEGABYTE, limit=LARGEST_BYTES // MEGABYTE)
    content = path.read_bytes()
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(
        content
    ) != after.st_size:
        raise _rejected("FIL-006", place)
    if not content or content.isspace():
        raise _rejected("FIL-001", place)
    return Intake(name=path.name, content=content, sha256=hashlib.sha256(content).hexdigest())


def _rejected(code: str, place: Place, **facts: str | int) -> InputRejectedError:
    return InputRejectedError([Finding(code=code, place=place, facts=facts)])
