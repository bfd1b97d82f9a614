"""Decisions: what people have decided about items, kept for ever, and inputs of each later run.

A decision is never changed or deleted. An undo is a decision of its own, and restores what was before.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256

from gevinst.domain.audit import AuditEvent
from gevinst.domain.refusal import RefusedError


class DecisionKind(StrEnum):
    """What was decided."""

    MATCH = "match"  #: these items belong together
    UNMATCH = "unmatch"  #: these items do not belong together
    ACCEPT = "accept"  #: items of one side are accepted as a difference, booked to an account
    NOTE = "note"  #: what is known of items, and when they are expected to be settled
    UNDO = "undo"  #: an earlier decision no longer counts
    APPROVE = "approve"  #: a second person agrees to an earlier decision


#: What made a match that people have decided, in the place of a pass id.
DECIDED = "decision"
#: Kinds that say something of items; the others say something of an earlier decision.
OF_ITEMS = frozenset({DecisionKind.MATCH, DecisionKind.UNMATCH, DecisionKind.ACCEPT, DecisionKind.NOTE})
#: Kinds that take items off the open list.
SETTLING = frozenset({DecisionKind.MATCH, DecisionKind.ACCEPT})


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision. Ids are those of the items in the run that the person looked at."""

    number: int = 0  #: 1, 2, 3 … in the order they were made, over all robots; 0 before it is kept
    robot: str
    period: str  #: of that run
    kind: DecisionKind
    left: tuple[str, ...] = ()  #: item ids
    right: tuple[str, ...] = ()  #: item ids
    amount_left: int = 0  #: øre, sum of the left items as they were
    amount_right: int = 0  #: øre, sum of the right items as they were
    account: str = ""  #: where a difference is booked
    reason: str = ""  #: the person's words; may name a person: masked where it is shown
    expected: date | None = None  #: when a noted item should be settled
    who: str  #: user name
    at: datetime  #: UTC
    run_id: str  #: the run that the person looked at
    undoes: int = 0  #: number of the decision that an undo undoes
    approves: int = 0  #: number of the decision that an approval approves
    needs_approval: bool = False  #: counts only once a second person has approved it

    @property
    def difference(self) -> int:
        """Left less right, øre."""
        return self.amount_left - self.amount_right

    @property
    def size(self) -> int:
        """The larger of its sides, øre, without sign."""
        return max(abs(self.amount_left), abs(self.amount_right))

    @property
    def about(self) -> int:
        """Number of the decision that it undoes or approves; 0 for one about items."""
        return self.undoes or self.approves


class DecisionError(RefusedError):
    """A decision that cannot be taken."""


class Standing(StrEnum):
    """Whether a decision counts."""

    IN_FORCE = "in_force"
    AWAITS_APPROVAL = "awaits_approval"
    UNDONE = "undone"


def standing_of(decision: Decision, decisions: Iterable[Decision]) -> Standing:
    """Whether a decision counts, given all that were made."""
    later = [one for one in decisions if one.about == decision.number and one.about]
    if any(one.kind is DecisionKind.UNDO for one in later):
        return Standing.UNDONE
    approved = any(one.kind is DecisionKind.APPROVE and one.who != decision.who for one in later)
    return Standing.IN_FORCE if approved or not decision.needs_approval else Standing.AWAITS_APPROVAL


def in_force(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions about items that count, by number: neither undone nor waiting for a second person."""
    undone = {one.undoes for one in decisions if one.undoes}
    makers = {one.number: one.who for one in decisions}
    approved = {one.approves for one in decisions if one.approves and one.who != makers.get(one.approves)}
    return sorted(
        (
            one
            for one in decisions
            if one.kind in OF_ITEMS
            and one.number not in undone
            and (one.number in approved or not one.needs_approval)
        ),
        key=lambda one: one.number,
    )


def content_hash(decision: Decision) -> str:
    """SHA-256, in hex, of all that the decision says, so that a later change of its row is found."""
    values = {field.name: getattr(decision, field.name) for field in fields(decision)}
    values["at"] = decision.at.astimezone(UTC).isoformat(timespec="microseconds")
    values["expected"] = decision.expected.isoformat() if decision.expected else ""
    return sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def audit_event(decision: Decision) -> AuditEvent:
    """The decision as the audit trail notes it; ids are counted, since one may hold a person's number."""
    detail: dict[str, str | int] = {
        "robot": decision.robot,
        "period": decision.period,
        "run": decision.run_id,
        "left": len(decision.left),
        "right": len(decision.right),
        "difference": decision.difference,
        "content": content_hash(decision),
    }
    if decision.about:
        detail["about"] = decision.about
    if decision.needs_approval:
        detail["needs_approval"] = 1
    return AuditEvent(
        at=decision.at,
        who=decision.who,
        what=f"decision.{decision.kind}",
        subject=f"decision {decision.number}",
        detail=detail,
        why=decision.reason,
    )
