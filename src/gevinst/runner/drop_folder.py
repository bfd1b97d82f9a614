"""A robot's drop folder: `ind`, `behandles`, `arkiv`, `fejl`; plain looks work on shares too."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from gevinst.app.free_path import free_path
from gevinst.domain.arrival import ARCHIVE, IN, REFUSED, WORK, Look, is_wanted


@dataclass(kw_only=True)
class DropFolderOnDisk:
    """Files are moved by renaming inside the folder, so that each is in one place; none is ever deleted."""

    folder: Path
    pattern: str
    now: Callable[[], datetime]  #: UTC
    _looks: dict[str, Look] = field(default_factory=dict)
    _digests: dict[Path, tuple[Look, str]] = field(default_factory=dict)

    def settled(self) -> Sequence[Path]:
        """See Drop."""
        for name in (IN, WORK, ARCHIVE, REFUSED):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for path in self._unchanged():
            with suppress(PermissionError):  # on Windows another program has it open: next time
                self._move(path, self.folder / WORK)
        return self.taken()

    def taken(self) -> Sequence[Path]:
        """See Drop."""
        found = sorted((self.folder / WORK).iterdir()) if (self.folder / WORK).is_dir() else []
        return [path for path in found if path.is_file() and not path.is_symlink()]

    def archive(self, path: Path, *, refused: bool) -> Path:
        """See Drop."""
        now = self.now()
        target = self.folder / (REFUSED if refused else f"{ARCHIVE}/{now:%Y/%m}")
        target.mkdir(parents=True, exist_ok=True)
        return self._move(path, target)

    def digest(self, path: Path) -> str:
        """See Drop."""
        look = _look(path)
        known = self._digests.get(path)
        if known is None or known[0] != look:  # one that waits for a person is asked for at each look
            with path.open("rb") as file:
                known = self._digests[path] = (look, file_digest(file, "sha256").hexdigest())
        return known[1]

    def _unchanged(self) -> Iterator[Path]:
        before, self._looks = self._looks, {}
        for path in sorted((self.folder / IN).iterdir()):
            if path.is_symlink() or not path.is_file() or not is_wanted(path.name, self.pattern):
                continue
            look = self._looks[path.name] = _look(path)
            if look.size and before.get(path.name) == look:
                yield path

    def _move(self, path: Path, folder: Path) -> Path:
        """Rename into a folder, under a name that nothing there has."""
        target = free_path(folder / path.name)
        self._digests.pop(path, None)
        return path.rename(target)


def _look(path: Path) -> Look:
    stat = path.stat()
    return Look(size=stat.st_size, changed=stat.st_mtime_ns)
