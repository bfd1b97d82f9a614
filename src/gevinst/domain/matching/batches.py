"""Batches: one item against several whose sum is equal, several against several, and settlements net of a fee.

Candidates are grouped by what they share (a code, a word, a day) before any sum is compared, so that a sum found
by chance is not taken for a batch.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gevinst.domain.matching.board import Board, BoardSide, own_codes
from gevinst.domain.matching.codes import Marks
from gevinst.domain.matching.pairs import ROUND_AMOUNT, said_by
from gevinst.domain.matching.rules import Key, MatchPass

MILLION = 1_000_000
LONGEST_RUN_OF_DAYS = 10  # a settlement gathers at most so many gross amounts
FEWEST_WITHOUT_WORD = 3  # items of a day's batch that shares no code and no word with its sum


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Free items of one side that share a mark (and perhaps a day)."""

    items: tuple[int, ...]
    mark: int  #: -1 for a day's bundle
    amount: int


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A bundle a side whose sums agree."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    key: str

    @property
    def size(self) -> int:
        """Items of both sides."""
        return len(self.left) + len(self.right)


def batch(board: Board, rule: MatchPass) -> None:
    """Match bundles with equal sums, smallest first; bundles that share an item with a rival are left."""
    if rule.key is Key.DAY:
        _take(board, rule, _day_fits(board, rule), reason="batch_day")
        return
    marks = (
        (board.left.codes, board.right.codes)
        if rule.key is Key.CODE
        else (board.left.words, board.right.words)
    )
    reason = "batch_reference" if rule.key is Key.CODE else "batch_text"
    _take(board, rule, _one_sided_fits(board, rule, marks), reason=reason)
    if rule.key is Key.CODE:
        _take(board, rule, _many_to_many(board, rule, marks), reason="many_to_many_reference")


def _take(board: Board, rule: MatchPass, fits: Iterable[Fit], *, reason: str) -> None:
    """Make groups of the fits; where two fits of one size want the same item, neither is made."""
    unique = {(fit.left, fit.right): fit for fit in fits}
    by_size: dict[int, list[Fit]] = defaultdict(list)
    for fit in unique.values():
        by_size[fit.size].append(fit)
    for size in sorted(by_size):
        free = [fit for fit in by_size[size] if _all_free(board, fit)]
        wanted: dict[tuple[str, int], int] = defaultdict(int)
        for fit in free:
            for end in _ends(fit):
                wanted[end] += 1
        for fit in sorted(free, key=lambda fit: (fit.left, fit.right)):
            if all(wanted[end] == 1 for end in _ends(fit)):
                board.add(rule, fit.left, fit.right, reason=reason, key=fit.key)


def _ends(fit: Fit) -> list[tuple[str, int]]:
    return [("l", at) for at in fit.left] + [("r", at) for at in fit.right]


def _all_free(board: Board, fit: Fit) -> bool:
    return bool(
        (board.left.group[list(fit.left)] < 0).all() and (board.right.group[list(fit.right)] < 0).all()
    )


def _one_sided_fits(board: Board, rule: MatchPass, marks: tuple[Marks, Marks]) -> Iterator[Fit]:
    """A single item of one side with a bundle of the other that shares its mark."""
    names = marks[0].names
    for one, many, flipped in ((0, 1, False), (1, 0, True)):
        sides = (board.left, board.right)
        singles = _bundles_by_mark(sides[one], marks[one])
        bundles = _bundles_by_mark(sides[many], marks[many])
        for mark in sorted(singles.keys() & bundles.keys()):
            by_amount: dict[int, list[int]] = defaultdict(list)
            for at in singles[mark]:
                by_amount[int(sides[one].amount[at])].append(at)
            for bundle in _bundle_choices(sides[many], bundles[mark], mark):
                for at in by_amount.get(bundle.amount, ()):
                    if _close(sides[one], (at,), sides[many], bundle.items, rule.days):
                        ends = (bundle.items, (at,)) if flipped else ((at,), bundle.items)
                        yield Fit(left=ends[0], right=ends[1], key=str(names[mark]))


def _bundles_by_mark(side: BoardSide, marks: Marks) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    free = side.free
    for item, mark in zip(marks.item.tolist(), marks.mark.tolist(), strict=True):
        if free[item]:
            found[mark].append(item)
    return found


def _bundle_choices(side: BoardSide, items: list[int], mark: int) -> Iterator[Bundle]:
    """All items of the mark together, and those of each booking day and document apart; two items or more."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    booked, document = side.items["booked"], side.items["document"]
    for at in items:
        groups[("all",)].append(at)
        groups["day", booked.iat[at]].append(at)
        if document.iat[at]:
            groups["document", document.iat[at]].append(at)
    for chosen in groups.values():
        if len(chosen) > 1:
            yield Bundle(items=tuple(sorted(chosen)), mark=mark, amount=int(side.amount[chosen].sum()))


def _close(
    one: BoardSide, one_at: tuple[int, ...], other: BoardSide, other_at: tuple[int, ...], days: int
) -> bool:
    first = one.day[list(one_at)]
    second = other.day[list(other_at)]
    return bool(max(first.max() - second.min(), second.max() - first.min()) <= days)


def _many_to_many(board: Board, rule: MatchPass, marks: tuple[Marks, Marks]) -> Iterator[Fit]:
    left, right = (_bundles_by_mark(side, marks[at]) for at, side in enumerate((board.left, board.right)))
    for mark in sorted(left.keys() & right.keys()):
        ends = tuple(sorted(left[mark])), tuple(sorted(right[mark]))
        sums = [int(side.amount[list(end)].sum()) for side, end in zip((board.left, board.right), ends, strict=True)]
        equal = sums[0] == sums[1] != 0  # two sums of nothing are two reversals, not a batch
        if equal and min(map(len, ends)) > 1 and _close(board.left, ends[0], board.right, ends[1], rule.days):
            yield Fit(left=ends[0], right=ends[1], key=str(marks[0].names[mark]))


def _day_fits(board: Board, rule: MatchPass) -> Iterator[Fit]:
    """A single item against all free items of one booking day and sign, or those of one text on that day."""
    for one, many, flipped in ((board.left, board.right, False), (board.right, board.left, True)):
        by_amount: dict[int, list[int]] = defaultdict(list)
        for at in one.free_indexes().tolist():
            by_amount[int(one.amount[at])].append(at)
        for bundle in _day_bundles(many):
            for at in by_amount.get(bundle.amount, ()):
                if _close(one, (at,), many, bundle.items, rule.days) and _tells(one, at, many, bundle):
                    ends = (bundle.items, (at,)) if flipped else ((at,), bundle.items)
                    yield Fit(left=ends[0], right=ends[1], key="")


def _day_bundles(side: BoardSide) -> Iterator[Bundle]:
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    booked, text = side.items["booked"].tolist(), side.items["text"].tolist()
    for at in side.free_indexes().tolist():
        sign = bool(side.amount[at] > 0)
        groups[booked[at], sign].append(at)
        groups[booked[at], sign, text[at]].append(at)
    for chosen in groups.values():
        if len(chosen) > 1:
            yield Bundle(items=tuple(chosen), mark=-1, amount=int(side.amount[chosen].sum()))


def _tells(one: BoardSide, at: int, many: BoardSide, bundle: Bundle) -> bool:
    """Whether the sum is more than chance: a shared word, or an odd sum of several items."""
    words = one.word_sets[at]
    if words and all(words & many.word_sets[other] for other in bundle.items):
        return True
    return len(bundle.items) >= FEWEST_WITHOUT_WORD and bundle.amount % ROUND_AMOUNT != 0


def net_of_fee(board: Board, rule: MatchPass) -> None:
    """Match a settlement (left) with the gross amounts (right) of its code, less a fee within the rule's rates.

    First a code that one settlement has alone, with all its gross amounts. Then, by a code of several settlements
    such as a terminal, a run of consecutive gross amounts on or before the settlement's day. A settlement that fits
    several runs, or a run that fits several settlements, is left; doubles of one another count as one.
    """
    _take_clear(board, rule, [fit for fit in _fee_fits(board, rule) if fit.whole])
    _take_clear(board, rule, _first_of_doubles(board, _fee_fits(board, rule)))


def _fee_fits(board: Board, rule: MatchPass) -> list["FeeFit"]:
    left = _bundles_by_mark(board.left, board.left.codes)
    right = _bundles_by_mark(board.right, board.right.codes)
    chosen = said_by(board, rule) if rule.text_contains else None
    fits = []
    for mark in sorted(left.keys() & right.keys()):
        gross = sorted(right[mark])
        for at in left[mark]:
            if chosen is None or chosen[at]:
                whole = len(left[mark]) == 1
                key = str(board.left.codes.names[mark])
                runs = _runs(board, rule, at, gross)
                fits += [FeeFit(left=(at,), right=run, key=key, whole=whole and len(run) == len(gross)) for run in runs]
    return fits


@dataclass(frozen=True, kw_only=True)
class FeeFit(Fit):
    """A settlement and the gross amounts that it can be the net of."""

    whole: bool  #: it has its code alone, and these are all gross amounts of that code


def _first_of_doubles(board: Board, fits: list[FeeFit]) -> list[Fit]:
    """Of runs that differ only in which double they hold, the first."""
    first: dict[tuple[object, ...], Fit] = {}
    for fit in sorted(fits, key=lambda fit: (fit.left, fit.right)):
        look = tuple((int(board.right.amount[at]), board.right.code_sets[at]) for at in fit.right)
        first.setdefault((fit.left, look), fit)
    return list(first.values())


def _take_clear(board: Board, rule: MatchPass, fits: Sequence[Fit]) -> None:
    """Make the fits that no other fit contests, and again, until nothing more is clear."""
    waiting = {(fit.left, fit.right): fit for fit in fits}
    while True:
        wanted: dict[tuple[str, int], int] = defaultdict(int)
        for fit in waiting.values():
            for end in _ends(fit):
                wanted[end] += 1
        clear = [fit for fit in waiting.values() if all(wanted[end] == 1 for end in _ends(fit))]
        for fit in sorted(clear, key=lambda fit: (fit.left, fit.right)):
            board.add(rule, fit.left, fit.right, reason="net_of_fee", key=fit.key)
        waiting = {ends: fit for ends, fit in waiting.items() if _all_free(board, fit)}
        if not clear:
            return


def _runs(board: Board, rule: MatchPass, at: int, right: list[int]) -> Iterator[tuple[int, ...]]:
    net, day = int(board.left.amount[at]), int(board.left.day[at])
    near = [other for other in right if 0 <= day - int(board.right.day[other]) <= rule.days]
    amounts = board.right.amount[near]
    for start in range(len(near)):
        for end in range(start + 1, min(len(near), start + LONGEST_RUN_OF_DAYS) + 1):
            if fee_fits(net, int(amounts[start:end].sum()), rule):
                yield tuple(near[start:end])


def fee_fits(net: int, gross: int, rule: MatchPass) -> bool:
    """Whether gross less a fee within the rule's rates (rounded to the øre) gives net."""
    if gross <= 0 or net <= 0 or net > gross:
        return False
    fee = gross - net
    low, high = (gross * rate / MILLION for rate in (rule.fee_rate_low, rule.fee_rate_high))
    return bool(np.floor(low) <= fee <= np.ceil(high))


def reversals(board: Board, rule: MatchPass) -> None:
    """Match two items of one side that cancel each other and share a code, where neither has another candidate."""
    for name, side in (("left", board.left), ("right", board.right)):
        pairs = _opposites(side, rule.days)
        times: dict[int, int] = defaultdict(int)
        for pair in pairs:
            for at in pair:
                times[at] += 1
        for pair in sorted(pairs):
            if all(times[at] == 1 for at in pair):
                left, right = (pair, ()) if name == "left" else ((), pair)
                board.add(rule, left, right, reason="reversal", key=pairs[pair])


def _opposites(side: BoardSide, days: int) -> dict[tuple[int, int], str]:
    """Free pairs of opposite amounts with a common code, which need not stand on the other side."""
    codes = own_codes(side, side.free_indexes())
    by_amount: dict[int, list[int]] = defaultdict(list)
    for at in codes:
        by_amount[int(side.amount[at])].append(at)
    found: dict[tuple[int, int], str] = {}
    for amount in [amount for amount in by_amount if amount > 0 and -amount in by_amount]:
        for first in by_amount[amount]:
            for second in by_amount[-amount]:
                common = codes[first] & codes[second]
                if common and abs(int(side.day[first] - side.day[second])) <= days:
                    found[min(first, second), max(first, second)] = min(common)
    return found
