"""A new robot's files, from the answers to five questions."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

PERIOD_IN_NAME = re.compile(r"(?<!\d)(20\d{2})([-_]?)(0[1-9]|1[0-2])(?!\d)")
VALID_YEARS = 1  # an estimate is to be measured within a year


@dataclass(frozen=True, kw_only=True)
class NewRobot:
    """The answers."""

    id: str
    title: str
    flow: str
    sources: Mapping[str, str]  #: path below the data folder by the source's name, with {period}
    settings: Mapping[str, Any] = field(default_factory=dict)  #: texts, and TOML tables and lists
    process_owner: str
    benefit_owner: str
    controller_group: str
    schedule: str = ""  #: in words; "" for by hand
    minutes: Decimal  #: by hand for one item, as an expert estimates it
    case_types: tuple[str, ...]  #: what the flow counts
    today: date


def path_with_period(name: str, period: str) -> str:
    """A file's path with {period} where the month stands, written as 2026-10; as it is without one.

    A month in another form (202610) stays: the robot would look for a name that nobody writes.
    """
    escaped = name.replace("{", "{{").replace("}", "}}")
    return escaped.replace(period, "{period}")


def period_in(name: str) -> str:
    """The month that a file's name holds, such as 2026-10; "" for none or several."""
    found = {f"{year}-{month}" for year, mark, month in PERIOD_IN_NAME.findall(name) if mark == "-"}
    return found.pop() if len(found) == 1 else ""


def robot_toml(new: NewRobot) -> str:
    """The passport of a robot in trial."""
    return "\n".join(_lines(new)) + "\n"


def _lines(new: NewRobot) -> Iterator[str]:
    yield from (f"id = {_text(new.id)}", f"flow = {_text(new.flow)}", 'phase = "trial"', "")
    yield from ("[title]", f"da = {_text(new.title)}", f"en = {_text(new.title)}", "")
    yield from ("[people]", f"process_owner = {_text(new.process_owner)}")
    yield from (f"benefit_owner = {_text(new.benefit_owner)}",)
    yield from (f"controller_group = {_text(new.controller_group)}", "")
    if new.schedule:
        yield from ("[schedule]", f"when = {_text(new.schedule)}", "")
    for name, path in new.sources.items():
        yield from (f"[sources.{name}]", f"path = {_text(path)}", "min_rows = 1", "")
    if new.settings:
        yield from ("[settings]", *(f"{name} = {_value(value)}" for name, value in new.settings.items()), "")
    yield from ("[gain]", 'kind = "freed_time"')
    for kind in new.case_types:
        yield from ("", f"[gain.case_types.{kind}]", f"minutes = {new.minutes}", 'method = "expert"')
        yield f"measured = {new.today.isoformat()}"
        yield f"valid_until = {_later(new.today).isoformat()}"


def _later(day: date) -> date:
    last = day.replace(day=min(day.day, 28))  # 29 February has no next year
    return last.replace(year=day.year + VALID_YEARS)


def _value(value: object) -> str:
    """A TOML value on one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_text(str(key))} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value, default=str)


def setting_value(text: str) -> object:
    """A setting as it was typed: a TOML table or list where it is written as one, else the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"] if text.startswith(("{", "[")) else text
    except tomllib.TOMLDecodeError:
        return text


def _text(words: str) -> str:
    """A TOML string: JSON escapes as TOML does, but for DEL."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007F")
