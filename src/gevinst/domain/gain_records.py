"""What is kept of gains beside the ledger: cards as they were, measurements, and the owners' answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from gevinst.domain.audit import AuditEvent
from gevinst.domain.gains import Method
from gevinst.domain.refusal import RefusedError


class GainError(RefusedError):
    """Something about gains that cannot be done."""


@dataclass(frozen=True, kw_only=True)
class KeptCard:
    """A version of a robot's gain card, as it was when it was first used."""

    number: int = 0  #: 1, 2, 3 … over all robots; 0 before it is kept
    robot: str
    version: str  #: hash of its content
    content: Mapping[str, Any]  #: see gain_card.card_values
    who: str
    at: datetime  #: with a zone


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """Minutes of items that a person did by hand, one by one."""

    number: int = 0  #: 1, 2, 3 … over all robots; 0 before it is kept
    robot: str
    case_type: str
    method: Method  #: stopwatch, timestamps or self_report
    minutes: Sequence[Decimal]  #: of each item, two decimals
    source: str  #: a file's name, or stopwatch
    who: str  #: user name of the person who measured
    at: datetime  #: with a zone


class QuarterState(StrEnum):
    """How far a quarter's gain has come. Only a confirmed one is called realised."""

    CALCULATED = "calculated"  #: from the ledger; nobody has answered
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class QuarterAnswer:
    """What a benefit owner has said of a robot's quarter; never changed, a later answer takes its place."""

    number: int = 0  #: 1, 2, 3 … over all robots; 0 before it is kept
    robot: str
    quarter: str  #: such as 2026-Q3
    state: QuarterState  #: confirmed or rejected
    minutes: Decimal  #: net, as the ledger had them, two decimals
    planned: Decimal  #: minutes planned, two decimals
    entries: int  #: entries of the quarter in the ledger
    seal: str  #: SHA-256 of those entries, hex
    reason: str
    who: str  #: user name
    role: str  #: the benefit owner's title, as the card had it
    at: datetime  #: with a zone


@dataclass(frozen=True, kw_only=True)
class GainSum:
    """What stands in the ledger for one robot, month, case type and card version."""

    robot: str
    period: str
    case_type: str
    card_version: str
    items: int  #: credits less reversals; of a cost, its entries less reversals, negative
    minutes: Decimal  #: signed, two decimals


@dataclass(frozen=True, kw_only=True)
class LedgerSeal:
    """The ledger's entries of some months as one hash."""

    entries: int
    sha256: str  #: hex


@dataclass(frozen=True, kw_only=True)
class LedgerHole:
    """An item key whose entries in the ledger do not follow each other."""

    robot: str
    item_key: str
    missing: int  #: the first sequence that is not there


def card_event(card: KeptCard) -> AuditEvent:
    """The card's new version as the audit trail notes it."""
    return AuditEvent(
        at=card.at,
        who=card.who,
        what="gain.card",
        subject=card.robot,
        detail={"version": card.version, "number": card.number},
    )


def measurement_event(one: Measurement) -> AuditEvent:
    """The measurement as the audit trail notes it."""
    detail: dict[str, str | int] = {"case": one.case_type, "n": len(one.minutes), "number": one.number}
    return AuditEvent(at=one.at, who=one.who, what="gain.measured", subject=one.robot, detail=detail)


def answer_event(answer: QuarterAnswer) -> AuditEvent:
    """The answer as the audit trail notes it, with the seal of what was answered."""
    detail: dict[str, str | int] = {
        "number": answer.number,
        "quarter": answer.quarter,
        "minutes": str(answer.minutes),
        "planned": str(answer.planned),
        "entries": answer.entries,
        "seal": answer.seal,
        "role": answer.role,
    }
    return AuditEvent(
        at=answer.at,
        who=answer.who,
        what=f"gain.{answer.state}",
        subject=answer.robot,
        detail=detail,
        why=answer.reason,
    )
