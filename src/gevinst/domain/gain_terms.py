"""What a gain card says beside its baselines: the plan, the money, the quality, and what time is used for.

Amounts are øre, with the year of their prices; hours are `Decimal`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class PlannedGain:
    """What was promised when the robot was decided."""

    items_per_month: int = 0
    hours_per_month: Decimal = Decimal(0)  #: net
    unit_hours_per_month: Decimal = Decimal(0)  #: staff hours that the unit spent on the task; 0: not known


@dataclass(frozen=True, kw_only=True)
class Money:
    """An amount in the prices of a year."""

    what: str
    amount: int  #: øre; a month's where it is a running cost
    year: int  #: of its prices


@dataclass(frozen=True, kw_only=True)
class HourlyRate:
    """What an hour of the staff costs."""

    amount: int  #: øre
    year: int  #: of its prices


@dataclass(frozen=True, kw_only=True)
class ShownAmount:
    """An amount of money that a document shows."""

    recovered: bool  #: recovered or corrected; else an expense that was avoided
    amount: int  #: øre
    period: str
    document: str


@dataclass(frozen=True, kw_only=True)
class QualityBefore:
    """How good the work was by hand, in its own units."""

    errors: int = 0  #: found in the sample
    sample: int = 0
    lead_days: Decimal | None = None  #: median bank days from event to reconciled, by hand
    lead_days_now: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A quality that people judge, on a scale."""

    name: str
    scale: str  #: such as 1-5
    before: Decimal
    now: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class GainTerms:
    """The card's terms; a part that the card does not name is empty, and the report says what to write."""

    unit: str = ""  #: where the hours are freed
    purpose: str = ""  #: what freed time is used for
    budget_reference: str = ""  #: where the budget was reduced
    in_operation: date | None = None  #: from when plan and running costs count
    plan: PlannedGain | None = None
    rate: HourlyRate | None = None  #: the office's where the card has none
    investments: Sequence[Money] = ()  #: hours of one's own stand as money
    running_costs: Sequence[Money] = ()
    amounts: Sequence[ShownAmount] = ()
    quality: QualityBefore | None = None
    indicators: Sequence[Indicator] = ()
