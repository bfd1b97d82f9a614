"""The business case of an idea: a page in each language, and data."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from gevinst.domain.gain_plan import BusinessCase, Case, CaseResult, Criterion, Verdict
from gevinst.domain.masking import mask_cpr
from gevinst.reports.gain_page import SHEET, gain_templates
from gevinst.reports.gain_put import put
from gevinst.reports.gain_words import GainWords, Lead
from gevinst.reports.page import page_frame
from gevinst.texts import Language, Texts

PAGES = {Language.DANISH: "businesscase.html", Language.ENGLISH: "businesscase.en.html"}
DATA = "businesscase.json"
CONTRACT = "gevinst-business-case/1"
TONES = {Verdict.GO: "ok", Verdict.TRIAL: "act", Verdict.NO_GO: "stop"}
#: Criteria whose figures are amounts of money.
MONEY = "value"


def plan_page(case: BusinessCase, language: Language | str = Language.DANISH) -> str:
    """The page as HTML text."""
    texts = Texts(language)
    words = GainWords(texts)
    facts: dict[str, Any] = {
        "case": case,
        "idea": case.idea,
        **page_frame(texts, PAGES, SHEET),
        "lead": plan_lead(case, words),
        "tones": {str(verdict): tone for verdict, tone in TONES.items()},
        "criterion": lambda one, name: criterion_words(one, name, words),
    }
    return gain_templates(texts.language).get_template("gain_plan.html.j2").render(**facts)


def plan_lead(case: BusinessCase, words: GainWords) -> Lead:
    """The verdict, and what it rests on."""
    texts, likely, worst = words.texts, case.case(Case.LIKELY), case.case(Case.PESSIMISTIC)
    rate = case.rates[1]
    detail = texts.get(
        "gain.idea.lead",
        hours=words.whole(likely.hours * 12),
        posts=words.decimal(likely.hours * 12 / case.effective_hours, 2),
        value=words.kroner(likely.present_values[rate]),
        worst=words.kroner(worst.present_values[rate]),
        years=case.horizon_years,
    )
    payback = texts.get(
        "gain.idea.payback" if likely.payback is not None else "gain.idea.no_payback",
        months=words.months(likely.payback),
    )
    return Lead(
        tone=TONES[case.verdict],
        headline=f"{texts.get(f'gain.verdict.{case.verdict}')}: {mask_cpr(case.idea.title)}",
        detail=f"{detail} {payback}",
        action=texts.get(f"gain.verdict.{case.verdict}.do"),
    )


def criterion_words(one: Criterion, name: str, words: GainWords) -> str:
    """A limit or a finding of the rule, in its unit."""
    value: Decimal | None = getattr(one, name)
    if value is None:
        return words.months(None)
    return words.kroner(int(value)) if one.name == MONEY else words.tenth(value)


def plan_json(case: BusinessCase) -> dict[str, Any]:
    """The business case as JSON values: hours and shares as texts, amounts as integer øre."""
    return {
        "contract": CONTRACT,
        "title": mask_cpr(case.idea.title),
        "unit": mask_cpr(case.idea.unit),
        "kind": str(case.idea.kind),
        "verdict": str(case.verdict),
        "price_year": case.price_year,
        "horizon_years": case.horizon_years,
        "risk": case.idea.risk_score,
        "criteria": [
            {
                "name": one.name,
                "verdict": str(one.verdict),
                **{name: _text(getattr(one, name)) for name in ("go", "trial", "found")},
            }
            for one in case.criteria
        ],
        "cases": [_case(one) for one in case.cases],
    }


def _case(one: CaseResult) -> dict[str, Any]:
    return {
        "case": str(one.case),
        "items_per_month": _text(one.items),
        "minutes": _text(one.minutes),
        "exceptions": _text(one.exceptions),
        "hours_per_month": _text(one.hours),
        "value_per_month": one.value,
        "running_cost_per_month": one.running_cost,
        "net_per_month": one.net,
        "investment": one.investment,
        "payback_months": _text(one.payback),
        "present_values": {_text(rate): value for rate, value in one.present_values.items()},
        "return": _text(one.return_rate),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(round(value, 4).normalize() + 0, "f")


def write_plan(case: BusinessCase, folder: Path) -> list[Path]:
    """Write pages and data; gives their paths, the Danish page first.

    Raises:
        OSError: the folder cannot be made, or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        **{name: plan_page(case, language) for language, name in PAGES.items()},
        DATA: json.dumps(plan_json(case), ensure_ascii=False, indent=1) + "\n",
    }
    return [put(folder / name, text.encode()) for name, text in contents.items()]
