"""The gain card as a whole: its version, its content as it is kept, and what contradicts itself in it."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from gevinst.domain.gains import (
    FIXED_CASE,
    MINUTES_PER_HOUR,
    Baseline,
    GainCard,
    GainKind,
    Method,
)

HASH_SHOWN = 12
#: Methods that claim to have measured.
MEASURED = frozenset({Method.STOPWATCH, Method.TIMESTAMPS, Method.SELF_REPORT})
FEWEST = 2  # one measurement has no spread
#: Planned hours contradict the baselines when they are this much above all items at the slowest case type, or
#: under this share of them at the quickest: exceptions and supervision do not explain it.
PLAN_SLACK, PLAN_LEAST = Decimal("1.2"), Decimal("0.5")
#: Case types of what people still spend; their entries in the ledger carry a minus sign. That of an exception
#: also names the item's own case type: handling:payment.
SUPERVISION, REWORK, HANDLING = "supervision", "rework", "handling"
COSTS = (SUPERVISION, REWORK, HANDLING)


def handling_of(case_type: str) -> str:
    """The case type of an exception of a case type."""
    return f"{HANDLING}:{case_type}"


def is_cost(case_type: str) -> bool:
    """Whether a case type stands for time that people still spend."""
    return case_type.partition(":")[0] in COSTS


@dataclass(frozen=True, kw_only=True)
class CardProblem:
    """Something in a card that cannot be right. The catalogue has setting.card_<kind>."""

    kind: str
    key: str  #: below [gain], such as case_types.payment.n
    found: str
    expected: str = ""  #: as it may be shown


def card_values(card: GainCard) -> dict[str, Any]:
    """All of a card but its version, as JSON values: numbers as texts, days as ISO dates."""
    values = asdict(card)
    del values["version"]
    return {name: _plain(value) for name, value in values.items()}


def card_version(card: GainCard) -> str:
    """The hash of a card's content: it changes when the card does, and only then."""
    text = json.dumps(card_values(card), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_SHOWN]


def baselines_of(content: Mapping[str, Any]) -> dict[str, Baseline]:
    """The baselines by case type, with FIXED_CASE for the occasion's, of a card that was kept."""
    found = {**content["case_types"], FIXED_CASE: content["fixed"]}
    return {case: _baseline(values) for case, values in found.items() if values is not None}


def _baseline(values: Mapping[str, Any]) -> Baseline:
    estimate = [Decimal(value) for value in values["estimate"] or ()]
    return Baseline(
        minutes=Decimal(values["minutes"]),
        sd=Decimal(values["sd"]),
        n=values["n"],
        method=Method(values["method"]),
        measured=date.fromisoformat(values["measured"]),
        valid_until=date.fromisoformat(values["valid_until"]),
        estimate=(estimate[0], estimate[1], estimate[2]) if estimate else None,
        measured_by=values.get("measured_by", ""),  # cards kept before it was asked have none
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def card_problems(card: GainCard) -> list[CardProblem]:
    """What contradicts itself in a card; an empty list when nothing does."""
    named = [(f"case_types.{name}", one) for name, one in card.case_types.items()]
    baselines = [(key, one) for key, one in [*named, ("fixed", card.fixed)] if one is not None]
    problems = [problem for key, one in baselines for problem in _baseline_problems(key, one)]
    return [*problems, *_name_problems(card), *_kind_problems(card), *_plan_problems(card)]


def _baseline_problems(key: str, one: Baseline) -> Iterator[CardProblem]:
    if one.method in MEASURED and one.n < FEWEST:
        yield CardProblem(kind="n_one", key=f"{key}.n", found=str(one.n), expected=str(one.method))
    if one.valid_until <= one.measured:
        yield CardProblem(
            kind="valid_until",
            key=f"{key}.valid_until",
            found=f"{one.valid_until}",
            expected=f"{one.measured}",
        )
    if one.estimate and not 0 < one.estimate[0] <= one.estimate[1] <= one.estimate[2]:
        yield CardProblem(kind="estimate", key=f"{key}.estimate", found=", ".join(map(str, one.estimate)))
    if one.estimate and one.method is not Method.EXPERT:
        yield CardProblem(kind="estimate_method", key=f"{key}.method", found=str(one.method))


def _name_problems(card: GainCard) -> Iterator[CardProblem]:
    for name in card.case_types:
        if name in (*COSTS, FIXED_CASE):
            yield CardProblem(kind="case_name", key=f"case_types.{name}", found=name)


def _kind_problems(card: GainCard) -> Iterator[CardProblem]:
    if card.kind is GainKind.RECOVERED:
        yield CardProblem(kind="recovered", key="kind", found=str(card.kind))
    if card.kind is GainKind.BUDGET and not card.terms.budget_reference:
        yield CardProblem(kind="budget", key="budget_reference", found="")
    for number, one in enumerate(card.terms.amounts):
        if not one.document.strip():
            yield CardProblem(kind="document", key=f"amount.{number}.document", found="")
    quality = card.terms.quality
    if quality and quality.errors > quality.sample:
        yield CardProblem(
            kind="errors", key="quality.errors", found=str(quality.errors), expected=str(quality.sample)
        )


def _plan_problems(card: GainCard) -> Iterator[CardProblem]:
    plan = card.terms.plan
    if plan is None or not plan.items_per_month or not plan.hours_per_month:
        return
    low, high = planned_range(card, plan.items_per_month)
    if not low * PLAN_LEAST <= plan.hours_per_month <= high * PLAN_SLACK:
        yield CardProblem(
            kind="plan",
            key="plan.hours_per_month",
            found=f"{plan.hours_per_month}",
            expected=f"{low:.1f}-{high:.1f}",
        )


def planned_range(card: GainCard, items: int) -> tuple[Decimal, Decimal]:
    """Hours of so many items a month, were they all of the quickest, or all of the slowest case type."""
    minutes: Sequence[Decimal] = [one.minutes for one in card.case_types.values() if one] or [Decimal(0)]
    fixed = card.occasions_per_month * card.fixed.minutes if card.fixed else Decimal(0)
    low, high = ((items * some + fixed) / MINUTES_PER_HOUR for some in (min(minutes), max(minutes)))
    return low, high
