"""How a person ends a case: the answers that page and workbook offer, and the wish that each is kept as."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from gevinst.app.cases import CaseError
from gevinst.app.decisions import Wish
from gevinst.domain.case import Case
from gevinst.domain.decision import DecisionKind
from gevinst.domain.period import period_end, period_of
from gevinst.texts import Texts

#: Reasons for accepting a difference: case.reason.<key>.
REASONS = ("fee", "rounding", "exchange_rate", "write_off", "bank_error", "timing", "other")
Sides = tuple[tuple[str, ...], tuple[str, ...]]  # ids of the left and of the right items


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


#: How cases of a cause mostly end; a page shows it first, and the person decides.
LIKELY: Mapping[str, Closing] = {
    "fee": Closing.ACCEPT,
    "interest": Closing.ACCEPT,
    "period_end": Closing.WAITS,
    "sign": Closing.CORRECTED,
    "digits": Closing.CORRECTED,
    "double": Closing.CORRECTED,
}


def likely_day(period: str, today: date) -> date | None:
    """When what waits from a period is mostly settled: within the next one; None once that has passed."""
    day = period_end(period_of(period_end(period) + timedelta(days=1)))
    return day if day > today else None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a person says of a case; "" and None stand for what was left blank."""

    closing: Closing
    code: str = ""  #: one of REASONS
    account: str = ""  #: where a difference is booked
    document: str = ""  #: number of the document that corrected it
    until: date | None = None
    text: str = ""


def closing_of(word: str) -> Closing:
    """The answer of a form's word.

    Raises:
        CaseError: CAS-006 it is none.
    """
    if word not in set(Closing):
        raise CaseError("CAS-006", field="how")
    return Closing(word)


def wish_of(
    answer: Answer, case: Case, texts: Texts, *, who: str, at: datetime, sides: Sides | None = None
) -> Wish:
    """The decision that a person wants.

    Args:
        answer: what they said.
        case: of what.
        texts: the language in which the reason is kept.
        who: user name.
        at: now, UTC.
        sides: the items, when they are others than the case's own.

    Raises:
        CaseError: CAS-006 something is missing.
    """
    if answer.closing is Closing.WAITS and answer.until is None:
        raise CaseError("CAS-006", field=texts.get("case.until"))
    left, right = sides or (case.left, case.right)
    settling = answer.closing.kind is not DecisionKind.NOTE
    return Wish(
        kind=answer.closing.kind,
        left=left,
        right=right,
        account=answer.account if settling else "",
        reason=_reason(answer, texts),
        expected=answer.until if answer.closing is Closing.WAITS else None,
        who=who,
        at=at,
        run_id=case.run_id,
    )


def _reason(answer: Answer, texts: Texts) -> str:
    """The reason that is kept.

    Raises:
        CaseError: CAS-006 something is missing.
    """
    if answer.closing is Closing.CORRECTED:
        if not answer.document:
            raise CaseError("CAS-006", field=texts.get("case.document"))
        return _joined(texts.get("case.corrected_by", document=answer.document), answer.text)
    if answer.closing is Closing.ACCEPT and answer.code not in REASONS:
        raise CaseError("CAS-006", field=texts.get("case.code"))
    if answer.closing in (Closing.RETURNED, Closing.WAITS):
        return _joined(texts.get(f"case.how.{answer.closing}"), answer.text)
    return _joined(texts.get(f"case.reason.{answer.code}") if answer.code in REASONS else "", answer.text)


def _joined(first: str, text: str) -> str:
    return ": ".join(part for part in (first, text) if part)
