"""Sentences from typed evidence: why items match, why one is open, what the run came to.

Nothing is stored as a sentence: each is made from the same facts in each language, so that they cannot
drift apart.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from gevinst.app.run_report import RunReport, SideNames
from gevinst.domain.finding import Finding
from gevinst.domain.masking import mask_cpr
from gevinst.domain.matching.codes import STEM
from gevinst.domain.reconciliation import GROUP_COLUMNS, Proposal, Reconciliation, Side
from gevinst.domain.run import RunState
from gevinst.domain.source import Assumption
from gevinst.reports.items import Item, ItemBook, place_words
from gevinst.reports.numbers import period_words
from gevinst.texts import Texts
from gevinst.texts.findings import FindingText, finding_text

#: Causes that time alone settles: nobody has to act on them before the next period.
EXPLAINED_CAUSES = frozenset({"period_end"})

# Stand-ins for the facts that differ in every group; all else repeats, so its sentence is made once.
_AMOUNT, _OTHER_AMOUNT, _DIFFERENCE, _RATE, _KEY = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_ANY_MARK = re.compile("([\ue000-\ue004])")
_BASIS_POINTS = 10_000
_BY_WORD = frozenset({"text_date", "batch_text", "series"})


class Group(NamedTuple):
    """One row of the groups frame; a tuple, since a large run has hundreds of thousands."""

    group: int
    pass_id: str
    reason: str
    n_left: int
    n_right: int
    amount_left: int
    amount_right: int
    difference: int
    difference_account: str
    key: str
    days: int
    candidates: int
    alike: int


def group_rows(groups: pd.DataFrame) -> Iterator[Group]:
    """The rows of a groups frame (GROUP_COLUMNS), in its order."""
    return map(Group._make, zip(*(groups[name].tolist() for name in GROUP_COLUMNS), strict=True))


def because(group: Group, texts: Texts) -> str:
    """Why the items of a group belong together, CPR numbers masked."""
    pieces = _because_pieces(
        texts,
        _Shape(
            reason=group.reason,
            n_left=group.n_left,
            n_right=group.n_right,
            account=group.difference_account,
            keyed=bool(group.key),
            days=abs(group.days),
            candidates=group.candidates,
            alike=group.alike,
        ),
    )
    return mask_cpr("".join([_FACTS[one](group, texts) if one in _FACTS else one for one in pieces]))


class _Shape(NamedTuple):
    """What groups have in common whose sentences differ in amounts and key alone."""

    reason: str
    n_left: int
    n_right: int
    account: str
    keyed: bool
    days: int
    candidates: int
    alike: int


@lru_cache(maxsize=4096)
def _because_pieces(texts: Texts, shape: _Shape) -> tuple[str, ...]:
    """The sentence of all groups of a shape, in pieces: text, and a mark where a fact goes."""
    days, candidates, account = shape.days, shape.candidates, shape.account
    sentence = texts.get(
        f"because.{shape.reason}",
        amount=_AMOUNT,
        other_amount=_OTHER_AMOUNT,
        difference=_DIFFERENCE,
        rate=_RATE,
        mark=_KEY,
        lag=texts.get("because.lag", count=days) if days else texts.get("because.lag.same"),
        others=texts.get("because.others", count=candidates)
        if candidates
        else texts.get("because.others.none"),
        alike=shape.alike,
        shape=texts.get("because.shape", left=shape.n_left, right=shape.n_right),
        items=shape.n_left + shape.n_right,
        shared=texts.get("because.shared", mark=_KEY) if shape.keyed else "",
        decided=texts.get("because.decided", mark=_KEY) if shape.keyed else "",
        account=texts.get("because.account", account=account) if account else "",
    )
    return tuple(_ANY_MARK.split(" ".join(sentence.split())))


def _rate(group: Group, texts: Texts) -> str:
    """The difference as percent of the gross amount, two decimals."""
    gross = max(abs(group.amount_left), abs(group.amount_right), 1)
    basis_points = (2 * abs(group.difference) * _BASIS_POINTS + gross) // (2 * gross)
    return texts.amount(basis_points)


def _shown_key(group: Group, texts: Texts) -> str:
    if group.reason in _BY_WORD and len(group.key) == STEM:
        return f"{group.key}…"  # the beginning of a word, which may have gone on
    if group.reason != "batch_day":
        return group.key
    try:
        return texts.day(date.fromisoformat(group.key[:10]))
    except ValueError:
        return group.key


_FACTS: dict[str, Callable[[Group, Texts], str]] = {
    _AMOUNT: lambda group, texts: texts.amount(group.amount_left if group.n_left else group.amount_right),
    _OTHER_AMOUNT: lambda group, texts: texts.amount(group.amount_right),
    _DIFFERENCE: lambda group, texts: texts.amount(abs(group.difference)),
    _RATE: _rate,
    _KEY: _shown_key,
}


def proposal_because(proposal: Proposal, items: ItemBook, texts: Texts) -> str:
    """Why a person has to decide a proposal."""
    left, right = next(iter(proposal.alternatives), (proposal.left[:1], proposal.right[:1]))
    answer = items.find_all(Side.LEFT, left) or items.find_all(Side.RIGHT, right)
    return texts.get(
        f"because.{proposal.reason}",
        amount=texts.amount(sum(item.amount for item in answer)),
        count=len(proposal.alternatives),
    )


def cause(item: Item, items: ItemBook, texts: Texts, *, names: SideNames = SideNames.BANK_LEDGER) -> str:
    """Why an item is open, with the item it may be mistaken for; "" when it has no cause."""
    if not item.cause:
        return ""
    suspect = items.find(item.suspect_side, item.suspect) if item.suspect else None
    variants = (f"cause.{item.cause}.{names}", "" if suspect else f"cause.{item.cause}.alone")
    key = next((variant for variant in variants if texts.has(variant)), f"cause.{item.cause}")
    sentence = texts.get(
        key,
        suspect=_suspect_words(suspect, texts, names) if suspect else "",
        difference=texts.amount(abs(abs(item.amount) - abs(suspect.amount)) if suspect else 0),
        proposal=item.proposal + 1,
        since=period_words(item.carried_from, texts) if item.carried_from else texts.day(item.booked),
    )
    return mask_cpr(sentence)


def _suspect_words(suspect: Item, texts: Texts, names: SideNames) -> str:
    return texts.get(
        "report.suspect",
        side=texts.get(f"report.post.{names}.{suspect.side}"),
        name=suspect.shown_id or place_words(suspect.place, texts),
        booked=suspect.booked,
    )


@dataclass(frozen=True, kw_only=True)
class FindingWords(FindingText):
    """A finding as a report shows it: with its code, CPR numbers masked."""

    code: str


def finding_words(finding: Finding, texts: Texts) -> FindingWords:
    """Title, place, found, expected and what to do of a finding."""
    said = finding_text(finding, texts)
    return FindingWords(
        code=finding.code,
        title=mask_cpr(said.title),
        place=mask_cpr(said.place),
        found=mask_cpr(said.found),
        expected=mask_cpr(said.expected),
        do=mask_cpr(said.do),
    )


def assumption_words(assumption: Assumption, texts: Texts) -> str:
    """What was taken for granted about a file, and why."""
    facts = {"taken": assumption.taken, **assumption.facts}
    return mask_cpr(texts.get(assumption.because, **facts))


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """What a run came to: one sentence, and one that explains it."""

    tone: str  #: ok: nobody acts · act: a controller acts · stop: IT acts
    headline: str
    detail: str

    def __str__(self) -> str:
        return f"{self.headline}. {self.detail}".replace("..", ".").strip()


def conclusion(report: RunReport, texts: Texts) -> str:
    """The conclusion of a run in one line."""
    return str(conclude(report, texts))


def conclude(report: RunReport, texts: Texts) -> Conclusion:
    """What a run came to, from its facts alone."""
    if report.state is RunState.REJECTED:
        return _rejected(report, texts)
    if report.result is None or report.state in (RunState.FAILED, RunState.STOPPED, RunState.MISSED):
        return _unfinished(report, texts)
    if report.state is RunState.AGREED:
        read = sum(totals.read.count for totals in report.result.totals.values())
        detail = texts.get("conclusion.agreed.detail", read=read)
        return Conclusion(tone="ok", headline=texts.get("conclusion.agreed"), detail=detail)
    return _with_open_items(report.result, texts)


def _unfinished(report: RunReport, texts: Texts) -> Conclusion:
    """The first sentence of the failure is the headline's, the rest is explanation."""
    failure = texts.get(report.failure) if texts.has(report.failure) else report.failure
    cause, _, rest = mask_cpr(failure).partition(". ")
    headline = texts.get(f"conclusion.{report.state}", cause=cause).removesuffix(": ").removesuffix(".")
    detail = f"{rest} {texts.get('conclusion.unfinished.detail')}".strip()
    return Conclusion(tone="stop", headline=headline, detail=detail)


def _rejected(report: RunReport, texts: Texts) -> Conclusion:
    files = ", ".join(sorted({mask_cpr(finding.place.file) for finding in report.rejected}))
    return Conclusion(
        tone="act",
        headline=texts.get("conclusion.rejected", count=len(report.rejected)),
        detail=texts.get("conclusion.rejected.detail", files=files),
    )


def _with_open_items(result: Reconciliation, texts: Texts) -> Conclusion:
    frames = [frame[frame["state"] != "matched"] for frame in (result.left, result.right)]
    count = sum(len(frame) for frame in frames)
    causes = {cause for frame in frames for cause in frame["cause"].unique()}
    if result.bridge.holds and causes <= EXPLAINED_CAUSES:
        headline = texts.get("conclusion.explained", count=count)
        return Conclusion(
            tone="ok", headline=headline, detail=texts.get("conclusion.explained.detail", count=count)
        )
    total = sum(int(frame["amount"].abs().sum()) for frame in frames)
    bridge = result.bridge
    of_what = "conclusion.open.detail" if bridge.from_balances else "conclusion.open.detail.sums"
    detail = texts.get(
        of_what if bridge.holds else "conclusion.open.unexplained",
        difference=bridge.left_balance - bridge.right_balance,
        unexplained=bridge.difference,
    )
    return Conclusion(
        tone="act", headline=texts.get("conclusion.open", count=count, sum=total), detail=detail
    )
