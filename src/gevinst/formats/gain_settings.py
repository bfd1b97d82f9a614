"""The `[gain]` table of `gevinst.toml`: what the office has decided about gains."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from gevinst.app.office import SettingProblem, SettingsError
from gevinst.domain.gain_settings import (
    DISCOUNT_RATE,
    EFFECTIVE_HOURS,
    HORIZON_YEARS,
    GainSettings,
    IdeaRule,
    SharedCost,
)
from gevinst.domain.gain_terms import HourlyRate
from gevinst.formats.gain_card import Amount, Part, RatePart, Year
from gevinst.formats.office_file import OFFICE_FILE, office_folder
from gevinst.formats.setting_problems import problems_of, syntax_problem


class SharedCostPart(Part):
    """A running cost that robots share by keys."""

    what: str = Field(min_length=2)
    monthly: Amount
    year: Year
    keys: dict[str, Decimal]


class RulePart(Part):
    """When an idea is built, tried or dropped."""

    go_payback_months: Decimal = Field(default=IdeaRule.go_payback_months, gt=0)
    trial_payback_months: Decimal = Field(default=IdeaRule.trial_payback_months, gt=0)
    go_pessimistic_value: Amount = "0"
    go_risk: int = Field(default=IdeaRule.go_risk, ge=1, le=25)
    trial_risk: int = Field(default=IdeaRule.trial_risk, ge=1, le=25)


class OfficeGainPart(Part):
    """The whole table."""

    rate: RatePart | None = None
    effective_hours: Decimal = Field(default=EFFECTIVE_HOURS, gt=0, le=1924)
    price_year: Year | None = None
    price_levels: dict[str, Decimal] = Field(default_factory=dict)
    discount_rate: Decimal = Field(default=DISCOUNT_RATE, ge=0, lt=1)
    horizon_years: int = Field(default=HORIZON_YEARS, ge=1, le=20)
    shared_cost: list[SharedCostPart] = Field(default_factory=list)
    owners: dict[str, list[str]] = Field(default_factory=dict)
    rule: RulePart = RulePart()


#: Every table of the office's part.
OFFICE_GAIN_PARTS = (SharedCostPart, RulePart, OfficeGainPart)
_KEYS = sorted({name for part in (*OFFICE_GAIN_PARTS, RatePart) for name in part.model_fields})


def read_gain_settings(start: Path) -> GainSettings:
    """The office's settings for gains, from the gevinst.toml in a folder or above; defaults without a table.

    Raises:
        SettingsError: CFG-002 a key is wrong, or the keys of a shared cost do not sum to 1.
    """
    folder = office_folder(start)
    if folder is None:
        return GainSettings()
    try:
        content = tomllib.loads((folder / OFFICE_FILE).read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(OFFICE_FILE, [syntax_problem(error)]) from error
    return _settings(content.get("gain", {}))


def _settings(values: Mapping[str, Any]) -> GainSettings:
    try:
        part = OfficeGainPart.model_validate(values)
    except ValidationError as error:
        raise SettingsError(OFFICE_FILE, problems_of(error, _KEYS)) from error
    if wrong := [*_key_problems(part), *_level_problems(part)]:
        raise SettingsError(OFFICE_FILE, wrong)
    return GainSettings(
        rate=HourlyRate(amount=int(part.rate.hourly), year=part.rate.year) if part.rate else None,
        effective_hours=part.effective_hours,
        price_year=part.price_year,
        price_levels={int(year): level for year, level in part.price_levels.items()},
        discount_rate=part.discount_rate,
        horizon_years=part.horizon_years,
        shared_costs=tuple(_shared(one) for one in part.shared_cost),
        owners={role: tuple(users) for role, users in part.owners.items()},
        rule=_rule(part.rule),
    )


def _shared(part: SharedCostPart) -> SharedCost:
    return SharedCost(what=part.what, monthly=int(part.monthly), year=part.year, keys=part.keys)


def _rule(part: RulePart) -> IdeaRule:
    values = part.model_dump()
    return IdeaRule(**{**values, "go_pessimistic_value": int(part.go_pessimistic_value)})


def _key_problems(part: OfficeGainPart) -> list[SettingProblem]:
    """Shared costs that would be lost or counted twice."""
    sums = [sum(one.keys.values(), Decimal(0)) for one in part.shared_cost]
    return [
        SettingProblem(
            kind="shared_keys", key=f"gain.shared_cost.{number}.keys", found=f"{total}", expected=""
        )
        for number, total in enumerate(sums)
        if total != 1 or any(share < 0 for share in part.shared_cost[number].keys.values())
    ]


def _level_problems(part: OfficeGainPart) -> list[SettingProblem]:
    return [
        SettingProblem(kind="price_level", key=f"gain.price_levels.{year}", found=f"{level}")
        for year, level in part.price_levels.items()
        if not year.isdecimal() or level <= 0
    ]
