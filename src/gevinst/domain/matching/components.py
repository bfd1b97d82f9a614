"""Knots of candidate pairs: what can be decided in a group where several items could go with several.

A knot is solved as a whole, so the answer cannot depend on which item came first. Only an answer that is the
only one, or among items that nobody could tell apart, is taken; the rest is left for a person.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import permutations
from typing import TypeVar

import numpy as np

from gevinst.domain.matching.board import Board, BoardSide
from gevinst.domain.matching.edges import Edges
from gevinst.domain.matching.marks import Indexes

#: Knots larger than this are not searched; their items stay open or are proposed.
MOST_PAIRS_IN_A_KNOT = 2_500
MOST_PAIRS_COMPARED = 64  # in a larger knot names are not compared letter by letter
SHORTEST_RUN = 3  # letters that two names have in common in a row
CLEARLY_ALIKE = 2  # letters more
CLEARLY_MORE = 2  # words more, of a whole way to pair a knot
MOST_ASSIGNED = 5  # items a side; five have 120 ways
MOST_DAYS_IN_ORDER = 5  # pairing by order of date needs each pair this close
FEWEST_DAYS_BETWEEN = 3  # an item that is so much nearer is not outweighed by one more word


Pair = tuple[int, int]
Score = tuple[int, int, int]
T = TypeVar("T", int, Score)


@dataclass(frozen=True, kw_only=True)
class Knot:
    """A connected part of the candidate graph."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    pairs: frozenset[tuple[int, int]]

    @property
    def complete(self) -> bool:
        """Whether every left item could go with every right item."""
        return len(self.pairs) == len(self.left) * len(self.right)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Pairs that a knot allows, and why."""

    pairs: tuple[tuple[int, int], ...]
    reason: str  #: "interchangeable", "assignment", "evidence", "earliest", "series" or "best_assignment"
    alike: int = 0


def knots(edges: Edges) -> Iterator[Knot]:
    """The connected parts of the candidate graph, each once, in order of their first left item."""
    from_left: dict[int, list[int]] = defaultdict(list)
    from_right: dict[int, list[int]] = defaultdict(list)
    for left, right in zip(edges.left.tolist(), edges.right.tolist(), strict=True):
        from_left[left].append(right)
        from_right[right].append(left)
    seen: set[int] = set()
    for start in sorted(from_left):
        if start not in seen:
            yield _knot_from(start, from_left, from_right, seen)


def _knot_from(
    start: int, from_left: dict[int, list[int]], from_right: dict[int, list[int]], seen: set[int]
) -> Knot:
    lefts, rights, waiting = {start}, set(), [start]
    while waiting:
        for right in from_left[waiting.pop()]:
            if right not in rights:
                rights.add(right)
                new = [left for left in from_right[right] if left not in lefts]
                lefts.update(new)
                waiting.extend(new)
    seen.update(lefts)
    pairs = frozenset((left, right) for left in lefts for right in from_left[left])
    return Knot(left=tuple(sorted(lefts)), right=tuple(sorted(rights)), pairs=pairs)


def solve(board: Board, knot: Knot, *, shared_code: bool) -> list[Answer]:
    """What the knot allows: none, one or several answers over different items of it.

    Args:
        board: the items.
        knot: free items only.
        shared_code: all pairs share a code, so that order in time may decide and a double may wait.
    """
    if len(knot.pairs) > MOST_PAIRS_IN_A_KNOT:
        return []
    return (
        _only_pair(knot)
        or _interchangeable(board, knot, shared_code=shared_code)
        or _only_assignment(knot)
        or _by_evidence(board, knot, shared_code=shared_code)
        or _best_assignment(board, knot)
        or (_in_order(board, knot) if shared_code else [])
        or (earliest(board, knot) if shared_code else [])
    )


def _only_pair(knot: Knot) -> list[Answer]:
    return [Answer(pairs=tuple(knot.pairs), reason="evidence")] if len(knot.pairs) == 1 else []


def _interchangeable(board: Board, knot: Knot, *, shared_code: bool) -> list[Answer]:
    if len(knot.left) != len(knot.right) and not shared_code and board.left.weak[knot.left[0]]:
        return []  # one more on a side may well mean that none of them belongs
    if not (knot.complete and indistinct(board, knot)):
        return []
    pairs = tuple(zip(knot.left, knot.right, strict=False))
    return [Answer(pairs=pairs, reason="interchangeable", alike=max(len(knot.left), len(knot.right)))]


def indistinct(board: Board, knot: Knot) -> bool:
    """Whether nobody could tell which item of the one side goes with which of the other.

    Names that differ on one side alone tell nothing; where they differ on both, a person may see a likeness.
    Where one side has more, its names must all be the same: which of them stays open would matter.
    """
    ends = tuple(zip(board.sides, (knot.left, knot.right), strict=True))
    if not all(all_alike(side, items) for side, items in ends):
        return False
    most = max(len(knot.left), len(knot.right))
    one_name = [len({side.wording(at).names for at in items}) == 1 for side, items in ends]
    if len(knot.left) == len(knot.right):
        return any(one_name)
    return all(same for same, (_, items) in zip(one_name, ends, strict=True) if len(items) == most)


def all_alike(side: BoardSide, items: Sequence[int]) -> bool:
    """Whether nobody could tell the items apart."""
    return len({look(side, at) for at in items}) == 1


def look(side: BoardSide, at: int) -> tuple[int, int, frozenset[int], frozenset[int]]:
    """All that a person can see of an item; numbers that only its own side has tell nothing."""
    return int(side.booked[at]), int(side.amount[at]), side.codes.of(at), side.words.of(at)


def _only_assignment(knot: Knot) -> list[Answer]:
    """The only way to pair every item of the knot, if there is exactly one.

    A bipartite graph has one perfect matching exactly when taking the items with a single candidate, again
    and again, uses it up.
    """
    if len(knot.left) != len(knot.right):
        return []
    ends: dict[tuple[str, int], set[int]] = defaultdict(set)
    for left, right in knot.pairs:
        ends["l", left].add(right)
        ends["r", right].add(left)
    pairs = []
    single = [end for end, others in ends.items() if len(others) == 1]
    while single:
        end = single.pop()
        if end not in ends or len(ends[end]) != 1:
            continue
        (other,) = ends[end]
        left, right = (end[1], other) if end[0] == "l" else (other, end[1])
        pairs.append((left, right))
        single.extend(_take_out(ends, left, right))
    return [Answer(pairs=tuple(sorted(pairs)), reason="assignment")] if len(pairs) == len(knot.left) else []


def _take_out(ends: dict[tuple[str, int], set[int]], left: int, right: int) -> list[tuple[str, int]]:
    touched = [("r", other) for other in ends.pop(("l", left)) if other != right]
    touched += [("l", other) for other in ends.pop(("r", right)) if other != left]
    for end in touched:
        ends[end].discard(left if end[0] == "r" else right)
    return [end for end in touched if len(ends[end]) == 1]


def _by_evidence(board: Board, knot: Knot, *, shared_code: bool) -> list[Answer]:
    """Keep the pairs that share most, seen from both ends, and look again.

    More words in common do not outweigh a day that is clearly nearer, nor a name that is clearly more alike:
    then a person decides.
    """
    scores = {pair: shared(board, *pair) for pair in knot.pairs}
    small = len(knot.pairs) <= MOST_PAIRS_COMPARED
    alike = {pair: likeness(board, pair) if small else 0 for pair in knot.pairs}
    best, most_alike = _best_of_ends(scores, (0, 0, 0)), _best_of_ends(alike, 0)
    kept = [
        pair
        for pair, score in scores.items()
        if any(score[:2]) and score == best["l", pair[0]] == best["r", pair[1]]
        if score[0] or max(most_alike["l", pair[0]], most_alike["r", pair[1]]) - alike[pair] < CLEARLY_ALIKE
        if score[0] or not _nearer_one(board, pair, knot, scores)
    ]
    if not kept or len(kept) == len(knot.pairs):
        return []
    array = np.array(sorted(kept), dtype=np.int64)
    edges = Edges(left=array[:, 0], right=array[:, 1], mark=np.full(len(array), -1))
    return [answer for part in knots(edges) for answer in solve(board, part, shared_code=shared_code)]


def _best_assignment(board: Board, knot: Knot) -> list[Answer]:
    """The way to pair every item that shares clearly more words than any other way, and is no further apart.

    Where an item names two parties, as a correction does, its own likeness may point to the wrong one; that
    the other items would be left with strangers decides.
    """
    if len(knot.left) != len(knot.right) or len(knot.left) > MOST_ASSIGNED:
        return []
    ways = [tuple(zip(knot.left, rights, strict=True)) for rights in permutations(knot.right)]
    ways = [way for way in ways if knot.pairs.issuperset(way)]
    told = {pair: (shared(board, *pair)[1], _apart(board, pair)) for pair in knot.pairs}
    words = [sum(told[pair][0] for pair in way) for way in ways]
    days = [sum(told[pair][1] for pair in way) for way in ways]
    best = max(range(len(ways)), key=words.__getitem__, default=-1)
    others = [at for at in range(len(ways)) if at != best]
    if all(words[best] - words[at] >= CLEARLY_MORE and days[best] <= days[at] for at in others) and ways:
        return [Answer(pairs=ways[best], reason="best_assignment")]
    return []


def _best_of_ends(scores: Mapping[Pair, T], least: T) -> dict[tuple[str, int], T]:
    """The best score of each item."""
    found: dict[tuple[str, int], T] = defaultdict(lambda: least)
    for (left, right), score in scores.items():
        for end in (("l", left), ("r", right)):
            found[end] = max(found[end], score)
    return found


def _nearer_one(board: Board, pair: Pair, knot: Knot, scores: Mapping[Pair, Score]) -> bool:
    """Whether one of the pair has another that shares a word too and is clearly nearer in time."""
    limit = _apart(board, pair) - FEWEST_DAYS_BETWEEN
    return limit >= 0 and any(
        _apart(board, other) <= limit and any(scores[other][:2])
        for other in knot.pairs
        if (other[0] == pair[0]) != (other[1] == pair[1])
    )


def _apart(board: Board, pair: Pair) -> int:
    return abs(int(board.left.day[pair[0]] - board.right.day[pair[1]]))


def shared(board: Board, left: int, right: int) -> Score:
    """Codes, telling words and names in common; the last, short ones too, only break a tie."""
    codes = len(board.left.codes.of(left) & board.right.codes.of(right))
    words = len(board.left.words.of(left) & board.right.words.of(right))
    names = len(set(board.left.wording(left).names) & set(board.right.wording(right).names))
    return codes, words, names


def likeness(board: Board, pair: Pair) -> int:
    """How many letters the names of two items have in common, in order and in runs."""
    left, right = (side.wording(at).letters for side, at in zip(board.sides, pair, strict=True))
    return _letters_in_common(left, right)


@lru_cache(maxsize=65_536)
def _letters_in_common(left: str, right: str) -> int:
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= SHORTEST_RUN)


def _in_order(board: Board, knot: Knot) -> list[Answer]:
    """Pair in order of date, where that is the only cheapest way and each pair is close."""
    if len(knot.left) != len(knot.right) or not knot.complete:
        return []
    left = sorted(knot.left, key=lambda at: (int(board.left.day[at]), at))
    right = sorted(knot.right, key=lambda at: (int(board.right.day[at]), at))
    left_days, right_days = board.left.day[left], board.right.day[right]
    if np.abs(left_days - right_days).max() > MOST_DAYS_IN_ORDER or not _order_decides(left_days, right_days):
        return []
    return [Answer(pairs=tuple(zip(left, right, strict=True)), reason="assignment")]


def _order_decides(left: Indexes, right: Indexes) -> bool:
    kept = np.abs(left[:-1] - right[:-1]) + np.abs(left[1:] - right[1:])
    swapped = np.abs(left[:-1] - right[1:]) + np.abs(left[1:] - right[:-1])
    return bool((swapped > kept).all())


def earliest(board: Board, knot: Knot) -> list[Answer]:
    """One item against doubles of one another: the nearest is taken, on a tie the first; the others stay."""
    if min(len(knot.left), len(knot.right)) != 1:
        return []
    many, side = (knot.right, board.right) if len(knot.left) == 1 else (knot.left, board.left)
    if len({(side.codes.of(at), side.words.of(at)) for at in many}) != 1:
        return []
    pair = min(knot.pairs, key=lambda pair: (_apart(board, pair), pair))
    return [Answer(pairs=(pair,), reason="earliest")]
