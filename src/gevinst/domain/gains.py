"""Gains: what a robot saved, counted against a measured baseline, and what it is worth.

Minutes and hours are `Decimal`, money is integer øre, rates are `Decimal` shares (0.035 is 3.5 %). The
formulas are numbered as in docs/reference/gains.md. Robot run time is in none: it is nobody's working time.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from statistics import NormalDist

from gevinst.domain.gain_terms import GainTerms
from gevinst.domain.period import period_end
from gevinst.domain.run import Environment, Run, RunState

MINUTES_PER_HOUR = 60
HUNDREDTH = Decimal("0.01")
DIVISION_NOISE = Decimal("1E-9")
#: Case type of the minutes that a planned occasion took whatever the number of items.
FIXED_CASE = "fixed"

LARGE_SAMPLE = 30  # from here the mean of timed work is taken as well known
SMALL_SAMPLE = 10  # below, no interval is shown: too few measurements
FRESH_MONTHS = 24
CONFIDENCE = 0.95


class Method(StrEnum):
    """How a baseline was found."""

    STOPWATCH = "stopwatch"  #: timed while the work was done
    TIMESTAMPS = "timestamps"  #: from the times in a system
    SELF_REPORT = "self_report"  #: those who do the work wrote it down
    EXPERT = "expert"  #: three-point estimate
    GUESS = "guess"


class Grade(StrEnum):
    """How far a baseline can be trusted."""

    A = "A"  #: timed, 30 or more, under 24 months old
    B = "B"  #: timed, 10 or more, or from the times in a system
    C = "C"  #: estimated, self-reported, few, or past its date
    D = "D"  #: a guess: never in totals


class GainKind(StrEnum):
    """What a gain is; kinds are never added together silently."""

    BUDGET = "budget"  #: budgetgevinst: a budget was reduced
    FREED_TIME = "freed_time"  #: frigjort tid: used for a named purpose
    AVOIDED = "avoided"  #: undgået udgift
    RECOVERED = "recovered"  #: inddrevet eller rettet beløb, shown by a document


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Minutes that one item, or one occasion, took by hand."""

    minutes: Decimal  #: mean
    sd: Decimal = Decimal(0)  #: standard deviation of the sample
    n: int = 0  #: number of measurements
    method: Method
    measured: date
    valid_until: date  #: last day it counts as measured
    estimate: tuple[Decimal, Decimal, Decimal] | None = None  #: an expert's low, likely and high minutes
    measured_by: str = ""  #: role or title

    def grade(self, on: date) -> Grade:
        """The grade on a day: it falls as the measurement gets old."""
        if self.method is Method.GUESS:
            return Grade.D
        by_hand_or_estimate = self.method in (Method.SELF_REPORT, Method.EXPERT)
        if by_hand_or_estimate or self.n < SMALL_SAMPLE or on > self.valid_until:
            return Grade.C
        fresh = _months_between(self.measured, on) < FRESH_MONTHS
        return Grade.A if self.method is Method.STOPWATCH and self.n >= LARGE_SAMPLE and fresh else Grade.B

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """Formula 3: the 95 % confidence interval of the mean; None when there are too few measurements.

        An expert's estimate shows its own low and high instead.
        """
        if self.estimate:
            return self.estimate[0], self.estimate[2]
        if self.n < SMALL_SAMPLE:
            return None
        half = t_quantile(self.n - 1) * self.sd / Decimal(self.n).sqrt()
        return self.minutes - half, self.minutes + half


@dataclass(frozen=True, kw_only=True)
class GainCard:
    """A robot's baselines. A new baseline makes a new version; what was credited by an older one stands."""

    robot: str
    version: str
    case_types: Mapping[
        str, Baseline | None
    ]  #: by case type; None: nobody did this work before, so it frees no time
    fixed: Baseline | None = None  #: by planned occasion, beside the items
    kind: GainKind = GainKind.FREED_TIME
    occasions_per_month: int = 1  #: manual calendar: how often it was done by hand
    terms: GainTerms = field(default_factory=GainTerms)


@dataclass(frozen=True, kw_only=True)
class GainEntry:
    """One entry of the gain ledger; never changed, only reversed."""

    robot: str
    item_key: str  #: period, account and business key; the same item has the same key in every run and robot
    case_type: str
    period: str
    card_version: str
    run_id: str
    sign: int  #: +1 adds minutes, -1 takes them away
    minutes: Decimal  #: 0 or more, two decimals
    reason: str  #: code: credited, or why it was reversed or is a cost
    at: datetime  #: with a zone

    def __post_init__(self) -> None:
        if self.sign not in (1, -1):
            raise ValueError("the sign of a gain entry is +1 or -1")
        if self.minutes < 0 or self.minutes != self.minutes.quantize(HUNDREDTH):
            raise ValueError("the minutes of a gain entry are 0 or more with two decimals")
        if self.at.utcoffset() is None:
            raise ValueError("the moment of a gain entry needs a zone")


def credits_for(
    run: Run, items: Mapping[str, Collection[str]], card: GainCard, *, planned: bool, at: datetime
) -> list[GainEntry]:
    """The credits of one run: one for each item that the robot finished, and the occasion's fixed minutes.

    Nothing for a run that is not in production or did not do its work, for a case type that nobody did by
    hand, and for a baseline that is a guess. The ledger leaves out what it holds, so reruns can ask again.

    Args:
        run: with its final state.
        items: keys of the finished items by case type; not of open and proposed items, left to people.
        card: its case types hold every key of `items`.
        planned: whether an occasion on which people did this by hand was planned in the run's period; an
            hourly robot in place of a monthly task has one a month.
        at: the moment of crediting, with a zone.

    Raises:
        KeyError: the card has no such case type.
    """
    if run.environment is not Environment.PRODUCTION or run.state not in (
        RunState.AGREED,
        RunState.OPEN_ITEMS,
    ):
        return []
    keys_by_baseline = [
        (case, card.case_types[case], list(dict.fromkeys(keys))) for case, keys in items.items()
    ]
    if planned:
        keys_by_baseline.append((FIXED_CASE, card.fixed, _fixed_keys(run, card)))
    return [
        _credit(run, card, key, case_type=case, minutes=to_hundredths(baseline.minutes), at=at)
        for case, baseline, keys in keys_by_baseline
        if baseline is not None and baseline.grade(at.date()) is not Grade.D
        for key in keys
    ]


def fixed_key(run: Run) -> str:
    """Item key of the fixed minutes of a robot's planned occasion: one in each period."""
    return f"fixed:{run.robot}:{run.period}"


def _fixed_keys(run: Run, card: GainCard) -> list[str]:
    """Keys of the manual occasions before the run, spread evenly over the month; at least the first."""
    last, day = period_end(run.period), run.started.date()
    passed = last.day if day > last else day.day * (f"{day:%Y-%m}" == run.period)
    count = max(1, card.occasions_per_month * passed // last.day)
    first = fixed_key(run)
    return [first, *(f"{first}:{number}" for number in range(2, count + 1))]


def _credit(
    run: Run, card: GainCard, key: str, *, case_type: str, minutes: Decimal, at: datetime
) -> GainEntry:
    return GainEntry(
        robot=run.robot,
        item_key=key,
        case_type=case_type,
        period=run.period,
        card_version=card.version,
        run_id=run.run_id,
        sign=1,
        minutes=minutes,
        reason="credited",
        at=at,
    )


# --- Hours (formulas 1 to 3) ---


@dataclass(frozen=True, kw_only=True)
class HandledException:
    """An item that the robot left to a person."""

    minutes: Decimal  #: measured, from claim to resolve, idle time cut off
    case_type: str


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What was done in a stretch of time, such as a month."""

    items: Mapping[str, int]  #: distinct items credited, by case type
    occasions: int = 0  #: planned manual occasions covered
    exceptions: Sequence[HandledException] = ()
    rework: Decimal = Decimal(0)  #: minutes
    supervision: Decimal = Decimal(0)  #: minutes


@dataclass(frozen=True, kw_only=True)
class HoursInterval:
    """Hours freed by the low, middle and high end of the baselines' confidence intervals."""

    low: Decimal  #: the cautious figure, the headline
    middle: Decimal
    high: Decimal


def gross_hours(work: Workload, baselines: Mapping[str, Decimal], fixed: Decimal = Decimal(0)) -> Decimal:
    """Formula 1: hours that the items and occasions took by hand.

    Args:
        work: what was done.
        baselines: minutes of one item, by case type.
        fixed: minutes of one occasion.
    """
    return _gross_minutes(work, baselines, fixed) / MINUTES_PER_HOUR


def net_hours(work: Workload, baselines: Mapping[str, Decimal], fixed: Decimal = Decimal(0)) -> Decimal:
    """Formula 2: gross hours less rework, supervision, and what exceptions took beyond the old way.

    May be negative: then the robot costs time.
    """
    beyond = sum(
        (
            max(Decimal(0), exception.minutes - baselines[exception.case_type])
            for exception in work.exceptions
        ),
        Decimal(0),
    )
    minutes = _gross_minutes(work, baselines, fixed) - beyond - work.rework - work.supervision
    return minutes / MINUTES_PER_HOUR


def net_hours_interval(work: Workload, card: GainCard) -> HoursInterval | None:
    """Formula 3 on hours: net hours by the low, middle and high baselines, all low or all high at once.

    Returns:
        None when a case type with items has too few measurements to know.
    """
    used = {*work.items, *(exception.case_type for exception in work.exceptions)}
    known = {case: baseline for case in used if (baseline := card.case_types[case]) is not None}
    intervals = {case: baseline.interval for case, baseline in known.items()}
    bounds = {case: interval for case, interval in intervals.items() if interval is not None}
    if len(bounds) < len(known):
        return None
    nothing = dict.fromkeys(used, Decimal(0))
    fixed = card.fixed.minutes if card.fixed else Decimal(0)
    low, middle, high = (
        net_hours(work, nothing | chosen, fixed)
        for chosen in (
            {case: bound[0] for case, bound in bounds.items()},
            {case: baseline.minutes for case, baseline in known.items()},
            {case: bound[1] for case, bound in bounds.items()},
        )
    )
    return HoursInterval(low=low, middle=middle, high=high)


def three_point(low: Decimal, likely: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    """Formula 3 without measurement: mean and standard deviation of an expert's estimate (grade C)."""
    return (low + 4 * likely + high) / 6, (high - low) / 6


def _gross_minutes(work: Workload, baselines: Mapping[str, Decimal], fixed: Decimal) -> Decimal:
    return sum((count * baselines[case] for case, count in work.items.items()), work.occasions * fixed)


# --- Money (formulas 4 to 7) ---


def hourly_cost(annual_cost: int, effective_hours: Decimal, overhead: Decimal = Decimal(0)) -> int:
    """Formula 4: øre an hour.

    Args:
        annual_cost: wage of one full-time post with pension, øre.
        effective_hours: hours a year that such a post works; never the 1,924 hours that are paid.
        overhead: share on top, only for posts that are truly cut.
    """
    return _ore(Decimal(annual_cost) * (1 + overhead) / effective_hours)


def full_time_equivalents(hours_of_12_months: Decimal, effective_hours: Decimal) -> Decimal:
    """Formula 5: posts, from the hours freed in twelve months."""
    return hours_of_12_months / effective_hours


def value_of(hours: Decimal, rate: int) -> int:
    """Formula 6: øre, from hours freed and øre an hour."""
    return to_ore(hours * rate)


@dataclass(frozen=True, kw_only=True)
class ValueTotals:
    """Value by what it means for the office, øre; the three are not added."""

    treasury: int  #: budget reduced, and amounts recovered
    capacity: int  #: time freed
    avoided: int


def totals_by_kind(values: Mapping[GainKind, int]) -> ValueTotals:
    """Formula 6, split: treasury, capacity and avoided expense side by side."""
    return ValueTotals(
        treasury=values.get(GainKind.BUDGET, 0) + values.get(GainKind.RECOVERED, 0),
        capacity=values.get(GainKind.FREED_TIME, 0),
        avoided=values.get(GainKind.AVOIDED, 0),
    )


def shared_cost(cost: int, keys: Mapping[str, Decimal]) -> dict[str, int]:
    """Formula 7: a shared running cost by robot, øre; the parts sum to the whole.

    Raises:
        ValueError: the keys do not sum to 1, so that a cost would be lost or counted twice.
    """
    if sum(keys.values(), Decimal(0)) != 1:
        raise ValueError("the keys of a shared cost must sum to 1")
    parts = {robot: math.floor(cost * share) for robot, share in keys.items()}
    left_over = cost - sum(parts.values())
    by_remainder = sorted(keys, key=lambda robot: (parts[robot] - cost * keys[robot], robot))
    for robot in by_remainder[:left_over]:
        parts[robot] += 1
    return parts


# --- Investment (formulas 8 to 10) ---


def payback_months(investment: int, monthly_net: Sequence[int], rate: Decimal = Decimal(0)) -> Decimal | None:
    """Formula 8: months until the investment has come back, interpolated within the month.

    Args:
        investment: øre, 0 or more.
        monthly_net: value less running cost of month 1, 2, 3 …, øre.
        rate: yearly discount rate, turned into a monthly one; 0 gives the simple payback.

    Returns:
        None when it does not come back within the months given.
    """
    if investment <= 0:
        return Decimal(0)
    monthly_factor = (1 + rate) ** (Decimal(1) / 12)
    balance = Decimal(-investment)
    for month, net in enumerate(monthly_net, start=1):
        gain = net / monthly_factor**month
        if balance + gain >= 0:
            return month - 1 - balance / gain
        balance += gain
    return None


def net_present_value(flows: Sequence[int], rate: Decimal) -> int:
    """Formula 9: øre today, of yearly flows in fixed prices; the first is year 0 and is not discounted."""
    return _ore(sum((flow / (1 + rate) ** year for year, flow in enumerate(flows)), Decimal(0)))


def nominal_rate(real: Decimal, inflation: Decimal) -> Decimal:
    """The rate for flows in running prices."""
    return (1 + real) * (1 + inflation) - 1


def in_price_level(amount: int, *, year: int, base_year: int, levels: Mapping[int, Decimal]) -> int:
    """Formula 9, fixed prices: an amount of one year in the prices of another, øre.

    Args:
        amount: øre in the prices of `year`.
        year: the year of the amount.
        base_year: the year whose prices are wanted.
        levels: price and wage index (KL's PL) by year.

    Raises:
        KeyError: there is no index of one of the years; levels are never mixed.
    """
    return _ore(amount * levels[base_year] / levels[year])


def return_on_investment(value: int, running_cost: int, investment: int) -> Decimal | None:
    """Formula 10: net value by what was paid, a share; None when nothing was paid."""
    paid = running_cost + investment
    return Decimal(value - running_cost - investment) / paid if paid else None


# --- Follow-up (formula 11) ---

REALISED_LOW = Decimal("0.8")
REALISED_HIGH = Decimal("1.2")


@dataclass(frozen=True, kw_only=True)
class Realised:
    """Realised by planned hours of one month, as shares; None where nothing was planned."""

    month: Decimal | None
    cumulated: Decimal | None

    @property
    def needs_reason(self) -> bool:
        """Whether the benefit owner must say why: under 80 % or over 120 % of the plan."""
        return self.month is not None and not REALISED_LOW <= self.month <= REALISED_HIGH


def realised(real_hours: Sequence[Decimal], planned_hours: Sequence[Decimal]) -> list[Realised]:
    """Formula 11, month by month and cumulated.

    Raises:
        ValueError: the two are not of the same months.
    """
    done = planned = Decimal(0)
    result = []
    for real, plan in zip(real_hours, planned_hours, strict=True):
        done, planned = done + real, planned + plan
        result.append(
            Realised(month=real / plan if plan else None, cumulated=done / planned if planned else None)
        )
    return result


# --- Numbers ---


def to_hundredths(value: Decimal) -> Decimal:
    """Two decimals, half to even, so that many small roundings do not lean to one side."""
    return value.quantize(HUNDREDTH, rounding=ROUND_HALF_EVEN)


def t_quantile(degrees: int, confidence: float = CONFIDENCE) -> Decimal:
    """Student's t for a two-sided interval, six decimals.

    Args:
        degrees: degrees of freedom, 1 or more.
        confidence: share within the interval, over 0 and under 1.
    """
    low, high = 0.0, NormalDist().inv_cdf((1 + confidence) / 2)
    while _central_share(high, degrees) < confidence:
        low, high = high, high * 2
    for _ in range(60):  # halves the bracket to below the last digit of a float
        middle = (low + high) / 2
        low, high = (middle, high) if _central_share(middle, degrees) < confidence else (low, middle)
    return Decimal(repr(high)).quantize(Decimal("0.000001"))


def _central_share(t: float, degrees: int) -> float:
    """Share of Student's distribution between -t and t: a finite sum for whole degrees of freedom.

    Source: Abramowitz and Stegun, 26.7.3 and 26.7.4.
    """
    angle = math.atan(t / math.sqrt(degrees))
    cosine, odd = math.cos(angle), degrees % 2 == 1
    term = cosine if odd else 1.0
    total = term if degrees > 1 else 0.0
    for k in range(3 if odd else 2, degrees - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    share = math.sin(angle) * total
    return (angle + share) * 2 / math.pi if odd else share


def _months_between(start: date, end: date) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if end.day < start.day else months


def to_ore(value: Decimal) -> int:
    """The nearest øre; a half goes away from zero, as ROUND of a spreadsheet does, which counts the same."""
    exact = value.quantize(DIVISION_NOISE)  # 5.635 hours by 60 and times 60 again is 5.63499…
    return int(exact.to_integral_value(rounding=ROUND_HALF_UP))


def _ore(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_HALF_EVEN))


def credited_minutes(entries: Iterable[GainEntry]) -> Decimal:
    """Credits less reversals and costs, two decimals."""
    return sum((entry.sign * entry.minutes for entry in entries), Decimal("0.00"))
