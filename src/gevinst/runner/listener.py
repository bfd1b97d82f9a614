"""Listener of a run: keeps personal data out of Robot Framework's logs, and writes a journal as the run goes.

The journal is committed step by step, since a `robot` that is killed leaves an output.xml of no use.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gevinst.domain.masking import mask_cpr

ROBOT_LISTENER_API_VERSION = 3
_LEVEL_MARKS = ("*HTML*", "*WARN*", "*INFO*", "*ERROR*", "*DEBUG*", "*TRACE*", "*CONSOLE*")


class Listener:
    """Masks messages, arguments and return values, and appends each step to the journal."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, journal: str) -> None:
        self._journal = Path(journal).open("a", encoding="utf-8")  # noqa: SIM115 - open for the life of the run

    def start_keyword(self, data: Any, result: Any) -> None:  # noqa: ANN401 - Robot Framework's model
        """Mask arguments before anything is written."""
        del data
        result.args = tuple(_safe(str(arg)) for arg in result.args)

    def end_keyword(self, data: Any, result: Any) -> None:  # noqa: ANN401
        """Mask the outcome and note the step."""
        del data
        result.message = _safe(result.message)
        self._write("step", result.name or result.type, result.status, result.message)

    def end_test(self, data: Any, result: Any) -> None:  # noqa: ANN401
        """Mask the outcome of the task and note it."""
        del data
        result.message = _safe(result.message)
        self._write("task", result.name, result.status, result.message)

    def log_message(self, message: Any) -> None:  # noqa: ANN401
        """Mask a message; text from files can never become HTML or change its level."""
        message.message = _safe(message.message)

    def close(self) -> None:
        """End the journal."""
        self._journal.close()

    def _write(self, kind: str, name: str, status: str, message: str) -> None:
        row = {"at": datetime.now(UTC).isoformat(), "kind": kind, "name": name, "status": status}
        if message:
            row["message"] = message
        self._journal.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._journal.flush()
        os.fsync(self._journal.fileno())


def _safe(text: str) -> str:
    masked = mask_cpr(text)
    for mark in _LEVEL_MARKS:
        masked = masked.replace(mark, mark.strip("*"))
    return masked
