"""The answers about an idea, from a TOML file."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from gevinst.app.office import SettingProblem, SettingsError
from gevinst.domain.gain_plan import Idea
from gevinst.domain.gain_terms import HourlyRate, Money
from gevinst.domain.gains import GainKind
from gevinst.formats.gain_card import Amount, Part, RatePart, Year
from gevinst.formats.setting_problems import problems_of, syntax_problem

Three = tuple[Decimal, Decimal, Decimal]
Score = Annotated[int, Field(ge=1, le=5)]


def _rising(three: Three) -> Three:
    if not three[0] <= three[1] <= three[2]:
        raise ValueError("low, likely and high, in that order")
    return three


def _positive(three: Three) -> Three:
    if three[0] < 0:
        raise ValueError("numbers from 0 up")
    return _rising(three)


def _share(three: Three) -> Three:
    if three[0] < 0 or three[2] > 1:
        raise ValueError("shares from 0 to 1")
    return _rising(three)


Rising = Annotated[Three, AfterValidator(_positive)]


class InvestmentLine(Part):
    """What it costs to build."""

    what: str = Field(min_length=2)
    amount: Amount
    year: Year


class RunningLine(Part):
    """What it costs each month."""

    what: str = Field(min_length=2)
    monthly: Amount
    year: Year


class IdeaPart(Part):
    """The whole file."""

    title: str = Field(min_length=3)
    unit: str = Field(min_length=2)
    kind: GainKind = GainKind.FREED_TIME
    purpose: str = ""
    items_per_month: Rising
    minutes: Rising
    exceptions: Annotated[Three, AfterValidator(_share)]
    exception_minutes: Decimal = Field(ge=0)
    occasions_per_month: Decimal = Field(default=Decimal(0), ge=0)
    occasion_minutes: Decimal = Field(default=Decimal(0), ge=0)
    supervision_hours: Decimal = Field(default=Decimal(0), ge=0)
    rate: RatePart
    overrun: Decimal = Field(default=Idea.overrun, ge=0, le=5)
    probability: Score
    consequence: Score
    risk: str = ""
    investment: list[InvestmentLine] = Field(min_length=1)
    running_cost: list[RunningLine] = Field(default_factory=list)


_KEYS = sorted(
    {name for part in (IdeaPart, InvestmentLine, RunningLine, RatePart) for name in part.model_fields}
)


def read_idea(path: Path) -> Idea:
    """The answers of a file.

    Raises:
        SettingsError: CFG-002 with each key that is wrong or missing; development cost is never left out.
        OSError: the file cannot be read.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(path.name, [syntax_problem(error)]) from error
    return idea_of(content, path.name)


def idea_of(content: Mapping[str, Any], name: str) -> Idea:
    """The answers as they are typed or read.

    Raises:
        SettingsError: as read_idea.
    """
    try:
        part = IdeaPart.model_validate(content)
    except ValidationError as error:
        raise SettingsError(name, problems_of(error, _KEYS)) from error
    if part.kind is GainKind.RECOVERED:
        raise SettingsError(name, [SettingProblem(kind="card_recovered", key="kind", found=str(part.kind))])
    return Idea(
        title=part.title,
        unit=part.unit,
        kind=part.kind,
        purpose=part.purpose,
        items=part.items_per_month,
        minutes=part.minutes,
        exceptions=part.exceptions,
        exception_minutes=part.exception_minutes,
        occasions=part.occasions_per_month,
        occasion_minutes=part.occasion_minutes,
        supervision_hours=part.supervision_hours,
        rate=HourlyRate(amount=int(part.rate.hourly), year=part.rate.year),
        investments=tuple(
            Money(what=one.what, amount=int(one.amount), year=one.year) for one in part.investment
        ),
        overrun=part.overrun,
        running_costs=tuple(
            Money(what=one.what, amount=int(one.monthly), year=one.year) for one in part.running_cost
        ),
        probability=part.probability,
        consequence=part.consequence,
        risk=part.risk,
    )
