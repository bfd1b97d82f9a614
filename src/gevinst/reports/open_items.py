"""Open items as the work list shows them: by age, with their cause and the item they may be mistaken for."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from gevinst.app.run_report import RunReport
from gevinst.domain.decision import Decision, DecisionKind
from gevinst.domain.masking import mask_cpr
from gevinst.domain.reconciliation import Side, Tally
from gevinst.reports.control import cause_title, undecided_rows
from gevinst.reports.items import Item, ItemBook, item_book, items_of
from gevinst.reports.sentences import EXPLAINED_CAUSES, cause, finding_words
from gevinst.texts import Texts

#: Upper ends of the age buckets in days; the last bucket has none.
AGE_LIMITS = (30, 60, 90, 180)
OLD = 90
MOST_TO_DO = 7
MOST_LINKS = 3
#: Most urgent first; causes that are not named come before those that only wait.
URGENCY = (
    "input_rejected",
    "double",
    "sign",
    "digits",
    "other_amount",
    "near_amount",
    "far",
    "carried",
    "parted",
    "ambiguous",
    "unsure",
    "split",
    "not_searched",
    "no_counterpart_bank",
    "interest",
    "fee",
    "no_counterpart_ledger",
)


@dataclass(frozen=True, kw_only=True)
class _Teller:
    """What the sentences of open items are made from."""

    book: ItemBook
    report: RunReport
    texts: Texts


@dataclass(frozen=True, kw_only=True)
class OpenItem:
    """One line of the work list. Its sentences are made when asked for: a page shows only the first lines."""

    number: int  #: counted from 1 in the order of the work list; the same in page and workbook
    item: Item
    days: int  #: calendar days since it was booked
    notes: tuple[str, ...]  #: what people have noted, oldest first
    teller: _Teller = field(repr=False)

    @cached_property
    def title(self) -> str:
        """The cause in two or three words."""
        return cause_title(self.item.cause, self.teller.report.sides, self.teller.texts)

    @cached_property
    def because(self) -> str:
        """The cause in a sentence."""
        teller = self.teller
        return cause(self.item, teller.book, teller.texts, names=teller.report.sides)

    @cached_property
    def suspect(self) -> Item | None:
        """The item that it may be mistaken for."""
        item = self.item
        return self.teller.book.find(item.suspect_side, item.suspect) if item.suspect else None


@dataclass(frozen=True, kw_only=True)
class AgeBucket:
    """Open items of an age, both sides."""

    key: str  #: 0, 30, 60, 90 or 180: days that its items are older than
    left: Tally
    right: Tally
    items: tuple[OpenItem, ...]  #: oldest first, then largest


def open_items(report: RunReport, texts: Texts) -> list[OpenItem]:
    """All open and proposed items: oldest bucket first, then the largest amount."""
    if report.result is None:
        return []
    teller = _Teller(book=item_book(report.result), report=report, texts=texts)
    notes = notes_by_item(report, texts)
    items = [
        item
        for side, frame in ((Side.LEFT, report.result.left), (Side.RIGHT, report.result.right))
        for item in items_of(side, undecided_rows(frame))
    ]
    days = {item.booked: (report.as_of - item.booked).days for item in items}
    items.sort(key=lambda one: (-_bucket(days[one.booked]), -abs(one.amount), one.side, one.item_id))
    return [
        OpenItem(
            number=number,
            item=item,
            days=days[item.booked],
            notes=notes.get((item.side, item.item_id), ()),
            teller=teller,
        )
        for number, item in enumerate(items, start=1)
    ]


def notes_by_item(report: RunReport, texts: Texts) -> dict[tuple[Side, str], tuple[str, ...]]:
    """What people have noted of items, as sentences, CPR numbers masked; a date that has passed is said."""
    notes: dict[tuple[Side, str], tuple[str, ...]] = {}
    for one in report.decisions:
        if one.kind is DecisionKind.NOTE:
            ends = ((Side.LEFT, one.left), (Side.RIGHT, one.right))
            for known in ((side, name) for side, names in ends for name in names):
                notes[known] = (*notes.get(known, ()), _note(one, report.as_of, texts))
    return notes


def _note(note: Decision, as_of: date, texts: Texts) -> str:
    said = texts.get("report.note", number=note.number, who=note.who, day=note.at, text=note.reason)
    if note.expected is None:
        return mask_cpr(said)
    late = note.expected < as_of
    day = texts.get("report.note.late" if late else "report.note.expected", day=note.expected)
    return mask_cpr(f"{said} {day}")


def age_buckets(rows: Sequence[OpenItem]) -> list[AgeBucket]:
    """The five age buckets, youngest first, empty ones too; they sum to the bridge."""
    by_age: list[list[OpenItem]] = [[] for _ in (0, *AGE_LIMITS)]
    for row in rows:
        by_age[_bucket(row.days)].append(row)
    return [
        AgeBucket(
            key=str(days), left=_tally(some, Side.LEFT), right=_tally(some, Side.RIGHT), items=tuple(some)
        )
        for days, some in zip((0, *AGE_LIMITS), by_age, strict=True)
    ]


def _bucket(days: int) -> int:
    return bisect_left(AGE_LIMITS, days)


def _tally(rows: Sequence[OpenItem], side: Side) -> Tally:
    amounts = [row.item.amount for row in rows if row.item.side is side]
    return Tally(count=len(amounts), sum=sum(amounts))


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """One line of what a person has to do."""

    text: str
    count: int
    sum: int  #: øre, sum of the absolute amounts
    items: tuple[OpenItem, ...]  #: the first few
    more: int  #: how many items beyond those


def to_do(report: RunReport, rows: Sequence[OpenItem], texts: Texts) -> list[ToDo]:
    """At most seven lines, the most urgent first."""
    if report.rejected:
        wanted = list(dict.fromkeys(finding_words(finding, texts).do for finding in report.rejected))
        return [_plain(text) for text in wanted[:MOST_TO_DO]]
    if report.result is None:
        return [_plain(texts.get("report.do.failed"))]
    lines = [] if report.result.bridge.holds else [_plain(texts.get("report.do.bridge"))]
    by_cause: dict[str, list[OpenItem]] = {}
    for row in rows:
        by_cause.setdefault(row.item.cause, []).append(row)
    causes = sorted(by_cause, key=lambda key: (_urgency(key), key))
    lines += [_for_cause(key, by_cause[key], report, texts) for key in causes]
    if len(lines) <= MOST_TO_DO:
        return lines
    rest = len(lines) - MOST_TO_DO + 1
    return [*lines[: MOST_TO_DO - 1], _plain(texts.get("report.do.rest", count=rest))]


def _urgency(cause: str) -> int:
    if cause in EXPLAINED_CAUSES:
        return len(URGENCY) + 1
    return URGENCY.index(cause) if cause in URGENCY else len(URGENCY)


def _plain(text: str) -> ToDo:
    return ToDo(text=text, count=0, sum=0, items=(), more=0)


def _for_cause(key: str, rows: Sequence[OpenItem], report: RunReport, texts: Texts) -> ToDo:
    variant = f"report.do.{key}.{report.sides}"
    return ToDo(
        text=texts.get(variant if texts.has(variant) else f"report.do.{key}", count=len(rows)),
        count=len(rows),
        sum=sum(abs(row.item.amount) for row in rows),
        items=tuple(rows[:MOST_LINKS]),
        more=max(0, len(rows) - MOST_LINKS),
    )
