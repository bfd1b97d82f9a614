"""Control totals and the bridge: every row and every øre has a place."""

from dataclasses import dataclass

import pandas as pd

from gevinst.app.run_report import RunReport, SideNames
from gevinst.domain.reconciliation import ItemState, Reconciliation, Side, Tally
from gevinst.texts import Texts

PLACES = ("matched", "open", "proposed", "rejected", "excluded", "duplicate")


@dataclass(frozen=True, kw_only=True)
class ControlLine:
    """One line of the control totals, both sides."""

    key: str  #: read, one of PLACES, or unplaced
    left: Tally
    right: Tally


def control_lines(result: Reconciliation) -> list[ControlLine]:
    """What was read, each place an item can be in, and what is in no place."""
    left, right = result.totals[Side.LEFT], result.totals[Side.RIGHT]
    return [
        ControlLine(key="read", left=left.read, right=right.read),
        *(ControlLine(key=key, left=getattr(left, key), right=getattr(right, key)) for key in PLACES),
        ControlLine(key="unplaced", left=left.unplaced(), right=right.unplaced()),
    ]


@dataclass(frozen=True, kw_only=True)
class BridgePart:
    """A part of a line of the bridge: the open items of one cause."""

    label: str
    amount: int  #: øre, with the sign it has in the sum


@dataclass(frozen=True, kw_only=True)
class BridgeLine:
    """One line of the statement from one balance to the other."""

    letter: str  #: A to G
    label: str
    amount: int  #: øre, with the sign it has in the sum
    parts: tuple[BridgePart, ...] = ()

    @property
    def formula(self) -> str:
        """How the amount comes about, in letters; "" for a figure of its own."""
        return {"B": "+", "C": "+", "D": "+", "E": "A + B + C + D", "G": "F − E"}.get(self.letter, "")

    @property
    def kind(self) -> str:
        """balance, add, total or check."""
        return {"A": "balance", "F": "balance", "E": "total", "G": "check"}.get(self.letter, "add")


def bridge_lines(report: RunReport, texts: Texts) -> list[BridgeLine]:
    """From the right side's balance, by open items and accepted differences, to the left side's.

    A + B + C + D = E; F is the left balance as it stands, and G = F - E must be 0.
    """
    if report.result is None:
        return []
    bridge = report.result.bridge
    left, right = (side_name(side, report.sides, texts) for side in Side)
    basis = "balance" if bridge.from_balances else "sum"
    figures = {
        "A": (texts.get(f"report.bridge.{basis}", side=right), bridge.right_balance),
        "B": (texts.get("report.bridge.open_left", side=left), bridge.open_left),
        "C": (texts.get("report.bridge.open_right", side=right), -bridge.open_right),
        "D": (texts.get("report.bridge.accepted"), bridge.accepted),
        "E": (texts.get("report.bridge.computed", side=left), bridge.left_balance - bridge.difference),
        "F": (texts.get(f"report.bridge.{basis}", side=left), bridge.left_balance),
        "G": (texts.get("report.bridge.difference"), bridge.difference),
    }
    parts = {
        "B": _parts(report.result.left, 1, report.sides, texts),
        "C": _parts(report.result.right, -1, report.sides, texts),
    }
    return [
        BridgeLine(letter=letter, label=label, amount=amount, parts=parts.get(letter, ()))
        for letter, (label, amount) in figures.items()
    ]


def _parts(frame: pd.DataFrame, sign: int, names: SideNames, texts: Texts) -> tuple[BridgePart, ...]:
    """The open items of a side by cause."""
    grouped = undecided_rows(frame).groupby("cause", sort=True)["amount"].agg(["count", "sum"])
    counts, sums = grouped["count"].tolist(), grouped["sum"].tolist()
    return tuple(
        BridgePart(
            label=texts.get("report.bridge.of_which", cause=cause_title(str(key), names, texts), count=count),
            amount=sign * int(total),
        )
        for key, count, total in zip(grouped.index, counts, sums, strict=True)
    )


def undecided_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that the bridge counts as open: open ones and those in a proposal."""
    return frame[frame["state"] != ItemState.MATCHED]


def side_name(side: Side, names: SideNames, texts: Texts) -> str:
    """What a side is called."""
    return texts.get(f"report.side.{names}.{side}")


def cause_title(cause: str, names: SideNames, texts: Texts) -> str:
    """A cause in two or three words."""
    key = f"report.cause.{cause}.{names}"
    return texts.get(key if texts.has(key) else f"report.cause.{cause}")
