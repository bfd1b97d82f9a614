"""What an update makes of a robot's files: the sender's changes come in, and the office's own stand."""

import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gevinst.domain.three_way import Clash, merge

MERGED = (".toml", ".md")  # read line by line; of others, the whole file is ours or theirs


class Change(StrEnum):
    """What becomes of a file."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    OURS = "ours"  #: both have changed it: ours stands


@dataclass(frozen=True, kw_only=True)
class KeyChange:
    """A setting that becomes another."""

    key: str  #: such as gain.case_types.payment.minutes
    before: str  #: "" for none
    after: str


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """A file that the update touches, or leaves although the sender has changed it."""

    name: str  #: below the robot's folder
    change: Change
    keys: Sequence[KeyChange] = ()  #: of TOML
    clashes: Sequence[Clash] = ()


@dataclass(frozen=True, kw_only=True)
class NewFiles:
    """A robot's files after an update, and what of the sender's changes did not come in."""

    files: Mapping[str, bytes]
    clashes: Mapping[str, Sequence[Clash]]


def merged_files(
    base: Mapping[str, bytes], ours: Mapping[str, bytes], theirs: Mapping[str, bytes]
) -> NewFiles:
    """Merge the files of a robot by name.

    Args:
        base: as the office took them in.
        ours: as they are now.
        theirs: of the newer version.

    Raises:
        UnicodeDecodeError: a text is not UTF-8.
    """
    files: dict[str, bytes] = {}
    clashes: dict[str, Sequence[Clash]] = {}
    for name in sorted({*ours, *theirs}):
        content, clash = _merged(name, base.get(name), ours.get(name), theirs.get(name))
        if content is not None:
            files[name] = content
        if clash:
            clashes[name] = clash
    return NewFiles(files=files, clashes=clashes)


def changes(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    clashes: Mapping[str, Sequence[Clash]] | None = None,
) -> list[FileChange]:
    """What is other when files take the place of others, by name.

    Raises:
        ValueError: a TOML file cannot be read.
    """
    clash = clashes or {}
    return [
        _file_change(name, before.get(name), after.get(name), clash.get(name, ()))
        for name in sorted({*before, *after, *clash})
        if before.get(name) != after.get(name) or name in clash
    ]


def _merged(
    name: str, base: bytes | None, ours: bytes | None, theirs: bytes | None
) -> tuple[bytes | None, Sequence[Clash]]:
    if theirs in (base, ours):
        return ours, ()
    if ours == base:
        return theirs, ()
    if name.endswith(MERGED) and None not in (base, ours, theirs):
        made = merge(*(_lines(one or b"") for one in (base, ours, theirs)))
        return "".join(f"{line}\n" for line in made.lines).encode(), made.clashes
    return ours, [Clash(ours=name if ours else "", theirs=name if theirs else "")]


def _lines(content: bytes) -> list[str]:
    """Lines as TOML ends them; splitlines would also break a text at a form feed or a U+2028 in it."""
    return [line.removesuffix("\n") for line in io.StringIO(content.decode("utf-8-sig"), newline=None)]


def _file_change(
    name: str, before: bytes | None, after: bytes | None, clashes: Sequence[Clash]
) -> FileChange:
    if before == after:
        change = Change.OURS
    else:
        change = Change.NEW if before is None else Change.REMOVED if after is None else Change.CHANGED
    is_toml = name.endswith(".toml") and "/" not in name
    keys = _changed_keys(before or b"", after or b"") if is_toml else ()
    return FileChange(name=name, change=change, keys=tuple(keys), clashes=clashes)


def _changed_keys(before: bytes, after: bytes) -> Iterator[KeyChange]:
    old, new = (dict(_flat("", tomllib.loads(one.decode("utf-8-sig")))) for one in (before, after))
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key, "") != new.get(key, ""):
            yield KeyChange(key=key, before=old.get(key, ""), after=new.get(key, ""))


def _flat(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Settings by their whole key; of a list of tables, each by its id or number."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _flat(f"{key}.{name}" if key else name, part)
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        for number, part in enumerate(value, 1):
            yield from _flat(f"{key}[{part.get('id', number)}]", part)
    else:
        yield key, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
