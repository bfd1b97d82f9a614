"""What users of other tools complain about in matching, each as a test of ours, with its source."""

import itertools
import random
from dataclasses import replace
from datetime import date

from gevinst.domain.matching.rules import Key, MatchPass, PassKind
from unit.matching.builders import Line, groups, line, match, open_ids, proposed, reasons, summary

BANK = "2026-10-07"
LEDGER = "2026-10-05"


def test_the_row_loaded_first_does_not_win() -> None:
    """Source: docs.oracle.com, account reconciliation, matching engine: the first-loaded row wins."""
    bank = [f"B1 {BANK} 812,25 Elværket", f"B2 {BANK} 812,25 Havnens Is"]
    ledger = [f"L1 {LEDGER} 812,25 Havnens Is", f"L2 {LEDGER} 812,25 Elværket", f"L3 {LEDGER} 40,00"]

    results = [summary(match(list(rows), ledger)) for rows in itertools.permutations(bank)]
    results += [summary(match(bank, list(rows))) for rows in itertools.permutations(ledger)]

    assert all(result == results[0] for result in results)


def test_five_equal_lines_are_settled_as_five_or_not_at_all() -> None:
    """Source: github.com/frappe/erpnext/issues/36448: "impossible to know which comes first"."""
    bank = [f"B{number} {BANK} 100,00" for number in range(5)]
    ledger = [f"L{number} {LEDGER} 100,00" for number in range(5)]

    assert reasons(match(bank, ledger)) == {"interchangeable"}
    assert groups(match(bank, ledger[:4])) == []


def test_a_split_that_comes_to_the_amount_does_not_swallow_a_payment() -> None:
    """Source: github.com/actualbudget/actual/issues/7855 and 6737."""
    bank = [line(f"B1 {BANK} 500,00 Tandklinik")]
    ledger = [line(f"L1 {LEDGER} 200,00 Husleje"), line(f"L2 {LEDGER} 300,00 Husleje")]

    assert groups(match(bank, ledger)) == []


def test_a_counterpart_that_is_used_is_not_offered_again() -> None:
    """Source: github.com/odoo/odoo/issues/262295."""
    bank = [line(f"B{number} {BANK} 1.250,75", reference="7700411") for number in (1, 2)]
    ledger = [line(f"L1 {LEDGER} 1.250,75", reference="7700411")]

    result = match(bank, ledger)

    assert len(groups(result)) == 1
    assert proposed(result) == []
    assert len(open_ids(result)) == 1


def test_same_amount_and_same_day_is_at_least_offered() -> None:
    """Source: github.com/frappe/erpnext/issues/41069: same amount and date, yet not offered."""
    bank = [f"B{number} {BANK} 250,00 Indbetaling" for number in (1, 2)]

    result = match(bank, [f"L1 {BANK} 250,00 Posteret"])

    assert proposed(result) == [(("B1", "B2"), ("L1",))]


def test_the_order_of_the_passes_is_the_order_of_the_rules() -> None:
    """Source: github.com/alyf-de/banking/issues/347: make precedence explicit."""
    bank = [line(f"B1 {BANK} 812,25 Elværket", reference="7700411")]
    ledger = [line(f"L1 {LEDGER} 812,25 Elværket", reference="7700411")]
    by_text = MatchPass(id="text", kind=PassKind.ONE_TO_ONE, key=Key.TEXT)
    by_code = MatchPass(id="code", kind=PassKind.ONE_TO_ONE, key=Key.CODE)

    for first, second in itertools.permutations((by_text, by_code)):
        assert match(bank, ledger, passes=[first, second]).groups["pass_id"].tolist() == [first.id]


def test_a_match_changes_neither_date_nor_amount() -> None:
    """Source: support.class.com.au: a match changes date and amount of the event when it is saved."""
    bank = [line("B1 2026-10-12 1.873,41 Elværket")]
    ledger = [line("L1 2026-10-05 1.873,41 Elværket")]

    result = match(bank, ledger)

    for side, before in ((result.left, bank), (result.right, ledger)):
        assert [day.date() for day in side["booked"]] == [one.booked for one in before]
        assert side["amount"].tolist() == [one.amount for one in before]


def test_near_amounts_are_never_taken_for_equal() -> None:
    """Source: support.class.com.au: matches up to five dollars apart."""
    bank, ledger = [f"B1 {BANK} 1.873,41 Elværket"], [f"L1 {LEDGER} 1.873,42 Elværket"]

    assert groups(match(bank, ledger)) == []


def test_a_double_that_is_taken_back_is_no_finding() -> None:
    """Source: a Swedish municipal audit: 15 of 15 double payments that were checked had been cancelled."""
    ledger = [
        line(f"L1 {LEDGER} -812,25", reference="7700411"),
        line(f"L2 {LEDGER} -812,25", reference="7700411"),
        line(f"L3 {BANK} 812,25 Krediteret", reference="7700411"),
    ]

    result = match([line(f"B1 {BANK} -812,25", reference="7700411")], ledger)

    assert open_ids(result) == set()
    assert len(groups(result)) == 2


def test_one_payment_of_many_invoices_is_one_group() -> None:
    """Source: github.com/frappe/erpnext/issues/54823: one payment of many invoices, entered twice."""
    ledger = [line(f"L{number} {LEDGER} 10{number},50", reference=f"770041{number}") for number in range(4)]
    text = "Faktura 7700410 7700411 7700412 7700413"

    result = match([line(f"B1 {BANK} 408,00 {text}")], ledger)

    assert groups(result) == [(("B1",), ("L0", "L1", "L2", "L3"))]


def test_a_balanced_match_has_no_phantom_ore() -> None:
    """Source: github.com/OCA/account-reconcile/issues/675 and github.com/frappe/erpnext/issues/54980."""
    parts = ("0,10", "0,20", "1.000.000,01", "33,33", "0,07")
    ledger = [
        line(f"L{number} {LEDGER} {amount}", reference="88001234") for number, amount in enumerate(parts)
    ]

    result = match([line(f"B1 {BANK} 1.000.033,71", reference="88001234")], ledger)

    assert result.groups["difference"].tolist() == [0]
    assert result.bridge.difference == 0


def test_four_thousand_lines_are_an_ordinary_day() -> None:
    """Source: github.com/odoo/odoo/issues/50245 and github.com/OCA/account-reconcile/issues/734."""
    drawn = random.Random(4)  # noqa: S311 - made-up amounts
    ledger = [
        line(f"L{number} {LEDGER} 1,00", reference=f"{4_100_000 + 7 * number}") for number in range(4_000)
    ]
    ledger = [replace(one, amount=drawn.randrange(100, 10_000_000)) for one in ledger]
    bank = [replace(one, id=f"B{number}", booked=_later(one)) for number, one in enumerate(ledger)]

    assert len(groups(match(bank, ledger))) == 4_000


def _later(one: Line) -> date:
    return one.booked.replace(day=7)


def test_the_amount_alone_still_makes_a_match_where_nothing_speaks_against_it() -> None:
    """Source: github.com/odoo/odoo/issues/61584: after an upgrade, matching by amount alone stopped."""
    result = match([f"B1 {BANK} 18.734,15 Overførsel"], [f"L1 {LEDGER} 18.734,15 Faktura"])

    assert reasons(result) == {"amount_date"}
