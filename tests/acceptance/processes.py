"""Waiting for, finding and ending child processes of a run under test."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PATIENCE = 60


def wait_until(true: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Wait until something is true.

    Raises:
        TimeoutError: it has not become true.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.05)
    raise TimeoutError


def robots_in(folder: Path) -> list[int]:
    """Processes whose working folder is a run of an office below `folder`."""
    found = []
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            if process.name.isdecimal() and (process / "cwd").readlink().is_relative_to(folder):
                found.append(int(process.name))
    return found


def alive(process: int) -> bool:
    """Whether a process lives; a dead one whose parent has not asked for it does not count."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def kill(processes: list[int]) -> None:
    """End processes at once."""
    for process in processes:
        os.kill(process, signal.SIGKILL)
