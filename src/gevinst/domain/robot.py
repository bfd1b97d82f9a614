"""Robots: what one robot is, who owns it, what it reads, and what it may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gevinst.domain.arrival import DropFolder
from gevinst.domain.chain import After
from gevinst.domain.gains import GainCard
from gevinst.domain.occurrence import ClosedDay, LatePolicy, RunMonth
from gevinst.domain.period import previous_period
from gevinst.domain.work_item import ItemRoute


class Phase(StrEnum):
    """How far a robot has come: think big, start small."""

    IDEA = "idea"  #: described, never run
    TRIAL = "trial"  #: computes and shows; delivers nothing, credits nothing
    PRODUCTION = "production"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True)
class People:
    """Who answers for a robot; roles or titles, as the office writes them."""

    process_owner: str
    benefit_owner: str
    controller_group: str
    erp_user: str = ""  #: the robot's own user in the ERP


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file that a robot reads."""

    name: str  #: bank, ledger, balances (a trial balance), or carried (open items of before)
    path: str  #: below the office's folder; {period} stands for 2026-10, {before} for 2026-09
    layout: str = ""  #: id of a layout; "" lets the file be recognised
    account: str = (
        ""  #: the account it must be a statement of ("" accepts any), or the row of a trial balance
    )
    mapping: Mapping[str, str] = field(default_factory=dict)  #: columns by role, where the file needs it
    min_rows: int = 0
    max_rows: int | None = None
    deadline: str = ""  #: when it must have come, in words of a schedule; "" is never
    drift_stops: bool = True  #: a file that cannot be what it says is rejected (see drift); else told

    def path_of(self, period: str) -> str:
        """The path for a period such as 2026-10."""
        return self.path.format(period=period, before=previous_period(period))


@dataclass(frozen=True, kw_only=True)
class Passport:
    """What the register must say of a robot before it may run in production."""

    moves_money: bool
    risk: str  #: probability and consequence
    controls: str
    legal_basis: str
    data_categories: str
    deletion: str  #: when its data are deleted
    exit_plan: str
    review: str  #: ISO date of the next review
    keep: Mapping[str, str] = field(default_factory=dict)  #: how long, by DataKind, where not as `deletion`


#: Parts of the passport that are words, and may not be empty in production.
PASSPORT_WORDS = ("risk", "controls", "legal_basis", "data_categories", "deletion", "exit_plan")


@dataclass(frozen=True, kw_only=True)
class DeliveryPlan:
    """What leaves the folder of a run, once for each period."""

    folder: str  #: below the office's data folder
    files: tuple[str, ...]  #: names in the run's folder, * for any part; what is not there is not delivered
    own_names: bool = False  #: they keep the names they have, instead of robot_period_name


@dataclass(frozen=True, kw_only=True)
class Robot:
    """A robot as its folder describes it."""

    id: str
    title: Mapping[str, str]  #: by language
    flow: str  #: name of the suite under tasks/, without ending
    phase: Phase
    people: People
    sources: Mapping[str, Source]
    settings: Mapping[str, Any] = field(default_factory=dict)  #: of the flow; it says what they are
    schedule: str = ""  #: in words; "" is by hand only
    closed_day: ClosedDay = ClosedDay.RUN  #: when the schedule names a day on which banks are closed
    month: RunMonth = RunMonth.BEFORE  #: which month a run is for when nobody says
    late: LatePolicy = field(default_factory=LatePolicy)  #: what happens with moments at which nothing ran
    timeout_minutes: int = 30
    retries: int = 2  #: new attempts after a technical failure
    four_eyes_above: int | None = None  #: øre; a larger decision counts once a second person has approved it
    gain: GainCard | None = None
    case_texts: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  #: case type → words in the bank's text
    passport: Passport | None = None
    after: After | None = None  #: it runs after others, instead of by a schedule
    items: ItemRoute | None = None  #: its work items
    secrets: tuple[str, ...] = ()  #: names of those that it needs
    arrival: DropFolder | None = None  #: a file that arrives here starts it
    delivery: DeliveryPlan | None = None
    version: str  #: content hash of folder, flow and package

    def missing_for_production(self) -> list[str]:
        """What a robot in production must have and this one has not: keys of its file."""
        if self.phase is not Phase.PRODUCTION:
            return []
        parts = {"gain": self.gain, "passport": self.passport, "people.erp_user": self.people.erp_user}
        words = {f"passport.{name}": getattr(self.passport, name, "-") for name in PASSPORT_WORDS}
        return [name for name, part in {**parts, **words}.items() if not part]
