"""What people have matched by hand, period by period, for the mining of rules."""

from gevinst.app.carrying import carried_frame
from gevinst.app.ports import CarriedItem, RunStore
from gevinst.domain.decision import Decision, DecisionKind, in_force
from gevinst.domain.reconciliation import Side
from gevinst.domain.rule_mining import HandWork


def hand_work(robot: str, store: RunStore) -> list[HandWork]:
    """People's decisions beside the open items that they had before them, oldest period first.

    Items come from the runs that the decisions were made about, each once. A match whose items are no longer
    kept is left out.
    """
    by_period: dict[str, list[Decision]] = {}
    for one in in_force(store.decisions(robot)):
        if one.kind is not DecisionKind.NOTE:
            by_period.setdefault(one.period, []).append(one)
    return [_of_period(period, by_period[period], store) for period in sorted(by_period)]


def _of_period(period: str, decisions: list[Decision], store: RunStore) -> HandWork:
    items: dict[tuple[Side, str], CarriedItem] = {}
    for run_id in dict.fromkeys(one.run_id for one in decisions):
        for item in store.kept_items(run_id):
            items.setdefault((item.side, item.item_id), item)
    frame = carried_frame(list(items.values()))
    left, right = (frame[frame["side"] == side].drop(columns="side") for side in Side)
    return HandWork(
        period=period,
        left=left.reset_index(drop=True),
        right=right.reset_index(drop=True),
        matched={
            (tuple(sorted(one.left)), tuple(sorted(one.right))): one.account
            for one in decisions
            if one.kind is DecisionKind.MATCH and all(known in items for known in _known(one))
        },
        handled=frozenset((str(side), name) for one in decisions for side, name in _known(one)),
    )


def _known(decision: Decision) -> list[tuple[Side, str]]:
    ends = ((Side.LEFT, decision.left), (Side.RIGHT, decision.right))
    return [(side, name) for side, names in ends for name in names]
