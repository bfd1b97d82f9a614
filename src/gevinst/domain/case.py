"""Cases: what a run leaves for people, one to finish each: an open item, or a proposal with its items."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

#: Of a pause longer than this a person's minutes count only so much: they did something else.
LONGEST_THINKING = timedelta(minutes=10)
SUBJECT_LENGTH = 32  # hexadecimal digits
HUNDREDTHS_PER_MINUTE = 100
SECONDS_PER_MINUTE = 60


class CaseKind(StrEnum):
    """What a case is."""

    OPEN = "open"  #: one item without a counterpart
    PROPOSAL = "proposal"  #: items with several equally good answers


class CaseState(StrEnum):
    """Where a case is for people; it is over when a later run has it no more."""

    TO_DO = "to_do"
    WAITING = "waiting"  #: noted, and expected to be settled on a day
    DECIDED = "decided"  #: the next run follows
    AWAITS_APPROVAL = "awaits_approval"  #: decided above the limit; a second person is asked


class CaseEventKind(StrEnum):
    """What a person did with a case."""

    CLAIM = "claim"
    RELEASE = "release"
    NOTE = "note"
    ATTACH = "attach"
    DECIDE = "decide"
    UNDO = "undo"
    APPROVE = "approve"


@dataclass(frozen=True, kw_only=True)
class CaseItem:
    """An item as a case shows it. Texts may name a person: only for those who may see items."""

    side: str  #: left or right
    item_id: str
    booked: date
    amount: int  #: øre
    currency: str
    text: str
    counterparty: str
    reference: str
    document: str
    first_period: str
    age_bank_days: int
    file: str
    sheet: str
    line: int
    cell: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case of a run."""

    run_id: str
    number: int  #: 1, 2, 3 … within the run: proposals first, then open items, as the result has them
    robot: str
    period: str
    subject: str  #: the same for the same items in later runs of the robot
    kind: CaseKind
    cause: str  #: why it is open: cause.<cause>, or because.<cause> for a proposal
    items: tuple[CaseItem, ...]
    suspects: tuple[CaseItem, ...] = ()  #: what an open item may be mistaken for
    alternatives: tuple[
        tuple[tuple[str, ...], tuple[str, ...]], ...
    ] = ()  #: (left ids, right ids), best first
    counterparty: str  #: of the first item; may name a person: only for those who may see items
    text: str  #: of the first item; as counterparty
    amount: int  #: øre; of the left items, or of the right where the left has none
    oldest: date  #: first booking day of its items
    first_period: str  #: in which it was first open

    @property
    def left(self) -> tuple[str, ...]:
        """Ids of its left items."""
        return tuple(item.item_id for item in self.items if item.side == "left")

    @property
    def right(self) -> tuple[str, ...]:
        """Ids of its right items."""
        return tuple(item.item_id for item in self.items if item.side == "right")

    @property
    def key(self) -> str:
        """What an address and a workbook call it."""
        return f"{self.run_id}.{self.number}"


@dataclass(frozen=True, kw_only=True)
class CaseStanding:
    """Where a case is, and with whom; the values of a case that nobody has touched are the defaults."""

    robot: str
    subject: str
    claimed_by: str = ""
    claimed_at: datetime | None = None  #: UTC
    state: CaseState = CaseState.TO_DO
    until: date | None = None  #: the day that a waiting case is expected to be settled
    decision: int = 0  #: number of the decision behind the state
    version: int = 0  #: counts changes; one who changes names the version that they saw


@dataclass(frozen=True, kw_only=True)
class CaseEvent:
    """Something that a person did with a case; kept for ever."""

    robot: str
    subject: str
    run_id: str  #: the run that the person looked at
    kind: CaseEventKind
    who: str
    at: datetime  #: UTC
    text: str = ""  #: may name a person: masked where it is shown
    decision: int = 0
    hundredths: int = 0  #: of a minute that the person spent since the case was claimed
    attachment: str = ""  #: SHA-256 of the file
    attachment_name: str = ""


def case_subject(kind: CaseKind, items: Iterable[tuple[str, str, str]]) -> str:
    """The name of a case that later runs give it too.

    Args:
        kind: of the case.
        items: side, first period and id of each item; an id with its period behind it counts as without.
    """
    plain = sorted(f"{side}|{since}|{name.removesuffix(f' ({since})')}" for side, since, name in items)
    return hashlib.sha256("\n".join([kind, *plain]).encode()).hexdigest()[:SUBJECT_LENGTH]


def minutes_spent(moments: Sequence[datetime]) -> int:
    """Hundredths of a minute over the moments at which a person did something; long pauses are cut off."""
    ordered = sorted(moments)
    gaps = (min(after - before, LONGEST_THINKING) for before, after in pairwise(ordered))
    seconds = sum((gap.total_seconds() for gap in gaps), 0.0)
    return round(seconds * HUNDREDTHS_PER_MINUTE / SECONDS_PER_MINUTE)
