"""People's decisions on the board: their matches come before any pass; what they have split stays apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from gevinst.domain.decision import DECIDED, SETTLING, Decision, DecisionKind, in_force
from gevinst.domain.matching.board import Board
from gevinst.domain.matching.rules import MatchPass, PassKind

REASONS = {DecisionKind.MATCH: "decision", DecisionKind.ACCEPT: "decision_accepted"}
_NOWHERE = ""  # no item has this id


def decisions_for(
    decisions: Sequence[Decision], period: str, left: pd.DataFrame, right: pd.DataFrame
) -> list[Decision]:
    """The decisions in force that concern a run, with ids as the run has them.

    A decision of the run's own period speaks of its items as they are. One of an earlier period speaks of
    items that may have been carried here, under their own id, or with their first period behind it where a
    new item has that id.

    Args:
        decisions: all that were made for the robot.
        period: the run's month.
        left: items of the run (item.ITEM_COLUMNS).
        right: as left.

    Returns:
        By number. Decisions of later periods, and earlier ones none of whose items came here, are left out.
        An item of a match that did not come here gets an id that no item has; a note and a split are about
        those that did.
    """
    names = [_carried_names(side) for side in (left, right)]
    found = []
    for one in in_force(decisions):
        if one.period == period:
            found.append(one)
        elif one.period < period:
            ends = [_followed(ids, names[at], one.period) for at, ids in enumerate((one.left, one.right))]
            found += _as_far_as_present(one, ends[0], ends[1])
    return found


def _carried_names(items: pd.DataFrame) -> dict[str, list[tuple[str, str]]]:
    """The carried items by each id that a decision may know them under: (first period, id here)."""
    carried = items[items["carried_from"] != ""]
    names: dict[str, list[tuple[str, str]]] = {}
    for name, since in zip(carried["item_id"].tolist(), carried["carried_from"].tolist(), strict=True):
        for known_as in {name, name.removesuffix(f" ({since})")}:
            names.setdefault(known_as, []).append((since, name))
    return names


def _followed(
    ids: Iterable[str], names: Mapping[str, Sequence[tuple[str, str]]], period: str
) -> tuple[str, ...]:
    """The ids here of a decision's items; of several by one name, the one that was newest then."""
    possible = ([(since, here) for since, here in names.get(name, ()) if since <= period] for name in ids)
    return tuple(max(some)[1] if some else _NOWHERE for some in possible)


def _as_far_as_present(one: Decision, left: tuple[str, ...], right: tuple[str, ...]) -> list[Decision]:
    """The decision about the items that came here; none when there is nothing left to decide."""
    ends = [tuple(name for name in end if name != _NOWHERE) for end in (left, right)]
    if not any(ends):
        return []
    if one.kind in SETTLING:
        return [replace(one, left=left, right=right)]
    before, after = (one.left, one.right), ends
    lost_a_side = any(bool(was) != bool(now) for was, now in zip(before, after, strict=True))
    if one.kind is DecisionKind.UNMATCH and lost_a_side:
        return []  # what is left would be a split of one side, which nobody decided
    return [replace(one, left=ends[0], right=ends[1])]


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A decision with the positions of its items; None where one is not there."""

    decision: Decision
    left: tuple[int, ...] | None
    right: tuple[int, ...] | None


def apply_decisions(board: Board, decisions: Sequence[Decision]) -> None:
    """Make the matches that people have decided, and keep apart what they have split.

    A decision that cannot be carried out is said on the board, and its items are left to the passes: an item
    is gone, amounts are not what they were, another decision has the item, or a later one has split them.

    Args:
        board: before any pass.
        decisions: in force, with ids as the board has them (see decisions_for).
    """
    found = list(_find_all(board, decisions))
    for one in found:
        problem = _problem(board, one)
        if problem:
            board.said.append((f"decision_{problem}", {"number": one.decision.number}))
            continue
        assert one.left is not None and one.right is not None  # noqa: PT018, S101 - _problem has looked
        if one.decision.kind is DecisionKind.UNMATCH:
            board.apart.split(one.left, one.right)
        elif one.decision.kind in SETTLING and not _settle(board, one, found):
            board.said.append(("decision_overruled", {"number": one.decision.number}))


def _settle(board: Board, one: _Found, found: Iterable[_Found]) -> bool:
    """Make the group, unless a later decision has split it."""
    left, right = one.left or (), one.right or ()
    if any(_splits(later, left, right) for later in found if later.decision.number > one.decision.number):
        return False
    decision = one.decision
    rule = MatchPass(id=DECIDED, kind=PassKind.ONE_TO_ONE, difference_account=decision.account)
    board.add(rule, left, right, reason=REASONS[decision.kind], key=evidence_key(decision), decided=True)
    return True


def evidence_key(decision: Decision) -> str:
    """Note number, person and day of a decision, as the group's evidence has them."""
    return f"{decision.number} · {decision.who} · {decision.at:%Y-%m-%d}"


def _splits(later: _Found, left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    if later.decision.kind is not DecisionKind.UNMATCH or later.left is None or later.right is None:
        return False
    of_left, of_right = set(later.left) & set(left), set(later.right) & set(right)
    both = bool(later.left and later.right)
    return bool(of_left and of_right) if both else len(of_left) > 1 or len(of_right) > 1


def _find_all(board: Board, decisions: Sequence[Decision]) -> Iterator[_Found]:
    if not decisions:
        return
    positions = [{name: at for at, name in enumerate(side.ids)} for side in board.sides]
    for one in decisions:
        yield _Found(decision=one, left=_find(positions[0], one.left), right=_find(positions[1], one.right))


def _find(positions: Mapping[str, int], ids: Iterable[str]) -> tuple[int, ...] | None:
    found = [positions.get(name) for name in ids]
    known = tuple(at for at in found if at is not None)
    return known if len(known) == len(found) else None


def _problem(board: Board, one: _Found) -> str:
    if one.left is None or one.right is None:
        return "gone"
    if one.decision.kind not in SETTLING:
        return ""
    ends = list(zip(board.sides, (list(one.left), list(one.right)), strict=True))
    sums = [int(side.amount[at].sum()) for side, at in ends]
    if sums != [one.decision.amount_left, one.decision.amount_right]:
        return "changed"
    free = all((side.group[at] < 0).all() for side, at in ends)
    return "" if free else "taken"
