"""Matches by pass, weakest first, and the differences that were accepted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from gevinst.app.run_report import RunReport
from gevinst.domain.masking import mask_cpr
from gevinst.domain.matching.budget import ACCEPTING
from gevinst.domain.matching.rules import MatchPass
from gevinst.domain.reconciliation import Reconciliation, Side
from gevinst.reports.items import Item, item_book
from gevinst.reports.sentences import Group, because, group_rows
from gevinst.texts import Texts

MOST_ITEMS_SHOWN = 3
PER_MILLE = 1000
#: Matched items a side in the workbook; the item lists have all. Above this a workbook is too slow to open.
MOST_MATCHED = 50_000


def workbook_holds_all(result: Reconciliation) -> bool:
    """Whether the workbook lists every match."""
    return all(totals.matched.count <= MOST_MATCHED for totals in result.totals.values())


@dataclass(frozen=True, kw_only=True)
class Match:
    """One group with its first items and its sentence."""

    group: Group
    left: tuple[Item, ...]  #: the first few
    right: tuple[Item, ...]
    because: str

    @property
    def more_left(self) -> int:
        """Items of the left side beyond those shown."""
        return self.group.n_left - len(self.left)

    @property
    def more_right(self) -> int:
        """Items of the right side beyond those shown."""
        return self.group.n_right - len(self.right)

    @property
    def amount(self) -> int:
        """Øre of the left side, or of the right where the left has no item."""
        return self.group.amount_left if self.group.n_left else self.group.amount_right


@dataclass(frozen=True, kw_only=True)
class PassSummary:
    """What one pass matched."""

    title: str
    groups: int
    items: int  #: both sides
    volume: int  #: øre, sum of the absolute amounts of the groups
    share: int  #: of all matched items, per mille
    accepted: int  #: øre, sum of the absolute differences
    shown: tuple[Match, ...]
    rest: int  #: groups that are not shown
    rest_volume: int  #: øre


def pass_title(rule: MatchPass, texts: Texts) -> str:
    """A pass as a sentence: its own title or the catalogue's."""
    return mask_cpr(rule.title) or texts.get(f"report.pass.{rule.kind}.{rule.key}")


def pass_summaries(report: RunReport, texts: Texts, *, most_shown: int) -> list[PassSummary]:
    """The passes that matched something, weakest first; at most `most_shown` groups in all are shown."""
    result = report.result
    if result is None or result.groups.empty:
        return []
    teller = _Teller(result, texts)
    total = int((result.groups["n_left"] + result.groups["n_right"]).sum())
    by_pass = {str(pass_id): frame for pass_id, frame in result.groups.groupby("pass_id", sort=False)}
    titles = {
        pass_id: title for pass_id, title in _weakest_first(result, texts).items() if pass_id in by_pass
    }
    shares = _shares([len(by_pass[pass_id]) for pass_id in titles], most_shown)
    return [
        _summary(title, by_pass[pass_id], tuple(teller.matches(by_pass[pass_id].head(share))), total=total)
        for (pass_id, title), share in zip(titles.items(), shares, strict=True)
    ]


def _shares(sizes: Sequence[int], most: int) -> list[int]:
    """How many groups of each pass are shown: a fair part each, and what is left over to the first."""
    fair = most // max(1, len(sizes))
    shares = [min(size, fair) for size in sizes]
    for at, size in enumerate(sizes):
        shares[at] += min(size - shares[at], most - sum(shares))
    return shares


def _weakest_first(result: Reconciliation, texts: Texts) -> dict[str, str]:
    """Titles of the passes: decisions by people, then what accepts differences, then the last rule up."""
    order = {rule.id: (rule.kind not in ACCEPTING, -at) for at, rule in enumerate(result.rules.passes)}
    rules = sorted(result.rules.passes, key=lambda rule: order[rule.id])
    named = {rule.id: pass_title(rule, texts) for rule in rules}
    others = sorted(str(pass_id) for pass_id in result.groups["pass_id"].unique() if pass_id not in named)
    return {pass_id: other_title(pass_id, texts) for pass_id in others} | named


def other_title(pass_id: str, texts: Texts) -> str:
    """The title of what made a match and is no rule, such as people's decisions."""
    key = f"report.pass.{pass_id}"
    return texts.get(key) if texts.has(key) else pass_id


def _summary(title: str, frame: pd.DataFrame, shown: tuple[Match, ...], *, total: int) -> PassSummary:
    volumes = frame[["amount_left", "amount_right"]].abs().max(axis=1)
    items = int((frame["n_left"] + frame["n_right"]).sum())
    return PassSummary(
        title=title,
        groups=len(frame),
        items=items,
        volume=int(volumes.sum()),
        share=round(items * PER_MILLE / total),
        accepted=int(frame["difference"].abs().sum()),
        shown=shown,
        rest=len(frame) - len(shown),
        rest_volume=int(volumes.iloc[len(shown) :].sum()),
    )


class _Teller:
    """Makes matches with their items and sentences."""

    def __init__(self, result: Reconciliation, texts: Texts) -> None:
        self._texts = texts
        self._items = item_book(result)

    def matches(self, groups: pd.DataFrame) -> Iterator[Match]:
        for group in group_rows(groups):
            yield Match(
                group=group,
                left=self._first(Side.LEFT, group.group),
                right=self._first(Side.RIGHT, group.group),
                because=because(group, self._texts),
            )

    def _first(self, side: Side, group: int) -> tuple[Item, ...]:
        ids = self._items.members(side, group)
        return tuple(self._items.find_all(side, ids[:MOST_ITEMS_SHOWN]))


@dataclass(frozen=True, kw_only=True)
class AcceptedDifference:
    """Differences that a rule accepted and somebody has to post."""

    account: str  #: "" where the rule names none
    groups: int
    sum: int  #: øre, left less right


def accepted_differences(result: Reconciliation) -> Sequence[AcceptedDifference]:
    """Accepted differences by account; they sum to the bridge's line."""
    frame = result.groups[result.groups["difference"] != 0]
    grouped = frame.groupby("difference_account", sort=True)["difference"].agg(["count", "sum"])
    return [
        AcceptedDifference(account=str(account), groups=count, sum=total)
        for account, count, total in zip(
            grouped.index, grouped["count"].tolist(), grouped["sum"].tolist(), strict=True
        )
    ]
