"""One-to-one passes: by code, by word, by amount and date, and within a tolerance."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from gevinst.domain.matching.board import Board, BoardSide, own_codes
from gevinst.domain.matching.codes import shape_of
from gevinst.domain.matching.components import knots, solve
from gevinst.domain.matching.edges import Edges, amount_edges, marked_edges, rivals
from gevinst.domain.matching.rules import Key, MatchPass

ROUND_AMOUNT = 10_000  # whole hundreds of kroner meet by chance
CLOSE_DAYS = 3  # a round amount without any shared word must be this close
FEWEST_LINKS = 3  # pairs by code before a form of code counts as a link between the sides
SHORTEST_LINK = 5
REASONS = {Key.CODE: "reference", Key.TEXT: "text_date", Key.NONE: "amount_date", Key.DAY: "amount_date"}


def one_to_one(board: Board, rule: MatchPass) -> None:
    """Pair items of equal amounts: first those that can only go with each other, then the knots."""
    edges = pair_edges(board, rule)
    if rule.key is not Key.CODE:
        edges = edges.keep(~conflicts(board, edges))
    if rule.key is Key.NONE:
        edges = edges.keep(~_by_chance(board, edges))
    only = _only_each_other(edges)
    names = _names(board, rule)
    found = edges.keep(only)
    board.add_pairs(
        rule,
        found.left,
        found.right,
        reason=REASONS[rule.key],
        key=_keys(names, found.mark),
        candidates=rivals(board, found.left, days=rule.days),
    )
    _solve_knots(board, rule, edges.keep(~only))


def pair_edges(board: Board, rule: MatchPass) -> Edges:
    """The candidate pairs of a one-to-one pass among the free items."""
    if rule.key is Key.CODE:
        edges = marked_edges(board, board.left.codes, board.right.codes, days=rule.days)
    elif rule.key is Key.TEXT:
        edges = marked_edges(board, board.left.words, board.right.words, days=rule.days)
    else:
        edges = amount_edges(board, days=rule.days)
    return edges.keep(said_by(board, rule)[edges.left]) if rule.text_contains else edges


def said_by(board: Board, rule: MatchPass) -> NDArray[np.bool_]:
    """Which left items hold one of the pass's words."""
    words = [word.casefold() for word in rule.text_contains]
    texts = (board.left.items["text"] + " " + board.left.items["counterparty"]).str.casefold()
    return np.array([any(word in text for word in words) for text in texts], dtype=np.bool_)


def _only_each_other(edges: Edges) -> NDArray[np.bool_]:
    if not len(edges):
        return np.zeros(0, dtype=np.bool_)
    of_left, of_right = np.bincount(edges.left), np.bincount(edges.right)
    only: NDArray[np.bool_] = (of_left[edges.left] == 1) & (of_right[edges.right] == 1)
    return only


def _names(board: Board, rule: MatchPass) -> NDArray[np.object_]:
    return board.left.words.names if rule.key is Key.TEXT else board.left.codes.names


def _keys(names: NDArray[np.object_], marks: NDArray[np.int64]) -> NDArray[np.object_]:
    padded = np.append(names, "")  # a mark of -1 takes the last, ""
    keys: NDArray[np.object_] = padded[marks]
    return keys


def _solve_knots(board: Board, rule: MatchPass, edges: Edges) -> None:
    mark_of = dict(
        zip(zip(edges.left.tolist(), edges.right.tolist(), strict=True), edges.mark.tolist(), strict=True)
    )
    names = _names(board, rule)
    for knot in knots(edges):
        for answer in solve(board, knot, shared_code=rule.key is Key.CODE):
            left, right = (np.array(ends, dtype=np.int64) for ends in zip(*answer.pairs, strict=True))
            marks = np.array([mark_of[pair] for pair in answer.pairs], dtype=np.int64)
            board.add_pairs(
                rule,
                left,
                right,
                reason=_reason(rule.key, answer.reason),
                key=_keys(names, marks),
                candidates=rivals(board, left, days=rule.days),
                alike=answer.alike,
            )


def _reason(key: Key, answer: str) -> str:
    if answer == "interchangeable":
        return "reference_interchangeable" if key is Key.CODE else "interchangeable"
    return REASONS[key] if answer == "evidence" else answer


def _by_chance(board: Board, edges: Edges) -> NDArray[np.bool_]:
    """Round amounts without a shared word that are too far apart, or that stand more than once on a side."""
    amounts = board.left.amount[edges.left]
    apart = np.abs(board.left.day[edges.left] - board.right.day[edges.right])
    often = _stands_often(board.left, amounts) | _stands_often(board.right, amounts)
    chance: NDArray[np.bool_] = (amounts % ROUND_AMOUNT == 0) & ((apart > CLOSE_DAYS) | often)
    return chance & ~shares_word(board, edges)


def _stands_often(side: BoardSide, amounts: NDArray[np.int64]) -> NDArray[np.bool_]:
    known, counts = np.unique(side.amount, return_counts=True)
    at = np.searchsorted(known, amounts)
    often: NDArray[np.bool_] = counts[at] > 1
    return often


def shares_word(board: Board, edges: Edges) -> NDArray[np.bool_]:
    """Which pairs share a telling word."""
    pairs = zip(edges.left.tolist(), edges.right.tolist(), strict=True)
    found = [bool(board.left.word_sets[left] & board.right.word_sets[right]) for left, right in pairs]
    return np.array(found, dtype=np.bool_)


def conflicts(board: Board, edges: Edges) -> NDArray[np.bool_]:
    """Pairs whose two items carry different numbers of a form that links the sides elsewhere."""
    shapes = _linking_shapes(board)
    if not shapes or not len(edges):
        return np.zeros(len(edges), dtype=np.bool_)
    left, right = (
        _linking_codes(side, at, shapes)
        for side, at in ((board.left, edges.left), (board.right, edges.right))
    )
    pairs = zip(edges.left.tolist(), edges.right.tolist(), strict=True)
    return np.array([_differ(left[a], right[b]) for a, b in pairs], dtype=np.bool_)


def _linking_shapes(board: Board) -> set[str]:
    groups = board.groups()
    keys = groups.loc[groups["reason"] == "reference", "key"]
    counts = Counter(shape_of(key) for key in keys if len(key) >= SHORTEST_LINK)
    return {shape for shape, count in counts.items() if count >= FEWEST_LINKS}


def _linking_codes(side: BoardSide, at: NDArray[np.int64], shapes: set[str]) -> dict[int, set[str]]:
    return {
        item: {code for code in codes if shape_of(code) in shapes}
        for item, codes in own_codes(side, at).items()
    }


def _differ(left: set[str], right: set[str]) -> bool:
    alike_forms = {shape_of(code) for code in left} & {shape_of(code) for code in right}
    return bool(alike_forms) and not any(_near(one, other) for one in left for other in right)


def _near(one: str, other: str) -> bool:
    """Equal but for usual damage: at most two digits changed or swapped, or one cut from the other."""
    if len(one) != len(other):
        return one in other or other in one
    return sum(a != b for a, b in zip(one, other, strict=True)) <= 2  # noqa: PLR2004 - a swap changes two places


def within_tolerance(board: Board, rule: MatchPass) -> None:
    """Pair items that share a code and differ by at most the tolerance, where neither has another candidate."""
    frames = []
    for side in (board.left, board.right):
        frame = side.codes.frame[side.free[side.codes.item]]
        items = frame["item"].to_numpy()
        frames.append(frame.assign(amount=side.amount[items], day=side.day[items]))
    pairs = frames[0].merge(frames[1], on="mark", suffixes=("_left", "_right"))
    apart = (pairs["amount_left"] - pairs["amount_right"]).abs()
    near = (pairs["day_left"] - pairs["day_right"]).abs() <= rule.days
    pairs = pairs[(apart <= rule.tolerance) & near].drop_duplicates(["item_left", "item_right"])
    edges = Edges(
        left=pairs["item_left"].to_numpy(dtype=np.int64),
        right=pairs["item_right"].to_numpy(dtype=np.int64),
        mark=pairs["mark"].to_numpy(dtype=np.int64),
    )
    found = edges.keep(_only_each_other(edges))
    keys = _keys(board.left.codes.names, found.mark)
    board.add_pairs(rule, found.left, found.right, reason="tolerance", key=keys)
