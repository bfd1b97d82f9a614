"""Listener of a run: keeps personal data out of Robot Framework's logs, and writes a journal as the run goes.

The journal is committed step by step, since a `robot` that is killed leaves an output.xml of no use.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gevinst import collect_seldom
from gevinst.domain.masking import mask_log
from gevinst.runner import given_secrets
from gevinst.runner.orphan import end_with_parent
from gevinst.runner.progress_file import PROGRESS

ROBOT_LISTENER_API_VERSION = 3
_LEVEL_MARKS = ("*HTML*", "*WARN*", "*INFO*", "*ERROR*", "*DEBUG*", "*TRACE*", "*CONSOLE*")
#: A run logs some 10,000 characters. These hold back what would fill the disk.
LONGEST_MESSAGE = 20_000
MOST_CHARACTERS = 2_000_000
RELEASE = "Release Input Work Item"
# rpaframework says so after each failed task, also of an item that the flow has released otherwise.
UNTRUE_RELEASE = "Releasing FAILED input item with APPLICATION error"


class SafeLog:
    """Masks messages, arguments and return values, and keeps the log short and true.

    The library of the flows is this listener too, so that the logs are safe without our runner.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self._characters = 0
        self._released = False

    def start_keyword(self, data: Any, result: Any) -> None:
        """Mask arguments before anything is written."""
        del data
        result.args = tuple(_safe(str(arg)) for arg in result.args)

    def end_keyword(self, data: Any, result: Any) -> None:
        """Mask the outcome."""
        del data
        result.message = _safe(result.message)
        self._released = self._released or (result.name == RELEASE and result.passed)

    def start_for_iteration(self, data: Any, result: Any) -> None:
        """Mask what the variables of a loop are given."""
        del data
        result.assign = {name: _safe(value) for name, value in result.assign.items()}

    def end_test(self, data: Any, result: Any) -> None:
        """Mask the outcome of the task, and what a flow can set of it."""
        del data
        result.message = _safe(result.message)
        result.doc, result.name = _safe(result.doc), _safe(result.name)
        result.tags = [_safe(tag) for tag in result.tags]

    def end_suite(self, data: Any, result: Any) -> None:
        """Mask what a flow can set of its suite."""
        del data
        result.message, result.doc = _safe(result.message), _safe(result.doc)
        for name, value in result.metadata.items():
            result.metadata[name] = _safe(value)

    def message(self, message: Any) -> None:
        """Mask what Robot Framework says itself, such as errors of libraries."""
        message.message = _safe(str(message.message))

    def log_message(self, message: Any) -> None:
        """Mask a message, or leave it out; text from files can never become HTML or change its level."""
        if message.message is None:
            return
        self._characters += min(len(message.message), LONGEST_MESSAGE)
        untrue = self._released and message.message.startswith(UNTRUE_RELEASE)
        too_much = self._characters > MOST_CHARACTERS and message.level not in ("WARN", "ERROR", "FAIL")
        message.message = None if untrue or too_much else _safe(message.message)


class Listener(SafeLog):
    """Keeps the log safe, and appends each step to the journal."""

    def __init__(self, journal: str) -> None:
        super().__init__()
        collect_seldom()
        given_secrets.take()
        end_with_parent()
        self._journal = Path(journal).open("a", encoding="utf-8")  # noqa: SIM115 - open for the life of the run

    def start_group(self, data: Any, result: Any) -> None:
        """Tell the runner which phase begins."""
        del data
        PROGRESS.say(phase=_safe(result.name), at_once=True)

    def end_keyword(self, data: Any, result: Any) -> None:
        """Mask the outcome and note the step."""
        super().end_keyword(data, result)
        self._write("step", result.name or result.type, result.status, result.message)

    def end_test(self, data: Any, result: Any) -> None:
        """Mask the outcome of the task and note it."""
        super().end_test(data, result)
        self._write("task", result.name, result.status, result.message)

    def close(self) -> None:
        """End the journal."""
        self._journal.close()

    def _write(self, kind: str, name: str, status: str, message: str) -> None:
        row = {"at": datetime.now(UTC).isoformat(), "kind": kind, "name": _safe(name), "status": status}
        if message:
            row["message"] = message
        self._journal.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._journal.flush()
        os.fsync(self._journal.fileno())


def _safe(text: str) -> str:
    text = given_secrets.SCRUBBER.scrub(text)
    left_out = len(text) - LONGEST_MESSAGE
    masked = mask_log(text, LONGEST_MESSAGE) + (f" […{left_out}]" if left_out > 0 else "")
    for mark in _LEVEL_MARKS:
        masked = masked.replace(mark, mark.strip("*"))
    return masked
