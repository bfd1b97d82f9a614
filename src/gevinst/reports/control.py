"""Control totals and the bridge: every row and every øre has a place."""

from dataclasses import dataclass

import pandas as pd

from gevinst.domain.reconciliation import Reconciliation, Side, Tally
from gevinst.reports.run_report import RunReport, SideNames
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
class BridgeLine:
    """One line of the statement from one balance to the other."""

    letter: str
    label: str
    formula: str  #: how the amount comes about
    amount: int  #: øre, with the sign it has in the sum
    kind: str  #: balance, add, detail, total or check


def bridge_lines(report: RunReport, texts: Texts) -> list[BridgeLine]:
    """From the right side's balance, by open items and accepted differences, to the left side's."""
    if report.result is None:
        return []
    bridge = report.result.bridge
    basis = "balance" if bridge.from_balances else "sum"
    label = _Labels(texts, report.sides)
    computed = bridge.left_balance - bridge.difference
    return [
        _line("A", label.of(f"bridge.{basis}", Side.RIGHT), "", bridge.right_balance, "balance"),
        _line("B", label.of("bridge.open_left", Side.LEFT), "+", bridge.open_left, "add"),
        *_details(report, Side.LEFT, texts),
        _line("C", label.of("bridge.open_right", Side.RIGHT), "−", -bridge.open_right, "add"),
        *_details(report, Side.RIGHT, texts),
        _line("D", texts.get("report.bridge.accepted"), "+", bridge.accepted, "add"),
        _line("E", label.of("bridge.computed", Side.LEFT), "A + B + C + D", computed, "total"),
        _line("F", label.of(f"bridge.{basis}", Side.LEFT), "", bridge.left_balance, "balance"),
        _line("G", texts.get("report.bridge.difference"), "F − E", bridge.difference, "check"),
    ]


class _Labels:
    def __init__(self, texts: Texts, names: SideNames) -> None:
        self._texts, self._names = texts, names

    def of(self, key: str, side: Side) -> str:
        return self._texts.get(f"report.{key}", side=side_name(side, self._names, self._texts))


def _line(letter: str, label: str, formula: str, amount: int, kind: str) -> BridgeLine:
    return BridgeLine(letter=letter, label=label, formula=formula, amount=amount, kind=kind)


def _details(report: RunReport, side: Side, texts: Texts) -> list[BridgeLine]:
    """The open items of a side by cause, in the catalogue's order of names."""
    if report.result is None:
        return []
    frame = report.result.left if side is Side.LEFT else report.result.right
    sign = 1 if side is Side.LEFT else -1
    undecided = undecided_rows(frame)
    grouped = undecided.groupby("cause", sort=True)["amount"].agg(["count", "sum"])
    return [
        _line("", texts.get("report.bridge.of_which", cause=cause_title(str(key), report.sides, texts), count=count), "",
              sign * int(total), "detail")
        for key, count, total in zip(grouped.index, grouped["count"].tolist(), grouped["sum"].tolist(), strict=True)
    ]  # fmt: skip


def undecided_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that the bridge counts as open: open ones and those in a proposal."""
    return frame[frame["state"] != "matched"]


def side_name(side: Side, names: SideNames, texts: Texts) -> str:
    """What a side is called."""
    return texts.get(f"report.side.{names}.{side}")


def cause_title(cause: str, names: SideNames, texts: Texts) -> str:
    """A cause in two or three words."""
    key = f"report.cause.{cause}.{names}"
    return texts.get(key if texts.has(key) else f"report.cause.{cause}")
