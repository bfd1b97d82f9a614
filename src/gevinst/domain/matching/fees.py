"""Settlements: what the bank pays out less a fee, against the gross amounts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gevinst.domain.matching.batches import Fit, all_free, bundles_by_mark, ends_of
from gevinst.domain.matching.board import Board
from gevinst.domain.matching.pairs import said_by
from gevinst.domain.matching.rules import MatchPass

MILLION = 1_000_000
LONGEST_RUN_OF_DAYS = 10  # a settlement gathers at most so many gross amounts


def net_of_fee(board: Board, rule: MatchPass) -> None:
    """Match a settlement (left) with the gross amounts (right) of its code, less a fee within the rates.

    First a code that one settlement has alone, with all its gross amounts. Then, by a code of several
    settlements such as a terminal, a run of consecutive gross amounts on or before the settlement's day. A
    settlement that fits several runs, or a run that fits several settlements, is left; doubles of one another
    count as one.
    """
    _take_clear(board, rule, [fit for fit in _fee_fits(board, rule) if fit.whole])
    _take_clear(board, rule, _first_of_doubles(board, _fee_fits(board, rule)))


def _fee_fits(board: Board, rule: MatchPass) -> list["FeeFit"]:
    left = bundles_by_mark(board.left, board.left.codes)
    right = bundles_by_mark(board.right, board.right.codes)
    chosen = said_by(board, rule) if rule.text_contains else None
    fits = []
    for mark in sorted(left.keys() & right.keys()):
        gross = sorted(right[mark])
        for at in left[mark]:
            if chosen is None or chosen[at]:
                whole = len(left[mark]) == 1
                key = str(board.left.codes.names[mark])
                runs = _runs(board, rule, at, gross)
                fits += [
                    FeeFit(left=(at,), right=run, key=key, whole=whole and len(run) == len(gross))
                    for run in runs
                ]
    return fits


@dataclass(frozen=True, kw_only=True)
class FeeFit(Fit):
    """A settlement and the gross amounts that it can be the net of."""

    whole: bool  #: it has its code alone, and these are all gross amounts of that code


def _first_of_doubles(board: Board, fits: list[FeeFit]) -> list[Fit]:
    """Of runs that differ only in which double they hold, the first."""
    first: dict[tuple[object, ...], Fit] = {}
    for fit in sorted(fits, key=lambda fit: (fit.left, fit.right)):
        look = tuple((int(board.right.amount[at]), board.right.codes.of(at)) for at in fit.right)
        first.setdefault((fit.left, look), fit)
    return list(first.values())


def _take_clear(board: Board, rule: MatchPass, fits: Sequence[Fit]) -> None:
    """Make the fits that no other fit contests, and again, until nothing more is clear."""
    waiting = {(fit.left, fit.right): fit for fit in fits}
    while True:
        wanted: dict[tuple[str, int], int] = defaultdict(int)
        for fit in waiting.values():
            for end in ends_of(fit):
                wanted[end] += 1
        clear = [fit for fit in waiting.values() if all(wanted[end] == 1 for end in ends_of(fit))]
        for fit in sorted(clear, key=lambda fit: (fit.left, fit.right)):
            board.add(rule, fit.left, fit.right, reason="net_of_fee", key=fit.key)
        waiting = {ends: fit for ends, fit in waiting.items() if all_free(board, fit)}
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
    low, high = gross * rule.fee_rate_low, gross * rule.fee_rate_high
    return low // MILLION <= gross - net <= -(-high // MILLION)
