"""Series: an amount that one party pays again and again, such as a weekly rent, with a posting for each time.

A round amount that recurs is no evidence for one of its pairs. That each of its times has its own pair is:
as many on both sides, and every one near its own and no other.
"""

from collections.abc import Iterator

import numpy as np

from gevinst.domain.matching.board import Board, BoardSide
from gevinst.domain.matching.components import Answer
from gevinst.domain.matching.edges import Edges, only_each_other
from gevinst.domain.matching.evidence import RECUR_DAYS
from gevinst.domain.matching.marks import Indexes

FEWEST_TIMES = 3  # what came twice may be two payments of which each lacks its other half


def series(board: Board, edges: Edges) -> Iterator[Answer]:
    """The pairs of each series among candidate pairs that share a word."""
    near = edges.keep(np.abs(board.left.day[edges.left] - board.right.day[edges.right]) <= RECUR_DAYS)
    pair, words = board.left.words.shared_with(near.left, board.right.words, near.right)
    keys = words * board.amounts + board.left.rank[near.left[pair]]
    known, key_of, times = np.unique(keys, return_inverse=True, return_counts=True)
    whole = times >= FEWEST_TIMES
    for side, items in zip(board.sides, (near.left[pair], near.right[pair]), strict=True):
        whole &= (_different(key_of, items, len(known)) == times) & (_times(board, side, known) == times)
    claimed = np.unique(pair[whole[key_of]])
    disputed = claimed[~only_each_other(near.keep(claimed))]
    whole[key_of[np.isin(pair, disputed)]] = False
    taken: set[int] = set()
    for at in sorted(np.flatnonzero(whole).tolist(), key=lambda at: (-times[at], at)):
        pairs = near.keep(pair[key_of == at])
        lefts = pairs.left.tolist()
        if taken.isdisjoint(lefts):
            taken.update(lefts)
            found = tuple(zip(lefts, pairs.right.tolist(), strict=True))
            yield Answer(pairs=found, reason="series", alike=len(found))


def _different(key_of: Indexes, items: Indexes, keys: int) -> Indexes:
    """How many different items each key has."""
    found = np.unique(np.stack([key_of, items]), axis=1)
    return np.bincount(found[0], minlength=keys)


def _times(board: Board, side: BoardSide, keys: Indexes) -> Indexes:
    """How many items of a side, matched or not, have the word and amount of each key."""
    every = np.sort(side.words.mark * board.amounts + side.rank[side.words.item])
    found: Indexes = np.searchsorted(every, keys, side="right") - np.searchsorted(every, keys)
    return found
