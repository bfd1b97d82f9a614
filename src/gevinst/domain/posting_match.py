"""Which posting rule decides about each line of the bank, column by column."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gevinst.domain.posting_rules import AmountRule, PostingRule, in_order

NONE = -1
TYPE = "type"


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What the rules say of each line."""

    rules: Sequence[PostingRule]  #: live ones, in order
    rule: NDArray[np.int64]  #: of each line: position in `rules`, NONE for none
    rival: NDArray[np.int64]  #: an equal rule that sends the line elsewhere, NONE for none
    hits: NDArray[np.int64]  #: of each rule: lines that fit it
    hidden: Mapping[tuple[int, int], int]  #: (rule, rule before it): lines of the first that the second took

    @property
    def sure(self) -> NDArray[np.bool_]:
        """Lines about which exactly one answer stands."""
        found: NDArray[np.bool_] = (self.rule != NONE) & (self.rival == NONE)
        return found

    @property
    def taken(self) -> NDArray[np.int64]:
        """Of each rule: lines that it decides about."""
        return np.bincount(self.rule[self.sure], minlength=len(self.rules)).astype(np.int64)


def decide(lines: pd.DataFrame, rules: Sequence[PostingRule]) -> Decided:
    """Find the deciding rule of each line.

    Args:
        lines: columns account, day, amount (øre), text, message, sender, type; any index.
        rules: any order; those that are not live are left out.
    """
    ordered = in_order(rules)
    fields = _fields(lines)
    rule = np.full(len(lines), NONE, dtype=np.int64)
    rival = rule.copy()
    hits = np.zeros(len(ordered), dtype=np.int64)
    hidden: dict[tuple[int, int], int] = {}
    for at, one in enumerate(ordered):
        fits = _fits(lines, fields, one)
        hits[at] = int(fits.sum())
        before = fits & (rule != NONE)
        for other, count in zip(*np.unique(rule[before], return_counts=True), strict=True):
            hidden[at, int(other)] = int(count)
            if ordered[other].rank == one.rank and ordered[other].target != one.target:
                rival[before & (rule == other) & (rival == NONE)] = at
        rule[fits & (rule == NONE)] = at
    return Decided(rules=ordered, rule=rule, rival=rival, hits=hits, hidden=hidden)


def _fields(lines: pd.DataFrame) -> dict[str, "pd.Series[str]"]:
    """What words are looked for in; a reference stands in the bank's text or in the advice."""
    reference = lines["text"] + "\n" + lines["message"]
    found = {"reference": reference, "sender": lines["sender"], "type": lines["type"]}
    return {name: column.str.casefold() for name, column in found.items()}


def _fits(
    lines: pd.DataFrame, fields: Mapping[str, "pd.Series[str]"], rule: PostingRule
) -> NDArray[np.bool_]:
    """Lines that a rule asks for; each test is made only of those that are left."""
    left = np.flatnonzero(_fits_facts(lines, rule))
    for name, words in rule.words:
        for word in words:
            for test in _tests(name, word):
                left = left[test(fields[name].iloc[left]).to_numpy(dtype=bool)]
    fits = np.zeros(len(lines), dtype=bool)
    fits[left] = True
    return fits


def _fits_facts(lines: pd.DataFrame, rule: PostingRule) -> NDArray[np.bool_]:
    day = lines["day"].to_numpy(dtype="datetime64[D]")
    fits: NDArray[np.bool_] = (day >= np.datetime64(rule.valid_from)) & (day <= np.datetime64(rule.valid_to))
    if rule.bank_account:
        fits &= (lines["account"] == rule.bank_account).to_numpy(dtype=bool)
    for test in _amount_tests(np.abs(lines["amount"].to_numpy(dtype=np.int64)), rule):
        fits &= test
    return fits


def _amount_tests(amounts: NDArray[np.int64], rule: PostingRule) -> Iterator[NDArray[np.bool_]]:
    if rule.amount_rule is AmountRule.EQUAL:
        yield amounts == rule.low
    if rule.amount_rule is AmountRule.ABOVE:
        yield amounts > rule.low
    if rule.amount_rule is AmountRule.BELOW:
        yield amounts < rule.low
    if rule.amount_rule is AmountRule.BETWEEN:
        yield (amounts >= rule.low) & (amounts <= rule.high)


def _tests(name: str, word: str) -> Iterator[Callable[["pd.Series[str]"], "pd.Series[bool]"]]:
    """What a word asks of its field, the quick test first: few lines are left for the slow one."""
    bare = word.strip("*")
    if name == TYPE and bare == word:  # one of the bank's list: Gebyr is not Dankortsalg-gebyr
        yield lambda column: column.str.strip() == word
        return
    yield lambda column: column.str.contains(bare, regex=False)
    pattern = _pattern(word, bare)
    if pattern:
        yield lambda column: column.str.contains(pattern)


def _pattern(word: str, bare: str) -> str:
    """A regular expression for a word that must stand in a certain place; "" for one that stands anywhere."""
    starts, ends = word.endswith("*"), word.startswith("*")
    if starts and ends:  # *word* is what people write for anywhere
        starts = ends = False
    front, back = (r"^|\n" if starts else ""), (r"$|\n" if ends else "")
    if bare.isdecimal():  # 1234567 is not meant by 81234567
        front, back = front or r"^|\D", back or r"$|\D"
    return f"(?:{front}){re.escape(bare)}(?:{back})" if front or back else ""
