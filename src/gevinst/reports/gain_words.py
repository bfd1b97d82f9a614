"""Gains as people read them: figures, sentences and what to do, in one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from gevinst.domain.gain_card import HANDLING
from gevinst.domain.gain_quality import Share
from gevinst.domain.gain_report import GainReport, RobotGain, UnitGain, Warned
from gevinst.domain.gains import FIXED_CASE, GainKind
from gevinst.domain.masking import mask_cpr
from gevinst.reports.numbers import period_words
from gevinst.texts import Texts

ORE_PER_KRONE = 100
PER_MILLE = 1_000
#: Warnings that need a person, in the order they are shown; the rest is said beside the figures.
GRAVE = ("hole", "clock_back", "clock", "costs_time", "exceptions", "over_staff", "changed", "under_plan")


@dataclass(frozen=True, kw_only=True)
class Lead:
    """The first thing a reader sees."""

    tone: str  #: ok or act
    headline: str
    detail: str
    action: str


class GainWords:
    """Figures and sentences of a gain report."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def whole(self, value: Decimal) -> str:
        """Hours as a whole number."""
        return self.texts.number(int(value.to_integral_value(rounding=ROUND_HALF_EVEN)))

    def tenth(self, value: Decimal) -> str:
        """Hours or minutes with one decimal."""
        return self.decimal(value, 1)

    def decimal(self, value: Decimal, places: int) -> str:
        """A number with so many decimals, with the language's marks."""
        text = f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN):,f}"
        if self.texts.get("gain.decimal_mark") == ",":
            text = text.translate(str.maketrans(",.", ".,"))
        return text

    def kroner(self, ore: int) -> str:
        """Øre as whole kroner."""
        return self.whole(Decimal(ore) / ORE_PER_KRONE)

    def share(self, value: Decimal | None) -> str:
        """A share as percent with one decimal; a dash for none."""
        return "–" if value is None else self.texts.percent(int((value * PER_MILLE).to_integral_value()))

    def percent(self, value: Decimal | None) -> str:
        """A share as whole percent; a dash for none."""
        return "–" if value is None else self.texts.get("gain.percent", number=self.whole(value * 100))

    def months(self, value: Decimal | None) -> str:
        """Months of payback; words for never."""
        return self.texts.get("gain.never") if value is None else self.tenth(value)

    def interval(self, share: Share | None) -> str:
        """A share found in a sample, with its interval."""
        if share is None:
            return self.texts.get("gain.not_known")
        return self.texts.get(
            "gain.share",
            share=self.share(share.value),
            low=self.share(share.low),
            high=self.share(share.high),
            count=share.count,
            n=self.texts.number(share.n),
        )

    def case(self, name: str) -> str:
        """A case type: the card's own word, or what we call an occasion and a cost."""
        if name == FIXED_CASE:
            return self.texts.get("gain.case.fixed")
        kind, _, of_exception = name.partition(":")
        return self.texts.get("gain.case.handling", case=of_exception) if kind == HANDLING else mask_cpr(name)

    def stretch(self, report: GainReport) -> str:
        """The months of the report."""
        first, last = (period_words(one, self.texts) for one in (report.months[0], report.months[-1]))
        return first if first == last else f"{first} – {last}"

    def warning(self, one: Warned) -> str:
        """A warning in words."""
        facts = {name: self._fact(name, value) for name, value in one.facts.items()}
        return self.texts.get(f"gain.warn.{one.code}", **facts)

    def _fact(self, name: str, value: object) -> object:
        if isinstance(value, Decimal):
            return self.percent(value) if name == "share" else self.tenth(value)
        return self.texts.day(value) if isinstance(value, date) else value


def lead_of(report: GainReport, words: GainWords) -> Lead:
    """What the report comes to, in the first lines."""
    texts, language = words.texts, str(words.texts.language)
    if not report.robots:
        return Lead(
            tone="act", headline=texts.get("gain.lead.none"), detail=texts.get("gain.lead.none_do"), action=""
        )
    costly = [one.title_in(language) for one in report.robots if one.costs_time]
    waiting = sum(1 for robot in report.robots for one in robot.quarters if one.waits)
    hours = report.hours
    headline = texts.get(
        "gain.lead.headline" if hours.low >= 0 else "gain.lead.costs",
        hours=words.whole(abs(hours.low)),
        count=len(report.robots),
        months=len(report.months),
    )
    sentences = [
        texts.get("gain.lead.realised", hours=words.whole(report.realised)),
        _against_plan(report, words),
        _worth(report, words),
    ]
    actions = [texts.get("gain.lead.costly", robots=", ".join(costly), count=len(costly))] if costly else []
    actions += [texts.get("gain.lead.waiting", count=waiting)] if waiting else []
    grave = costly or waiting or any(one.code in GRAVE for one in all_warnings(report))
    return Lead(
        tone="act" if grave else "ok",
        headline=headline,
        detail=" ".join(filter(None, sentences)),
        action=" ".join(actions) or texts.get("gain.lead.nothing"),
    )


def _against_plan(report: GainReport, words: GainWords) -> str:
    hours = words.whole(report.hours.middle)
    if not report.planned:
        return words.texts.get("gain.lead.middle", hours=hours)
    share = report.hours.middle / report.planned
    return words.texts.get(
        "gain.lead.planned", hours=hours, planned=words.whole(report.planned), share=words.percent(share)
    )


def _worth(report: GainReport, words: GainWords) -> str:
    """What freed time is worth, never in one sum with money."""
    freed = next((one for one in report.kinds if one.kind is GainKind.FREED_TIME), None)
    if freed is None or not freed.value.low:
        return ""
    return words.texts.get(
        "gain.lead.worth",
        posts=words.decimal(report.posts, 2),
        value=words.kroner(freed.value.low),
        year=report.price_year,
        cost=words.kroner(report.running_cost),
    )


def all_warnings(report: GainReport) -> Sequence[Warned]:
    """The report's own warnings, then each robot's."""
    return [*report.warnings, *(one for robot in report.robots for one in robot.warnings)]


def grave_first(robot: RobotGain) -> Sequence[Warned]:
    """A robot's warnings, those that need a person first."""
    return sorted(robot.warnings, key=lambda one: one.code not in GRAVE)


def unit_share(unit: UnitGain) -> Decimal | None:
    """Hours freed by the hours that the unit spent on the tasks."""
    return unit.hours.middle / unit.staff_hours if unit.staff_hours else None
