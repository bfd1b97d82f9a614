"""The tolerance budget: what a pass may accept in differences, in all; over it, people decide.

All matches of the pass become proposals, not the last ones: which came last depends on the order of rows.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from gevinst.domain.matching.board import Board
from gevinst.domain.matching.rules import PassKind, Rules
from gevinst.domain.reconciliation import Proposal

#: Kinds of passes that accept a difference.
ACCEPTING = frozenset({PassKind.TOLERANCE, PassKind.NET_OF_FEE})


def over_budget(board: Board, rules: Rules, *, first: int) -> tuple[Proposal, ...]:
    """Turn the matches of each pass that has spent more than the budget into proposals.

    Args:
        board: after all passes; their items are free again afterwards.
        rules: with the budget in øre for each pass; 0 is no cap.
        first: number of the first proposal.
    """
    limited = {rule.id for rule in rules.passes if rule.kind in ACCEPTING}
    if not (rules.tolerance_budget and limited):
        return ()
    made = board.groups()
    spent = made["difference"].abs().groupby(made["pass_id"]).sum()
    over = {
        str(name): int(total)
        for name, total in spent.items()
        if name in limited and total > rules.tolerance_budget
    }
    if not over:
        return ()
    found = tuple(_proposals(board, made[made["pass_id"].isin(list(over))], first))
    board.take_back(frozenset(over))
    board.said += [
        ("over_budget", {"rule": name, "spent": total, "budget": rules.tolerance_budget})
        for name, total in sorted(over.items())
    ]
    return found


def _proposals(board: Board, groups: pd.DataFrame, first: int) -> Iterator[Proposal]:
    for number, (group, difference) in enumerate(
        zip(groups["group"].tolist(), groups["difference"].tolist(), strict=True), start=first
    ):
        left, right = (np.flatnonzero(side.group == group).tolist() for side in board.sides)
        ends = tuple(board.left.ids[at] for at in left), tuple(board.right.ids[at] for at in right)
        yield Proposal(
            number=number,
            left=ends[0],
            right=ends[1],
            reason="proposal_budget",
            facts={
                "amount": int(board.left.amount[left].sum()),
                "n_left": len(left),
                "n_right": len(right),
                "count": 1,
                "difference": difference,
            },
            alternatives=(ends,),
        )
