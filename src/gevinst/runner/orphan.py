"""A robot ends with the worker that started it.

A worker that is killed cannot stop its child, and the ticket is offered again: without this, the robot would
run beside its successor.
"""

import os
import signal
import threading
import time

SECONDS_BETWEEN_LOOKS = 1.0
EXIT = 137  # as if killed


def end_with_parent() -> None:
    """Watch the parent from a thread, and end this process and its group when it is gone."""
    threading.Thread(target=_watch, args=(os.getppid(),), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while _lives(parent):
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if os.name != "nt" and os.getpgrp() == os.getpid():  # the group is this run's own
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(EXIT)


def _lives(parent: int) -> bool:
    if os.name == "nt":
        import psutil  # type: ignore[import-untyped]  # noqa: PLC0415 - there on Windows alone

        return bool(psutil.pid_exists(parent))
    return os.getppid() == parent
