"""What the office has decided about gains: hourly rate, prices, discounting, shared costs, owners."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from gevinst.domain.gain_terms import HourlyRate

#: Paid hours of a year less holidays, vacation, sickness, lunch, training and meetings.
EFFECTIVE_HOURS = Decimal(1_409)
#: Social discount rate of the Ministry of Finance, 7 January 2021, years 0 to 35, in fixed prices.
DISCOUNT_RATE = Decimal("0.035")
RATE_STEP = Decimal("0.01")  # the three rates that stand side by side lie so far apart
HORIZON_YEARS = 5


@dataclass(frozen=True, kw_only=True)
class SharedCost:
    """A running cost that several robots share."""

    what: str
    monthly: int  #: øre
    year: int  #: of its prices
    keys: Mapping[str, Decimal]  #: share by robot; they sum to 1


@dataclass(frozen=True, kw_only=True)
class IdeaRule:
    """When an idea is worth building, and when a trial is."""

    go_payback_months: Decimal = Decimal(24)  #: the likely case pays back within so many months
    trial_payback_months: Decimal = Decimal(36)
    go_pessimistic_value: int = 0  #: øre, least net present value of the pessimistic case
    go_risk: int = 9  #: largest probability times consequence, each 1 to 5
    trial_risk: int = 15


@dataclass(frozen=True, kw_only=True)
class GainSettings:
    """The office's part of every calculation."""

    rate: HourlyRate | None = None
    effective_hours: Decimal = EFFECTIVE_HOURS  #: a year, of one full-time post
    price_year: int | None = None  #: all amounts are shown in its prices; None: that of the rate
    price_levels: Mapping[int, Decimal] = field(default_factory=dict)  #: KL's price and wage index by year
    discount_rate: Decimal = DISCOUNT_RATE
    horizon_years: int = HORIZON_YEARS
    shared_costs: Sequence[SharedCost] = ()
    owners: Mapping[str, Sequence[str]] = field(default_factory=dict)  #: user names by benefit owner's title
    rule: IdeaRule = field(default_factory=IdeaRule)

    @property
    def rates(self) -> tuple[Decimal, Decimal, Decimal]:
        """The three discount rates, lowest first."""
        return self.discount_rate - RATE_STEP, self.discount_rate, self.discount_rate + RATE_STEP
