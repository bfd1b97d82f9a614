"""Rule mining: readable passes that would have made the matches people made by hand, with their evidence.

The grammar is small: what the items share (a code, a word, nothing), how many bank days apart, how much the
amounts may differ, and a word in the bank's text. Each candidate is run by the engine itself over what people
had before them, so that its figures are what it would do. Nothing here changes a rule.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import sqrt

import numpy as np
import pandas as pd

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Key, MatchPass, PassKind, Rules
from gevinst.domain.reconciliation import members_by_group

FEWEST = 30  # matches that a pass must have made, right or wrong
LOWEST_BOUND = 900  # per mille
Z = 1.96  # two-sided 95 %
DAYS = (0, 1, 2, 3, 5, 6, 10, 15, 20, 30, 60)
TOLERANCES = (50, 100, 500, 1_000, 5_000, 10_000)  # øre
MOST_WORDS = 8
SHORTEST_WORD = 4
FEWEST_NEW = 5  # matches that a further pass must add
MOST_EXAMPLES = 5

Ends = tuple[tuple[str, ...], tuple[str, ...]]  # ids of the left and right items, sorted


@dataclass(frozen=True, kw_only=True)
class HandWork:
    """What people had before them in one period, and what they did."""

    period: str
    left: pd.DataFrame  #: open items (item.ITEM_COLUMNS)
    right: pd.DataFrame
    matched: Mapping[Ends, str]  #: matches by hand, with the account of their difference
    handled: frozenset[tuple[str, str]]  #: ("left" or "right", id) that people decided anything about


@dataclass(frozen=True, kw_only=True)
class Score:
    """What a pass would have done to people's work."""

    right: int = 0  #: matches that people made too
    wrong: tuple[tuple[str, Ends], ...] = ()  #: (period, match): people handled its items otherwise
    untried: int = 0  #: matches of items that people have left alone

    @property
    def tried(self) -> int:
        """Matches that people's work says something about."""
        return self.right + len(self.wrong)

    @property
    def bound(self) -> int:
        """Lower Wilson bound of the share that is right, per mille."""
        return wilson_bound(self.right, self.tried)


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A pass with its evidence."""

    rule: MatchPass
    learnt: Score  #: over the earlier periods
    held_out: Score  #: over the latest period, which it was not chosen by
    made: frozenset[tuple[str, Ends]] = field(repr=False)  #: (period, match) that it would have made right


def wilson_bound(right: int, tried: int) -> int:
    """The lower end of the 95 % Wilson interval of right / tried, per mille, rounded down."""
    if not tried:
        return 0
    share, z2 = right / tried, Z * Z
    centre = share + z2 / (2 * tried)
    spread = Z * sqrt(share * (1 - share) / tried + z2 / (4 * tried * tried))
    return int(1000 * max(0.0, (centre - spread) / (1 + z2 / tried)))


def suggest_rules(work: Sequence[HandWork], calendar: BankCalendar) -> list[Suggestion]:
    """The passes that people's work speaks for, those that explain most first.

    Args:
        work: by period, oldest first; the latest is held out.
        calendar: bank days.

    Returns:
        Passes with at least 30 matches tried and a lower bound of at least 90 %, learnt without the latest
        period and as good there. A pass that adds less than five matches to those before it is left out.
    """
    earlier, latest = work[:-1], work[-1:]
    found = []
    for rule in _candidates(earlier, calendar):
        learnt, made = _score(rule, earlier, calendar)
        if learnt.tried >= FEWEST and learnt.bound >= LOWEST_BOUND:
            held_out, _ = _score(rule, latest, calendar)
            if _holds(held_out):
                found.append(Suggestion(rule=rule, learnt=learnt, held_out=held_out, made=made))
    return _without_repeats(found)


def _holds(held_out: Score) -> bool:
    """Whether the latest period speaks for the pass."""
    return held_out.tried > 0 and held_out.right * 1000 >= LOWEST_BOUND * held_out.tried


def _without_repeats(found: Sequence[Suggestion]) -> list[Suggestion]:
    order = sorted(found, key=lambda one: (-one.learnt.right, len(one.learnt.wrong), _simplicity(one.rule)))
    kept: list[Suggestion] = []
    covered: set[tuple[str, Ends]] = set()
    for one in order:
        if len(one.made - covered) >= FEWEST_NEW:
            covered |= one.made
            kept.append(replace(one, rule=replace(one.rule, id=f"{one.rule.id}-{len(kept) + 1}")))
    return kept


def _simplicity(rule: MatchPass) -> tuple[int, int, int, str]:
    return len(rule.text_contains), rule.tolerance, rule.days, rule.key


def _score(
    rule: MatchPass, work: Sequence[HandWork], calendar: BankCalendar
) -> tuple[Score, frozenset[tuple[str, Ends]]]:
    made, wrong, untried = set[tuple[str, Ends]](), list[tuple[str, Ends]](), 0
    for period in work:
        for ends in _matches(rule, period, calendar):
            if ends in period.matched:
                made.add((period.period, ends))
            elif any(item in period.handled for item in _items(ends)):
                wrong.append((period.period, ends))
            else:
                untried += 1
    return Score(right=len(made), wrong=tuple(sorted(wrong)), untried=untried), frozenset(made)


def _items(ends: Ends) -> Iterator[tuple[str, str]]:
    yield from (("left", name) for name in ends[0])
    yield from (("right", name) for name in ends[1])


def _matches(rule: MatchPass, work: HandWork, calendar: BankCalendar) -> list[Ends]:
    """What the engine makes by this pass alone of a period's open items."""
    sides = (SideInput(items=work.left), SideInput(items=work.right))
    result = reconcile(*sides, rules=Rules(passes=(rule,)), calendar=calendar)
    left, right = members_by_group(result.left), members_by_group(result.right)
    groups = left.keys() | right.keys()
    return sorted((tuple(sorted(left.get(one, ()))), tuple(sorted(right.get(one, ())))) for one in groups)


def _candidates(work: Sequence[HandWork], calendar: BankCalendar) -> Iterator[MatchPass]:
    """The passes of the grammar that the matches by hand suggest."""
    traces = _Traces(work, calendar)
    for days in traces.windows():
        for word in ("", *traces.words()):
            words = (word,) if word else ()
            for key in (Key.CODE, Key.TEXT, Key.NONE):
                name = f"hand-{key}" if key is not Key.NONE else "hand-amount"
                yield MatchPass(id=name, kind=PassKind.ONE_TO_ONE, key=key, days=days, text_contains=words)
        for key in (Key.CODE, Key.TEXT, Key.DAY):
            yield MatchPass(id=f"hand-batch-{key}", kind=PassKind.BATCH, key=key, days=days)
        for tolerance in traces.tolerances():
            yield MatchPass(
                id="hand-tolerance",
                kind=PassKind.TOLERANCE,
                days=days,
                tolerance=tolerance,
                difference_account=traces.account(),
            )


class _Traces:
    """What the matches by hand have in common: days, differences, words, accounts."""

    def __init__(self, work: Sequence[HandWork], calendar: BankCalendar) -> None:
        self._work, self._calendar = work, calendar

    @cached_property
    def _facts(self) -> tuple["_Trace", ...]:
        return tuple(trace for period in self._work for trace in _traces_of(period, self._calendar))

    def windows(self) -> list[int]:
        """Two windows of days: one that holds nine of ten matches, and one that holds all."""
        apart = sorted(trace.days for trace in self._facts)
        if not apart:
            return []
        wanted = {apart[(len(apart) - 1) * 9 // 10], apart[-1]}
        return sorted({_next(DAYS, days) for days in wanted})

    def tolerances(self) -> list[int]:
        """The smallest tolerances that hold nine of ten differences, and all."""
        sizes = sorted(trace.difference for trace in self._facts if trace.difference)
        if not sizes:
            return []
        wanted = {sizes[(len(sizes) - 1) * 9 // 10], sizes[-1]}
        return sorted({_next(TOLERANCES, size) for size in wanted if size <= TOLERANCES[-1]})

    def account(self) -> str:
        """The account that most differences went to."""
        used = Counter(trace.account for trace in self._facts if trace.account)
        return min(used, key=lambda name: (-used[name], name)) if used else ""

    def words(self) -> list[str]:
        """The words of the bank's texts that enough matches have; the commonest first."""
        counts = Counter(word for trace in self._facts for word in trace.words)
        often = [word for word, count in counts.items() if count >= FEWEST]
        return sorted(often, key=lambda word: (-counts[word], word))[:MOST_WORDS]


@dataclass(frozen=True, kw_only=True)
class _Trace:
    days: int  #: bank days between the first items of the sides
    difference: int  #: øre, without sign
    account: str
    words: frozenset[str]


def _traces_of(work: HandWork, calendar: BankCalendar) -> Iterator[_Trace]:
    left, right = work.left.set_index("item_id"), work.right.set_index("item_id")
    for (of_left, of_right), account in work.matched.items():
        ones, others = _known(left, of_left), _known(right, of_right)
        if len(ones) and len(others):
            first = np.array([ones["booked"].min(), others["booked"].min()], dtype="datetime64[D]")
            numbers = calendar.ordinals(first)
            texts = " ".join((ones["text"] + " " + ones["counterparty"]).tolist())
            yield _Trace(
                days=abs(int(numbers[0] - numbers[1])),
                difference=abs(int(ones["amount"].sum()) - int(others["amount"].sum())),
                account=account,
                words=frozenset(_words(texts)),
            )


def _known(items: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    return items.loc[[name for name in names if name in items.index]]


def _words(text: str) -> Iterator[str]:
    cleaned = "".join(char if char.isalpha() else " " for char in text.casefold())
    return (word for word in cleaned.split() if len(word) >= SHORTEST_WORD)


def _next(ladder: Sequence[int], value: int) -> int:
    """The first step that is at least the value; the last when none is."""
    return next((step for step in ladder if step >= value), ladder[-1])
