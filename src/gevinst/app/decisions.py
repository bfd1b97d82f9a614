"""Decide about items: a person's word is checked against the standing run, and is an input of the next."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import cached_property

from gevinst.app.ports import CarriedItem, KeptGroup, RunStore
from gevinst.domain.decision import (
    DECIDED,
    SETTLING,
    Decision,
    DecisionError,
    DecisionKind,
    Standing,
    in_force,
    standing_of,
)
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from gevinst.domain.side import Side

Known = tuple[Side, str]  # side and item id
Locked = Callable[[str, str], bool]  # whether a robot's period is signed by both, given robot id and period


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person wants to decide about items."""

    kind: DecisionKind  #: match, unmatch, accept or note
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    account: str = ""
    reason: str = ""
    expected: date | None = None
    who: str
    at: datetime
    run_id: str = ""  #: the run that the person looked at; "" is the standing one


class RunItems:
    """The items of a standing run that a person can decide about."""

    def __init__(self, run: Run, store: RunStore, groups: Callable[[Run], Sequence[KeptGroup]]) -> None:
        self.run = run
        self.open: dict[Known, CarriedItem] = {
            (one.side, one.item_id): one for one in store.kept_items(run.run_id)
        }
        self._groups = groups

    @cached_property
    def matched(self) -> dict[Known, KeptGroup]:
        """The match of each matched item."""
        found: dict[Known, KeptGroup] = {}
        for group in self._groups(self.run):
            found.update({(Side.LEFT, name): group for name in group.left})
            found.update({(Side.RIGHT, name): group for name in group.right})
        return found

    def is_in(self, known: Known, decision: Decision) -> bool:
        """Whether a decision is about an open item; an earlier period may have known it by its first id."""
        side, name = known
        ids = decision.left if side is Side.LEFT else decision.right
        if decision.period == self.run.period:
            return name in ids
        since = self.open[known].first_period
        return since <= decision.period and (name in ids or name.removesuffix(f" ({since})") in ids)


def decide(
    wish: Wish,
    robot: Robot,
    period: str,
    *,
    store: RunStore,
    groups: Callable[[Run], Sequence[KeptGroup]],
    locked: Locked,
    items: RunItems | None = None,
) -> Decision:
    """Check a person's decision against the standing run of a period, and keep it.

    Args:
        wish: what is decided.
        robot: with the limit above which a second person must agree.
        period: the month.
        store: where it is kept.
        groups: the matches of a run, from its evidence.
        locked: whether the period is signed.
        items: of the run, when the caller has them already.

    Raises:
        DecisionError: DEC-001 no run to decide about; DEC-002 no such item; DEC-003 it is matched; DEC-004 a
            run is under way; DEC-005 it is decided already; DEC-006 the run is no longer the one that the
            person looked at; DEC-007 a difference without account and reason; DEC-008 the items do not suit
            the kind; DEC-013 the period is signed.
        DecidedMeanwhileError: someone else has just decided.
    """
    seen = _last(store.decisions(robot.id))
    decision = examine(wish, robot, period, store=store, groups=groups, locked=locked, items=items)
    return store.decide(decision, seen=seen)


def examine(
    wish: Wish,
    robot: Robot,
    period: str,
    *,
    store: RunStore,
    groups: Callable[[Run], Sequence[KeptGroup]],
    locked: Locked,
    items: RunItems | None = None,
) -> Decision:
    """The decision as `decide` would keep it, checked in the same way; nothing is kept.

    Raises:
        DecisionError: see decide.
    """
    _check_unsigned(robot.id, period, locked)
    made = store.decisions(robot.id)
    run = _run_looked_at(wish, robot.id, period, store)
    _check_shape(wish)
    if items is None or items.run.run_id != run.run_id:
        items = RunItems(run, store, groups)
    for known in _known(wish.left, wish.right):
        _check_item(known, wish.kind, items)
        if wish.kind in SETTLING:
            _check_not_decided(known, items, made)
    decision = _decision(wish, robot, items)
    _check_difference(decision)
    return decision


def _check_unsigned(robot: str, period: str, locked: Locked) -> None:
    if locked(robot, period):
        raise DecisionError("DEC-013", robot=robot, period=period)


def _decision(wish: Wish, robot: Robot, items: RunItems) -> Decision:
    """The wish with what its items come to."""
    sums = [_sum(items, side, ids) for side, ids in ((Side.LEFT, wish.left), (Side.RIGHT, wish.right))]
    return Decision(
        robot=robot.id,
        period=items.run.period,
        kind=wish.kind,
        left=wish.left,
        right=wish.right,
        amount_left=sums[0],
        amount_right=sums[1],
        account=wish.account,
        reason=wish.reason,
        expected=wish.expected,
        who=wish.who,
        at=wish.at,
        run_id=items.run.run_id,
        needs_approval=_needs_approval(wish.kind, sums, robot),
    )


def _run_looked_at(wish: Wish, robot: str, period: str, store: RunStore) -> Run:
    latest = store.latest(robot, period)
    if latest and latest.state is RunState.RUNNING:
        raise DecisionError("DEC-004", run=latest.run_id)
    run = next((one for one in store.standing_runs(robot) if one.period == period), None)
    if run is None:
        raise DecisionError("DEC-001", robot=robot, period=period)
    if wish.run_id and wish.run_id != run.run_id:
        raise DecisionError("DEC-006", given=wish.run_id, run=run.run_id)
    return run


def _known(left: Sequence[str], right: Sequence[str]) -> Iterator[Known]:
    yield from ((Side.LEFT, name) for name in left)
    yield from ((Side.RIGHT, name) for name in right)


def _check_shape(wish: Wish) -> None:
    n_left, n_right = len(wish.left), len(wish.right)
    once = len(set(wish.left)) == n_left and len(set(wish.right)) == n_right
    suits = {
        DecisionKind.MATCH: n_left + n_right > 1,
        DecisionKind.UNMATCH: n_left + n_right > 1,
        DecisionKind.ACCEPT: (n_left > 0) != (n_right > 0) and bool(wish.account and wish.reason),
        DecisionKind.NOTE: n_left + n_right > 0 and bool(wish.reason),
    }
    if not once or not suits.get(wish.kind, False):
        raise DecisionError("DEC-008", kind=str(wish.kind))


def _check_item(known: Known, kind: DecisionKind, items: RunItems) -> None:
    side, name = known
    if known in items.open:
        return
    group = items.matched.get(known)
    if group is None:
        everything = [other for of, other in (*items.open, *items.matched) if of is side]
        near = get_close_matches(name, everything, n=3)
        facts = {"side": str(side), "item": name, "near": ", ".join(near) or "–", "run": items.run.run_id}
        raise DecisionError("DEC-002", **facts)
    if kind is not DecisionKind.UNMATCH or group.made_by == DECIDED:
        raise DecisionError("DEC-003", side=str(side), item=name, rule=group.made_by)


def _check_not_decided(known: Known, items: RunItems, made: Sequence[Decision]) -> None:
    for one in made:
        standing = one.kind in SETTLING and standing_of(one, made) is not Standing.UNDONE
        if standing and items.is_in(known, one):
            raise DecisionError("DEC-005", side=str(known[0]), item=known[1], number=one.number)


def _sum(items: RunItems, side: Side, ids: Sequence[str]) -> int:
    return sum(items.open[side, name].amount for name in ids if (side, name) in items.open)


def _needs_approval(kind: DecisionKind, sums: Sequence[int], robot: Robot) -> bool:
    limit = robot.four_eyes_above
    return kind in SETTLING and limit is not None and max(map(abs, sums)) > limit


def _check_difference(decision: Decision) -> None:
    explained = bool(decision.account and decision.reason)
    if decision.kind is DecisionKind.MATCH and decision.difference and not explained:
        raise DecisionError("DEC-007", difference=decision.difference)


def _last(made: Sequence[Decision]) -> int:
    return max((one.number for one in made), default=0)


def undo(
    number: int, *, robot: str, reason: str, who: str, at: datetime, store: RunStore, locked: Locked
) -> Decision:
    """Take a decision back: the next run is as if it had not been made.

    Raises:
        DecisionError: DEC-009 no such decision about items; DEC-010 it is undone already;
            DEC-013 its period is signed.
    """
    made = store.decisions(robot)
    decision = _about_items(number, robot, made)
    _check_unsigned(robot, decision.period, locked)
    if standing_of(decision, made) is Standing.UNDONE:
        raise DecisionError("DEC-010", number=number)
    kept = Decision(
        robot=robot,
        period=decision.period,
        kind=DecisionKind.UNDO,
        reason=reason,
        who=who,
        at=at,
        run_id=decision.run_id,
        undoes=number,
    )
    return store.decide(kept, seen=_last(made))


def approve(
    number: int, *, robot: str, reason: str, who: str, at: datetime, store: RunStore, locked: Locked
) -> Decision:
    """Agree, as a second person, to a decision above the robot's limit; from then on it counts.

    Raises:
        DecisionError: DEC-009 no such decision about items; DEC-011 it does not wait for approval; DEC-012 it
            is the person's own; DEC-013 its period is signed.
    """
    made = store.decisions(robot)
    decision = _about_items(number, robot, made)
    _check_unsigned(robot, decision.period, locked)
    if standing_of(decision, made) is not Standing.AWAITS_APPROVAL:
        raise DecisionError("DEC-011", number=number)
    if decision.who == who:
        raise DecisionError("DEC-012", number=number, who=who)
    kept = Decision(
        robot=robot,
        period=decision.period,
        kind=DecisionKind.APPROVE,
        reason=reason,
        who=who,
        at=at,
        run_id=decision.run_id,
        approves=number,
    )
    return store.decide(kept, seen=_last(made))


def _about_items(number: int, robot: str, made: Sequence[Decision]) -> Decision:
    found = next((one for one in made if one.number == number and not one.about), None)
    if found is None:
        raise DecisionError("DEC-009", number=number, robot=robot)
    return found


@dataclass(frozen=True, kw_only=True)
class ListedDecision:
    """A decision as a list shows it."""

    decision: Decision
    standing: Standing
    followed: bool  #: the standing run of its period started after it, and so took it in


def list_decisions(robot: str, *, store: RunStore, period: str = "") -> list[ListedDecision]:
    """The robot's decisions about items by number, of one period or all."""
    made = store.decisions(robot)
    started = {run.period: run.started for run in store.standing_runs(robot)}
    return [
        ListedDecision(
            decision=one,
            standing=standing_of(one, made),
            followed=_since(one, made) < started.get(one.period, one.at),
        )
        for one in made
        if not one.about and period in ("", one.period)
    ]


def _since(decision: Decision, made: Sequence[Decision]) -> datetime:
    """When the decision came to be as it is: with its approval or undo."""
    return max(one.at for one in made if decision.number in (one.number, one.about))


def notes_in_force(made: Sequence[Decision]) -> list[Decision]:
    """The notes that count, by number."""
    return [one for one in in_force(made) if one.kind is DecisionKind.NOTE]
