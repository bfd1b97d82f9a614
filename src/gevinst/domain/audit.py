"""The audit trail: who did what, to what, when and why, in a chain that shows every later change.

Each row holds the hash of the row before it. A change, a deletion and a move break the chain where they
happen. A tail that was cut off leaves a whole chain; an anchor kept elsewhere (an evidence manifest, a mail)
finds it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

from gevinst.domain.masking import mask_cpr

#: What stands before the first row.
FIRST_HASH = "0" * 64
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode  # made once: it costs as much


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """One act: ids, codes and hashes; no text of an item, no person's data but the user name in `who`."""

    at: datetime  #: with a zone
    who: str  #: user name, or the robot
    what: str  #: the act, a code such as run.started
    subject: str  #: id of what was acted on, such as a run id
    detail: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))
    why: str = ""  #: a person's reason; CPR numbers are masked when it is stored

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("the moment of an audit event needs a zone")


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """An event as it stands in the chain."""

    number: int  #: 1, 2, 3 … without gaps
    at: datetime  #: UTC
    who: str
    what: str
    subject: str
    detail: Mapping[str, str | int]
    why: str
    previous_hash: str  #: hash of the row before, FIRST_HASH for the first
    hash: str  #: see row_hash


@dataclass(frozen=True, kw_only=True)
class AuditAnchor:
    """A row's number and hash, kept outside the database, so that a cut tail is found."""

    number: int
    hash: str


class AuditFaultKind(StrEnum):
    """What happened to a row."""

    CHANGED = "changed"  #: its content is not what was hashed, or not what the next row was linked to
    MISSING = "missing"  #: a number is not there
    REORDERED = "reordered"  #: it stands after a row with a higher or the same number


@dataclass(frozen=True, kw_only=True)
class AuditFault:
    """One break of the chain."""

    number: int  #: the row it happened to; the first one of a gap
    kind: AuditFaultKind
    last: int  #: last missing number of a gap; else the row's own number


def canonical_detail(detail: Mapping[str, str | int]) -> str:
    """A detail as the one JSON text that is stored and hashed: sorted keys, no blanks."""
    return _canonical(dict(detail))


def row_hash(row: AuditRow) -> str:
    """SHA-256, in hex, of the canonical JSON of everything in the row but its own hash.

    Anyone can recompute it: keys sorted, no blanks, non-ASCII escaped, the moment in UTC with microseconds.
    """
    content = {
        "number": row.number,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "who": row.who,
        "what": row.what,
        "subject": row.subject,
        "detail": dict(row.detail),
        "why": row.why,
        "previous_hash": row.previous_hash,
    }
    return sha256(_canonical(content).encode("ascii")).hexdigest()


def sealed(event: AuditEvent, previous: AuditAnchor | None) -> AuditRow:
    """The row that this event becomes after `previous` (None: it is the first)."""
    draft = AuditRow(
        number=previous.number + 1 if previous else 1,
        at=event.at.astimezone(UTC),
        who=event.who,
        what=event.what,
        subject=event.subject,
        detail=MappingProxyType(dict(event.detail)),
        why=mask_cpr(event.why),
        previous_hash=previous.hash if previous else FIRST_HASH,
        hash="",
    )
    return replace(draft, hash=row_hash(draft))


def verify(rows: Iterable[AuditRow], anchor: AuditAnchor | None = None) -> list[AuditFault]:
    """Every break of the chain, in the order of the rows; an empty list when it is whole.

    Args:
        rows: all rows in the order they are stored, from the first.
        anchor: a row that must be there with this hash; finds a tail that was cut off or rewritten.
    """
    faults: list[AuditFault] = []
    before: AuditRow | None = None
    anchored = anchor is None
    for row in rows:
        faults.extend(_faults_between(before, row))
        if anchor is not None and row.number == anchor.number:
            anchored = True
            if row.hash != anchor.hash:
                faults.append(_fault(row.number, AuditFaultKind.CHANGED))
        if before is None or row.number > before.number:
            before = row
    if anchor is not None and not anchored and (before is None or before.number < anchor.number):
        first = before.number + 1 if before else 1
        faults.append(_fault(first, AuditFaultKind.MISSING, anchor.number))
    return _once(faults)


def _faults_between(before: AuditRow | None, row: AuditRow) -> Iterator[AuditFault]:
    expected = before.number + 1 if before else 1
    if row.number > expected:
        yield _fault(expected, AuditFaultKind.MISSING, row.number - 1)
    if row.number < expected:
        yield _fault(row.number, AuditFaultKind.REORDERED)
    if row_hash(row) != row.hash:
        yield _fault(row.number, AuditFaultKind.CHANGED)
    elif row.number == expected and row.previous_hash != (before.hash if before else FIRST_HASH):
        # The row itself is as it was hashed, so the one before it was replaced together with its hash.
        yield _fault(before.number if before else row.number, AuditFaultKind.CHANGED)


def _fault(number: int, kind: AuditFaultKind, last: int | None = None) -> AuditFault:
    return AuditFault(number=number, kind=kind, last=number if last is None else last)


def _once(faults: Iterable[AuditFault]) -> list[AuditFault]:
    return list(dict.fromkeys(faults))
