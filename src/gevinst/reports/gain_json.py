"""`gevinster.json`: the gain report for machines; the contract is gain.schema.json."""

import json
from decimal import Decimal
from importlib.resources import files
from typing import Any

from gevinst.domain.gain_quality import Share
from gevinst.domain.gain_report import (
    Amounts,
    CaseGain,
    GainReport,
    Hours,
    Investment,
    KindGain,
    MonthGain,
    QuarterGain,
    RobotGain,
    UnitGain,
    Warned,
)
from gevinst.domain.masking import mask_cpr
from gevinst.reports.gain_words import GainWords, lead_of
from gevinst.texts import Texts

CONTRACT = "gevinst-gains/1"
PLACES = Decimal("0.0001")


def gain_json(report: GainReport) -> dict[str, Any]:
    """The report as JSON values: hours and shares as decimal texts, amounts as integer øre."""
    danish, english = (lead_of(report, GainWords(Texts(language))) for language in ("da", "en"))
    return {
        "contract": CONTRACT,
        "office": report.office,
        "first": report.months[0],
        "last": report.months[-1],
        "as_of": report.today.isoformat(),
        "price_year": report.price_year,
        "effective_hours": _number(report.effective_hours),
        "discount_rates": [_number(rate) for rate in report.rates],
        "horizon_years": report.horizon_years,
        "conclusion": f"{danish.headline} {danish.detail} {danish.action}".strip(),
        "conclusion_en": f"{english.headline} {english.detail} {english.action}".strip(),
        **_held_to_plan(report),
        "running_cost": report.running_cost,
        "totals": {
            "treasury": report.totals.treasury,
            "capacity": report.totals.capacity,
            "avoided": report.totals.avoided,
        },
        "kinds": [_kind(one) for one in report.kinds],
        "units": [_unit(one) for one in report.units],
        "robots": [_robot(one) for one in report.robots],
        "warnings": [_warning(one) for one in report.warnings],
    }


def gain_schema() -> dict[str, Any]:
    """The JSON Schema that every report keeps."""
    schema: dict[str, Any] = json.loads(files(__package__).joinpath("gain.schema.json").read_text("utf-8"))
    return schema


def _number(value: Decimal | None) -> str | None:
    """A decimal text with at most four decimals."""
    return None if value is None else format(value.quantize(PLACES).normalize() + 0, "f")


def _hours(hours: Hours) -> dict[str, Any]:
    return {
        "low": _number(hours.low),
        "middle": _number(hours.middle),
        "high": _number(hours.high),
        "known": hours.known,
    }


def _held_to_plan(one: GainReport | KindGain | UnitGain | RobotGain) -> dict[str, Any]:
    return {
        "hours": _hours(one.hours),
        "planned_hours": _number(one.planned),
        "realised_hours": _number(one.realised),
    }


def _amounts(amounts: Amounts) -> dict[str, int]:
    return {"low": amounts.low, "middle": amounts.middle, "high": amounts.high}


def _kind(one: KindGain) -> dict[str, Any]:
    return {
        "kind": str(one.kind),
        "robots": one.robots,
        **_held_to_plan(one),
        "value": _amounts(one.value),
        "realised_value": one.realised_value,
        "documented": one.shown,
    }


def _unit(one: UnitGain) -> dict[str, Any]:
    return {
        "unit": mask_cpr(one.unit),
        "robots": one.robots,
        **_held_to_plan(one),
        "staff_hours": _number(one.staff_hours),
    }


def _robot(one: RobotGain) -> dict[str, Any]:
    return {
        "robot": one.robot,
        "title": one.title_in("da"),
        "title_en": one.title_in("en"),
        "owner": mask_cpr(one.owner),
        "unit": mask_cpr(one.unit),
        "kind": str(one.kind),
        "purpose": mask_cpr(one.purpose),
        "phase": one.phase,
        "grade": str(one.grade) if one.grade else None,
        "costs_time": one.costs_time,
        **_held_to_plan(one),
        "share_of_plan": _number(one.share),
        "hourly_rate": one.rate,
        "value": _amounts(one.value),
        "realised_value": one.realised_value,
        "running_cost": one.running_cost,
        "recovered": one.recovered,
        "avoided": one.avoided,
        "exceptions": _number(one.exceptions),
        "investment": _investment(one.investment) if one.investment else None,
        "quality": {
            "errors_before": _share(one.quality.before),
            "errors_now": _share(one.quality.now),
            "lead_days": _number(one.quality.lead_days),
            "lead_days_now": _number(one.quality.lead_days_now),
        },
        "cases": [_case(case) for case in one.cases],
        "months": [_month(month) for month in one.months],
        "quarters": [_quarter(quarter) for quarter in one.quarters],
        "warnings": [_warning(warned) for warned in one.warnings],
    }


def _investment(one: Investment) -> dict[str, Any]:
    return {
        "amount": one.amount,
        "payback_months": _number(one.payback),
        "payback_months_low": _number(one.payback_low),
        "payback_months_discounted": _number(one.payback_discounted),
        "yearly_net": one.yearly_net,
        "present_values": {_number(rate): value for rate, value in one.present_values.items()},
        "return": _number(one.return_rate),
    }


def _share(one: Share | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"count": one.count, "n": one.n, "low": _number(one.low), "high": _number(one.high)}


def _case(one: CaseGain) -> dict[str, Any]:
    interval = one.baseline.interval if one.baseline else None
    return {
        "name": mask_cpr(one.name),
        "card_version": one.card_version,
        "items": one.items,
        "minutes": _number(one.minutes),
        "baseline_minutes": _number(one.baseline.minutes) if one.baseline else None,
        "baseline_low": _number(interval[0]) if interval else None,
        "baseline_high": _number(interval[1]) if interval else None,
        "measured": one.baseline.n if one.baseline else None,
        "method": str(one.baseline.method) if one.baseline else None,
        "grade": str(one.grade) if one.grade else None,
        "stale": one.stale,
    }


def _month(one: MonthGain) -> dict[str, Any]:
    return {
        "period": one.period,
        "items": one.items,
        "gross_hours": _number(one.gross),
        "cost_hours": _number(one.costs),
        "hours": _hours(one.hours),
        "planned_hours": _number(one.planned),
        "value": _amounts(one.value),
        "running_cost": one.running_cost,
        "net": one.net,
    }


def _quarter(one: QuarterGain) -> dict[str, Any]:
    return {
        "quarter": one.quarter,
        "state": str(one.state),
        "hours": _number(one.hours),
        "planned_hours": _number(one.planned),
        "realised_hours": _number(one.realised),
        "share_of_plan": _number(one.share),
        "reason": mask_cpr(one.reason),
        "role": mask_cpr(one.role),
        "answered": one.at.isoformat(timespec="seconds") if one.at else None,
        "changed_since": one.changed,
    }


def _warning(one: Warned) -> dict[str, str]:
    danish, english = (GainWords(Texts(language)).warning(one) for language in ("da", "en"))
    return {"code": one.code, "text": danish, "text_en": english}
