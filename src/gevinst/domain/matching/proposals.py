"""Proposals: candidate pairs and sums that are left after all passes, gathered for a person to decide."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from gevinst.domain.matching.board import Board, Doubt
from gevinst.domain.matching.components import Knot, knots, shared
from gevinst.domain.matching.edges import Edges
from gevinst.domain.matching.evidence import conflicts
from gevinst.domain.matching.pairs import pair_edges
from gevinst.domain.matching.rules import MatchPass, PassKind
from gevinst.domain.reconciliation import Proposal

MOST_ALTERNATIVES = 10
MOST_ITEMS = 60  # a larger knot tells a person nothing; its items stay open


def proposals(board: Board, passes: Sequence[MatchPass]) -> tuple[Proposal, ...]:
    """One proposal for each knot of candidate pairs among the free items, then for each sum in doubt."""
    edges = _left_over(board, passes)
    conflicting = _pairs_of(edges.keep(conflicts(board, edges)))
    small = [knot for knot in knots(edges) if len(knot.left) + len(knot.right) <= MOST_ITEMS]
    ranks = _ranks(board, edges)
    held = [{at for knot in small for at in knot.left}, {at for knot in small for at in knot.right}]
    ids = _Ids(board, held, board.doubts)
    made = [
        _proposal(board, number, knot, conflicting, ranks=ranks, ids=ids) for number, knot in enumerate(small)
    ]
    for doubt in _open_doubts(board, held):
        made.append(_sum_proposal(board, len(made), doubt, ids=ids))
    return tuple(made)


class _Ids:
    """The ids of the items of proposals, read at once."""

    def __init__(self, board: Board, held: Sequence[Collection[int]], doubts: Sequence[Doubt]) -> None:
        in_doubt = ({at for one in doubts for at in one.left}, {at for one in doubts for at in one.right})
        self._known: list[dict[int, str]] = []
        for side, of_knots, of_sums in zip(board.sides, held, in_doubt, strict=True):
            items = np.array(sorted({*of_knots, *of_sums}), dtype=np.int64)
            self._known.append(dict(zip(items.tolist(), side.ids.some(items), strict=True)))

    def of(self, side: int, items: Sequence[int]) -> tuple[str, ...]:
        """The ids of some items of a side."""
        known = self._known[side]
        return tuple([known[at] for at in items])


def _pairs_of(edges: Edges) -> set[tuple[int, int]]:
    return set(zip(edges.left.tolist(), edges.right.tolist(), strict=True))


def _left_over(board: Board, passes: Sequence[MatchPass]) -> Edges:
    found = [pair_edges(board, rule) for rule in passes if rule.kind is PassKind.ONE_TO_ONE]
    width = len(board.right) + 1
    keys = [edges.left * width + edges.right for edges in found]
    unique = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *keys]))
    return Edges(left=unique // width, right=unique % width, mark=np.full(len(unique), -1, dtype=np.int64))


def _proposal(
    board: Board,
    number: int,
    knot: Knot,
    conflicting: set[tuple[int, int]],
    *,
    ranks: Mapping[tuple[int, int], int],
    ids: _Ids,
) -> Proposal:
    ranked = sorted(knot.pairs, key=ranks.__getitem__)[:MOST_ALTERNATIVES]
    return Proposal(
        number=number,
        left=ids.of(0, knot.left),
        right=ids.of(1, knot.right),
        reason=_reason(board, knot, conflicting),
        facts=_facts(knot.left, knot.right, len(knot.pairs), amount=int(board.left.amount[knot.left[0]])),
        alternatives=tuple((ids.of(0, (left,)), ids.of(1, (right,))) for left, right in ranked),
    )


def _reason(board: Board, knot: Knot, conflicting: set[tuple[int, int]]) -> str:
    if knot.pairs <= conflicting:
        return "proposal_conflict"
    if len(knot.pairs) > 1:
        return "proposal_equal"
    (pair,) = knot.pairs
    codes, words, _ = shared(board, *pair)
    return "proposal_number" if codes else "proposal_common" if words else "proposal_unsure"


def _facts(left: Sequence[int], right: Sequence[int], count: int, *, amount: int) -> Mapping[str, str | int]:
    return {
        "amount": amount,
        "n_left": len(left),
        "n_right": len(right),
        "count": count,
    }


def _ranks(board: Board, edges: Edges) -> dict[tuple[int, int], int]:
    """The place of each pair: most codes in common, then most words, then nearest in time, then by item."""
    ends = edges.left, edges.right
    codes = board.left.codes.common(ends[0], board.right.codes, ends[1])
    words = board.left.words.common(ends[0], board.right.words, ends[1])
    apart = np.abs(board.left.day[ends[0]] - board.right.day[ends[1]])
    order = np.lexsort((*reversed(ends), apart, -words, -codes))
    return dict(zip(zip(*(end[order].tolist() for end in ends), strict=True), range(len(edges)), strict=True))


def _open_doubts(board: Board, held: list[set[int]]) -> Iterator[Doubt]:
    """Sums in doubt whose items are all still free and in no other proposal; smaller ones first."""
    by_size = sorted(board.doubts, key=lambda one: (len(one.left) + len(one.right), one.left, one.right))
    for doubt in by_size:
        ends = (doubt.left, doubt.right)
        free = all((side.group[list(end)] < 0).all() for side, end in zip(board.sides, ends, strict=True))
        split = any(board.apart.forbids(*answer) for answer in doubt.alternatives)
        if free and not split and not held[0] & set(doubt.left) and not held[1] & set(doubt.right):
            held[0].update(doubt.left)
            held[1].update(doubt.right)
            yield doubt


def _sum_proposal(board: Board, number: int, doubt: Doubt, *, ids: _Ids) -> Proposal:
    amount = int(board.left.amount[list(doubt.alternatives[0][0])].sum())
    return Proposal(
        number=number,
        left=ids.of(0, doubt.left),
        right=ids.of(1, doubt.right),
        reason="proposal_subset" if len(doubt.alternatives) > 1 else "proposal_sum",
        facts=_facts(doubt.left, doubt.right, len(doubt.alternatives), amount=amount),
        alternatives=tuple((ids.of(0, left), ids.of(1, right)) for left, right in doubt.alternatives),
    )
