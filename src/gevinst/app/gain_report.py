"""Make the gain report: every robot's hours, value and costs, against plan and confirmation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from gevinst.app.gain_count import (
    History,
    Prices,
    Rates,
    all_months,
    count_cases,
    count_investment,
    count_months,
    count_quarter,
    first_month,
    prices_of,
    quarter_months,
    shared_part,
)
from gevinst.app.gain_ports import ErrorRate, GainBook, Samples
from gevinst.app.gain_warnings import report_warnings, robot_warnings
from gevinst.app.ports import RunStore
from gevinst.domain.gain_card import baselines_of
from gevinst.domain.gain_quality import Share, wilson
from gevinst.domain.gain_quarters import last_ended_quarter, months_of, months_until, quarters_of
from gevinst.domain.gain_records import GainError, GainSum
from gevinst.domain.gain_report import (
    Amounts,
    GainReport,
    Hours,
    KindGain,
    MonthGain,
    QualityGain,
    QuarterGain,
    RobotGain,
    UnitGain,
    Warned,
)
from gevinst.domain.gain_settings import GainSettings
from gevinst.domain.gain_terms import GainTerms
from gevinst.domain.gains import FIXED_CASE, GainCard, GainKind, value_of
from gevinst.domain.robot import Phase, Robot
from gevinst.domain.run import Environment, Run

ZERO = Decimal(0)
#: Phases in which a robot is reported even when it has earned nothing.
COUNTED = frozenset({Phase.PRODUCTION, Phase.RETIRED})


@dataclass(frozen=True, kw_only=True)
class GainTools:
    """What the gain report needs from outside."""

    office: str
    store: RunStore
    book: GainBook
    samples: Samples | None
    settings: GainSettings
    today: date
    every: Sequence[Robot] = ()  #: all robots of the office, where only some are reported


def check_shared_costs(robots: Sequence[Robot], tools: GainTools) -> None:
    """Refuse shared costs that would be counted twice, or lost.

    Raises:
        GainError: GAI-013, GAI-017.
    """
    cards = {robot.id: robot.gain for robot in tools.every or robots if robot.gain is not None}
    for shared in tools.settings.shared_costs:
        for key in shared.keys:
            if key not in cards:
                raise GainError("GAI-017", key=key, what=shared.what)
        name = shared.what.strip().casefold()
        for robot, card in cards.items():
            if any(one.what.strip().casefold() == name for one in card.terms.running_costs):
                raise GainError("GAI-013", what=shared.what.strip(), robot=robot)


def default_months(today: date) -> list[str]:
    """The last four whole quarters."""
    return months_until(months_of(last_ended_quarter(today))[-1])


def gain_report(robots: Sequence[Robot], months: Sequence[str], tools: GainTools) -> GainReport:
    """The report of some robots over some months.

    Args:
        robots: left out are those without a gain card, and ideas and trials that have earned nothing.
        months: one after the other, oldest first; at least one.
        tools: store, gain book and the office's settings.

    Raises:
        GainError: GAI-003 amounts of several years and no price index; GAI-013 a cost is counted twice;
            GAI-017 a shared cost has a key of no robot.
    """
    check_shared_costs(robots, tools)
    prices = prices_of(tools.settings, tools.today)
    by_robot: dict[str, list[GainSum]] = {}
    for one in tools.book.sums():
        by_robot.setdefault(one.robot, []).append(one)
    holes = {one.robot for one in tools.book.holes()}
    rows = [
        _Robot(robot, robot.gain, by_robot.get(robot.id, []), months, prices, tools).row(
            hole=robot.id in holes
        )
        for robot in robots
        if robot.gain is not None and (robot.phase in COUNTED or robot.id in by_robot)
    ]
    units = _units(rows, robots, months)
    return GainReport(
        office=tools.office,
        months=tuple(months),
        today=tools.today,
        price_year=prices.year,
        effective_hours=tools.settings.effective_hours,
        horizon_years=tools.settings.horizon_years,
        rates=tools.settings.rates,
        robots=tuple(sorted(rows, key=lambda one: (not one.costs_time, -one.hours.low, one.robot))),
        kinds=tuple(_kinds(rows)),
        units=tuple(units),
        warnings=tuple(report_warnings(units, tools.book.last_moment(), tools.today)),
    )


class _Robot:
    """One robot's row, part by part."""

    def __init__(  # noqa: PLR0917 - the parts of one sum
        self,
        robot: Robot,
        card: GainCard,
        sums: Sequence[GainSum],
        months: Sequence[str],
        prices: Prices,
        tools: GainTools,
    ) -> None:
        self.robot, self.card, self.sums, self.prices, self.tools = robot, card, sums, prices, tools
        self.terms: GainTerms = card.terms
        self.months = list(months)
        self.answers = tools.book.answers(robot.id)
        self.history = _history(card, tools.book)
        self.first = first_month(self.terms, sums)

    def row(self, *, hole: bool) -> RobotGain:
        """The row; `hole` says that the ledger lacks an entry of this robot."""
        settings, rates = self.tools.settings, self._rates()
        every = count_months(
            all_months(self.first, self.months), self.first, self.sums, history=self.history, rates=rates
        )
        counted = [one for one in every if one.period in self.months]
        cases = count_cases(
            [one for one in self.sums if one.period in self.months], self.history, self.tools.today
        )
        quarters = [self._quarter(name, every) for name in quarters_of(self.months)]
        realised = sum((one.realised for one in quarters), ZERO)
        runs = [run for run in self.tools.store.standing_runs(self.robot.id) if _counts(run, self.months)]
        row = RobotGain(
            robot=self.robot.id,
            title=self.robot.title,
            owner=self.robot.people.benefit_owner,
            unit=self.terms.unit or self.robot.people.controller_group,
            kind=self.card.kind,
            purpose=self.terms.purpose,
            budget_reference=self.terms.budget_reference,
            phase=str(self.robot.phase),
            cases=tuple(cases),
            sums=tuple(one for one in self.sums if one.period in self.months),
            months=tuple(counted),
            since=tuple(one for one in every if one.counts),
            quarters=tuple(quarters),
            hours=sum((one.hours for one in counted), Hours()),
            planned=sum((one.planned for one in counted), ZERO),
            realised=realised,
            value=sum((one.value for one in counted), Amounts()),
            realised_value=value_of(realised, rates.hour) if rates.hour else 0,
            running_cost=sum(one.running_cost for one in counted),
            recovered=self._shown(recovered=True),
            avoided=self._shown(recovered=False),
            rate=rates.hour,
            investment=count_investment(self.terms, every, settings, self.prices) if rates.hour else None,
            quality=self._quality(),
            exceptions=_exceptions(runs),
            warnings=(),
        )
        return _warned(row, robot_warnings(row, self.robot, runs, today=self.tools.today, hole=hole))

    def _rates(self) -> Rates:
        settings, terms = self.tools.settings, self.terms
        rate = terms.rate or settings.rate
        return Rates(
            hour=self.prices.at(rate.amount, rate.year) if rate else None,
            running=self.prices.of(terms.running_costs) + shared_part(self.robot.id, settings, self.prices),
            planned=terms.plan.hours_per_month if terms.plan else ZERO,
        )

    def _quarter(self, quarter: str, every: Sequence[MonthGain]) -> QuarterGain:
        answered = any(one.quarter == quarter for one in self.answers)
        seal = self.tools.book.seal(self.robot.id, months_of(quarter)) if answered else None
        return count_quarter(
            quarter, quarter_months(quarter, every), self.answers, seal=seal, today=self.tools.today
        )

    def _shown(self, *, recovered: bool) -> int:
        return sum(
            one.amount
            for one in self.terms.amounts
            if one.recovered is recovered and one.period in self.months
        )

    def _quality(self) -> QualityGain:
        before = self.terms.quality
        found = self.tools.samples.error_rate(self.robot.id, "") if self.tools.samples else None
        return QualityGain(
            before=wilson(before.errors, before.sample) if before else None,
            now=_share(found) if found else None,
            lead_days=before.lead_days if before else None,
            lead_days_now=before.lead_days_now if before else None,
            indicators=self.terms.indicators,
        )


def _history(card: GainCard, book: GainBook) -> History:
    """Baselines of every version; the card of today stands for itself, whether it is kept or not."""
    kept = {one.version: baselines_of(one.content) for one in book.cards(card.robot)}
    today = {name: one for name, one in {**card.case_types, FIXED_CASE: card.fixed}.items() if one}
    return {**kept, card.version: today}


def _share(found: ErrorRate) -> Share:
    return Share(count=found.errors, n=found.n, low=found.low, high=found.high)


def _counts(run: Run, months: Sequence[str]) -> bool:
    return run.environment is Environment.PRODUCTION and run.period in months


def _exceptions(runs: Sequence[Run]) -> Decimal | None:
    read = sum(run.read for run in runs)
    return Decimal(sum(run.open for run in runs)) / read if read else None


def _warned(row: RobotGain, warnings: Iterable[Warned]) -> RobotGain:
    return replace(row, warnings=tuple(warnings))


def _kinds(rows: Sequence[RobotGain]) -> Iterable[KindGain]:
    for kind in GainKind:
        mine = [one for one in rows if one.kind is kind]
        shown = sum(_shown_as(one, kind) for one in rows)
        if mine or shown:
            yield KindGain(
                kind=kind,
                robots=len(mine),
                hours=sum((one.hours for one in mine), Hours()),
                planned=sum((one.planned for one in mine), ZERO),
                realised=sum((one.realised for one in mine), ZERO),
                value=sum((one.value for one in mine), Amounts()),
                realised_value=sum(one.realised_value for one in mine),
                shown=shown,
            )


def _shown_as(row: RobotGain, kind: GainKind) -> int:
    amounts: Mapping[GainKind, int] = {GainKind.RECOVERED: row.recovered, GainKind.AVOIDED: row.avoided}
    return amounts.get(kind, 0)


def _units(rows: Sequence[RobotGain], robots: Sequence[Robot], months: Sequence[str]) -> list[UnitGain]:
    staff = {robot.id: _staff_hours(robot) * len(months) for robot in robots}
    return [
        UnitGain(
            unit=unit,
            robots=len(mine),
            hours=sum((one.hours for one in mine), Hours()),
            planned=sum((one.planned for one in mine), ZERO),
            realised=sum((one.realised for one in mine), ZERO),
            staff_hours=sum((staff[one.robot] for one in mine), ZERO),
        )
        for unit, mine in _by_unit(rows, lambda one: one.unit).items()
    ]


def _staff_hours(robot: Robot) -> Decimal:
    plan = robot.gain.terms.plan if robot.gain else None
    return plan.unit_hours_per_month if plan else ZERO


def _by_unit(rows: Sequence[RobotGain], unit: Callable[[RobotGain], str]) -> dict[str, list[RobotGain]]:
    found: dict[str, list[RobotGain]] = {}
    for one in sorted(rows, key=unit):
        found.setdefault(unit(one), []).append(one)
    return found
