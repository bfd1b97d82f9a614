"""Whose turn it is to write to a SQLite database, when many workers want to.

SQLite lets who waits sleep for up to a tenth of a second and look again, so that the lock stands free
meanwhile and some never get it. A lock of the system wakes the next at once. It only orders: the database's
lock decides.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

if os.name != "nt":
    import fcntl


@contextmanager
def turn_of(database: str | None) -> Iterator[None]:
    """Hold the turn of a SQLite file; where the system has no such lock, or for other databases, nothing."""
    if not database or os.name == "nt":
        yield
        return
    file = os.open(f"{database}-turn", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)  # lets go of the lock, as the end of the process does
