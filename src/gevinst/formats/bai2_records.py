"""The records of a BAI2 file: each with its line, its fields and its continuations.

Banks put several records in one line, leave out the slash that ends one, and break a text wherever they like.
A line that begins with no record code is more of the text before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gevinst.formats.physical_lines import physical_lines

CODES = frozenset({"01", "02", "03", "16", "49", "88", "98", "99"})
_NEXT = re.compile(r"/\s+(?=(?:01|02|03|16|49|88|98|99),)")


@dataclass(kw_only=True, slots=True)
class Record:
    """One record with its continuations (88)."""

    code: str  #: "" for a line before the first record
    line: int
    fields: list[str]  #: after the code
    physical: int = 1  #: records counted, continuations too
    lines: list[str] = field(default_factory=list)  #: as they stood

    def get(self, index: int) -> str:
        """A field counted from 0 after the code, or ""."""
        return self.fields[index].strip() if index < len(self.fields) else ""


def records_of(text: str) -> Iterator[Record]:
    """Every record in order, whole."""
    record: Record | None = None
    for number, piece in _pieces(text):
        code = piece[:2] if piece[2:3] == "," and piece[:2] in CODES else ""
        if code == "88" and record:
            record.fields.extend(_fields(piece)[1:])
            record.physical += 1
            record.lines.append(piece)
        elif not code and record and record.code == "16":
            record.fields.extend(_fields(piece))
            record.lines.append(piece)
        else:
            if record:
                yield record
            record = Record(code=code, line=number, fields=_fields(piece)[1:], lines=[piece])
    if record:
        yield record


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(physical_lines(text), start=1):
        for piece in _NEXT.split(line):
            if piece.strip():
                yield number, piece.strip()


def _fields(piece: str) -> list[str]:
    """The fields of a record without the slash that ends it."""
    return piece.removesuffix("/").split(",")
