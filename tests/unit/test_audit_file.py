"""What an audit file states of its accounts, held against its postings."""

import pytest

from gevinst.domain.audit_file import MOST_ACCOUNTS_NAMED, LedgerAccount, account_findings
from gevinst.domain.finding import Severity
from gevinst.domain.place import Place


def accounts(count: int, *, closing: int = 500) -> list[LedgerAccount]:
    return [
        LedgerAccount(
            account=str(number),
            text="",
            opening=100,
            closing=closing,
            place=Place(file="saft.xml", line=number),
        )
        for number in range(count)
    ]


def test_an_account_that_adds_up_is_no_finding() -> None:
    assert account_findings(accounts(3), {str(number): 400 for number in range(3)}) == []


def test_each_of_a_few_accounts_that_do_not_add_up_is_named() -> None:
    found = account_findings(accounts(MOST_ACCOUNTS_NAMED), {})

    assert [one.code for one in found] == ["SAF-004"] * MOST_ACCOUNTS_NAMED
    assert {one.severity for one in found} == {Severity.WARNING}


def test_more_accounts_are_counted_in_one_warning_at_the_first() -> None:
    right = [LedgerAccount(account="ok", text="", opening=1, closing=1, place=Place(file="saft.xml"))]
    wrong = accounts(MOST_ACCOUNTS_NAMED + 1)

    [found] = account_findings([*right, *wrong], {})

    assert (found.code, found.severity, found.place) == ("SAF-010", Severity.WARNING, wrong[0].place)
    assert found.facts == {"count": MOST_ACCOUNTS_NAMED + 1, "accounts": MOST_ACCOUNTS_NAMED + 2}


@pytest.mark.parametrize("movement", [0, 399, 401])
def test_the_account_that_is_read_for_must_add_up_whatever_the_others_do(movement: int) -> None:
    [found] = account_findings(accounts(MOST_ACCOUNTS_NAMED + 5), {"7": movement}, chosen="7")

    assert (found.code, found.severity, found.place.line) == ("SAF-004", Severity.ERROR, 7)
