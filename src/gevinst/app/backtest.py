"""Backtest: what changed rules would have done in earlier periods, against what stands there."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from gevinst.app.ports import KeptGroup, RunStore
from gevinst.app.robot_run import RobotRun, RunTools
from gevinst.domain.decision import DECIDED
from gevinst.domain.finding import InputRejectedError
from gevinst.domain.matching.rules import Rules
from gevinst.domain.reconciliation import Reconciliation, Side, members_by_group
from gevinst.domain.robot import Robot
from gevinst.domain.run import Environment, Run

Ends = tuple[tuple[str, ...], tuple[str, ...]]
ItemName = tuple[Side, str]  # side and id


class InputsGoneError(Exception):
    """The inputs of an earlier run are no longer in its evidence, or were changed there."""


@dataclass(frozen=True, kw_only=True)
class ChangedMatch:
    """Items that stand in other matches than the new rules would make."""

    before: tuple[KeptGroup, ...]
    after: tuple[KeptGroup, ...]


@dataclass(frozen=True, kw_only=True)
class TriedItem:
    """An item of a match that would come, go or change, as a person knows it."""

    booked: date
    amount: int  #: øre
    text: str  #: as it stands in the file


@dataclass(frozen=True, kw_only=True)
class PeriodTrial:
    """What the rules would do in one period."""

    run: Run  #: the standing run that they are compared with
    problem: str = ""  #: why they could not be tried, a key cli.rules.problem.<problem>; "" for none
    same: int = 0  #: matches that stay as they are
    new: tuple[KeptGroup, ...] = ()  #: of items that stand open
    lost: tuple[KeptGroup, ...] = ()  #: whose items would all be open
    changed: tuple[ChangedMatch, ...] = ()
    items: Mapping[ItemName, TriedItem] = field(default_factory=dict)  #: those of the matches above

    @property
    def touched(self) -> tuple[KeptGroup, ...]:
        """Matches that would go, and that a person decided, or that stand as a production run's answer."""
        gone = (*self.lost, *(group for one in self.changed for group in one.before))
        production = self.run.environment is Environment.PRODUCTION
        return tuple(one for one in gone if production or one.made_by == DECIDED)


@dataclass(frozen=True, kw_only=True)
class TrialTools:
    """What a backtest needs from outside."""

    store: RunStore
    groups: Callable[[Run], Sequence[KeptGroup]]  #: the matches of a run, from its evidence
    match_again: Callable[[Run, Rules], Reconciliation]  #: a run's own inputs by other rules, nothing kept


def try_rules(
    robot: str, rules: Rules, tools: TrialTools, *, periods: Collection[str] = ()
) -> list[PeriodTrial]:
    """Try rules on the inputs of the robot's standing runs; nothing is written.

    Args:
        robot: id.
        rules: to be tried.
        tools: store, evidence and engine.
        periods: months to try; all that have a standing run when empty.

    Returns:
        One answer a period, oldest first. What people had decided when the run started is decided here too.
    """
    runs = tools.store.standing_runs(robot)
    return [_try(run, rules, tools) for run in runs if not periods or run.period in periods]


def _try(run: Run, rules: Rules, tools: TrialTools) -> PeriodTrial:
    try:
        result = tools.match_again(run, rules)
    except InputsGoneError:
        return PeriodTrial(run=run, problem="inputs_gone")
    except InputRejectedError:
        return PeriodTrial(run=run, problem="rejected")
    trial = compare(run, tools.groups(run), groups_of(result))
    return replace(trial, items=_tried_items(trial, result))


def _tried_items(trial: PeriodTrial, result: Reconciliation) -> dict[ItemName, TriedItem]:
    changed = (group for one in trial.changed for group in (*one.before, *one.after))
    wanted = {item for group in (*trial.new, *trial.lost, *changed) for item in _items(group)}
    return {
        (side, name): TriedItem(booked=booked, amount=amount, text=text)
        for side, frame in ((Side.LEFT, result.left), (Side.RIGHT, result.right))
        for name, booked, amount, text in zip(
            frame["item_id"], frame["booked"].dt.date, frame["amount"].tolist(), frame["text"], strict=True
        )
        if (side, name) in wanted
    }


def match_again(run: Run, robot: Robot, rules: Rules, tools: RunTools) -> Reconciliation:
    """A run's own inputs, from its evidence, by other rules; nothing is kept.

    Raises:
        InputsGoneError: a file is no longer there, or was changed.
        InputRejectedError: the input cannot be used as the robot is now.
    """
    paths = tools.kept_inputs(run)
    seen = {one.source: paths.get(one.sha256) for one in tools.store.inputs(run.run_id)}
    files = {name: path for name, path in seen.items() if path}
    if len(files) < len(seen) or not {"bank", "ledger"} <= files.keys():
        raise InputsGoneError
    again = RobotRun(run, robot, rules, tools, files=files)
    again.read_source("bank")
    again.read_source("ledger")
    return again.match()


def groups_of(result: Reconciliation) -> list[KeptGroup]:
    """The matches of a result, as evidence keeps them."""
    left, right = members_by_group(result.left), members_by_group(result.right)
    return [
        KeptGroup(
            left=tuple(left.get(row["group"], ())),
            right=tuple(right.get(row["group"], ())),
            made_by=row["pass_id"],
            amount=row["amount_left"] if row["n_left"] else row["amount_right"],
            difference=row["difference"],
        )
        for row in result.groups.to_dict("records")
    ]


def compare(run: Run, before: Sequence[KeptGroup], after: Sequence[KeptGroup]) -> PeriodTrial:
    """The matches that stand beside those that the rules would make; which pass made one does not matter."""
    standing = {_ends(group): group for group in before}
    made = {_ends(group): group for group in after}
    gone = [group for ends, group in standing.items() if ends not in made]
    fresh = [group for ends, group in made.items() if ends not in standing]
    parts = list(_connected(gone, fresh))
    return PeriodTrial(
        run=run,
        same=len(standing.keys() & made.keys()),
        new=tuple(one.after[0] for one in parts if not one.before),
        lost=tuple(one.before[0] for one in parts if not one.after),
        changed=tuple(one for one in parts if one.before and one.after),
    )


def _ends(group: KeptGroup) -> Ends:
    return tuple(sorted(group.left)), tuple(sorted(group.right))


def _items(group: KeptGroup) -> Iterator[ItemName]:
    yield from ((Side.LEFT, name) for name in group.left)
    yield from ((Side.RIGHT, name) for name in group.right)


def _connected(gone: Sequence[KeptGroup], fresh: Sequence[KeptGroup]) -> Iterator[ChangedMatch]:
    """Matches that share items, together; by their first items."""
    nodes = [*((False, group) for group in gone), *((True, group) for group in fresh)]
    holders: dict[tuple[Side, str], list[int]] = defaultdict(list)
    for at, (_, group) in enumerate(nodes):
        for item in _items(group):
            holders[item].append(at)
    seen: set[int] = set()
    for start in sorted(range(len(nodes)), key=lambda at: (_ends(nodes[at][1]), at)):
        part = _reach(start, nodes, holders, seen)
        if part:
            yield ChangedMatch(
                before=tuple(nodes[at][1] for at in part if not nodes[at][0]),
                after=tuple(nodes[at][1] for at in part if nodes[at][0]),
            )


def _reach(
    start: int,
    nodes: Sequence[tuple[bool, KeptGroup]],
    holders: Mapping[tuple[Side, str], Sequence[int]],
    seen: set[int],
) -> list[int]:
    """The matches that can be reached over shared items and were not seen before; marks them as seen."""
    waiting, part = [start], []
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            part.append(at)
            waiting += [other for item in _items(nodes[at][1]) for other in holders[item]]
    return sorted(part)
