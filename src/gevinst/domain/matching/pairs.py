"""One-to-one passes: by code, by word, by amount and date, by a damaged code, and within a tolerance."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from gevinst.domain.matching.batches import waiting_for_a_sum
from gevinst.domain.matching.board import Board, BoardSide
from gevinst.domain.matching.codes import near_codes
from gevinst.domain.matching.columns import chosen
from gevinst.domain.matching.components import Answer, Knot, earliest, indistinct, knots, solve
from gevinst.domain.matching.crowds import blocks
from gevinst.domain.matching.edges import Edges, amount_edges, marked_edges, only_each_other, rivals
from gevinst.domain.matching.evidence import (
    CLOSE_DAYS,
    alike_by_chance,
    close,
    conflicts,
    only_these_two,
    others_alike,
    outdone,
    outweighed,
    shared_words,
    weak_pairs,
)
from gevinst.domain.matching.marks import Indexes, Mask, Names
from gevinst.domain.matching.rules import Key, MatchPass
from gevinst.domain.matching.series import series

MOST_NEAR = 200_000  # pairs whose numbers are compared by eye
DIGITS = "0123456789"
REASONS = {Key.CODE: "reference", Key.TEXT: "text_date", Key.NONE: "amount_date", Key.DAY: "amount_date"}


def one_to_one(board: Board, rule: MatchPass) -> None:
    """Pair items of equal amounts: first those that can only go with each other, then the knots."""
    if rule.key is Key.NEAR:
        by_damaged_code(board, rule)
        return
    if rule.key is Key.NONE and not rule.text_contains:
        _pair_blocks(board, rule)
    edges, doubted = pair_edges(board, rule), _no_edges()
    if rule.key is not Key.CODE:
        edges = edges.keep(~conflicts(board, edges))
        edges = _without_series(board, rule, edges.keep(~_parts_of_a_sum(board, rule, edges)))
        weak = weak_pairs(board, edges)
        in_doubt = _in_doubt(board, rule, edges, weak)
        doubted = edges.keep(in_doubt & ~outweighed(board, edges, sound=~weak & ~in_doubt))
        _pair_even(board, rule, edges.keep(weak))
        edges = _still_free(board, edges.keep(~weak))
    only = only_each_other(edges)
    shy = set(doubted.left.tolist()), set(doubted.right.tolist())
    answers = [
        answer
        for knot in knots(edges.keep(~only))
        for answer in solve(board, knot, shared_code=rule.key is Key.CODE)
        if not any(left in shy[0] or right in shy[1] for left, right in answer.pairs)
    ]
    only &= ~(np.isin(edges.left, doubted.left) | np.isin(edges.right, doubted.right))
    _add(board, rule, only=edges.keep(only), answers=answers, edges=edges)


def _no_edges() -> Edges:
    none = np.zeros(0, dtype=np.int64)
    return Edges(left=none, right=none, mark=none)


def _still_free(board: Board, edges: Edges) -> Edges:
    return edges.keep(board.left.free[edges.left] & board.right.free[edges.right])


def _without_series(board: Board, rule: MatchPass, edges: Edges) -> Edges:
    """Pair what recurs with a posting for each time; the candidate pairs that are left."""
    if rule.key is not Key.TEXT:
        return edges
    _add(board, rule, only=_no_edges(), answers=list(series(board, edges)), edges=edges)
    return _still_free(board, edges)


def _in_doubt(board: Board, rule: MatchPass, edges: Edges, weak: Mask) -> Mask:
    """Near pairs that are not sure. Their items go with no other: that one would only seem to be alone."""
    doubted = weak & close(board, edges)
    if rule.key is Key.TEXT:
        doubted |= outdone(board, edges, days=rule.days)
    return doubted


def _parts_of_a_sum(board: Board, rule: MatchPass, edges: Edges) -> Mask:
    """Weak pairs of an item that may be part of a batch."""
    left, right = waiting_for_a_sum(board, days=rule.days)
    parts: Mask = board.left.weak[edges.left] & (left[edges.left] | right[edges.right])
    return parts


def _pair_blocks(board: Board, rule: MatchPass) -> None:
    """Pair the kinds of crowded amounts that can only go with each other, in order."""
    for block in blocks(board, days=rule.days):
        left, right = block.left[: block.pairs], block.right[: block.pairs]
        allowed = board.apart.allowed(left, right)
        board.add_pairs(
            rule,
            left[allowed],
            right[allowed],
            reason="interchangeable",
            candidates=block.alike - 1,
            alike=block.alike,
        )


def _pair_even(board: Board, rule: MatchPass, weak: Edges) -> None:
    """Pair alike items of weak amounts, close in time, of which both sides have equally many."""
    unsure = _with_others_about(board, rule, weak)
    answers = [
        Answer(pairs=tuple(zip(knot.left, knot.right, strict=True)), reason="interchangeable", alike=count)
        for knot in knots(weak)
        for count in [len(knot.left)]
        if _even(board, knot)
        if knot.left[0] not in unsure or (rule.key is Key.TEXT and _same_texts(board, knot))
    ]
    _add(board, rule, only=weak.keep(np.zeros(len(weak), dtype=np.bool_)), answers=answers, edges=weak)


def _with_others_about(board: Board, rule: MatchPass, weak: Edges) -> set[int]:
    """Left items of which others than those of their own knot may be meant."""
    if not len(weak):
        return set()
    themselves = np.bincount(weak.left)[weak.left]
    if rule.key is Key.TEXT:
        others = alike_by_chance(board, weak, themselves=themselves)
    else:
        others = others_alike(board, weak) > 2 * (themselves - 1)
    return set(weak.left[others].tolist())


def _same_texts(board: Board, knot: Knot) -> bool:
    """Whether the items of each side say the same in every word."""
    ends = zip(board.sides, (knot.left, knot.right), strict=True)
    return all(len({(side.texts[at], side.wording(at).names) for at in items}) == 1 for side, items in ends)


def _even(board: Board, knot: Knot) -> bool:
    if len(knot.left) != len(knot.right) or len(knot.left) == 1 or not knot.complete:
        return False
    apart = abs(int(board.left.day[knot.left[0]] - board.right.day[knot.right[0]]))
    return apart <= CLOSE_DAYS and indistinct(board, knot)


def _add(board: Board, rule: MatchPass, *, only: Edges, answers: Sequence[Answer], edges: Edges) -> None:
    """Make the pairs of one pass together, so that counting their rivals is done once."""
    made_by = [REASONS[rule.key], *(_reason(rule.key, answer.reason) for answer in answers)]
    pairs = np.array([pair for answer in answers for pair in answer.pairs], dtype=np.int64).reshape(-1, 2)
    answer_of = np.repeat(np.arange(1, len(made_by)), [len(answer.pairs) for answer in answers])
    answer_of = np.concatenate([np.zeros(len(only), dtype=np.int64), answer_of])
    left, right = (np.concatenate([only.left, pairs[:, 0]]), np.concatenate([only.right, pairs[:, 1]]))
    mark = np.concatenate([only.mark, edges.mark_of(pairs)])
    by_code = rule.key is Key.CODE
    marks = board.left.words if rule.key is Key.TEXT else board.left.codes
    board.add_pairs(
        rule,
        left,
        right,
        reason=chosen(made_by, answer_of),
        key=marks.written_of(_longest_code(board, left, right) if by_code else mark),
        links=marks.written_of(mark) if by_code else "",
        candidates=rivals(board, left, days=rule.days),
        alike=np.array([0, *(answer.alike for answer in answers)], dtype=np.int64)[answer_of],
    )


def _longest_code(board: Board, left: Indexes, right: Indexes) -> Indexes:
    """The longest code that each pair shares, as a person finds it: NKS20261014018, not 20261014018."""
    pair, codes = board.left.codes.shared_with(left, board.right.codes, right)
    length = pc.utf8_length(board.left.codes.written).to_numpy()
    order = np.lexsort((codes, length[codes], pair))
    longest: Indexes = codes[order[np.append(np.diff(pair[order]) != 0, True)]] if len(pair) else codes
    return longest


def pair_edges(board: Board, rule: MatchPass) -> Edges:
    """The candidate pairs of a one-to-one pass among the free items."""
    if rule.key is Key.CODE or rule.key is Key.TEXT:
        edges = _marked_edges(board, rule)
    elif rule.key is Key.NEAR:
        return near_edges(board, rule)[0]
    else:
        edges = amount_edges(board, days=rule.days)
    edges = edges.keep(board.apart.allowed(edges.left, edges.right))
    return edges.keep(said_by(board, rule)[edges.left]) if rule.text_contains else edges


def _marked_edges(board: Board, rule: MatchPass) -> Edges:
    by_code = rule.key is Key.CODE
    ends = [side.codes if by_code else side.words for side in board.sides]
    edges = marked_edges(board, ends[0], ends[1], days=max(rule.days, rule.far_days))
    if rule.far_days <= rule.days or not len(edges):
        return edges
    near = np.abs(board.left.day[edges.left] - board.right.day[edges.right]) <= rule.days
    return edges.keep(near | only_these_two(board, edges, by_code=by_code))


def said_by(board: Board, rule: MatchPass) -> Mask:
    """Which left items hold one of the pass's words."""
    words = [word.casefold() for word in rule.text_contains]
    texts = [text.casefold() for text in board.left.wordings().to_pylist()]
    return np.array([any(word in text for word in words) for text in texts], dtype=np.bool_)


def _reason(key: Key, answer: str) -> str:
    if answer == "interchangeable":
        return "reference_interchangeable" if key is Key.CODE else "interchangeable"
    return REASONS[key] if answer == "evidence" else answer


def by_damaged_code(board: Board, rule: MatchPass) -> None:
    """Pair equal amounts whose numbers are alike but for a digit, a swap or a cut, where neither has another.

    A number that the other side has as it stands is no damaged one. Where numbers are given out in a series,
    one different digit may just be the next number, so a weak amount must then share a word too.
    """
    edges, names, series = near_edges(board, rule)
    unsure = series & board.left.weak[edges.left] & (shared_words(board, edges) == 0)
    taken = (only_each_other(edges) | _nearest_double(board, edges, names)) & ~unsure
    found = edges.keep(taken)
    board.add_pairs(
        rule,
        found.left,
        found.right,
        reason="reference_near",
        key=pd.array(names[taken], dtype="str"),
        candidates=rivals(board, found.left, days=rule.days),
    )


def _nearest_double(board: Board, edges: Edges, names: Names) -> Mask:
    """Of one item and doubles of one another, by the same two numbers, the pair nearest in time."""
    places = {pair: at for at, pair in enumerate(zip(edges.left.tolist(), edges.right.tolist(), strict=True))}
    nearest = np.zeros(len(edges), dtype=np.bool_)
    for knot in knots(edges.keep(~only_each_other(edges))):
        numbers = {names[places[pair]] for pair in knot.pairs}
        if len(numbers) == 1:
            for one in earliest(board, knot):
                nearest[[places[pair] for pair in one.pairs]] = True
    return nearest


def near_edges(board: Board, rule: MatchPass) -> tuple[Edges, Names, Mask]:
    """Candidate pairs with a damaged number.

    Returns:
        The pairs; both numbers of each, as a person would compare them; and which may be of a series.
    """
    lonely = [_lonely(side, board.lonely) for side in (board.left, board.right)]
    edges = amount_edges(board, days=rule.days, only=(lonely[0], lonely[1]), most=MOST_NEAR)
    edges = edges.keep(board.apart.allowed(edges.left, edges.right))
    found = [_damage(board, pair) for pair in zip(edges.left.tolist(), edges.right.tolist(), strict=True)]
    near = np.array([bool(kind) for kind, _ in found], dtype=np.bool_)
    names = np.array([name for kind, name in found if kind], dtype=object)
    series = np.array([kind == "series" for kind, _ in found if kind], dtype=np.bool_)
    return edges.keep(near), names, series


def _lonely(side: BoardSide, lonely: Mask) -> Mask:
    """Items with a number that the other side does not have."""
    result = np.zeros(len(side), dtype=np.bool_)
    result[side.own.item[lonely[side.own.mark]]] = True
    return result


def _damage(board: Board, pair: tuple[int, int]) -> tuple[str, str]:
    """How two numbers of a pair are nearly alike, and both of them; "" for not at all."""
    ends = [sorted(side.own.names_of(at, board.lonely)) for side, at in zip(board.sides, pair, strict=True)]
    for one in ends[0]:
        for other in ends[1]:
            kind = near_codes(one, other)
            if kind == "digit" and _in_series(one, other, board):
                kind = "series"
            if kind:
                return kind, f"{one} ≈ {other}"
    return "", ""


def _in_series(one: str, other: str, board: Board) -> bool:
    """Whether numbers are given out next to these two, so that a digit's difference is no damage."""
    places = {len(one) - 1, next(at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)}
    near = {code[:at] + digit + code[at + 1 :] for code in (one, other) for at in places for digit in DIGITS}
    return any(code in board.known_codes for code in near - {one, other})


def within_tolerance(board: Board, rule: MatchPass) -> None:
    """Pair items that share a code and differ within the tolerance, where neither has another candidate."""
    frames = [_coded(side) for side in (board.left, board.right)]
    pairs = frames[0].merge(frames[1], on="mark", suffixes=("_left", "_right"))
    apart = (pairs["amount_left"] - pairs["amount_right"]).abs()
    near = (pairs["day_left"] - pairs["day_right"]).abs() <= rule.days
    pairs = pairs[(apart <= rule.tolerance) & near].drop_duplicates(["item_left", "item_right"])
    edges = Edges(
        left=pairs["item_left"].to_numpy(dtype=np.int64),
        right=pairs["item_right"].to_numpy(dtype=np.int64),
        mark=pairs["mark"].to_numpy(dtype=np.int64),
    )
    found = edges.keep(only_each_other(edges) & board.apart.allowed(edges.left, edges.right))
    keys = board.left.codes.written_of(found.mark)
    board.add_pairs(rule, found.left, found.right, reason="tolerance", key=keys)


def _coded(side: BoardSide) -> pd.DataFrame:
    frame = side.codes.frame[side.free[side.codes.item]]
    items = frame["item"].to_numpy()
    return frame.assign(amount=side.amount[items], day=side.day[items])
