"""The run page: what a controller reads, one self-contained HTML file in each language."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from jinja2 import Environment

from gevinst.app.run_report import GainFact, RunReport, SideNames, SourceFact
from gevinst.domain.masking import mask_cpr
from gevinst.domain.reconciliation import Reconciliation, Side, Tally
from gevinst.reports.control import bridge_lines, control_lines, side_name
from gevinst.reports.decided import decision_lines, of_people
from gevinst.reports.doubt import doubts
from gevinst.reports.items import Item, place_words
from gevinst.reports.matches import (
    PassSummary,
    accepted_differences,
    pass_summaries,
    pass_title,
    workbook_holds_all,
)
from gevinst.reports.numbers import decimal_words, period_words
from gevinst.reports.open_items import AgeBucket, OpenItem, age_buckets, open_items, to_do
from gevinst.reports.page import RUN_PAGES, page_environment, page_frame
from gevinst.reports.sentences import assumption_words, conclude, finding_words
from gevinst.reports.since_last import carried_settled, since_last
from gevinst.texts import Language, Texts

WORKBOOK = "afstemning.xlsx"
MOST_ROWS = 500  # rows of a block that stand on the page; the workbook has all
MOST_DOUBTS = 50
MINUTES_PER_HOUR = 60


def run_page(report: RunReport, language: Language | str = Language.DANISH) -> str:
    """The page as HTML text, under 1 MB however large the run was."""
    texts = Texts(language)
    return _templates(texts.language).get_template("run_page.html.j2").render(**_facts(report, texts))


@lru_cache
def _templates(language: Language) -> Environment:
    texts = Texts(language)
    environment = page_environment(texts)
    environment.filters |= {
        "source": lambda item, with_file: source_words(item, texts, with_file=with_file),
        "names": lambda items: ", ".join(item.shown_id or place_words(item.place, texts) for item in items),
    }
    return environment


def _facts(report: RunReport, texts: Texts) -> dict[str, Any]:
    title = (
        report.robot_title
        if texts.language is Language.DANISH
        else report.robot_title_en or report.robot_title
    )
    rows = open_items(report, texts)
    blocks = {
        **_input_facts(report, texts),
        **_open_facts(report, rows, texts),
        **(
            _result_facts(report, report.result, rows, texts)
            if report.result
            else {"passes": [], "doubts": []}
        ),
        "gain": gain_words(report.gain, texts) if report.gain else None,
    }
    return {
        "report": report,
        "result": report.result,
        **page_frame(texts, RUN_PAGES),
        "title": title,
        "period": period_words(report.run.period, texts),
        "currency": report.currency,
        "workbook": WORKBOOK,
        "most_rows": MOST_ROWS,
        "most_doubts": MOST_DOUBTS,
        "conclusion": conclude(report, texts),
        "facts": _run_facts(report, texts),
        "left": side_name(Side.LEFT, report.sides, texts),
        "right": side_name(Side.RIGHT, report.sides, texts),
        **blocks,
        "contents": _contents(report, blocks),
    }


def _run_facts(report: RunReport, texts: Texts) -> list[tuple[str, str]]:
    """Label and value of what identifies the run; blank ones are left out."""
    facts = [
        ("account", report.account_title),
        ("as_of", texts.day(report.as_of)),
        ("started", texts.moment(report.run.started)),
        ("process_owner", report.process_owner),
        ("version", report.run.robot_version[:12]),
        ("replaces", report.run.replaces),
    ]
    return [(label, value) for label, value in facts if value]


def _contents(report: RunReport, blocks: dict[str, Any]) -> list[str]:
    """The blocks on the page, in order."""
    wanted = {
        "findings": blocks["findings"],
        "bridge": blocks["bridge"],
        "control": blocks["control"] or report.sources,
        "open": report.result,
        "todo": True,
        "list": blocks["open_rows"],
        "matches": report.result,
        "doubt": report.result,
        "deviations": report.result or any(blocks[name] for name in ("warnings", "left_out", "assumed")),
        "booking": blocks["accepted"],
        "since": report.result and report.sides is not SideNames.FILES,  # loose files have no run before
        "gain": blocks["gain"],
        "signature": report.result,
        "technique": True,
    }
    return [name for name, shown in wanted.items() if shown]


@dataclass(frozen=True, kw_only=True)
class _Assumed:
    """What was taken for granted about one file."""

    side: Side
    file: str
    sure: tuple[str, ...]
    unsure: tuple[str, ...]


def _assumed(source: SourceFact, texts: Texts) -> _Assumed:
    words = [(one.sure, assumption_words(one, texts)) for one in source.assumptions]
    return _Assumed(
        side=source.side,
        file=mask_cpr(source.file),
        sure=tuple(text for sure, text in words if sure),
        unsure=tuple(text for sure, text in words if not sure),
    )


def _input_facts(report: RunReport, texts: Texts) -> dict[str, Any]:
    lines = control_lines(report.result) if report.result else []
    unplaced = lines[-1] if lines else None
    return {
        "findings": [finding_words(finding, texts) for finding in report.rejected],
        "warnings": [finding_words(finding, texts) for finding in report.warnings],
        "bridge": [] if report.rejected else bridge_lines(report, texts),  # nothing was compared: no proof
        "control": lines,
        "unplaced": _unplaced(unplaced.left, unplaced.right) if unplaced else 0,
        "carried": _carried(report, texts),
        "left_out": [*_left_out(report, texts), *_skipped(report, texts)],
        "assumed": [_assumed(source, texts) for source in report.sources if source.assumptions],
        "decided": decision_lines(report, texts),
        "accepted": accepted_differences(report.result) if report.result else [],
        "own_account": _own_account(report.result) if report.result else None,
    }


def _unplaced(*sides: Tally) -> int:
    """Items without a place; an amount without a place counts as one."""
    return sum(abs(side.count) or int(side.sum != 0) for side in sides)


def _carried(report: RunReport, texts: Texts) -> list[str]:
    totals = report.result.totals if report.result else {}
    return [
        texts.get("report.control.carried", count=of.carried.count, sum=of.carried.sum,
                  side=side_name(side, report.sides, texts))
        for side, of in totals.items()
        if of.carried.count
    ]  # fmt: skip


def _left_out(report: RunReport, texts: Texts) -> Iterable[str]:
    for side, totals in (report.result.totals if report.result else {}).items():
        name = side_name(side, report.sides, texts)
        for key, tally in (("excluded", totals.excluded), ("duplicate", totals.duplicate)):
            if tally.count:
                yield texts.get(f"report.deviations.{key}", side=name, count=tally.count, sum=tally.sum)


def _skipped(report: RunReport, texts: Texts) -> Iterable[str]:
    for source in report.sources:
        for reason, count in sorted(Counter(key for _, key in source.skipped).items()):
            yield texts.get(
                "report.deviations.skipped", file=mask_cpr(source.file), count=count, reason=texts.get(reason)
            )


@dataclass(frozen=True, kw_only=True)
class _Both:
    left: Tally
    right: Tally


def _open_facts(report: RunReport, rows: Sequence[OpenItem], texts: Texts) -> dict[str, Any]:
    rest = rows[MOST_ROWS:]
    return {
        "open_rows": rows,
        "buckets": [_Shown(bucket) for bucket in age_buckets(rows)],
        "open_total": _both(rows),
        "open_year": _both([row for row in rows if row.item.booked.year < report.as_of.year]),
        "open_rest": Tally(count=len(rest), sum=sum(row.item.amount for row in rest)),
        "todo": to_do(report, rows, texts),
    }


class _Shown:
    """An age bucket with the part of its items that stands on the page."""

    def __init__(self, bucket: AgeBucket) -> None:
        self.key, self.left, self.right, self.items = bucket.key, bucket.left, bucket.right, bucket.items
        self.shown = [row for row in bucket.items if row.number <= MOST_ROWS]


def _both(rows: Iterable[OpenItem]) -> _Both:
    sides: dict[Side, list[int]] = {Side.LEFT: [], Side.RIGHT: []}
    for row in rows:
        sides[row.item.side].append(row.item.amount)
    left, right = (Tally(count=len(amounts), sum=sum(amounts)) for amounts in sides.values())
    return _Both(left=left, right=right)


def _result_facts(
    report: RunReport, result: Reconciliation, rows: Sequence[OpenItem], texts: Texts
) -> dict[str, Any]:
    passes = pass_summaries(report, texts, most_shown=MOST_ROWS)
    return {
        "passes": passes,
        "matched_items": sum(summary.items for summary in passes),
        "matches_shown": sum(len(summary.shown) for summary in passes),
        "matches_rest": _rest(passes),
        "matches_file": "workbook" if workbook_holds_all(result) else "lists",
        "doubts": doubts(report, texts, MOST_DOUBTS),
        "notes": [texts.get(f"note.{key}", **facts) for key, facts in result.notes if not of_people(key)],
        "since": since_last(report, list(rows)),
        "settled": carried_settled(result),
        "rules": [
            texts.get("report.technique.rule", title=pass_title(rule, texts), days=rule.days)
            for rule in result.rules.passes
        ],
    }


def _rest(passes: Sequence[PassSummary]) -> Tally:
    return Tally(count=sum(one.rest for one in passes), sum=sum(one.rest_volume for one in passes))


@dataclass(frozen=True, kw_only=True)
class _OwnAccount:
    """The other leg of the accepted differences, so that debit and credit are equal."""

    debit: int
    credit: int
    total: int


def _own_account(result: Reconciliation) -> _OwnAccount:
    sums = [row.sum for row in accepted_differences(result)]
    credit, debit = sum(s for s in sums if s > 0), -sum(s for s in sums if s < 0)
    net = debit - credit
    return _OwnAccount(debit=max(-net, 0), credit=max(net, 0), total=max(debit, credit))


@dataclass(frozen=True, kw_only=True)
class GainWords:
    """The gain as the page says it."""

    headline: str
    how: str
    already: int
    case_types: tuple[Any, ...]


def gain_words(gain: GainFact, texts: Texts) -> GainWords:
    """Minutes and hours saved with how they were computed, or why there are none."""
    hours = gain.minutes_net / MINUTES_PER_HOUR
    headline = (
        texts.get("report.gain.none", reason=texts.get(f"report.gain.note.{gain.note}"))
        if gain.note
        else texts.get(
            "report.gain.saved",
            minutes=decimal_words(gain.minutes_net, texts),
            hours=decimal_words(hours, texts),
        )
    )
    how = texts.get(
        "report.gain.how",
        gross=decimal_words(gain.minutes_gross, texts),
        net=decimal_words(gain.minutes_net, texts),
    )
    return GainWords(headline=headline, how=how, already=gain.already_credited, case_types=gain.case_types)


def source_words(item: Item, texts: Texts, *, with_file: bool) -> str:
    """Where an item stood in its source, with its id."""
    place = item.place if with_file else replace(item.place, file="")
    parts = [texts.get("report.list.id", id=item.shown_id)] if item.shown_id else []
    parts.append(place_words(place, texts))
    if item.carried_from:
        parts.append(texts.get("report.list.carried", period=period_words(item.carried_from, texts)))
    return " · ".join(part for part in parts if part)
