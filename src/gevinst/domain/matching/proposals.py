"""Proposals: candidate pairs and sums that are left after all passes, gathered for a person to decide."""

from collections.abc import Iterator, Mapping, Sequence

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
    made = [_proposal(board, number, knot, conflicting) for number, knot in enumerate(small)]
    held = [{at for knot in small for at in knot.left}, {at for knot in small for at in knot.right}]
    for doubt in _open_doubts(board, held):
        made.append(_sum_proposal(board, len(made), doubt))
    return tuple(made)


def _pairs_of(edges: Edges) -> set[tuple[int, int]]:
    return set(zip(edges.left.tolist(), edges.right.tolist(), strict=True))


def _left_over(board: Board, passes: Sequence[MatchPass]) -> Edges:
    found = [pair_edges(board, rule) for rule in passes if rule.kind is PassKind.ONE_TO_ONE]
    width = len(board.right) + 1
    keys = [edges.left * width + edges.right for edges in found]
    unique = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *keys]))
    return Edges(left=unique // width, right=unique % width, mark=np.full(len(unique), -1, dtype=np.int64))


def _proposal(board: Board, number: int, knot: Knot, conflicting: set[tuple[int, int]]) -> Proposal:
    ranked = sorted(knot.pairs, key=lambda pair: _rank(board, pair))[:MOST_ALTERNATIVES]
    return Proposal(
        number=number,
        left=_ids(board, 0, knot.left),
        right=_ids(board, 1, knot.right),
        reason=_reason(board, knot, conflicting),
        facts=_facts(knot.left, knot.right, len(knot.pairs), amount=int(board.left.amount[knot.left[0]])),
        alternatives=tuple((_ids(board, 0, (left,)), _ids(board, 1, (right,))) for left, right in ranked),
    )


def _ids(board: Board, side: int, items: Sequence[int]) -> tuple[str, ...]:
    return tuple(board.sides[side].ids[at] for at in items)


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


def _rank(board: Board, pair: tuple[int, int]) -> tuple[int, int, int, tuple[int, int]]:
    left, right = pair
    codes, words, _ = shared(board, left, right)
    return -codes, -words, abs(int(board.left.day[left] - board.right.day[right])), pair


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


def _sum_proposal(board: Board, number: int, doubt: Doubt) -> Proposal:
    amount = int(board.left.amount[list(doubt.alternatives[0][0])].sum())
    return Proposal(
        number=number,
        left=_ids(board, 0, doubt.left),
        right=_ids(board, 1, doubt.right),
        reason="proposal_subset" if len(doubt.alternatives) > 1 else "proposal_sum",
        facts=_facts(doubt.left, doubt.right, len(doubt.alternatives), amount=amount),
        alternatives=tuple(
            (_ids(board, 0, left), _ids(board, 1, right)) for left, right in doubt.alternatives
        ),
    )
