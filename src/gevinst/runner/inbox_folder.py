"""A robot's drop folder as people use it from the console; see drop_folder.py for the clock's side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import stat_result
from pathlib import Path
from secrets import token_hex

from gevinst.app.free_path import free_path
from gevinst.app.inbox import WaitingFile, WaitState
from gevinst.domain.arrival import IN, REFUSED, is_wanted

HIDDEN = "."  # names that begin with it are never taken


@dataclass(frozen=True, kw_only=True)
class InboxFolder:
    """See app.inbox.Box."""

    folder: Path
    pattern: str

    def waiting(self) -> Sequence[WaitingFile]:
        """See Box."""
        found = sorted((self.folder / IN).iterdir()) if (self.folder / IN).is_dir() else []
        files = [path for path in found if path.is_file() and not path.is_symlink()]
        return [one for path in files if (one := self._waiting(path))]

    def _waiting(self, path: Path) -> WaitingFile | None:
        try:
            facts = path.stat()
        except OSError:  # the clock took it meanwhile
            return None
        return WaitingFile(
            name=path.name,
            size=facts.st_size,
            changed=datetime.fromtimestamp(facts.st_mtime, UTC),
            state=self._state(path.name, facts),
        )

    def _state(self, name: str, facts: stat_result) -> WaitState:
        if not is_wanted(name, "*"):
            return WaitState.WRITTEN
        if not self.fits(name):
            return WaitState.OTHER
        return WaitState.WAITING if facts.st_size else WaitState.EMPTY

    def fits(self, name: str) -> bool:
        """See Box."""
        return is_wanted(name, self.pattern)

    def put(self, name: str, content: bytes) -> str:
        """See Box."""
        home = self.folder / IN
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f"{HIDDEN}{token_hex(8)}.part"
        try:
            draft.write_bytes(content)
            target = free_path(home / name)
            draft.rename(target)
        except OSError:
            draft.unlink(missing_ok=True)  # a full disk: nothing half stays
            raise
        return target.name

    def put_back(self, path: str, name: str) -> bool:
        """See Box."""
        if not self.holds(path):
            return False
        (self.folder / IN).mkdir(parents=True, exist_ok=True)
        Path(path).rename(free_path(self.folder / IN / name))
        return True

    def holds(self, path: str) -> bool:
        """See Box."""
        file = Path(path)
        return file.parent == self.folder / REFUSED and file.is_file() and not file.is_symlink()
