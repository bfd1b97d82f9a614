"""The robots as clock and workers see them: read again only when a file of their folders has changed."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from gevinst.domain.robot import Robot

SECONDS_BETWEEN_LOOKS = 5.0


@dataclass(kw_only=True)
class Shelf:
    """Keeps the robots that can be read; threads may share it."""

    load: Callable[[], Sequence[Robot]]
    stamp: Callable[[], Hashable]  #: changes when a file does
    monotonic: Callable[[], float]

    def __post_init__(self) -> None:
        self._turn = Lock()
        self._stamp: Hashable = None
        self._robots: Sequence[Robot] = ()
        self._looked: float | None = None

    def robots(self) -> Sequence[Robot]:
        """The robots as they were when they were last looked at."""
        if self._looked is None:
            self.changed()
        return self._robots

    def changed(self) -> bool:
        """Whether they have changed since the last call; looks every five seconds."""
        with self._turn:
            if self._looked is not None and self.monotonic() - self._looked < SECONDS_BETWEEN_LOOKS:
                return False
            self._looked = self.monotonic()
            stamp = self.stamp()
            if stamp == self._stamp:
                return False
            self._stamp, self._robots = stamp, self.load()
            return True


def stamp_of(folder: Path) -> Hashable:
    """Names and times of the files in the robots' folders."""
    try:
        return tuple(sorted((str(path), path.stat().st_mtime_ns) for path in folder.glob("*/*.toml")))
    except OSError:  # a file went away between listing and looking
        return None
