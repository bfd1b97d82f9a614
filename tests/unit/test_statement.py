"""Statements prove their movements and follow one another."""

from dataclasses import replace
from datetime import date

import pytest

from gevinst.domain.place import Place
from gevinst.domain.statement import Statement, balance_findings, chain_findings

FIRST = Statement(
    account="DK50",
    currency="DKK",
    number="12",
    opening=10_000,
    closing=12_500,
    movements=2_500,
    first=date(2026, 10, 1),
    last=date(2026, 10, 1),
    place=Place(file="udtog.xml"),
)
NEXT = replace(FIRST, number="13", opening=12_500, closing=12_500, movements=0)


def codes(*statements: Statement) -> list[str]:
    return [finding.code for finding in chain_findings(statements)]


def test_a_statement_whose_movements_do_not_give_its_closing_balance_is_found_with_the_difference() -> None:
    (finding,) = balance_findings([replace(FIRST, movements=2_400), NEXT])

    assert (finding.code, finding.facts["difference"]) == ("BNK-001", 100)


def test_statements_that_follow_one_another_have_no_gap() -> None:
    assert codes(FIRST, NEXT) == []


@pytest.mark.parametrize(
    "after", [replace(NEXT, number="14"), replace(NEXT, opening=12_400), replace(NEXT, number="11")]
)
def test_a_missing_number_or_balance_is_a_gap(after: Statement) -> None:
    assert codes(FIRST, after) == ["BNK-002"]


def test_the_same_number_twice_is_a_repeat() -> None:
    assert codes(FIRST, FIRST) == ["BNK-003"]


def test_numbers_may_begin_again_with_a_new_year_when_the_balances_follow() -> None:
    old = replace(FIRST, number="365", last=date(2026, 12, 30))
    new = replace(NEXT, number="1", first=date(2027, 1, 4))

    assert codes(old, new) == []
    assert codes(old, replace(new, opening=12_400)) == ["BNK-002"]
    assert codes(old, replace(new, first=date(2026, 12, 30))) == ["BNK-002"]


@pytest.mark.parametrize("number", ["²", "9" * 5000, "A12"])
def test_a_number_that_does_not_count_is_only_a_name(number: str) -> None:
    assert codes(FIRST, replace(NEXT, number=number)) == []


def test_other_accounts_and_currencies_have_their_own_chain() -> None:
    assert codes(FIRST, replace(FIRST, account="DK51"), replace(FIRST, currency="EUR"), NEXT) == []
