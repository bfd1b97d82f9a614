"""Proposals: candidate pairs that are left after all passes, gathered for a person to decide."""

from collections.abc import Iterator, Mapping

import numpy as np

from gevinst.domain.matching.board import Board
from gevinst.domain.matching.components import Knot, knots
from gevinst.domain.matching.edges import Edges
from gevinst.domain.matching.pairs import conflicts, pair_edges
from gevinst.domain.matching.rules import MatchPass, PassKind
from gevinst.domain.reconciliation import Proposal

MOST_ALTERNATIVES = 10
MOST_ITEMS = 60  # a larger knot tells a person nothing; its items stay open


def proposals(board: Board, passes: tuple[MatchPass, ...]) -> tuple[Proposal, ...]:
    """One proposal for each knot of candidate pairs among the free items."""
    edges = _left_over(board, passes)
    conflicting = set(zip(*(ends.tolist() for ends in _ends(edges, conflicts(board, edges))), strict=True))
    small = [knot for knot in knots(edges) if len(knot.left) + len(knot.right) <= MOST_ITEMS]
    return tuple(_proposal(board, number, knot, conflicting) for number, knot in enumerate(small))


def _ends(
    edges: Edges, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Iterator[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    kept = edges.keep(mask)
    yield kept.left
    yield kept.right


def _left_over(board: Board, passes: tuple[MatchPass, ...]) -> Edges:
    found = [pair_edges(board, rule) for rule in passes if rule.kind is PassKind.ONE_TO_ONE]
    pairs = {pair for edges in found for pair in zip(edges.left.tolist(), edges.right.tolist(), strict=True)}
    array = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return Edges(left=array[:, 0], right=array[:, 1], mark=np.full(len(array), -1, dtype=np.int64))


def _proposal(board: Board, number: int, knot: Knot, conflicting: set[tuple[int, int]]) -> Proposal:
    left_ids, right_ids = board.left.items["item_id"], board.right.items["item_id"]
    ranked = sorted(knot.pairs, key=lambda pair: _rank(board, pair))[:MOST_ALTERNATIVES]
    return Proposal(
        number=number,
        left=tuple(left_ids.iloc[list(knot.left)]),
        right=tuple(right_ids.iloc[list(knot.right)]),
        reason=_reason(knot, conflicting),
        facts=_facts(board, knot),
        alternatives=tuple(((left_ids.iat[left],), (right_ids.iat[right],)) for left, right in ranked),
    )


def _reason(knot: Knot, conflicting: set[tuple[int, int]]) -> str:
    if knot.pairs <= conflicting:
        return "proposal_conflict"
    return "proposal_unsure" if len(knot.pairs) == 1 else "proposal_equal"


def _facts(board: Board, knot: Knot) -> Mapping[str, str | int]:
    first = knot.left[0]
    return {
        "amount": int(board.left.amount[first]),
        "n_left": len(knot.left),
        "n_right": len(knot.right),
        "count": len(knot.pairs),
    }


def _rank(board: Board, pair: tuple[int, int]) -> tuple[int, int, int, tuple[int, int]]:
    left, right = pair
    codes = len(board.left.code_sets[left] & board.right.code_sets[right])
    words = len(board.left.word_sets[left] & board.right.word_sets[right])
    return -codes, -words, abs(int(board.left.day[left] - board.right.day[right])), pair
