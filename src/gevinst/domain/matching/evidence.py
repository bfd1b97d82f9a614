"""Evidence of candidate pairs: what speaks for a pair, and what against it.

An amount with many digits that only two items have nearby is strong by itself. An amount of few digits
(250,00) meets others by chance: it must be close, and share a word or be the only one. Two different
numbers of a form that links the sides elsewhere speak against a pair; so do two names that both sides know.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gevinst.domain.matching.board import Board, BoardSide
from gevinst.domain.matching.codes import shape_of
from gevinst.domain.matching.components import likeness
from gevinst.domain.matching.edges import Edges, amount_edges
from gevinst.domain.matching.marks import Indexes, Mask

Floats = NDArray[np.float64]

CLOSE_DAYS = 3  # a weak amount must be this close
NAMED_DAYS = 6  # … or this, when two words of a name agree and no other item has the amount and the word
WHOLE_NAME = 2
FEWEST_LINKS = 3  # pairs by code before a form of code counts as a link between the sides
WORD_SPAN = 1 << 22  # numbers of words stay below this
#: Others of a weak amount and word that may be this near by chance: those that are there, and those that
#: would be if word and amount had nothing to do with each other. A rent paid each month has fewer; an amount
#: that one party pays several times a week, or that half the parties pay, has more, and is for a person.
MOST_SEEN = 0.15
MOST_EXPECTED = 0.03
#: Round amounts so near that one of them, without name and number, tells nothing.
MOST_WEAK_NEARBY = 12
MOST_RESEMBLANCES = 100_000  # pairs of names that are compared letter by letter
RECURS = 2  # others of an amount, over both sides, from which it is no longer told by its digits
RECUR_DAYS = 2  # … and must be this close: nearer than half a week to its own, if it recurs weekly
MOST_PLACES_APART = 2  # a swap changes two places


def shared_words(board: Board, edges: Edges) -> Indexes:
    """How many telling words each pair shares."""
    return board.left.words.common(edges.left, board.right.words, edges.right)


def weak_pairs(board: Board, edges: Edges) -> Mask:
    """Pairs of a weak amount that nothing else supports, or that something speaks against.

    An amount of many digits that recurs is no better when its items are far apart: one may be missing.
    """
    weak = board.left.weak[edges.left]
    apart = np.abs(board.left.day[edges.left] - board.right.day[edges.right])
    others = others_alike(board, edges)
    lonely = (others == 0) & (_weak_nearby(board, edges) <= MOST_WEAK_NEARBY)
    chance = np.where(edges.mark >= 0, alike_by_chance(board, edges), ~lonely)
    by_name = (others == 0) & (shared_words(board, edges) >= WHOLE_NAME)
    unsupported = (apart > np.where(by_name, NAMED_DAYS, CLOSE_DAYS)) | chance
    unsupported |= _of_other_parties(board, edges, weak & ~unsupported)
    far = (apart > RECUR_DAYS) & (others >= RECURS)
    far |= _of_other_parties(board, edges, ~weak & ~far & (edges.mark < 0) & (others > 0))
    result: Mask = np.where(weak, unsupported, far)
    return result


def close(board: Board, edges: Edges) -> Mask:
    """Pairs close enough in time for a weak amount."""
    near: Mask = np.abs(board.left.day[edges.left] - board.right.day[edges.right]) <= CLOSE_DAYS
    return near


def _weak_nearby(board: Board, edges: Edges) -> Indexes:
    """How many free items of weak amounts either side has close in time to each pair, at most."""
    counts = []
    for side, at in zip(board.sides, (edges.left, edges.right), strict=True):
        days = np.sort(side.day[side.free & side.weak])
        low, high = side.day[at] - CLOSE_DAYS, side.day[at] + CLOSE_DAYS
        counts.append(np.searchsorted(days, high, side="right") - np.searchsorted(days, low))
    most: Indexes = np.maximum(counts[0], counts[1])
    return most


def alike_by_chance(board: Board, edges: Edges, *, themselves: Indexes | int = 1) -> Mask:
    """Whether others of a pair's amount and word may well be as near as the pair is.

    Those that are there count; so do those to be expected where the word and the amount are both common: of a
    party with a tenth of the rows and an amount on a tenth of them, a hundredth of the rows has both.

    Args:
        board: the items.
        edges: pairs that share a word (mark).
        themselves: items a side that belong to the pair's own knot; they are not others.
    """
    apart = np.abs(board.left.day[edges.left] - board.right.day[edges.right])
    seen = others_alike(board, edges) - 2 * (themselves - 1)
    near = (2 * apart + 1) / board.span
    expected = _expected_alike(board, edges, themselves)
    found: Mask = (seen * near > MOST_SEEN) | (expected * near > MOST_EXPECTED)
    return found


def _of_other_parties(board: Board, edges: Edges, wanted: Mask) -> Mask:
    """Those of the wanted pairs that each name someone else.

    Both have a word that the other has not, and that is rarer on its side than any word in common; or they
    have none in common, and both have one that the other side knows.
    """
    result = np.zeros(len(edges), dtype=np.bool_)
    for at in np.flatnonzero(wanted).tolist():
        ends = tuple(zip(board.sides, (int(edges.left[at]), int(edges.right[at])), strict=True))
        words = [side.wording(item).words for side, item in ends]
        shared = [sum(side.word_times[word] for side in board.sides) / 2 for word in words[0] & words[1]]
        if not shared:
            result[at] = all(side.words.of(item) for side, item in ends)
            continue
        rare = min(shared)
        result[at] = all(
            any(side.word_times[word] < rare for word in words[own] - words[1 - own])
            for own, (side, _) in enumerate(ends)
        )
    return result


def outdone(board: Board, edges: Edges, *, days: int) -> Mask:
    """Pairs of items of which one resembles another free one of the amount and window at least as much.

    That other one shares no whole word, or it would be a candidate too: names are cut, glued or misspelt.
    """
    amounts = np.unique(board.left.rank[edges.left])
    only = (np.isin(board.left.rank, amounts), np.isin(board.right.rank, amounts))
    every = amount_edges(board, days=days, only=only, most=MOST_RESEMBLANCES, noted=False)
    rivals = every.keep(_of_same_items(every, edges))
    ends = ((rivals.left, edges.left), (rivals.right, edges.right))
    alike = _likenesses(board, rivals)
    best = np.full(len(edges), -1)
    for of_rivals, of_edges in ends:
        most = np.full(max(of_rivals.max(initial=0), of_edges.max(initial=0)) + 1, -1)
        np.maximum.at(most, of_rivals, alike)
        best = np.maximum(best, most[of_edges])
    contested = np.flatnonzero(best >= 0)
    doubted = np.zeros(len(edges), dtype=np.bool_)
    doubted[contested] = best[contested] >= _likenesses(board, edges.keep(best >= 0))
    return doubted


def outweighed(board: Board, edges: Edges, *, sound: Mask) -> Mask:
    """Pairs of which each item has a better sound one: more words in common, or nearer, and neither less.

    Such a pair takes nothing from its neighbours: nobody would mean it. Not so where the two that they would
    leave make up for it: then there are two ways to pair the four, one as good as the other.
    """
    words = shared_words(board, edges)
    apart = _days_apart(board, edges)
    result: Mask = np.ones(len(edges), dtype=np.bool_)
    better = []
    for ends in (edges.left, edges.right):
        order = np.flatnonzero(sound)[np.lexsort((-apart[sound], words[sound]))]  # the best one last
        best = np.full(int(ends.max(initial=-1)) + 1, -1)
        best[ends[order]] = order
        own = best[ends]
        more, nearer = words[own] > words, apart[own] < apart
        result &= (own >= 0) & (words[own] >= words) & (apart[own] <= apart) & (more | nearer)
        better.append(own)
    at = np.flatnonzero(result)
    of_left, of_right = (own[at] for own in better)
    left_over = Edges(left=edges.left[of_right], right=edges.right[of_left], mark=edges.mark[at])
    fewer = words[at] + shared_words(board, left_over) < words[of_left] + words[of_right]
    further = apart[at] + _days_apart(board, left_over) > apart[of_left] + apart[of_right]
    result[at] = fewer | further
    return result


def _days_apart(board: Board, edges: Edges) -> Indexes:
    days: Indexes = np.abs(board.left.day[edges.left] - board.right.day[edges.right])
    return days


def _of_same_items(every: Edges, edges: Edges) -> Mask:
    """Those of all pairs that are none of the edges and have an item of them."""
    width = max(every.right.max(initial=0), edges.right.max(initial=0)) + 1
    linked = np.isin(every.left * width + every.right, edges.left * width + edges.right)
    found: Mask = ~linked & (np.isin(every.left, edges.left) | np.isin(every.right, edges.right))
    return found


def _likenesses(board: Board, edges: Edges) -> Indexes:
    pairs = zip(edges.left.tolist(), edges.right.tolist(), strict=True)
    return np.array([likeness(board, pair) for pair in pairs], dtype=np.int64)


def _expected_alike(board: Board, edges: Edges, themselves: Indexes | int) -> Floats:
    amounts = board.left.amount[edges.left]
    total = np.zeros(len(edges))
    for side in board.sides:
        times = side.words.times
        of_word = times[edges.mark] - themselves if len(times) else np.zeros(len(edges))
        of_amount = _times(side.amount, amounts) - themselves
        total += np.maximum(of_word, 0) * np.maximum(of_amount, 0) / max(1, len(side))
    return np.where(edges.mark >= 0, total, 0)


def others_alike(board: Board, edges: Edges) -> Indexes:
    """How many other items of both sides have a pair's amount, and its word when it goes by a word."""
    amounts = board.left.amount[edges.left]
    by_amount = [_times(side.amount, amounts) for side in board.sides]
    by_word = [
        _times(_word_keys(side.words.mark, side.amount[side.words.item]), _word_keys(edges.mark, amounts))
        for side in board.sides
    ]
    count: Indexes = np.where(edges.mark >= 0, sum(by_word), sum(by_amount)) - 2
    return count


def only_these_two(board: Board, edges: Edges, *, by_code: bool) -> Mask:
    """Pairs of which no other item can be meant, however far apart they are.

    By code: no other item of either side has it. By word: an amount of many digits that no other item has.
    """
    if by_code:
        times = [side.codes.times for side in board.sides]
        alone: Mask = (times[0][edges.mark] == 1) & (times[1][edges.mark] == 1)
        return alone
    amounts = board.left.amount[edges.left]
    found = [_times(side.amount, amounts) == 1 for side in board.sides]
    telling: Mask = found[0] & found[1] & ~board.left.weak[edges.left]
    return telling


def _word_keys(marks: Indexes, amounts: Indexes) -> Indexes:
    keys: Indexes = amounts * WORD_SPAN + marks
    return keys


def _times(known: Indexes, wanted: Indexes) -> Indexes:
    ordered = np.sort(known)
    count: Indexes = np.searchsorted(ordered, wanted, side="right") - np.searchsorted(ordered, wanted)
    return count


def conflicts(board: Board, edges: Edges) -> Mask:
    """Pairs whose items carry different numbers of a form that links the sides elsewhere.

    For a weak amount one link is enough, and a number that is nearly alike is no help.
    """
    links = board.links
    if not links or not len(edges):
        return np.zeros(len(edges), dtype=np.bool_)
    left, right = LinkingCodes(board.left, links), LinkingCodes(board.right, links)
    weak = board.left.weak[edges.left]
    result = np.zeros(len(edges), dtype=np.bool_)
    both = np.flatnonzero(left.has[edges.left] & right.has[edges.right])
    for at in both.tolist():
        fewest = 1 if weak[at] else FEWEST_LINKS
        mine, others = left.of(int(edges.left[at]), fewest), right.of(int(edges.right[at]), fewest)
        result[at] = differ(mine, others, strictly=bool(weak[at]))
    return result


class LinkingCodes:
    """The codes of one side's items that have a linking form."""

    def __init__(self, side: BoardSide, links: Counter[str]) -> None:
        self.side, self.links = side, links
        free = side.free[side.own.item]
        marks = np.unique(side.own.mark[free])
        linking = np.zeros(len(side.own.names) + 1, dtype=np.bool_)
        linking[marks] = [shape_of(name) in links for name in side.own.names[marks].tolist()]
        self.has = np.zeros(len(side), dtype=np.bool_)
        self.has[side.own.item[free & linking[side.own.mark]]] = True

    def of(self, at: int, fewest: int) -> dict[str, list[str]]:
        """The codes of one item by form, of forms with at least `fewest` links."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self.side.own.names_of(at)):
            if self.links[shape_of(name)] >= fewest:
                found[shape_of(name)].append(name)
        return found


def differ(left: dict[str, list[str]], right: dict[str, list[str]], *, strictly: bool) -> bool:
    """Whether two items have codes of a common form, and none that is alike."""
    if not left.keys() & right.keys():
        return False
    pairs = [
        (one, other) for mine in left.values() for one in mine for yours in right.values() for other in yours
    ]
    alike = (
        (one == other for one, other in pairs) if strictly else (_alike(one, other) for one, other in pairs)
    )
    return not any(alike)


def _alike(one: str, other: str) -> bool:
    """Equal but for usual damage: at most two digits changed or swapped, or one cut from the other."""
    if len(one) != len(other):
        return one in other or other in one
    return sum(a != b for a, b in zip(one, other, strict=True)) <= MOST_PLACES_APART


def numbers_differ(board: Board, left: Iterable[int], right: Iterable[int], links: Counter[str]) -> bool:
    """Whether both ends of a batch carry numbers of a linking form, and no number stands on both."""
    ends = []
    for side, items in ((board.left, left), (board.right, right)):
        names = {name for at in items for name in side.own.names_of(at)}
        ends.append({name for name in names if links[shape_of(name)]})
    shapes = [{shape_of(name) for name in end} for end in ends]
    return bool(shapes[0] & shapes[1]) and not ends[0] & ends[1]
