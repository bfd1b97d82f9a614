"""Change one rule of a posting rule file, and leave all else in it as it stands; the old file is kept."""

import csv
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from gevinst.app.office import ConfigurationError
from gevinst.domain.posting_rules import INACTIVE, RULES, WORD_FIELDS, PostingRule
from gevinst.formats.delimited import read_delimited
from gevinst.formats.encoding import decode_clean
from gevinst.formats.grid import Row, cell_text
from gevinst.formats.headings import fold
from gevinst.formats.intake import take_in
from gevinst.formats.toml_table import TOML_ENDING

_FORMULA_STARTS = "=+-@"
HISTORY = "historik"
#: A # before a word of a cell, which makes a rule inactive.
_MARK = re.compile(rf"(^|,)\s*{INACTIVE}\s*")
_TOML_MARK = re.compile(rf"([\"',])\s*{INACTIVE}\s*")
_HEADINGS = {column.key: column.headings for column in RULES.columns}


@dataclass(frozen=True, kw_only=True)
class RuleFileChange:
    """A rule file before and after a change."""

    before: str  #: SHA-256
    after: str
    kept: Path  #: the file as it stood


def change_rule(
    path: Path, rule: PostingRule, changes: Mapping[str, str], check: Callable[[Path], object]
) -> RuleFileChange:
    """Write new values into a rule's row; a column that the file lacks is added.

    Args:
        path: a CSV or TOML file of the shape RULES.
        rule: as it was read from this file.
        changes: values by the keys of RULES; `status` also takes a # before the words away.
        check: reads the changed file before it takes its place; what it raises leaves all as it stands.

    Raises:
        ConfigurationError: CFG-070, the file is of a kind that only people change, such as a workbook;
            CFG-074, someone else has changed it meanwhile.
        OSError: the folder cannot be written; the file stands as it stood.
    """
    content = path.read_bytes()
    safe = {key: " ".join(value.split()).lstrip(_FORMULA_STARTS) for key, value in changes.items()}
    if path.suffix.casefold() == TOML_ENDING:
        changed = _toml(content.decode("utf-8-sig"), rule, safe).encode()
    elif path.suffix.casefold() in (".csv", ".txt"):
        changed = _csv(path, rule, safe).encode("utf-8-sig")
    else:
        raise ConfigurationError("CFG-070", file=path.name)
    return _replace(path, content, changed, check)


def _csv(path: Path, rule: PostingRule, changes: Mapping[str, str]) -> str:
    grid, assumed = read_delimited(decode_clean(take_in(path)).utf8)
    rows = [[cell_text(cell) for cell in row] for row in grid.rows]
    header = next(at for at, row in enumerate(rows) if _is_header(row))
    at = list(grid.lines).index(rule.place.line)
    for key, value in changes.items():
        _put(rows[header], rows[at], key, value)
    for key in WORD_FIELDS if "status" in changes else ():
        place = _column(rows[header], key)
        rows[at][place] = _MARK.sub(r"\1", rows[at][place])
    out = StringIO()
    csv.writer(out, delimiter=assumed.taken, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _is_header(row: Row) -> bool:
    names = {fold(cell_text(cell)) for cell in row}
    needed = [column for column in RULES.columns if column.required]
    return all(any(fold(heading) in names for heading in column.headings) for column in needed)


def _column(header: list[str], key: str) -> int:
    wanted = {fold(heading) for heading in _HEADINGS[key]}
    return next((at for at, name in enumerate(header) if fold(name) in wanted), -1)


def _put(header: list[str], row: list[str], key: str, value: str) -> None:
    place = _column(header, key)
    if place < 0:
        place = len(header)
        header.append(_HEADINGS[key][0])
    row += [""] * (place + 1 - len(row))
    row[place] = value


def _toml(text: str, rule: PostingRule, changes: Mapping[str, str]) -> str:
    """The lines between the rule's [[…]] and the next one, with keys put in place or added."""
    lines = text.splitlines()
    start = rule.place.line
    end = next((at for at in range(start, len(lines)) if lines[at].lstrip().startswith("[[")), len(lines))
    for key, value in changes.items():
        names = {fold(heading) for heading in _HEADINGS[key]}
        written = f"{_toml_key(key)} = {json.dumps(value, ensure_ascii=False)}"
        for at in range(start, end):
            if _toml_name(lines[at]) in names:
                lines[at] = written
                break
        else:
            lines.insert(start, written)
            end += 1
    word_names = {fold(heading) for key in WORD_FIELDS for heading in _HEADINGS[key]}
    for at in range(start, end) if "status" in changes else ():
        if _toml_name(lines[at]) in word_names:
            lines[at] = _TOML_MARK.sub(r"\1", lines[at])
    return "\n".join(lines) + "\n"


def _toml_name(line: str) -> str:
    return fold(line.partition("=")[0].strip().strip('"'))


def _toml_key(key: str) -> str:
    plain = (one for one in reversed(_HEADINGS[key]) if one.isascii() and " " not in one)
    return next(plain).casefold()


def _replace(path: Path, before: bytes, after: bytes, check: Callable[[Path], object]) -> RuleFileChange:
    old = hashlib.sha256(before).hexdigest()
    kept = path.parent / HISTORY / f"{path.stem}_{old[:12]}{path.suffix}"
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(before)
    draft = path.with_name(f".{path.stem}.ny{path.suffix}")
    try:
        draft.write_bytes(after)
        check(draft)
        if path.read_bytes() != before:
            raise ConfigurationError("CFG-074", file=path.name)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return RuleFileChange(before=old, after=hashlib.sha256(after).hexdigest(), kept=kept)
