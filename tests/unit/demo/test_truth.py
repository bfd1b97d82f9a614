from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from gevinst.demo import DemoOffice
from gevinst.demo.account import Account
from gevinst.demo.card_settlements import card_account
from gevinst.demo.gift_account import gift_account
from gevinst.demo.main_account import main_account
from gevinst.demo.model import BankLine, Posting
from gevinst.demo.month import Month
from gevinst.demo.tax_account import tax_account
from gevinst.demo.truth import truth
from unit.demo.plain_readers import bank_amounts

ROBOTS = ("hovedkonto", "skattekonto", "kortindloesning", "gavekonto")
ACCOUNTS = (main_account, tax_account, card_account, gift_account)
OTHER_MONTHS = ("2026-04", "2026-12", "2027-02", "2028-05")
PLANTED = {
    "double_posting": 2,
    "wrong_sign": 2,
    "swapped_digits": 2,
    "missing_posting": 4,
    "not_in_bank": 2,
    "outstanding": 3,
    "carried": 1,
    "other_account": 1,
    "split": 1,
    "ambiguous": 1,
}

Truth = Mapping[str, Any]


def bridge_gap(answer: Truth) -> int:
    """What the truth's own figures leave unexplained, øre."""
    balances, bridge = answer["balances"], answer["bridge"]
    explained = bridge["open_left"] - bridge["open_right"] + bridge["accepted"]
    return int(balances["statement_closing"] - balances["ledger_closing"] - explained)


@pytest.mark.parametrize("robot", ROBOTS)
def test_the_bridge_holds_to_the_ore_from_the_truth_alone(truths: Mapping[str, Truth], robot: str) -> None:
    assert bridge_gap(truths[robot]) == 0


@pytest.mark.parametrize("robot", ROBOTS)
def test_the_bridges_parts_are_the_sums_of_its_lists(truths: Mapping[str, Truth], robot: str) -> None:
    answer = truths[robot]
    open_left = sum(item["amount"] for item in answer["open"] if item["side"] == "left")
    proposed = sum(fault["amount"] * 2 for fault in answer["faults"] if fault["kind"] == "ambiguous")

    assert answer["bridge"]["open_left"] == open_left + proposed
    assert answer["bridge"]["accepted"] == sum(group["difference"] for group in answer["groups"])


@pytest.mark.parametrize("robot", ROBOTS)
def test_every_bank_line_of_the_file_is_in_exactly_one_place(
    office: DemoOffice, truths: Mapping[str, Truth], robot: str
) -> None:
    answer = truths[robot]
    places = [i for group in answer["groups"] for i in group["left"]]
    places += [item["id"] for item in answer["open"] if item["side"] == "left"]
    places += [i for proposal in answer["proposals"] for i in proposal["left"]]

    assert sorted(places) == sorted(bank_amounts(robot, office.inputs[robot]["bank"]))


@pytest.mark.parametrize("robot", ROBOTS)
def test_the_statement_closes_with_what_its_file_adds_up_to(
    office: DemoOffice, truths: Mapping[str, Truth], robot: str
) -> None:
    balances = truths[robot]["balances"]
    moved = sum(bank_amounts(robot, office.inputs[robot]["bank"]).values())

    assert balances["statement_opening"] + moved == balances["statement_closing"]


def test_every_kind_of_fault_is_planted(main: Truth) -> None:
    assert Counter(fault["kind"] for fault in main["faults"]) == PLANTED


def test_the_tax_and_card_accounts_have_their_faults(truths: Mapping[str, Truth]) -> None:
    found = {robot: sorted(fault["kind"] for fault in truths[robot]["faults"]) for robot in ROBOTS[1:]}

    assert found == {
        "skattekonto": ["missing_posting", "wrong_sign"],
        "kortindloesning": ["double_posting", "fee_outside_rate", "not_in_bank"],
        "gavekonto": ["missing_posting"],
    }


def test_a_double_posting_points_to_the_posting_it_repeats(main: Truth) -> None:
    matched = {right: group["left"] for group in main["groups"] for right in group["right"]}
    suspects = [item["suspect"] for item in main["open"] if item["kind"] == "double_posting"]

    assert len(suspects) == PLANTED["double_posting"]
    assert all(matched[suspect] for suspect in suspects)


def test_three_of_four_carried_items_are_settled(main: Truth) -> None:
    settled = {right for group in main["groups"] if group["kind"] == "carried" for right in group["right"]}

    assert len(settled) == 3
    assert len(set(main["carried"]) - settled) == 1


def test_card_fees_are_the_only_accepted_differences(truths: Mapping[str, Truth]) -> None:
    for robot in ROBOTS:
        kinds = {group["kind"] for group in truths[robot]["groups"] if group["difference"]}
        assert kinds <= {"card_fee", "card_fee_weekend"}


def test_some_groups_have_only_one_side(main: Truth) -> None:
    reversals = [group for group in main["groups"] if group["kind"] == "reversal"]

    assert sum(not group["right"] for group in reversals) == 2
    assert sum(not group["left"] for group in reversals) == 3


@pytest.mark.parametrize("period", OTHER_MONTHS)
def test_any_month_has_a_bridge_that_holds(period: str) -> None:
    month = Month.of(period)

    assert [bridge_gap(truth(account(month, 7))) for account in ACCOUNTS] == [0, 0, 0, 0]


def without_reference(account: Account) -> list[BankLine | Posting]:
    """Items of both sides that only their amount and words can match; alike ones left out."""
    alike = {
        item
        for event in account.events
        if event.outcome.value != "group"
        for item in (*event.bank, *event.ledger)
    }
    items: list[BankLine | Posting] = [*account.lines, *account.postings]
    return [item for item in items if item not in alike and (not item.reference or len(item.reference) == 9)]


def test_an_item_without_reference_shares_its_amount_with_its_partner_only() -> None:
    account = main_account(Month.of("2026-10"), 2026)
    partners = {item for event in account.events if not event.fault for item in (*event.bank, *event.ledger)}
    lonely = [item for item in without_reference(account) if item in partners and isinstance(item, BankLine)]
    amounts = Counter(line.amount for line in account.lines)

    assert lonely
    assert {amounts[line.amount] for line in lonely} == {1}


def test_lags_run_from_none_to_five_bank_days_and_both_ways() -> None:
    account = main_account(Month.of("2026-10"), 2026)
    days = [
        (event.bank[0].booked - event.ledger[0].booked).days
        for event in account.events
        if event.bank and event.ledger and not event.fault
    ]

    assert min(days) < 0 < max(days)
    assert 0 in days


def test_most_card_settlements_after_a_weekend_cover_several_days(truths: Mapping[str, Truth]) -> None:
    sizes = Counter(len(group["right"]) for group in truths["kortindloesning"]["groups"])

    assert sizes[1] > sizes[3] > 20
