"""Amounts of work that stop other programs; each test names its source."""

import time
from datetime import date, timedelta

import pandas as pd
import pytest

from gevinst.app.run_report import RunReport
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.item import items_frame
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Rules
from gevinst.domain.reconciliation import Reconciliation
from gevinst.reports.run_page import run_page
from gevinst.texts import Language
from runs import a_run, ended

MEGABYTE = 1 << 20
FIRST = date(2026, 10, 1)


def side(prefix: str, rows: int, *, matching: bool = True) -> pd.DataFrame:
    """Rows over a month; those that match have a number of their own."""
    return items_frame(
        {
            "item_id": [f"{prefix}{at}" for at in range(rows)],
            "booked": pd.to_datetime([FIRST + timedelta(days=at % 28) for at in range(rows)]),
            "amount": [10_037 + at * 13 % 999_983 for at in range(rows)],
            "currency": ["DKK"] * rows,
            "text": [
                f"Faktura {5_000_000 + at}" if matching else f"{prefix} uden nummer" for at in range(rows)
            ],
            "place_file": ["fil.csv"] * rows,
            "place_line": range(2, rows + 2),
        }
    )


def reconciled(rows: int, *, matching: bool = True) -> Reconciliation:
    sides = (SideInput(items=side(name, rows, matching=matching)) for name in ("B", "L"))
    return reconcile(*sides, rules=Rules(), calendar=BankCalendar())


@pytest.mark.slow
def test_three_hundred_thousand_lines_are_reconciled_in_minutes() -> None:
    """Source: github.com/OCA/account-reconcile/issues/734: the server restarts after hours."""
    started = time.monotonic()

    result = reconciled(300_000)

    assert len(result.groups) == 300_000
    assert time.monotonic() - started < 300


def test_a_page_of_very_many_open_items_still_opens() -> None:
    """Source: github.com/odoo/odoo/issues/18435: two million items, and the screen will not open."""
    left = SideInput(items=side("B", 20_000, matching=False))
    result = reconcile(left, SideInput(items=items_frame({})), rules=Rules(), calendar=BankCalendar())
    report = RunReport(run=ended(a_run()), robot_title="Hovedkonto", result=result, as_of=date(2026, 10, 31))

    page = run_page(report, Language.DANISH)

    assert len(page.encode()) < MEGABYTE
    assert "20.000" in page
