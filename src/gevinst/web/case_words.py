"""What the work list and a case show, as plain facts for their templates."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gevinst.app.cases import CaseError, ListedCase
from gevinst.app.ports import CarriedItem
from gevinst.domain.case import Case, CaseItem, CaseKind
from gevinst.domain.decision import DecisionKind
from gevinst.domain.masking import mask_cpr
from gevinst.domain.robot import Robot
from gevinst.texts import Texts

if TYPE_CHECKING:
    from gevinst.store.opening import StoreParts


class Closing(StrEnum):
    """How a person ends a case; the catalogue has case.how.<value>."""

    MATCH = "match"  #: the items belong together
    ACCEPT = "accept"  #: the amount is accepted as a difference
    CORRECTED = "corrected"  #: it was corrected in the ERP, by a document
    RETURNED = "returned"  #: sent back to whoever it came from
    WAITS = "waits"  #: expected to be settled on a day

    @property
    def kind(self) -> DecisionKind:
        """The decision that it is kept as."""
        if self in (Closing.MATCH, Closing.ACCEPT):
            return DecisionKind(self.value)
        return DecisionKind.NOTE

    def words(self, texts: Texts, *, code: str, document: str, text: str) -> str:
        """The reason that is kept.

        Raises:
            CaseError: CAS-006 something is missing.
        """
        if self is Closing.CORRECTED:
            if not document:
                raise CaseError("CAS-006", field=texts.get("case.document"))
            return _joined(texts.get("case.corrected_by", document=document), text)
        if self is Closing.ACCEPT and code not in REASONS:
            raise CaseError("CAS-006", field=texts.get("case.code"))
        named = texts.get(f"case.reason.{code}") if code in REASONS else ""
        said = texts.get(f"case.how.{self}") if self in (Closing.RETURNED, Closing.WAITS) else named
        return _joined(said, text)


#: Reasons for accepting a difference: case.reason.<key>.
REASONS = ("fee", "rounding", "exchange_rate", "write_off", "bank_error", "timing", "other")


def _joined(first: str, text: str) -> str:
    return ": ".join(part for part in (first, text) if part)


def list_facts(listed: ListedCase, texts: Texts) -> dict[str, Any]:
    """A row of the list."""
    return {
        "case": listed.case,
        "standing": listed.standing,
        "why": why_words(listed.case, texts),
        "what": mask_cpr(" · ".join(part for part in (listed.case.counterparty, listed.case.text) if part)),
        "age": max(item.age_bank_days for item in listed.case.items),
    }


def why_words(case: Case, texts: Texts) -> str:
    """Why a case is open, in one sentence."""
    if case.kind is CaseKind.PROPOSAL:
        return texts.get("case.proposal", count=max(len(case.alternatives), 2), amount=abs(case.amount))
    others = case.items[1:] or case.suspects
    key = f"cause.{case.cause}"
    if not others and texts.has(f"{key}.alone"):
        return texts.get(f"{key}.alone")
    facts: dict[str, Any] = {
        "suspect": mask_cpr(others[0].item_id) if others else "",
        "difference": texts.amount(_apart(case.items[0], others[0])) if others else "",
        "since": case.first_period,
        "proposal": "",
    }
    return texts.get(key, **facts) if texts.has(key) else texts.get("cause.no_counterpart_bank")


def _apart(one: CaseItem, other: CaseItem) -> int:
    return abs(one.amount - other.amount)


def case_facts(listed: ListedCase, robot: Robot, parts: "StoreParts", texts: Texts) -> Mapping[str, Any]:
    """What a case's page shows, beside who looks at it."""
    case = listed.case
    sums = {side: sum(item.amount for item in case.items if item.side == side) for side in ("left", "right")}
    decisions = {one.number: one for one in parts.runs.decisions(case.robot)}
    history = parts.cases.of_counterparty(case.robot, case.counterparty) if case.counterparty else ()
    return {
        "case": case,
        "standing": listed.standing,
        "robot": robot,
        "why": why_words(case, texts),
        "sides": [
            (side, [item for item in case.items if item.side == side], sums[side])
            for side in ("left", "right")
        ],
        "difference": sums["left"] - sums["right"],
        "candidates": [] if case.alternatives else _candidates(parts, case),
        "decision": decisions.get(listed.standing.decision),
        "events": parts.cases.events(case.robot, case.subject),
        "history": [one for one in history if one.subject != case.subject][:10],
        "reasons": REASONS,
        "hows": list(Closing),
        "one_sided": bool(case.left) != bool(case.right),
    }


def _candidates(parts: "StoreParts", case: Case) -> list[CarriedItem]:
    suspects = {(item.side, item.item_id) for item in case.suspects}
    found = parts.cases.candidates(case)
    return sorted(found, key=lambda item: (str(item.side), item.item_id) not in suspects)
