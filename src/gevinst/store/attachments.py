"""Files that people attach to cases, kept by their content's hash in the office's data folder."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from gevinst.app.cases import CaseError
from gevinst.domain.masking import mask_cpr

FOLDER = "vedhaeftet"
LARGEST = 10_000_000  # bytes
NAME_LONGEST = 80
#: Endings that are taken; none of them is run by a browser, and all are given back as downloads.
ENDINGS = frozenset(
    {".pdf", ".png", ".jpg", ".jpeg", ".txt", ".csv", ".xlsx", ".docx", ".eml", ".msg", ".xml"}
)


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that was kept."""

    sha256: str
    name: str  #: as the person called it, without folder and CPR numbers


def keep(folder: Path, name: str, content: bytes) -> Attachment:
    """Keep a file; the same content is kept once.

    Args:
        folder: the office's data.
        name: as the browser sent it.
        content: its bytes.

    Raises:
        CaseError: CAS-007 it is too large, empty or of another kind.
        OSError: it cannot be written.
    """
    plain = name.replace("\\", "/").rpartition("/")[2]
    if Path(plain).suffix.lower() not in ENDINGS or not 0 < len(content) <= LARGEST:
        raise CaseError("CAS-007", endings=", ".join(sorted(ENDINGS)), megabytes=LARGEST // 1_000_000)
    sha256 = hashlib.sha256(content).hexdigest()
    target = folder / FOLDER / sha256
    if not target.exists():
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = target.with_suffix(".tmp")
        draft.write_bytes(content)
        draft.replace(target)
    printable = "".join(sign for sign in plain if sign.isprintable())
    return Attachment(sha256=sha256, name=mask_cpr(printable)[-NAME_LONGEST:])


def find(folder: Path, sha256: str) -> Path | None:
    """The file of a hash; None when it is gone."""
    known = len(sha256) == hashlib.sha256().digest_size * 2 and sha256.isalnum()
    file = folder / FOLDER / sha256
    return file if known and file.is_file() else None
