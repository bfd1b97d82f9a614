"""Batches: one item against several whose sum is equal, or several against several.

Candidates are grouped by what they share (a code, a word, a day) before any sum is compared, so that a sum
found by chance is not taken for a batch.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np

from gevinst.domain.matching.board import Board, BoardSide, Doubt
from gevinst.domain.matching.codes import words_of
from gevinst.domain.matching.evidence import CLOSE_DAYS, numbers_differ
from gevinst.domain.matching.marks import Indexes, Marks, Mask
from gevinst.domain.matching.rules import Key, MatchPass

MOST_IN_DOUBT = 10  # items of a sum that a person can check
FEWEST_WITHOUT_WORD = 3  # items of a day's batch whose sum names nobody and shares no code with it
#: A sum tells something when so many different sums were possible; 250,00 + 500,00 is one of few.
FEWEST_POSSIBLE_SUMS = 2_000


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A bundle a side whose sums agree."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    key: str
    sure: bool = True  #: the evidence is enough to match

    @property
    def size(self) -> int:
        """Items of both sides."""
        return len(self.left) + len(self.right)


@dataclass(frozen=True, kw_only=True)
class _View:
    """The board seen from the side that has the sum."""

    one: BoardSide
    many: BoardSide
    flipped: bool  #: the sum is on the right

    def fit(self, at: int, items: tuple[int, ...], *, key: str, sure: bool = True) -> Fit:
        ends = (items, (at,)) if self.flipped else ((at,), items)
        return Fit(left=ends[0], right=ends[1], key=key, sure=sure)

    def close(self, at: int, items: tuple[int, ...], days: int) -> bool:
        apart = np.abs(self.many.day[list(items)] - self.one.day[at])
        return bool(apart.max() <= days)


def _views(board: Board) -> tuple[_View, _View]:
    return (
        _View(one=board.left, many=board.right, flipped=False),
        _View(one=board.right, many=board.left, flipped=True),
    )


def batch(board: Board, rule: MatchPass) -> None:
    """Match bundles with equal sums, smallest first; bundles that share an item with a rival are left."""
    if rule.key is Key.DAY:
        take(board, rule, _day_fits(board, rule), reason="batch_day")
        board.doubts += [_doubt(fit) for fit in _day_doubts(board, rule)]
    elif rule.key is Key.TEXT:
        links = board.links
        fits = _one_sided_fits(board, rule)
        agreeing = (fit for fit in fits if not numbers_differ(board, fit.left, fit.right, links))
        take(board, rule, agreeing, reason="batch_text")
    else:
        take(board, rule, _one_sided_fits(board, rule), reason="batch_reference")
        take(board, rule, _listed_fits(board, rule), reason="batch_reference")
        take(board, rule, _many_to_many(board, rule), reason="many_to_many_reference")


def take(board: Board, rule: MatchPass, fits: Iterable[Fit], *, reason: str) -> None:
    """Make groups of the sure fits; where two fits of one size want the same item, neither is made."""
    unique = {(fit.left, fit.right, fit.sure): fit for fit in fits}
    by_size: dict[int, list[Fit]] = defaultdict(list)
    for fit in unique.values():
        by_size[fit.size].append(fit)
    for size in sorted(by_size):
        free = [fit for fit in by_size[size] if all_free(board, fit)]
        wanted = Counter(end for fit in free for end in ends_of(fit))
        for fit in sorted(free, key=lambda fit: (fit.left, fit.right)):
            if fit.sure and all(wanted[end] == 1 for end in ends_of(fit)):
                board.add(rule, fit.left, fit.right, reason=reason, key=fit.key)
    doubtful = [fit for fit in unique.values() if all_free(board, fit)]
    board.doubts += [_doubt(fit) for fit in sorted(doubtful, key=lambda fit: (fit.left, fit.right))]


def _doubt(fit: Fit) -> Doubt:
    return Doubt(left=fit.left, right=fit.right, alternatives=((fit.left, fit.right),))


def ends_of(fit: Fit) -> list[tuple[str, int]]:
    """The items of a fit, with their sides."""
    return [("l", at) for at in fit.left] + [("r", at) for at in fit.right]


def all_free(board: Board, fit: Fit) -> bool:
    """Whether no group holds an item of the fit, and nobody has split it."""
    return bool(
        (board.left.group[list(fit.left)] < 0).all()
        and (board.right.group[list(fit.right)] < 0).all()
        and not board.apart.forbids(fit.left, fit.right)
    )


def _marks(rule: MatchPass, side: BoardSide) -> Marks:
    return side.codes if rule.key is Key.CODE else side.words


def _one_sided_fits(board: Board, rule: MatchPass) -> Iterator[Fit]:
    """A single item of one side with a bundle of the other that shares its mark."""
    for view in _views(board):
        names = _marks(rule, view.one).names
        singles = bundles_by_mark(view.one, _marks(rule, view.one))
        bundles = bundles_by_mark(view.many, _marks(rule, view.many))
        for mark in sorted(singles.keys() & bundles.keys()):
            by_amount = _by_amount(view.one, singles[mark])
            for items, amount in _bundle_choices(view.many, bundles[mark], of_one_sign=rule.key is Key.TEXT):
                whole = len(singles[mark]) == 1 and len(items) == len(bundles[mark])
                days = max(rule.days, rule.far_days) if whole else rule.days
                for at in by_amount.get(amount, ()):
                    if view.close(at, items, days):
                        sure = rule.key is Key.CODE or (
                            _telling_sum(view.many, items)
                            and not _has_double(view, at, items, bundles[mark], days=rule.days)
                        )
                        yield view.fit(at, items, key=str(names[mark]), sure=sure)


def _has_double(view: _View, at: int, items: tuple[int, ...], others: Iterable[int], *, days: int) -> bool:
    """Whether another item near the sum could stand in for one of its items: then the sum has two answers."""
    amounts = set(view.many.amount[list(items)].tolist())
    return any(
        int(view.many.amount[other]) in amounts and view.close(at, (other,), days)
        for other in set(others).difference(items)
    )


def _by_amount(side: BoardSide, items: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for at in items:
        found[int(side.amount[at])].append(at)
    return found


def bundles_by_mark(side: BoardSide, marks: Marks) -> dict[int, list[int]]:
    """The free items of each mark."""
    found: dict[int, list[int]] = defaultdict(list)
    free = side.free[marks.item]
    for item, mark in zip(marks.item[free].tolist(), marks.mark[free].tolist(), strict=True):
        found[mark].append(item)
    return found


def _bundle_choices(
    side: BoardSide, items: Sequence[int], *, of_one_sign: bool
) -> Iterator[tuple[tuple[int, ...], int]]:
    """All items of a mark together, and those of each booking day and document apart; two items or more.

    By a word, items of the other sign are left out: two that cancel each other would join any sum.
    """
    if len(items) < 2:  # noqa: PLR2004 - a batch has two
        return
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for at in items:
        sign = bool(side.amount[at] > 0) if of_one_sign else None
        groups["all", sign].append(at)
        groups["day", int(side.booked[at]), sign].append(at)
        if side.documents[at]:
            groups["document", side.documents[at], sign].append(at)
    for chosen in {tuple(group) for group in groups.values() if len(group) > 1}:
        yield chosen, int(side.amount[list(chosen)].sum())


def _listed_fits(board: Board, rule: MatchPass) -> Iterator[Fit]:
    """A single item that names several numbers, with all items that have one of them."""
    for view in _views(board):
        of_mark = bundles_by_mark(view.many, view.many.codes)
        names = view.one.codes.names
        several = view.one.free & (view.one.codes.counts() > 1)
        for at in np.flatnonzero(several).tolist():
            listed = [mark for mark in sorted(view.one.codes.of(at)) if of_mark.get(mark)]
            items = tuple(sorted({item for mark in listed for item in of_mark[mark]}))
            equal = len(items) > 1 and int(view.many.amount[list(items)].sum()) == int(view.one.amount[at])
            if equal and view.close(at, items, rule.days):
                yield view.fit(at, items, key=", ".join(str(names[mark]) for mark in listed))


def _many_to_many(board: Board, rule: MatchPass) -> Iterator[Fit]:
    left, right = (bundles_by_mark(side, side.codes) for side in board.sides)
    for mark in sorted(left.keys() & right.keys()):
        ends = tuple(left[mark]), tuple(right[mark])
        sums = [int(side.amount[list(end)].sum()) for side, end in zip(board.sides, ends, strict=True)]
        equal = sums[0] == sums[1] != 0  # two sums of nothing are two reversals, not a batch
        if equal and min(map(len, ends)) > 1 and _within(board, ends, rule.days):
            yield Fit(left=ends[0], right=ends[1], key=str(board.left.codes.names[mark]))


def _within(board: Board, ends: tuple[tuple[int, ...], tuple[int, ...]], days: int) -> bool:
    first, second = board.left.day[list(ends[0])], board.right.day[list(ends[1])]
    return bool(max(first.max() - second.min(), second.max() - first.min()) <= days)


def _day_fits(board: Board, rule: MatchPass) -> Iterator[Fit]:
    """A single item against all free items of one booking day and sign, or those of one text on that day."""
    links = board.links
    for view in _views(board):
        for items, sums in _with_sums(view, _day_keys(view.many)):
            for at in sums:
                if view.close(at, items, rule.days):
                    fit = view.fit(at, items, key=str(np.datetime64(int(view.many.booked[items[0]]), "D")))
                    if not numbers_differ(board, fit.left, fit.right, links):
                        yield from _judged(view, fit, at, items)


def _day_doubts(board: Board, rule: MatchPass) -> Iterator[Fit]:
    """All that is left of one day and comes to a single item nearby: too little to match, enough to propose.

    Signs may be mixed, as with a settlement less its fee.
    """
    days = min(rule.days, CLOSE_DAYS)
    for view in _views(board):
        for items, sums in _with_sums(view, _whole_day_keys(view.many), most=MOST_IN_DOUBT):
            near = [at for at in sums if view.close(at, items, days) and view.one.amount[at]]
            fit = view.fit(near[0], items, key="", sure=False) if len(near) == 1 else None
            if fit and not numbers_differ(board, fit.left, fit.right, board.links):
                yield fit


def waiting_for_a_sum(board: Board, *, days: int) -> tuple[Mask, Mask]:
    """Items that stand with others of their day and telling text, and whose sum is on the other side.

    A round amount among them may well be equal to a single one of the same party; the sum is better evidence.
    """
    waiting = [np.zeros(len(side), dtype=np.bool_) for side in board.sides]
    for view in _views(board):
        for items, sums in _with_sums(view, _day_keys(view.many)):
            if _one_telling_text(view.many, items):
                near = any(view.close(at, items, days) for at in sums)
                waiting[0 if view.flipped else 1][list(items)] |= near
    return waiting[0], waiting[1]


def _judged(view: _View, fit: Fit, at: int, items: tuple[int, ...]) -> Iterator[Fit]:
    """The fit when its sum is more than chance: a word in common, or a telling sum of several items."""
    words = view.one.words.of(at)
    naming = sum(bool(words & view.many.words.of(other)) for other in items)
    codes = view.one.codes.of(at)
    numbered = sum(bool(codes & view.many.codes.of(other)) for other in items)
    if 0 < numbered < len(items):  # the others are not of this number
        return
    without_word = not words and len(items) >= FEWEST_WITHOUT_WORD
    if (naming == len(items) or without_word) and _telling_sum(view.many, items):
        yield fit


def _day_keys(side: BoardSide) -> Iterator[Indexes]:
    """The items of one booking day and sign, and those of one text among them, have equal keys."""
    day_and_sign = side.booked * 2 + (side.amount > 0)
    yield day_and_sign
    yield day_and_sign * (int(side.text_number.max(initial=0)) + 1) + side.text_number


def _whole_day_keys(side: BoardSide) -> Iterator[Indexes]:
    """The items of one booking day, and those of one sign among them, have equal keys."""
    yield side.booked
    yield side.booked * 3 + np.sign(side.amount)


def _with_sums(
    view: _View, keys: Iterable[Indexes], *, most: int | None = None
) -> Iterator[tuple[tuple[int, ...], list[int]]]:
    """The bundles of free items of equal keys, of two to `most`, whose sum free items of the other side have.

    Returns:
        Each bundle once, with those items.
    """
    free = view.one.free_indexes()
    amounts = np.sort(view.one.amount[free])
    bundles = (bundle for key in keys for bundle in _bundles_of(view.many, key, amounts, most))
    found = dict(bundles)
    by_amount = _by_amount(view.one, free[np.isin(view.one.amount[free], list(found.values()))].tolist())
    for items, total in found.items():
        yield items, by_amount[total]


def _bundles_of(
    side: BoardSide, keys: Indexes, sums: Indexes, most: int | None
) -> Iterator[tuple[tuple[int, ...], int]]:
    """The bundles of free items of one key whose sum is one of the given, with it."""
    free = side.free_indexes()
    if not len(free) or not len(sums):
        return
    order = free[np.argsort(keys[free], kind="stable")]
    starts = np.flatnonzero(np.append(True, np.diff(keys[order]) != 0))
    totals, sizes = np.add.reduceat(side.amount[order], starts), np.diff(np.append(starts, len(order)))
    few = (sizes > 1) & (sizes <= (most or len(order)))
    for at in np.flatnonzero(few & np.isin(totals, sums)).tolist():
        items = order[starts[at] : starts[at] + sizes[at]]
        yield tuple(items.tolist()), int(totals[at])


def _telling_sum(side: BoardSide, items: tuple[int, ...]) -> bool:
    """Whether few bundles come to this sum by chance, or the items are a day's items of one telling text."""
    if possible_sums(side.amount[list(items)].tolist()) >= FEWEST_POSSIBLE_SUMS:
        return True
    return _one_telling_text(side, items)


def _one_telling_text(side: BoardSide, items: tuple[int, ...]) -> bool:
    """Whether all are of one day and sign and of one text that names something."""
    texts = {side.texts[at] for at in items}
    days_and_signs = {(int(side.booked[at]), bool(side.amount[at] > 0)) for at in items}
    return len(texts) == len(days_and_signs) == 1 and bool(words_of(texts.pop()))


def possible_sums(amounts: Sequence[int]) -> int:
    """How many different sums amounts of this grain could have up to theirs: 250,00 + 500,00 has 3."""
    return abs(sum(amounts)) // max(1, gcd(*amounts))
