"""Months, quarters and money of one robot, from the ledger's sums and its cards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gevinst.domain.gain_card import HANDLING, is_cost
from gevinst.domain.gain_quarters import MONTHS_OF_YEAR, months_between, months_of, quarter_end
from gevinst.domain.gain_records import (
    GainError,
    GainSum,
    LedgerSeal,
    QuarterAnswer,
    QuarterState,
)
from gevinst.domain.gain_report import Amounts, CaseGain, Hours, Investment, MonthGain, QuarterGain
from gevinst.domain.gain_settings import GainSettings
from gevinst.domain.gain_terms import GainTerms, Money
from gevinst.domain.gains import (
    FIXED_CASE,
    MINUTES_PER_HOUR,
    Baseline,
    Grade,
    in_price_level,
    net_present_value,
    payback_months,
    return_on_investment,
    shared_cost,
    to_ore,
    value_of,
)
from gevinst.domain.period import period_of

ZERO = Decimal(0)
#: Baselines by card version and case type.
History = Mapping[str, Mapping[str, Baseline]]


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Amounts of any year in the prices of one."""

    year: int
    levels: Mapping[int, Decimal]

    def at(self, amount: int, year: int) -> int:
        """The amount in the prices of `year`.

        Raises:
            GainError: GAI-003 there is no index to convert with; price levels are never mixed.
        """
        if year == self.year:
            return amount
        missing = [one for one in (year, self.year) if one not in self.levels]
        if missing:
            raise GainError("GAI-003", year=missing[0], base=self.year)
        return in_price_level(amount, year=year, base_year=self.year, levels=self.levels)

    def of(self, money: Iterable[Money]) -> int:
        """The sum of amounts in the prices of `year`."""
        return sum(self.at(one.amount, one.year) for one in money)


def prices_of(settings: GainSettings, today: date) -> Prices:
    """The price level that a report is made in."""
    rate_year = settings.rate.year if settings.rate else today.year
    return Prices(year=settings.price_year or rate_year, levels=settings.price_levels)


def shared_part(robot: str, settings: GainSettings, prices: Prices) -> int:
    """A robot's part of the shared running costs of a month, øre."""
    return sum(
        shared_cost(prices.at(one.monthly, one.year), one.keys)[robot]
        for one in settings.shared_costs
        if robot in one.keys
    )


def month_hours(sums: Sequence[GainSum], history: History) -> tuple[Decimal, Decimal, Hours]:
    """Gross hours, hours of cost, and net hours with their ends (formulas 1 to 3), from a month's sums."""
    gross = sum((one.minutes for one in sums if not is_cost(one.case_type)), ZERO)
    costs = -sum((one.minutes for one in sums if is_cost(one.case_type)), ZERO)
    net = (gross - costs) / MINUTES_PER_HOUR
    ends = [_end_minutes(one, history) for one in sums if one.items]
    low, high = (
        sum((end[side] for end in ends if end is not None), ZERO) / MINUTES_PER_HOUR for side in (0, 1)
    )
    hours = Hours(low=net + low, middle=net, high=net + high, known=None not in ends)
    return gross / MINUTES_PER_HOUR, costs / MINUTES_PER_HOUR, hours


def _end_minutes(one: GainSum, history: History) -> tuple[Decimal, Decimal] | None:
    """What a sum adds to the middle minutes by the low and the high baseline; None without an interval.

    Occasions and supervision add nothing. An exception costs what it took beyond the old way, so it costs
    more by a lower baseline.
    """
    kind, _, of_exception = one.case_type.partition(":")
    case = of_exception if kind == HANDLING else one.case_type
    if case == FIXED_CASE or (is_cost(one.case_type) and (kind != HANDLING or not one.minutes)):
        return ZERO, ZERO
    baseline = history.get(one.card_version, {}).get(case)
    interval = baseline.interval if baseline else None
    if baseline is None or interval is None:
        return None
    lower, higher = interval[0] - baseline.minutes, interval[1] - baseline.minutes
    if kind != HANDLING:
        return one.items * lower, one.items * higher
    exceptions, beyond = -one.items, -one.minutes
    return exceptions * lower, min(exceptions * higher, beyond)


def first_month(terms: GainTerms, sums: Sequence[GainSum]) -> str:
    """The month from which plan and running costs count; "" for a robot that never worked."""
    if terms.in_operation:
        return period_of(terms.in_operation)
    return min((one.period for one in sums), default="")


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What an hour and a month of one robot cost in the report's prices, øre."""

    hour: int | None
    running: int  #: a month
    planned: Decimal  #: hours a month


def count_months(
    months: Sequence[str], first: str, sums: Sequence[GainSum], *, history: History, rates: Rates
) -> list[MonthGain]:
    """Each month's hours, value and cost; before `first` only what the ledger has."""
    by_month: dict[str, list[GainSum]] = {}
    for one in sums:
        by_month.setdefault(one.period, []).append(one)
    return [
        _month(month, by_month.get(month, []), history, counts=bool(first) and month >= first, rates=rates)
        for month in months
    ]


def _month(
    period: str, sums: Sequence[GainSum], history: History, *, counts: bool, rates: Rates
) -> MonthGain:
    gross, costs, hours = month_hours(sums, history)
    low, middle, high = (
        value_of(one, rates.hour) if rates.hour else 0 for one in (hours.low, hours.middle, hours.high)
    )
    return MonthGain(
        period=period,
        counts=counts,
        items=sum(one.items for one in sums if _is_item(one)),
        gross=gross,
        costs=costs,
        hours=hours,
        planned=rates.planned if counts else ZERO,
        value=Amounts(low=low, middle=middle, high=high),
        running_cost=rates.running if counts else 0,
    )


def _is_item(one: GainSum) -> bool:
    return not is_cost(one.case_type) and one.case_type != FIXED_CASE


def count_cases(sums: Sequence[GainSum], history: History, today: date) -> list[CaseGain]:
    """What each case type came to over some months, by card version."""
    found: dict[tuple[str, str], list[GainSum]] = {}
    for one in sums:
        if not is_cost(one.case_type):
            found.setdefault((one.case_type, one.card_version), []).append(one)
    return [
        _case(name, parts, history.get(version, {}), today, version=version)
        for (name, version), parts in sorted(found.items())
    ]


def _case(
    name: str, sums: Sequence[GainSum], baselines: Mapping[str, Baseline], today: date, *, version: str
) -> CaseGain:
    baseline = baselines.get(name)
    grade: Grade | None = baseline.grade(today) if baseline else None
    return CaseGain(
        name=name,
        card_version=version,
        items=sum(one.items for one in sums),
        minutes=sum((one.minutes for one in sums), ZERO),
        baseline=baseline,
        grade=grade,
        stale=bool(baseline and today > baseline.valid_until),
    )


def count_quarter(
    quarter: str,
    months: Sequence[MonthGain],
    answers: Sequence[QuarterAnswer],
    *,
    seal: LedgerSeal | None,
    today: date,
) -> QuarterGain:
    """A quarter with its newest answer.

    Args:
        quarter: its name.
        months: its three months.
        answers: the robot's, oldest first.
        seal: of the quarter's entries as they are now; None where nobody has answered.
        today: the day of the report.
    """
    hours = sum((one.hours.middle for one in months), ZERO)
    planned = sum((one.planned for one in months), ZERO)
    answer = next((one for one in reversed(answers) if one.quarter == quarter), None)
    confirmed = answer is not None and answer.state is QuarterState.CONFIRMED
    return QuarterGain(
        quarter=quarter,
        ended=quarter_end(quarter) < today,
        state=answer.state if answer else QuarterState.CALCULATED,
        hours=hours,
        planned=planned,
        realised=answer.minutes / MINUTES_PER_HOUR if answer and confirmed else ZERO,
        share=hours / planned if planned else None,
        reason=answer.reason if answer else "",
        who=answer.who if answer else "",
        role=answer.role if answer else "",
        at=answer.at if answer else None,
        changed=bool(answer and seal and answer.seal != seal.sha256),
    )


def count_investment(
    terms: GainTerms, months: Sequence[MonthGain], settings: GainSettings, prices: Prices
) -> Investment | None:
    """Formulas 8 to 10: the months since the robot began, then the mean of the last twelve to the horizon."""
    counted = [one for one in months if one.counts]
    if not terms.investments or not counted:
        return None
    amount, years = prices.of(terms.investments), settings.horizon_years
    middle = _projected([one.net for one in counted], years)
    low = _projected([one.value.low - one.running_cost for one in counted], years)
    recent = counted[-MONTHS_OF_YEAR:]
    yearly, yearly_low, value, cost = (
        to_ore(Decimal(sum(part)) * MONTHS_OF_YEAR / len(recent))
        for part in (
            [one.net for one in recent],
            [one.value.low - one.running_cost for one in recent],
            [one.value.middle for one in recent],
            [one.running_cost for one in recent],
        )
    )
    return Investment(
        amount=amount,
        payback=payback_months(amount, middle),
        payback_low=payback_months(amount, low),
        payback_discounted=payback_months(amount, middle, settings.discount_rate),
        yearly_net=yearly,
        yearly_net_low=yearly_low,
        yearly_cost=cost,
        present_values={
            rate: net_present_value([-amount, *[yearly] * years], rate) for rate in settings.rates
        },
        present_value_low=net_present_value([-amount, *[yearly_low] * years], settings.discount_rate),
        return_rate=return_on_investment(value * years, cost * years, amount),
    )


def _projected(nets: Sequence[int], years: int) -> list[int]:
    """Monthly nets over the horizon: those that were, then the mean of the last twelve."""
    recent = nets[-MONTHS_OF_YEAR:]
    mean = to_ore(Decimal(sum(recent)) / len(recent))
    wanted = years * MONTHS_OF_YEAR
    return [*nets[:wanted], *[mean] * (wanted - len(nets))]


def quarter_months(quarter: str, months: Sequence[MonthGain]) -> list[MonthGain]:
    """The months of a quarter among those counted."""
    wanted = months_of(quarter)
    return [one for one in months if one.period in wanted]


def all_months(first: str, months: Sequence[str]) -> list[str]:
    """The months since the robot began and those of the report, without a gap."""
    start = min(filter(None, (first, months[0])))
    return months_between(start, months[-1])


def exception_cost(minutes: Decimal, baseline: Decimal) -> Decimal:
    """Minutes that an exception took beyond the old way (formula 2); never under 0."""
    return max(ZERO, minutes - baseline)
