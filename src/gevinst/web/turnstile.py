"""How many may do a heavy thing at once: each person, and all together."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class BusyError(Exception):
    """So many do it already that another would make all wait."""


class Turnstile:
    """Lets some in at a time; nobody waits in front of it."""

    def __init__(self, *, each: int, together: int) -> None:
        self._each = each
        self._together = together
        self._inside: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def enter(self, user: str) -> Iterator[None]:
        """Be inside for as long as it takes.

        Raises:
            BusyError: the person, or all together, are inside as often as they may.
        """
        with self._lock:
            if self._inside[user] >= self._each or self._inside.total() >= self._together:
                raise BusyError
            self._inside[user] += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside[user] -= 1
                if not self._inside[user]:
                    del self._inside[user]
