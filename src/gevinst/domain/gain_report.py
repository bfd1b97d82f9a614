"""The gain report as values: what every page, workbook, list and the console show of gains.

Hours are `Decimal`, amounts øre in the prices of the report's year. Kinds of gain stand beside each other
and are never added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from gevinst.domain.gain_quality import Share
from gevinst.domain.gain_records import GainSum, QuarterState
from gevinst.domain.gain_terms import Indicator
from gevinst.domain.gains import Baseline, GainKind, Grade, ValueTotals, totals_by_kind

NO_HOURS = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Hours:
    """Hours by the low, middle and high end of the baselines' intervals."""

    low: Decimal = NO_HOURS  #: the cautious figure, the headline
    middle: Decimal = NO_HOURS
    high: Decimal = NO_HOURS
    known: bool = True  #: False: low and high leave out a case type that has too few measurements to know

    def __add__(self, other: "Hours") -> "Hours":
        return Hours(
            low=self.low + other.low,
            middle=self.middle + other.middle,
            high=self.high + other.high,
            known=self.known and other.known,
        )


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """Øre by the low, middle and high hours."""

    low: int = 0
    middle: int = 0
    high: int = 0

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            low=self.low + other.low, middle=self.middle + other.middle, high=self.high + other.high
        )


@dataclass(frozen=True, kw_only=True)
class Warned:
    """Something a reader must know. The catalogue has gain.warn.<code>."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CaseGain:
    """What one case type came to, by one version of the card."""

    name: str
    card_version: str
    items: int
    minutes: Decimal  #: as they stand in the ledger
    baseline: Baseline | None  #: None: that version of the card was not kept
    grade: Grade | None  #: on the day of the report
    stale: bool  #: its last valid day is past: shown grey


@dataclass(frozen=True, kw_only=True)
class MonthGain:
    """One month of a robot."""

    period: str
    counts: bool  #: the robot was in operation
    items: int  #: credited
    gross: Decimal
    costs: Decimal  #: hours of supervision, rework and exceptions
    hours: Hours  #: net
    planned: Decimal
    value: Amounts
    running_cost: int

    @property
    def net(self) -> int:
        """Formula 7, by the middle hours."""
        return self.value.middle - self.running_cost


@dataclass(frozen=True, kw_only=True)
class QuarterGain:
    """One quarter of a robot, with the benefit owner's answer."""

    quarter: str
    ended: bool
    state: QuarterState
    hours: Decimal  #: net, as the ledger has it now
    planned: Decimal
    realised: Decimal  #: as confirmed; 0 without confirmation
    share: Decimal | None  #: hours by planned; None where nothing was planned
    reason: str = ""
    who: str = ""
    role: str = ""
    at: datetime | None = None
    changed: bool = False  #: the ledger has other entries now than those that were answered

    @property
    def waits(self) -> bool:
        """Whether the benefit owner has yet to answer: it is over, and there was something to answer for."""
        return self.ended and self.state is QuarterState.CALCULATED and bool(self.hours or self.planned)


@dataclass(frozen=True, kw_only=True)
class Investment:
    """Formulas 8 to 10 for one robot."""

    amount: int  #: øre
    payback: Decimal | None  #: months; None: not within the horizon
    payback_low: Decimal | None  #: by the low hours
    payback_discounted: Decimal | None
    yearly_net: int  #: øre, twelve average months, by the middle hours
    yearly_net_low: int
    yearly_cost: int  #: running costs of twelve average months
    present_values: Mapping[Decimal, int]  #: by rate, lowest first
    present_value_low: int  #: at the middle rate, by the low hours
    return_rate: Decimal | None


@dataclass(frozen=True, kw_only=True)
class QualityGain:
    """Formula 12, in its own units."""

    before: Share | None
    now: Share | None
    lead_days: Decimal | None
    lead_days_now: Decimal | None
    indicators: Sequence[Indicator] = ()


@dataclass(frozen=True, kw_only=True)
class RobotGain:
    """One robot in the report."""

    robot: str
    title: Mapping[str, str]  #: by language
    owner: str
    unit: str
    kind: GainKind
    purpose: str
    budget_reference: str
    phase: str
    cases: Sequence[CaseGain]
    sums: Sequence[GainSum]  #: the ledger's sums of these months, that all is counted from
    months: Sequence[MonthGain]
    since: Sequence[MonthGain]  #: the months in operation from its first to the report's last
    quarters: Sequence[QuarterGain]
    hours: Hours
    planned: Decimal
    realised: Decimal
    value: Amounts
    realised_value: int
    running_cost: int
    recovered: int
    avoided: int
    rate: int | None  #: øre an hour in the report's prices
    investment: Investment | None  #: None: the card has no investment, so nothing can be said of payback
    quality: QualityGain
    exceptions: Decimal | None  #: share of items that people handled; None without runs
    warnings: Sequence[Warned]

    @property
    def grade(self) -> Grade | None:
        """The weakest grade among the case types."""
        return max((one.grade for one in self.cases if one.grade), default=None)

    @property
    def costs_time(self) -> bool:
        """Whether it took more time than it saved."""
        return self.hours.middle < 0

    @property
    def share(self) -> Decimal | None:
        """Calculated by planned hours."""
        return self.hours.middle / self.planned if self.planned else None

    def title_in(self, language: str) -> str:
        """Its name in a language."""
        return self.title.get(language) or self.title.get("da") or self.robot


@dataclass(frozen=True, kw_only=True)
class KindGain:
    """The robots of one kind of gain together."""

    kind: GainKind
    robots: int
    hours: Hours
    planned: Decimal
    realised: Decimal
    value: Amounts
    realised_value: int
    shown: int = 0  #: øre that documents show (recovered, avoided)


@dataclass(frozen=True, kw_only=True)
class UnitGain:
    """The robots of one unit together."""

    unit: str
    robots: int
    hours: Hours
    planned: Decimal
    realised: Decimal
    staff_hours: Decimal  #: that the unit spent on the tasks; 0: not known


@dataclass(frozen=True, kw_only=True)
class GainReport:
    """All robots' gains over some months."""

    office: str
    months: Sequence[str]
    today: date
    price_year: int
    effective_hours: Decimal
    horizon_years: int
    rates: tuple[Decimal, Decimal, Decimal]
    robots: Sequence[RobotGain]  #: those that cost time first, then by hours
    kinds: Sequence[KindGain]
    units: Sequence[UnitGain]
    warnings: Sequence[Warned]

    @property
    def hours(self) -> Hours:
        """Hours of all robots; time is one unit whatever its kind."""
        return sum((one.hours for one in self.robots), Hours())

    @property
    def planned(self) -> Decimal:
        """Planned hours of all robots."""
        return sum((one.planned for one in self.robots), NO_HOURS)

    @property
    def realised(self) -> Decimal:
        """Confirmed hours of all robots."""
        return sum((one.realised for one in self.robots), NO_HOURS)

    @property
    def totals(self) -> ValueTotals:
        """Formula 6, split: what is in the till, what is capacity, and what was avoided; never one sum."""
        values = {one.kind: one.value.middle + one.shown for one in self.kinds}
        return totals_by_kind(values)

    @property
    def running_cost(self) -> int:
        """Running costs of all robots, øre."""
        return sum(one.running_cost for one in self.robots)

    @property
    def posts(self) -> Decimal:
        """Formula 5, by the low hours; a stretch shorter than a year is not scaled up."""
        return self.hours.low / self.effective_hours
