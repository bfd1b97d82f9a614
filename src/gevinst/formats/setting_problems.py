"""What is wrong in a settings file, key by key, from pydantic's errors."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from gevinst.app.office import SettingProblem
from gevinst.domain.masking import shown_value

#: Kinds of value by the start of pydantic's error type; the catalogue has setting.expected.<kind>.
_KINDS = {
    "int": "whole",
    "decimal": "number",
    "float": "number",
    "greater_than_equal": "least",
    "greater_than": "larger",
    "less_than_equal": "most",
    "bool": "bool",
    "string_type": "text",
    "string_too_short": "longer",
    "string_pattern": "name",
    "enum": "choice",
    "literal": "choice",
    "date": "date",
    "model": "table",
    "dict": "table",
    "list": "list",
    "tuple": "list",
}
#: Values that our own checks read, by key.
_OWN_KINDS = {
    "when": "when",
    "fee_rate": "rate",
    "tolerance": "amount",
    "tolerance_budget": "amount",
    "four_eyes_above": "amount",
    "path": "path",
    "deadline": "when",
    "after": "after",
    "gives": "queue",
    "takes": "queue",
    "names": "secret",
    "folder": "inside",
    "files": "files",
}
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def problems_of(error: ValidationError, known: Iterable[str]) -> tuple[SettingProblem, ...]:
    """One problem for each of pydantic's errors; `known` are keys to offer for an unknown one."""
    return tuple(_problem(one, list(known)) for one in error.errors())


def _problem(one: Mapping[str, Any], known: list[str]) -> SettingProblem:
    key = ".".join(str(part) for part in one["loc"] if part != "[key]")
    if one["type"] == "missing":
        return SettingProblem(kind="missing", key=key)
    if one["type"] == "extra_forbidden" or one["loc"][-1] == "[key]":
        near = get_close_matches(str(one["loc"][-1]), known, n=1)
        return SettingProblem(kind="unknown", key=key, near=near[0] if near else "")
    limits = {
        name: str(value).replace("'", "") for name, value in one.get("ctx", {}).items() if name != "error"
    }
    return SettingProblem(
        kind="wrong",
        key=key,
        found=shown_value(one["input"]),
        expected=_kind(one),
        limit=next(iter(limits.values()), ""),
    )


def _kind(one: Mapping[str, Any]) -> str:
    own = [_OWN_KINDS[part] for part in one["loc"] if part in _OWN_KINDS]
    if own:
        return own[0]
    return next((kind for start, kind in _KINDS.items() if one["type"].startswith(start)), "other")


def syntax_problem(error: tomllib.TOMLDecodeError | UnicodeDecodeError) -> SettingProblem:
    """Where a file stops being TOML."""
    place = _TOML_PLACE.search(str(error))
    if place:
        return SettingProblem(kind="syntax", key=place[1], found=place[2])
    return SettingProblem(kind="encoding" if isinstance(error, UnicodeDecodeError) else "end", key="")
