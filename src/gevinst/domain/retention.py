"""How long data are kept: rules in words, the day from which they may be deleted, and what a hold stops.

Years count from the end of the accounting year (31 December) that the period is in, as the rules on municipal
accounts do; months and days count from the end of the period, unless the words say otherwise.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gevinst.domain.period import period_end


class DataKind(StrEnum):
    """What is deleted together."""

    INPUTS = "inputs"  #: the files that a run has read: copies in its evidence, and where they were received
    ITEMS = "items"  #: what shows single items: lists, workbook, pages, result; open items in the database
    EVIDENCE = "evidence"  #: the rest of the folder: logs and journal


class Unit(StrEnum):
    """What a rule counts in."""

    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"


@dataclass(frozen=True, kw_only=True)
class RetentionRule:
    """So long after the end of the accounting year or of the period."""

    count: int  #: at least 1
    unit: Unit
    from_year_end: bool


class RetentionWordsError(ValueError):
    """The words are no rule that can be computed."""


_UNITS = {"år": Unit.YEARS, "year": Unit.YEARS, "måned": Unit.MONTHS, "month": Unit.MONTHS} | {
    "dag": Unit.DAYS,
    "day": Unit.DAYS,
}
_RULE = re.compile(
    r"(?P<count>[1-9]\d{0,3}) (?P<unit>år|year|måned|month|dag|day)(?:er|e|s)?"
    r"(?: (?:efter|after) (?:the )?(?P<start>"
    r"regnskabsårets (?:udløb|afslutning)|end of the (?:accounting|financial) year"
    r"|periodens udløb|end of the period))?\.?"
)
_DECEMBER = 12


def retention_rule(words: str) -> RetentionRule:
    """A rule from words such as `5 år efter regnskabsårets udløb` or `6 months`.

    Raises:
        RetentionWordsError: the words are no such rule.
    """
    found = _RULE.fullmatch(" ".join(words.casefold().split()))
    if not found:
        raise RetentionWordsError(words)
    unit, start = _UNITS[found["unit"]], found["start"] or ""
    from_year_end = unit is Unit.YEARS if not start else "år" in start or "year" in start
    return RetentionRule(count=int(found["count"]), unit=unit, from_year_end=from_year_end)


def deletable_from(rule: RetentionRule, period: str) -> date:
    """The first day on which data of a month such as 2026-10 may be deleted."""
    end = period_end(period)
    start = date(end.year, _DECEMBER, 31) if rule.from_year_end else end
    if rule.unit is Unit.DAYS:
        return start + timedelta(days=rule.count + 1)
    months = start.month + rule.count * (_DECEMBER if rule.unit is Unit.YEARS else 1)
    year, month = start.year + (months - 1) // _DECEMBER, (months - 1) % _DECEMBER + 1
    return period_end(f"{year:04}-{month:02}") + timedelta(days=1)
