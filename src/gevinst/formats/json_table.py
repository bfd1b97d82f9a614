"""Tables in JSON: a list of objects, or one object on each line; the keys are the columns.

What MQTT clients and IoT platforms write. A message's `payload`, an object of its own or the text of one, is
spread out beside the message's other keys; one that is a number is the message's `value`. The moment at which
the message came (`tst`) counts when its payload tells none.
"""

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from gevinst.formats.encoding import decode_clean
from gevinst.formats.grid import Cell, Grid, Syntax
from gevinst.formats.headings import fold
from gevinst.formats.intake import Intake
from gevinst.texts import OFFICE_ZONE

JSON_ENDINGS = (".json", ".jsonl", ".ndjson")
UNREADABLE = "TAB-046"
NOTHING_MEASURED = "no_reading"  # a message of text alone, such as "online"
PAYLOAD, VALUE, CAME, MOMENT = "payload", "value", "tst", "timestamp"
MOMENTS = (MOMENT, "time", "moment")  # as a payload names it, folded
MILLISECONDS_FROM = 100_000_000_000  # a count of seconds this large is of the year 5138
Fields = dict[str, Any]


def json_grids(intake: Intake) -> list[Grid]:
    """The objects of a file as one table; keys that only some have are blank in the others.

    Raises:
        InputRejectedError: TAB-046 no JSON, something else than an object, a key that stands twice, or a
            value that nothing can hold.
    """
    rows: list[dict[str, Cell]] = []
    lines, outside = [], []
    for line, fields in _objects(intake):
        row = _spread(fields)
        if row is None:
            outside.append((line, NOTHING_MEASURED))
            continue
        try:
            rows.append({key: _cell(value) for key, value in row.items()})
        except (ValueError, OverflowError, RecursionError):
            raise intake.rejected(UNREADABLE, line=line) from None
        lines.append(line)
    heads = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[row.get(head, "") for head in heads] for row in rows]
    return [Grid(syntax=Syntax.DELIMITED, rows=[heads, *cells], lines=[0, *lines], outside=outside)]


def _objects(intake: Intake) -> Iterator[tuple[int, Fields]]:
    """Each object with the line that it begins on."""
    text = decode_clean(intake).text
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
    at, line, counted, inside = 0, 1, 0, False
    while (at := _begin(text, at)) < len(text):
        line, counted = line + text.count("\n", counted, at), at
        if text[at] in "[]" and inside == (text[at] == "]"):
            at, inside = at + 1, not inside
            continue
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            raise intake.rejected(UNREADABLE, line=line) from None
        if not isinstance(found, dict):
            raise intake.rejected(UNREADABLE, line=line)
        yield line, found
    if inside:
        raise intake.rejected(UNREADABLE, line=line)


def _begin(text: str, at: int) -> int:
    """Where the next value begins: spaces and commas between values do not count."""
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _once(pairs: list[tuple[str, Any]]) -> Fields:
    fields = dict(pairs)
    if len({fold(key) for key in fields}) < len(pairs):
        raise ValueError("a key stands twice")
    return fields


def _no_number(name: str) -> None:
    raise ValueError(name)


def _spread(fields: Fields) -> Fields | None:
    """A message with its payload beside it; None when the payload is a word and measures nothing."""
    if PAYLOAD not in fields:
        return fields
    payload = _payload(fields[PAYLOAD])
    around = {key: value for key, value in fields.items() if key not in (PAYLOAD, CAME)}
    if isinstance(payload, str) and not any(letter.isdigit() for letter in payload):
        return None
    told: Fields = dict(payload) if isinstance(payload, Mapping) else {VALUE: payload}
    own = [key for key in told if fold(key) in MOMENTS]
    if len(own) == 1:  # all messages tell their moment under one name; two of them are not chosen between
        told[MOMENT] = _moment(told.pop(own[0]))
    elif CAME in fields and not own:
        told[MOMENT] = _moment(fields[CAME])
    return {key: value for key, value in around.items() if key not in told} | told


def _payload(value: Any) -> Any:
    """A payload that is the text of JSON, as what it says."""
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return value
    return found if isinstance(found, dict | int | float) else value


def _moment(value: Any) -> Any:
    """Seconds or milliseconds since 1970 as the office's clock showed them; a text stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        seconds = value / 1000 if value >= MILLISECONDS_FROM else value
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return str(value)
    return moment.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _cell(value: Any) -> Cell:
    """A value as a cell.

    Raises:
        ValueError: half of a pair that stands for one letter.
        OverflowError: a number beyond any that a float holds.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise OverflowError(value)
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text.encode()
    return text
