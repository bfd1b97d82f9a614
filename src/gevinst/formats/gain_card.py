"""The `[gain]` table of `robot.toml`: baselines and terms of a gain card."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gevinst.app.office import SettingProblem
from gevinst.domain.gain_card import card_problems, card_version
from gevinst.domain.gain_terms import (
    GainTerms,
    HourlyRate,
    Indicator,
    Money,
    PlannedGain,
    QualityBefore,
    ShownAmount,
)
from gevinst.domain.gains import Baseline, GainCard, GainKind, Method, three_point
from gevinst.domain.money import AmountError, parse_amount
from gevinst.domain.period import is_period


class Part(BaseModel):
    """A table of a settings file: no key that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def amount_of(text: str) -> int:
    """Øre of an amount as the office writes it.

    Raises:
        ValueError: it is none.
    """
    try:
        return parse_amount(text)
    except AmountError:
        raise ValueError('an amount such as "0,50"') from None


def _period(text: str) -> str:
    if not is_period(text):
        raise ValueError("a month such as 2026-10")
    return text


#: An amount of kroner, kept as the text of its øre.
Amount = Annotated[str, AfterValidator(lambda text: str(amount_of(text)))]
Year = Annotated[int, Field(ge=2000, le=2100)]


class BaselinePart(Part):
    """Minutes by hand: measured, or an expert's three points."""

    minutes: Decimal | None = Field(default=None, gt=0)
    sd: Decimal = Field(default=Decimal(0), ge=0)
    n: int = Field(default=0, ge=0)
    method: Method
    measured: date
    valid_until: date
    estimate: tuple[Decimal, Decimal, Decimal] | None = None
    measured_by: str = ""
    text_contains: tuple[str, ...] = ()


class PlanPart(Part):
    """What was promised."""

    items_per_month: int = Field(default=0, ge=0)
    hours_per_month: Decimal = Decimal(0)
    unit_hours_per_month: Decimal = Field(default=Decimal(0), ge=0)


class RatePart(Part):
    """What an hour costs."""

    hourly: Amount
    year: Year


class InvestmentPart(Part):
    """One line of what it cost to build: an amount, or hours of one's own."""

    what: str = Field(min_length=2)
    amount: Amount | None = None
    hours: Decimal | None = Field(default=None, gt=0)
    year: Year


class RunningCostPart(Part):
    """One line of what it costs each month: an amount, or hours of one's own."""

    what: str = Field(min_length=2)
    monthly: Amount | None = None
    hours: Decimal | None = Field(default=None, gt=0)
    year: Year


class ShownAmountPart(Part):
    """An amount that a document shows."""

    kind: Literal["recovered", "avoided"]
    amount: Amount
    period: Annotated[str, AfterValidator(_period)]
    document: str


class QualityPart(Part):
    """How good the work was by hand."""

    errors: int = Field(default=0, ge=0)
    sample: int = Field(default=0, ge=0)
    lead_days: Decimal | None = Field(default=None, ge=0)
    lead_days_now: Decimal | None = Field(default=None, ge=0)


class IndicatorPart(Part):
    """A quality that people judge."""

    name: str = Field(min_length=2)
    scale: str
    before: Decimal
    now: Decimal | None = None


class GainPart(Part):
    """The whole card."""

    kind: GainKind = GainKind.FREED_TIME
    case_types: dict[str, BaselinePart]
    fixed: BaselinePart | None = None
    new_work: tuple[str, ...] = ()
    occasions_per_month: int = Field(default=1, ge=1, le=31)
    unit: str = ""
    purpose: str = ""
    budget_reference: str = ""
    in_operation: date | None = None
    plan: PlanPart | None = None
    rate: RatePart | None = None
    investment: list[InvestmentPart] = []
    running_cost: list[RunningCostPart] = []
    amount: list[ShownAmountPart] = []
    quality: QualityPart | None = None
    indicator: list[IndicatorPart] = []


#: Every table of the card.
GAIN_PARTS = tuple(Part.__subclasses__())


def gain_card(robot: str, part: GainPart) -> GainCard:
    """The card of a robot, with the version that its content gives it."""
    cases: dict[str, Baseline | None] = {name: _baseline(one) for name, one in part.case_types.items()}
    card = GainCard(
        robot=robot,
        version="",
        case_types=cases | dict.fromkeys(part.new_work),
        fixed=_baseline(part.fixed) if part.fixed else None,
        kind=part.kind,
        occasions_per_month=part.occasions_per_month,
        terms=_terms(part),
    )
    return replace(card, version=card_version(card))


def gain_problems(part: GainPart, card: GainCard) -> Sequence[SettingProblem]:
    """What contradicts itself or is missing in a card, with what to write."""
    money: dict[str, Sequence[InvestmentPart | RunningCostPart]] = {
        "investment": part.investment,
        "running_cost": part.running_cost,
    }
    missing = [
        SettingProblem(kind="card_money", key=f"gain.{name}.{number}")
        for name, lines in money.items()
        for number, line in enumerate(lines)
        if not _one_of(line, part)
    ]
    cases = [*((f"case_types.{name}", one) for name, one in part.case_types.items()), ("fixed", part.fixed)]
    missing += [
        SettingProblem(kind="card_minutes", key=f"gain.{key}")
        for key, one in cases
        if one and (one.minutes is None) == (one.estimate is None)
    ]
    return missing + [
        SettingProblem(kind=f"card_{one.kind}", key=f"gain.{one.key}", found=one.found, near=one.expected)
        for one in card_problems(card)
    ]


def _one_of(line: InvestmentPart | RunningCostPart, part: GainPart) -> bool:
    """Whether a line is an amount, or hours with a rate on the card to price them; never both."""
    amount = line.amount if isinstance(line, InvestmentPart) else line.monthly
    return (amount is None) != (line.hours is None) and (line.hours is None or part.rate is not None)


def _baseline(part: BaselinePart) -> Baseline:
    minutes, sd = part.minutes or Decimal(0), part.sd
    if part.estimate:
        minutes, sd = (value.quantize(Decimal("0.0001")) for value in three_point(*part.estimate))
    return Baseline(
        minutes=minutes,
        sd=sd,
        n=part.n,
        method=part.method,
        measured=part.measured,
        valid_until=part.valid_until,
        estimate=part.estimate,
        measured_by=part.measured_by,
    )


def _terms(part: GainPart) -> GainTerms:
    return GainTerms(
        unit=part.unit,
        purpose=part.purpose,
        budget_reference=part.budget_reference,
        in_operation=part.in_operation,
        plan=PlannedGain(**part.plan.model_dump()) if part.plan else None,
        rate=HourlyRate(amount=int(part.rate.hourly), year=part.rate.year) if part.rate else None,
        investments=tuple(_money(one, one.amount, part) for one in part.investment),
        running_costs=tuple(_money(one, one.monthly, part) for one in part.running_cost),
        amounts=tuple(
            ShownAmount(
                recovered=one.kind == "recovered",
                amount=int(one.amount),
                period=one.period,
                document=one.document,
            )
            for one in part.amount
        ),
        quality=QualityBefore(**part.quality.model_dump()) if part.quality else None,
        indicators=tuple(Indicator(**one.model_dump()) for one in part.indicator),
    )


def _money(line: InvestmentPart | RunningCostPart, amount: str | None, part: GainPart) -> Money:
    """A line in øre; hours of one's own cost what the card's hour costs, in the prices of that rate."""
    if line.hours is not None and part.rate:
        cost = round(line.hours * int(part.rate.hourly))
        return Money(what=line.what, amount=cost, year=part.rate.year)
    return Money(what=line.what, amount=int(amount or 0), year=line.year)
