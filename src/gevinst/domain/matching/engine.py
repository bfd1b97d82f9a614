"""The engine: runs the passes of the rules over two sides and accounts for every item."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.decision import Decision
from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.item import TEXT_DTYPE
from gevinst.domain.matching.batches import batch
from gevinst.domain.matching.board import Board, BoardSide, Note, by_texts, make_board
from gevinst.domain.matching.budget import over_budget
from gevinst.domain.matching.columns import Texts, chosen
from gevinst.domain.matching.decided import apply_decisions
from gevinst.domain.matching.fees import net_of_fee
from gevinst.domain.matching.marks import Indexes
from gevinst.domain.matching.pairs import one_to_one, within_tolerance
from gevinst.domain.matching.proposals import proposals
from gevinst.domain.matching.reversals import reversals
from gevinst.domain.matching.rules import MatchPass, PassKind, Rules
from gevinst.domain.matching.subsets import subset
from gevinst.domain.matching.suspects import Cause, causes
from gevinst.domain.place import Place
from gevinst.domain.reconciliation import (
    RESULT_COLUMNS,
    Bridge,
    ItemState,
    Proposal,
    Reconciliation,
    Side,
    SideTotals,
    Tally,
)

PASSES: Mapping[PassKind, Callable[[Board, MatchPass], None]] = {
    PassKind.ONE_TO_ONE: one_to_one,
    PassKind.BATCH: batch,
    PassKind.NET_OF_FEE: net_of_fee,
    PassKind.TOLERANCE: within_tolerance,
    PassKind.REVERSAL: reversals,
    PassKind.SUBSET: subset,
}


NOTHING = Tally(count=0, sum=0)
STATES = (ItemState.MATCHED, ItemState.PROPOSED, ItemState.OPEN)


@dataclass(frozen=True, kw_only=True)
class SideInput:
    """One side as it enters: its items, its closing balance, and the rows that did not become items."""

    items: pd.DataFrame  #: item.ITEM_COLUMNS; carried items have `carried_from`
    balance: int | None = None  #: øre, closing balance of the account; None where the files give none
    rows_in_file: int = 0
    skipped: int = 0
    rejected: int = 0
    duplicate: Tally = NOTHING  #: rows of the file that stood in an earlier one; they are not among the items
    findings: tuple[Finding, ...] = ()  #: errors reject the input, warnings are shown


def reconcile(
    left: SideInput,
    right: SideInput,
    *,
    rules: Rules,
    calendar: BankCalendar,
    as_of: date | None = None,
    decisions: Sequence[Decision] = (),
) -> Reconciliation:
    """Reconcile two sides.

    Args:
        left: bank or counterpart.
        right: ledger; the same sign rule, money in > 0.
        rules: the passes, in order.
        calendar: bank days.
        as_of: the day that the period ends and ages are counted to. None when there is no period, as with two
            loose files: ages go to the last booking day of both sides, and no item waits for a next period.
        decisions: what people have decided, in force, with ids as here (see decided.decisions_for).

    Returns:
        Every item exactly once, in a group, a proposal, or open with its likely cause. When an input has an
        error, nothing is matched and the outcome is rejected. The result does not depend on the order of the
        rows.

    Raises:
        InputRejectedError: ROB-002, several currencies.
    """
    _one_currency(left, right)
    board = make_board(left.items, right.items, calendar)
    errors = tuple(
        finding for side in (left, right) for finding in side.findings if finding.severity == "error"
    )
    found: tuple[Proposal, ...] = ()
    if not errors:
        apply_decisions(board, decisions)
        for rule in rules.passes:
            PASSES[rule.kind](board, rule)
        found = proposals(board, rules.passes)
        found += over_budget(board, rules, first=len(found))
    holders = _holders(board, found)
    why = ({}, {}) if errors else causes(board, period_end=as_of, proposed=(holders[0] >= 0, holders[1] >= 0))
    day = as_of or _last_day(left.items, right.items)
    single = [one.number for one in found if len(one.alternatives) == 1]
    ended = _Ended.of(board, day)
    del board  # its codes and words are more than half of the memory, and the result is another part
    frames = _states(ended, holders, why, single=single, rejected=bool(errors))
    return _result(ended, frames=frames, found=found, inputs=(left, right), rules=rules, errors=errors)


def _one_currency(left: SideInput, right: SideInput) -> None:
    currencies = sorted({*left.items["currency"].unique(), *right.items["currency"].unique()} - {""})
    if len(currencies) > 1:
        files = [side.items["place_file"].iloc[0] for side in (left, right) if len(side.items)]
        place = Place(file=" / ".join(dict.fromkeys(files)))
        raise InputRejectedError([Finding(code="ROB-002", place=place, found=", ".join(currencies))])


def _last_day(left: pd.DataFrame, right: pd.DataFrame) -> date:
    days = [side["booked"].max() for side in (left, right) if len(side)]
    latest = max(days) if days else pd.Timestamp(date.min)
    found: date = latest.date()
    return found


def _holders(board: Board, found: Sequence[Proposal]) -> tuple[Indexes, Indexes]:
    """The proposal of each item of each side, -1 for none."""
    left = [(item, one.number) for one in found for item in one.left]
    right = [(item, one.number) for one in found for item in one.right]
    return _held(board.left, left), _held(board.right, right)


def _held(side: BoardSide, held: Sequence[tuple[str, int]]) -> Indexes:
    """The number that stands with each item's id, -1 for none."""
    ids = pa.array([item for item, _ in held], type=pa.large_string())
    numbers = np.array([*(number for _, number in held), -1], dtype=np.int64)
    at = pc.index_in(side.ids.whole(), value_set=ids).fill_null(len(held)).to_numpy()
    result: Indexes = numbers[at]
    return result


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """Where the items of one side have ended; item by item in the board's order."""

    source: pd.DataFrame  #: the items as they came
    order: Indexes  #: the row of `source` that each item is
    group: Indexes  #: -1 for none
    age: Indexes  #: bank days, at least 0


@dataclass(frozen=True, kw_only=True)
class _Ended:
    """What a result needs of the board."""

    sides: tuple[_Placed, _Placed]
    groups: pd.DataFrame
    notes: tuple[Note, ...]

    @staticmethod
    def of(board: Board, day: date) -> "_Ended":
        """All of it; ages are counted to the day."""
        number = int(board.calendar.ordinals(np.array([day], dtype="datetime64[D]"))[0])
        left, right = (
            _Placed(
                source=side.source,
                order=side.order,
                group=side.group,
                age=np.maximum(number - side.day, 0),
            )
            for side in board.sides
        )
        return _Ended(sides=(left, right), groups=board.groups(), notes=board.notes)


def _states(
    ended: _Ended,
    holders: tuple[Indexes, Indexes],
    why: tuple[Mapping[int, Cause], Mapping[int, Cause]],
    *,
    single: Sequence[int],
    rejected: bool,
) -> dict[Side, pd.DataFrame]:
    """The result of each side; `single` are the proposals of one alternative."""
    return {
        name: _side_frame(
            side,
            holders[at],
            _why_columns(_waiting(holders[at], single), why[at], "input_rejected" if rejected else ""),
        )
        for at, (name, side) in enumerate(zip(Side, ended.sides, strict=True))
    }


def _waiting(proposal: Indexes, single: Sequence[int]) -> Indexes:
    """0 for an item of no proposal, 1 for one of several alternatives, 2 for one of a single."""
    found: Indexes = (proposal >= 0).astype(np.int64) + np.isin(proposal, single)
    return found


def _side_frame(side: _Placed, proposal: Indexes, why: Mapping[str, Texts]) -> pd.DataFrame:
    matched, held = side.group >= 0, proposal >= 0
    columns = {
        "state": chosen(STATES, np.where(matched, 0, np.where(held, 1, 2))),
        "group": side.group,
        "proposal": proposal,
        "age_bank_days": np.where(matched, 0, side.age),
        **why,
    }
    place = by_texts(side.source, side.order, ("item_id",))  # of each row of the result, on the board
    order = side.order[place]
    shown = {name: values.take(place) for name, values in columns.items()}
    frame = side.source.iloc[order].reset_index(drop=True).assign(**shown)
    return frame.astype({name: dtype for name, dtype in RESULT_COLUMNS.items() if dtype != TEXT_DTYPE})


def _why_columns(waiting: Indexes, why: Mapping[int, Cause], fallback: str) -> dict[str, Texts]:
    """Cause, suspect and its side of each item; most have none.

    Args:
        waiting: see _waiting.
        why: the cause of items in no proposal, by position.
        fallback: the cause of all others.
    """
    known = [Cause(key=fallback), Cause(key="ambiguous"), Cause(key="unsure"), *why.values()]
    number = waiting.copy()
    number[np.fromiter(why, dtype=np.int64, count=len(why))] = np.arange(len(known) - len(why), len(known))
    return {
        "cause": chosen([one.key for one in known], number),
        "suspect": chosen([one.suspect for one in known], number),
        "suspect_side": chosen([one.side for one in known], number),
    }


def _result(
    ended: _Ended,
    *,
    frames: Mapping[Side, pd.DataFrame],
    found: tuple[Proposal, ...],
    inputs: tuple[SideInput, SideInput],
    rules: Rules,
    errors: tuple[Finding, ...],
) -> Reconciliation:
    totals = {name: _totals(frames[name], side) for name, side in zip(Side, inputs, strict=True)}
    return Reconciliation(
        left=frames[Side.LEFT],
        right=frames[Side.RIGHT],
        groups=ended.groups,
        proposals=found,
        rejected=errors,
        warnings=tuple(one for side in inputs for one in side.findings if one.severity == "warning"),
        notes=ended.notes,
        totals=totals,
        bridge=_bridge(totals, inputs, accepted=int(ended.groups["difference"].sum())),
        rules=rules,
    )


def _tally(amounts: pd.Series) -> Tally:
    return Tally(count=len(amounts), sum=int(amounts.sum()))


def _totals(frame: pd.DataFrame, side: SideInput) -> SideTotals:
    amounts, state = frame["amount"], frame["state"]
    rejected, double = Tally(count=side.rejected, sum=0), side.duplicate
    read = _tally(amounts)
    return SideTotals(
        rows_in_file=side.rows_in_file,
        skipped=side.skipped,
        read=Tally(count=read.count + rejected.count + double.count, sum=read.sum + double.sum),
        carried=_tally(amounts[frame["carried_from"] != ""]),
        matched=_tally(amounts[state == ItemState.MATCHED]),
        open=_tally(amounts[state == ItemState.OPEN]),
        proposed=_tally(amounts[state == ItemState.PROPOSED]),
        rejected=rejected,
        excluded=NOTHING,
        duplicate=double,
    )


def _in_use(totals: SideTotals) -> int:
    """Sum of the items: what was read, without the doubles of an earlier file."""
    return totals.read.sum - totals.duplicate.sum


def _bridge(
    totals: Mapping[Side, SideTotals], inputs: tuple[SideInput, SideInput], *, accepted: int
) -> Bridge:
    from_balances = all(side.balance is not None for side in inputs)
    undecided = {name: side.open.sum + side.proposed.sum for name, side in totals.items()}
    balances = [
        side.balance if from_balances and side.balance is not None else _in_use(totals[name])
        for name, side in zip(Side, inputs, strict=True)
    ]
    return Bridge(
        left_balance=balances[0],
        right_balance=balances[1],
        open_left=undecided[Side.LEFT],
        open_right=undecided[Side.RIGHT],
        accepted=accepted,
        from_balances=from_balances,
    )
