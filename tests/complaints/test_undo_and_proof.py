"""Complaints of other programs about undoing, running again, old items and proof; each names its source."""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.decision import Decision, DecisionKind
from gevinst.domain.matching.decided import decisions_for
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import MatchPass, PassKind, Rules
from gevinst.domain.reconciliation import Outcome, Reconciliation
from unit.matching.builders import frame, groups, match, open_ids, summary

MATCH = Decision(
    number=1,
    robot="hovedkonto",
    period="2026-10",
    kind=DecisionKind.MATCH,
    left=("B1",),
    right=("L1",),
    amount_left=10_000,
    amount_right=10_000,
    who="controller",
    at=datetime(2026, 11, 2, 12, 0, tzinfo=UTC),
    run_id="run-1",
)


def decided(
    left: pd.DataFrame, right: pd.DataFrame, *decisions: Decision, period: str = "2026-10"
) -> Reconciliation:
    return reconcile(
        SideInput(items=left),
        SideInput(items=right),
        rules=Rules(),
        calendar=BankCalendar(),
        decisions=decisions_for(decisions, period, left, right),
    )


def test_a_decision_can_be_undone() -> None:
    """Source: github.com/frappe/frappe/issues/1539: a match cannot be undone."""
    left, right = frame(["B1 2026-10-05 100,00 A"]), frame(["L1 2026-10-28 100,00 B"])
    undo = replace(MATCH, number=2, kind=DecisionKind.UNDO, left=(), right=(), undoes=1)

    assert groups(decided(left, right, MATCH)) == [(("B1",), ("L1",))]
    assert summary(decided(left, right, MATCH, undo)) == summary(decided(left, right))


def test_running_a_statement_again_undoes_no_match() -> None:
    """Source: github.com/odoo/odoo/issues/73880: re-opening a statement undid every match."""
    left = frame(["B1 2026-10-05 100,00 A", "B2 2026-10-05 1.234,56 Husleje"])
    right = frame(["L1 2026-10-28 100,00 B", "L2 2026-10-05 1.234,56 Husleje"])
    first = decided(left, right, MATCH)

    again = decided(left, right, MATCH)

    assert groups(again) == groups(first) == [(("B1",), ("L1",)), (("B2",), ("L2",))]


def test_an_old_item_is_matched_though_its_period_is_closed() -> None:
    """Source: github.com/OCA/account-reconcile/issues/712: the item's period is locked."""
    left = frame(["B1 2026-11-03 1.234,56 Husleje"])
    right = frame(["L1 2026-10-30 1.234,56 Husleje"]).assign(carried_from="2026-10")

    assert groups(decided(left, right, period="2026-11")) == [(("B1",), ("L1",))]


def test_open_items_that_do_not_explain_the_ledger_s_balance_are_not_agreed() -> None:
    """Source: github.com/OCA/account-reconcile/issues/405: open items that were not the trial balance."""
    left = SideInput(items=frame(["B1 2026-10-05 100,00 Faktura 551122"]), balance=10_000)
    right = SideInput(items=frame(["L1 2026-10-05 100,00 Faktura 551122"]), balance=10_500)

    result = reconcile(left, right, rules=Rules(), calendar=BankCalendar())

    assert open_ids(result) == set()
    assert result.bridge.difference == -500
    assert result.outcome is Outcome.OPEN_ITEMS


def test_a_small_difference_is_accepted_within_a_set_tolerance_on_a_chosen_account() -> None:
    """Source: github.com/alyf-de/banking/issues/106 and github.com/frappe/erpnext/issues/51159."""
    rounding = MatchPass(id="øre", kind=PassKind.TOLERANCE, tolerance=50, difference_account="6.45.51")

    near = match(["B1 2026-10-05 100,50 551122"], ["L1 2026-10-05 100,00 551122"], passes=[rounding])
    far = match(["B1 2026-10-05 100,51 551122"], ["L1 2026-10-05 100,00 551122"], passes=[rounding])

    assert near.groups[["difference", "difference_account"]].to_numpy().tolist() == [[50, "6.45.51"]]
    assert groups(far) == []


def test_a_new_file_does_not_overwrite_what_a_person_has_settled() -> None:
    """Source: github.com/actualbudget/actual/issues/2103: the importer overwrote reconciled lines."""
    left, right = frame(["B1 2026-10-05 100,00 A"]), frame(["L1 2026-10-28 100,00 B"])
    better = frame(["L1 2026-10-28 100,00 B", "L2 2026-10-05 100,00 A"])

    assert groups(decided(left, right, MATCH)) == groups(decided(left, better, MATCH)) == [(("B1",), ("L1",))]


def test_an_undo_of_what_is_no_longer_there_is_no_error() -> None:
    """Source: github.com/OCA/account-reconcile/issues/579: a reset ends in a server error."""
    left, right = frame(["B2 2026-10-05 41,00 A"]), frame(["L1 2026-10-28 100,00 B"])
    undo = replace(MATCH, number=2, kind=DecisionKind.UNDO, left=(), right=(), undoes=1)

    gone = decided(left, right, MATCH)

    assert gone.notes == (("decision_gone", {"number": 1}),)
    assert summary(decided(left, right, MATCH, undo)) == summary(decided(left, right)) == summary(gone)
