"""What changed rules would do to past lines of the bank, and what people's own postings suggest as rules."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gevinst.domain.flow import SourceColumn, SourceShape
from gevinst.domain.posting_match import NONE, Decided, decide
from gevinst.domain.posting_rules import PostingRule
from gevinst.domain.rule_mining import wilson_bound

Target = tuple[str, str, str]
NOWHERE: Target = ("", "", "")
FEWEST = 5  # postings by people that a suggestion must be right about
LOWEST_BOUND = 500  # per mille, lower Wilson bound; 5 of 5 have 565
MOST_WORDS = 400  # different words that are tried, the commonest first
_WORD = re.compile(r"\d{6,12}|[^\W\d_]{5,}")

BOOKED = SourceShape(
    columns=(
        SourceColumn(key="id", headings=("Referencenøgle", "Transaktions-id", "transaction_id"), filled=True),
        SourceColumn(key="account", headings=("Artskonto", "account"), filled=True),
        SourceColumn(key="psp", headings=("PSP-element", "PSP"), required=False),
        SourceColumn(key="cost_center", headings=("Omkostningssted", "cost_center"), required=False),
    )
)


@dataclass(frozen=True, kw_only=True)
class ChangedLine:
    """A line that other rules would post otherwise."""

    id: str
    amount: int  #: øre
    text: str
    before: Target  #: account, PSP element, cost centre; NOWHERE for a person
    after: Target
    rule_before: str
    rule_after: str


@dataclass(frozen=True, kw_only=True)
class RuleTrial:
    """The difference that rules would make to the lines of one month."""

    period: str
    same: int
    gained: tuple[ChangedLine, ...]  #: would be posted, and wait for a person now
    lost: tuple[ChangedLine, ...]  #: are posted now, and would wait
    changed: tuple[ChangedLine, ...]  #: would be posted elsewhere

    @property
    def touches(self) -> bool:
        """Whether a line that is posted now would not be posted so."""
        return bool(self.lost or self.changed)


def compare(
    period: str, lines: pd.DataFrame, now: Sequence[PostingRule], then: Sequence[PostingRule]
) -> RuleTrial:
    """What `then` would post otherwise than `now`.

    Args:
        period: such as 2026-10.
        lines: of the bank (see posting_match.decide), with id.
        now: the rules as they stand.
        then: the rules to be tried.
    """
    first, second = decide(lines, now), decide(lines, then)
    before, after = _targets(first), _targets(second)
    differ = np.flatnonzero([one != other for one, other in zip(before, after, strict=True)])
    found = [_changed(lines, int(at), (first, before), (second, after)) for at in differ]
    return RuleTrial(
        period=period,
        same=len(lines) - len(found),
        gained=tuple(one for one in found if one.before == NOWHERE),
        lost=tuple(one for one in found if one.after == NOWHERE),
        changed=tuple(one for one in found if NOWHERE not in (one.before, one.after)),
    )


def _targets(decided: Decided) -> list[Target]:
    by_rule = [rule.target for rule in decided.rules]
    return [by_rule[rule] if sure else NOWHERE for rule, sure in zip(decided.rule, decided.sure, strict=True)]


def _changed(
    lines: pd.DataFrame,
    at: int,
    before: tuple[Decided, Sequence[Target]],
    after: tuple[Decided, Sequence[Target]],
) -> ChangedLine:
    row = lines.iloc[at]

    def rule(decided: Decided) -> str:
        return "" if decided.rule[at] == NONE else decided.rules[decided.rule[at]].id

    return ChangedLine(
        id=str(row["id"]),
        amount=int(row["amount"]),
        text=str(row["text"]),
        before=before[1][at],
        after=after[1][at],
        rule_before=rule(before[0]),
        rule_after=rule(after[0]),
    )


@dataclass(frozen=True, kw_only=True)
class RuleSuggestion:
    """A rule that would have posted lines as people did."""

    field: str  #: reference, sender or type
    word: str
    target: Target
    right: int  #: lines that people posted so
    wrong: int  #: lines that people posted elsewhere

    @property
    def bound(self) -> int:
        """Lower Wilson bound of the share that is right, per mille."""
        return wilson_bound(self.right, self.right + self.wrong)


def suggest(lines: pd.DataFrame, booked: pd.DataFrame, rules: Sequence[PostingRule]) -> list[RuleSuggestion]:
    """Rules of one word that people's postings of open lines speak for, the best first.

    Args:
        lines: of the bank, with id.
        booked: what people posted (BOOKED), by the line's id; an id with several targets says nothing.
        rules: as they stand; lines that they decide are left out.

    Returns:
        Each line speaks for one suggestion only: the one with the most lines.
    """
    waiting = lines[~decide(lines, rules).sure]
    targets = _booked_targets(booked)
    said = waiting[waiting["id"].isin(list(targets))]
    fits: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, word, line in _words(said):
        fits[name, word].append(line)
    common = sorted(fits.items(), key=lambda one: (-len(one[1]), one[0]))[:MOST_WORDS]
    return list(_best(common, targets))


def _booked_targets(booked: pd.DataFrame) -> Mapping[str, Target]:
    found: dict[str, set[Target]] = defaultdict(set)
    for row in booked.to_dict("records"):
        found[row["id"]].add((row["account"], row["psp"], row["cost_center"]))
    return {name: next(iter(ways)) for name, ways in found.items() if len(ways) == 1}


def _words(lines: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Words of each line by the field that a rule would look in."""
    for row in lines.to_dict("records"):
        reference = f"{row['text']}\n{row['message']}".casefold()
        for word in sorted(set(_WORD.findall(reference))):
            yield "reference", word, row["id"]
        if row["sender"]:
            yield "sender", row["sender"].casefold(), row["id"]


def _best(
    fits: Sequence[tuple[tuple[str, str], list[str]]], targets: Mapping[str, Target]
) -> Iterator[RuleSuggestion]:
    taken: set[str] = set()
    for (name, word), ids in fits:
        left = [one for one in ids if one not in taken]
        counts = Counter(targets[one] for one in left)
        if not counts:
            continue
        target, right = counts.most_common(1)[0]
        one = RuleSuggestion(field=name, word=word, target=target, right=right, wrong=len(ids) - right)
        if right >= FEWEST and one.bound >= LOWEST_BOUND:
            taken |= set(left)
            yield one
