"""Weigh an idea before it is built: three cases, side by side, and what the office's rule says of them.

No simulation: a reader can follow each of the three sums with a pocket calculator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from gevinst.domain.gain_settings import GainSettings, IdeaRule
from gevinst.domain.gain_terms import HourlyRate, Money
from gevinst.domain.gains import (
    MINUTES_PER_HOUR,
    GainKind,
    net_present_value,
    payback_months,
    return_on_investment,
    to_ore,
    value_of,
)

MONTHS_OF_YEAR = 12
ZERO = Decimal(0)


class Case(StrEnum):
    """One of the three cases."""

    PESSIMISTIC = "pessimistic"
    LIKELY = "likely"
    OPTIMISTIC = "optimistic"


class Verdict(StrEnum):
    """What the office's rule says."""

    GO = "go"  #: build it
    TRIAL = "trial"  #: try it small, measure, and weigh it again
    NO_GO = "no_go"


#: Low, likely and high.
Three = tuple[Decimal, Decimal, Decimal]


@dataclass(frozen=True, kw_only=True)
class Idea:
    """The answers about an idea."""

    title: str
    unit: str
    kind: GainKind
    purpose: str  #: what freed time will be used for
    items: Three  #: a month
    minutes: Three  #: of an item by hand
    exceptions: Three  #: share of items that people must still handle
    exception_minutes: Decimal  #: to handle one of them
    occasions: Decimal = ZERO  #: a month, on which the work was begun by hand
    occasion_minutes: Decimal = ZERO  #: of each, whatever the number of items
    supervision_hours: Decimal = ZERO  #: a month
    rate: HourlyRate
    investments: Sequence[Money]
    overrun: Decimal = Decimal("0.5")  #: share that the investment costs more in the pessimistic case
    running_costs: Sequence[Money] = ()
    probability: int  #: that it goes wrong, 1 to 5
    consequence: int  #: if it does, 1 to 5
    risk: str  #: what may go wrong, in words

    @property
    def risk_score(self) -> int:
        """Probability times consequence, 1 to 25."""
        return self.probability * self.consequence


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """What one case comes to; amounts øre in the prices of one year."""

    case: Case
    items: Decimal
    minutes: Decimal
    exceptions: Decimal  #: share
    hours: Decimal  #: net, a month
    value: int  #: a month
    running_cost: int  #: a month
    investment: int
    payback: Decimal | None  #: months; None: not within the horizon
    present_values: Mapping[Decimal, int]  #: by rate, lowest first
    return_rate: Decimal | None

    @property
    def net(self) -> int:
        """Value less running costs of a month."""
        return self.value - self.running_cost


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One line of the rule: what was asked, and what was found."""

    name: str  #: payback, value, risk
    verdict: Verdict  #: the best verdict that this line allows
    go: Decimal  #: limit for go
    trial: Decimal  #: limit for trial
    found: Decimal | None  #: None: never


@dataclass(frozen=True, kw_only=True)
class BusinessCase:
    """The three cases and the verdict."""

    idea: Idea
    cases: Sequence[CaseResult]  #: pessimistic, likely, optimistic
    criteria: Sequence[Criterion]
    price_year: int
    horizon_years: int
    rates: tuple[Decimal, Decimal, Decimal]
    effective_hours: Decimal

    @property
    def verdict(self) -> Verdict:
        """The worst that any line of the rule allows."""
        order = list(Verdict)
        return max((one.verdict for one in self.criteria), key=order.index)

    def case(self, name: Case) -> CaseResult:
        """One of the three."""
        return self.cases[list(Case).index(name)]


def weigh(
    idea: Idea, settings: GainSettings, *, investment: int, running_cost: int, rate: int, year: int
) -> BusinessCase:
    """The three cases of an idea and the office's verdict.

    Args:
        idea: the answers.
        settings: horizon, rates and rule.
        investment: øre, in the prices of `year`.
        running_cost: øre a month, in the prices of `year`.
        rate: øre an hour, in the prices of `year`.
        year: of all prices.
    """
    overrun = to_ore(investment * (1 + idea.overrun))
    # The pessimistic case has the most exceptions, the optimistic one the fewest.
    picks = (
        (Case.PESSIMISTIC, 0, 2, overrun),
        (Case.LIKELY, 1, 1, investment),
        (Case.OPTIMISTIC, 2, 0, investment),
    )
    cases = []
    for case, place, worst, amount in picks:
        parts = (idea.items[place], idea.minutes[place], idea.exceptions[worst])
        hours = monthly_hours(idea, *parts)
        value = value_of(hours, rate)
        cases.append(_result(case, parts, hours, money=(value, running_cost, amount), settings=settings))
    return BusinessCase(
        idea=idea,
        cases=tuple(cases),
        criteria=tuple(_criteria(idea, cases, settings)),
        price_year=year,
        horizon_years=settings.horizon_years,
        rates=settings.rates,
        effective_hours=settings.effective_hours,
    )


def monthly_hours(idea: Idea, items: Decimal, minutes: Decimal, exceptions: Decimal) -> Decimal:
    """Net hours a month: formula 2 on what is expected."""
    closed, left = items * (1 - exceptions), items * exceptions
    gross = closed * minutes + idea.occasions * idea.occasion_minutes
    beyond = left * max(ZERO, idea.exception_minutes - minutes)
    return (gross - beyond) / MINUTES_PER_HOUR - idea.supervision_hours


def _result(
    case: Case, parts: Three, hours: Decimal, *, money: tuple[int, int, int], settings: GainSettings
) -> CaseResult:
    value, running, amount = money
    years, net = settings.horizon_years, value - running
    return CaseResult(
        case=case,
        items=parts[0],
        minutes=parts[1],
        exceptions=parts[2],
        hours=hours,
        value=value,
        running_cost=running,
        investment=amount,
        payback=payback_months(amount, [net] * years * MONTHS_OF_YEAR),
        present_values={
            rate: net_present_value([-amount, *[net * MONTHS_OF_YEAR] * years], rate)
            for rate in settings.rates
        },
        return_rate=return_on_investment(
            value * MONTHS_OF_YEAR * years, running * MONTHS_OF_YEAR * years, amount
        ),
    )


def _criteria(idea: Idea, cases: Sequence[CaseResult], settings: GainSettings) -> list[Criterion]:
    rule: IdeaRule = settings.rule
    pessimistic, likely = cases[0], cases[1]
    value = Decimal(pessimistic.present_values[settings.discount_rate])
    floor = Decimal(rule.go_pessimistic_value)
    likely_value = likely.present_values[settings.discount_rate]
    risk = Decimal(idea.risk_score)
    return [
        Criterion(
            name="payback",
            verdict=_at_most(likely.payback, rule.go_payback_months, rule.trial_payback_months),
            go=rule.go_payback_months,
            trial=rule.trial_payback_months,
            found=likely.payback,
        ),
        Criterion(
            name="value",
            verdict=Verdict.GO if value >= floor else Verdict.TRIAL if likely_value > 0 else Verdict.NO_GO,
            go=floor,
            trial=ZERO,
            found=value,
        ),
        Criterion(
            name="risk",
            verdict=_at_most(risk, Decimal(rule.go_risk), Decimal(rule.trial_risk)),
            go=Decimal(rule.go_risk),
            trial=Decimal(rule.trial_risk),
            found=risk,
        ),
    ]


def _at_most(found: Decimal | None, go: Decimal, trial: Decimal) -> Verdict:
    if found is None or found > max(go, trial):
        return Verdict.NO_GO
    return Verdict.GO if found <= go else Verdict.TRIAL
