"""Who holds a run: a process on a host, told apart from a later process of the same number."""

import os
import socket
from contextlib import suppress
from pathlib import Path

# Fields 3 and 22 of /proc/PID/stat, counted after the command's closing bracket.
_STATE = 0
_START_TIME = 19
_DEAD = frozenset("ZX")  # a killed process stays in the list until its parent has asked for it


def this_process() -> str:
    """Host, process and when it began, such as `host:4711:880123`; the last is "" where it is not known."""
    return f"{socket.gethostname()}:{os.getpid()}:{_began(os.getpid())}"


def is_gone(holder: str) -> bool:
    """Whether a holder was a process of this host that lives no more; never true of another host's."""
    host, _, process = holder.partition(":")
    number, _, began = process.partition(":")
    if host != socket.gethostname() or not number.isdecimal():
        return False
    return not _alive(int(number)) or (began != "" and began != _began(int(number)))


def _alive(process: int) -> bool:
    if os.name == "nt":
        import psutil  # type: ignore[import-untyped]  # noqa: PLC0415 - there on Windows alone

        return bool(psutil.pid_exists(process))
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # of another user
    return _field(process, _STATE) not in _DEAD


def _began(process: int) -> str:
    return _field(process, _START_TIME)


def _field(process: int, number: int) -> str:
    with suppress(OSError, IndexError):
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        return stat.rpartition(")")[2].split()[number]
    return ""
