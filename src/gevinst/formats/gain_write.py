"""Write a measured baseline into a robot's file, and change nothing else in it."""

import re
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gevinst.formats.robot_folder import ROBOT_FILE

_TABLE = re.compile(r"^\s*\[")
_KEY = re.compile(r"^\s*(\w+)\s*=")
#: Keys that a measurement takes the place of.
REPLACED = frozenset({"minutes", "sd", "n", "method", "measured", "measured_by", "valid_until", "estimate"})


class NotWrittenError(Exception):
    """The file cannot be changed safely; the catalogue has gain.write.<reason>."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def write_baseline(folder: Path, table: str, lines: Sequence[str]) -> Path:
    """Put the lines in place of those that a table of robot.toml has; gives the file.

    Comments and all other lines stay as they are. The new text is read again before it takes the place of the
    old one.

    Raises:
        NotWrittenError: the file has no such table on lines of its own.
        OSError: the file cannot be written.
    """
    file = folder / ROBOT_FILE
    text = file.read_bytes().decode("utf-8-sig")
    changed = _changed(text, table, lines)
    if _others(text, table) != _others(changed, table) or not _holds(changed, table, lines):
        raise NotWrittenError("many")
    draft = file.with_name(f"{file.name}.tmp")
    draft.write_bytes(changed.encode())
    shutil.copymode(file, draft)
    return draft.replace(file)


def _changed(text: str, table: str, lines: Sequence[str]) -> str:
    old = text.splitlines(keepends=True)
    start = next((at for at, line in enumerate(old) if line.strip() == f"[{table}]"), None)
    if start is None:
        raise NotWrittenError("no_table")
    end = next((at for at in range(start + 1, len(old)) if _TABLE.match(old[at])), len(old))
    kept = [line for line in old[start + 1 : end] if not _is_replaced(line)]
    ending = "\r\n" if old[start].endswith("\r\n") else "\n"
    return "".join([*old[: start + 1], *(f"{line}{ending}" for line in lines), *kept, *old[end:]])


def _is_replaced(line: str) -> bool:
    found = _KEY.match(line)
    return bool(found and found[1] in REPLACED)


def _others(text: str, table: str) -> Mapping[str, Any]:
    """All that the text says but what is replaced in the table."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise NotWrittenError("many") from None
    for key in REPLACED:
        _table(content, table).pop(key, None)
    return content


def _holds(text: str, table: str, lines: Sequence[str]) -> bool:
    found = _table(tomllib.loads(text), table)
    return all(found.get(key) == value for key, value in tomllib.loads("\n".join(lines)).items())


def _table(content: dict[str, Any], table: str) -> dict[str, Any]:
    for name in table.split("."):
        content = content.get(name, {})
    return content
