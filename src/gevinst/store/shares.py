"""Whether a file would lie on a network share, where the locks of SQLite cannot be relied on."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

MOUNTS = Path("/proc/self/mountinfo")  # Linux only
SHARED = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "lustre", "fuse.sshfs", "fuse.glusterfs"}
)


def on_a_share(path: Path) -> bool:
    """Whether the path leads to another machine, as far as the system tells."""
    real = path.resolve()  # on Windows this also turns a mapped drive into its \\server\share
    if str(real).startswith("\\\\"):
        return True
    if not MOUNTS.exists():
        return False
    lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    return filesystem_of(real.as_posix(), lines) in SHARED


def filesystem_of(path: str, mounts: Iterable[str]) -> str:
    """Type of the file system that holds an absolute path.

    Args:
        path: absolute, with slashes.
        mounts: lines of mountinfo; a later mount lies over an earlier one at the same place.
    """
    found, depth = "", -1
    for line in mounts:
        left, _, right = line.partition(" - ")
        point = PurePosixPath(_unescaped(left.split(" ")[4]))
        if PurePosixPath(path).is_relative_to(point) and len(point.parts) >= depth:
            found, depth = right.split(" ")[0], len(point.parts)
    return found


def _unescaped(point: str) -> str:
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, char)
    return point
