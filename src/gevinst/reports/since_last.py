"""What is new since the run before: settled, new and still open items."""

from dataclasses import dataclass

import pandas as pd

from gevinst.app.run_report import PreviousRun, RunReport
from gevinst.domain.reconciliation import ItemState, Reconciliation, Side, Tally
from gevinst.reports.control import undecided_rows
from gevinst.reports.open_items import OLD, OpenItem

PER_MILLE = 1000


@dataclass(frozen=True, kw_only=True)
class SinceLast:
    """A run beside the one before."""

    previous: PreviousRun
    settled: int  #: open then, matched now
    gone: int  #: open then, in no file now
    new: int  #: open now, not then
    still: int  #: open both times
    old: int  #: open now for more than 90 days
    share_before: int  #: matched of read, per mille
    share_now: int  #: per mille


def since_last(report: RunReport, rows: list[OpenItem]) -> SinceLast | None:
    """Compare with the run before; None for a first run or one without a result."""
    result, previous = report.result, report.previous
    if result is None or previous is None:
        return None
    now = {
        (side, item_id)
        for side, frame in _sides(result)
        for item_id in undecided_rows(frame)["item_id"].tolist()
    }
    known = {(side, item_id) for side, frame in _sides(result) for item_id in frame["item_id"].tolist()}
    before = previous.open_ids
    read = sum(totals.read.count for totals in result.totals.values())
    matched = sum(totals.matched.count for totals in result.totals.values())
    return SinceLast(
        previous=previous,
        settled=len((before & known) - now),
        gone=len(before - known),
        new=len(now - before),
        still=len(now & before),
        old=sum(row.days > OLD for row in rows),
        share_before=_share(previous.matched, previous.read),
        share_now=_share(matched, read),
    )


def carried_settled(result: Reconciliation) -> Tally:
    """Items of earlier periods that were matched now, both sides; sum of absolute amounts in øre."""
    amounts = [
        amount
        for _, frame in _sides(result)
        for amount in frame.loc[
            (frame["carried_from"] != "") & (frame["state"] == ItemState.MATCHED), "amount"
        ].tolist()
    ]
    return Tally(count=len(amounts), sum=sum(map(abs, amounts)))


def _sides(result: Reconciliation) -> tuple[tuple[Side, pd.DataFrame], ...]:
    return ((Side.LEFT, result.left), (Side.RIGHT, result.right))


def _share(part: int, whole: int) -> int:
    return round(part * PER_MILLE / whole) if whole else 0
