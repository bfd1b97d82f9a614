"""Rules of an invoice that adds up, on invoices made in the test."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.invoice import (
    Amount,
    Invoice,
    InvoiceFamily,
    InvoiceKind,
    InvoiceLine,
    Party,
    PaymentMeans,
    TaxCategory,
    Totals,
)
from gevinst.domain.invoice_checks import check_digit_fits, invoice_findings, repeated_findings, rounded
from gevinst.domain.place import Place

PLACE = Place(file="faktura.xml")


def money(ore: int) -> Amount:
    return Amount(ore=ore, place=PLACE)


def line(ore: int, **fields: Any) -> InvoiceLine:
    return replace(InvoiceLine(id="1", text="Vare", amount=money(ore), place=PLACE), **fields)


def invoice(
    *lines: InvoiceLine, tax: int, rate: str = "25", family: InvoiceFamily = InvoiceFamily.PEPPOL
) -> Invoice:
    net = sum(one.amount.ore for one in lines)
    oioubl = family is InvoiceFamily.OIOUBL
    return Invoice(
        kind=InvoiceKind.INVOICE,
        family=family,
        profile="",
        customization="",
        id="F-1",
        issue=date(2026, 3, 16),
        currency="DKK",
        supplier=Party(name="Leverandør", cvr="12345674"),
        customer=Party(name="Kunde"),
        lines=lines,
        taxes=(TaxCategory(scheme="VAT", category="S", rate=Decimal(rate), base=money(net), tax=money(tax)),),
        totals=Totals(
            line_extension=money(net),
            tax_exclusive=money(tax if oioubl else net),
            tax=(money(tax),),
            tax_inclusive=money(net + tax),
            payable=money(net + tax),
        ),
    )


def codes(one: Invoice) -> list[str]:
    return [finding.code for finding in invoice_findings(one)]


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20), st.sampled_from(list(InvoiceFamily)))
def test_an_invoice_made_by_the_rules_has_no_finding(amounts: list[int], family: InvoiceFamily) -> None:
    tax = rounded(Decimal(sum(amounts)) * 25 / 100)

    assert codes(invoice(*map(line, amounts), tax=tax, family=family)) == []


@given(st.integers(1, 10**9), st.integers(2, 10**6))
def test_a_payable_amount_that_is_off_is_always_found(net: int, off: int) -> None:
    right = invoice(line(net), tax=rounded(Decimal(net) * 25 / 100))
    wrong = replace(right, totals=replace(right.totals, payable=money(right.totals.payable.ore + off)))

    assert codes(wrong) == ["INV-010"]


def test_half_an_ore_for_each_line_is_allowed_and_no_more() -> None:
    lines = [line(102) for _ in range(10)]  # 25,5 øre of VAT each: 26 when rounded by line, 255 together

    assert codes(invoice(*lines, tax=260)) == []
    assert codes(invoice(*lines, tax=261)) == ["INV-007"]


def test_tax_rounds_half_away_from_zero() -> None:
    assert (rounded(Decimal("0.5")), rounded(Decimal("-0.5")), rounded(Decimal("2.4"))) == (1, -1, 2)


def test_prepaid_and_rounding_come_after_the_tax() -> None:
    right = invoice(line(100_00), tax=25_00)
    totals = replace(right.totals, prepaid=money(50_00), rounding=money(-25), payable=money(74_75))

    assert codes(replace(right, totals=totals)) == []


def test_oioubl_may_round_the_inclusive_amount_already_and_peppol_may_not() -> None:
    for family, expected in ((InvoiceFamily.OIOUBL, []), (InvoiceFamily.PEPPOL, ["INV-009", "INV-010"])):
        right = invoice(line(100_00), tax=25_00, family=family)
        totals = replace(right.totals, rounding=money(-1), tax_inclusive=money(124_99), payable=money(124_99))
        assert codes(replace(right, totals=totals)) == expected


@pytest.mark.parametrize("size", ["9" * 30, "0." + "0" * 27 + "1"])
def test_a_line_of_any_size_that_a_file_can_write_is_computed(size: str) -> None:
    huge = Decimal("9" * 30)
    priced = line(1_00, quantity=huge, price=huge, price_factor=huge, price_quantity=Decimal(size))

    assert codes(invoice(priced, tax=25)) == ["INV-013"]


def test_a_price_is_for_its_quantity() -> None:
    priced = line(375_00, quantity=Decimal(1250), price=Decimal(300), price_quantity=Decimal(1000))

    assert codes(invoice(priced, tax=93_75)) == []
    assert codes(invoice(replace(priced, price_quantity=Decimal(1)), tax=93_75)) == ["INV-013"]


def test_a_price_quantity_of_zero_proves_nothing() -> None:
    priced = line(1_00, quantity=Decimal(1), price=Decimal(1), price_quantity=Decimal(0))

    assert codes(invoice(priced, tax=25)) == []


def test_a_duty_per_unit_is_not_checked_against_a_rate() -> None:
    right = invoice(line(100_00), tax=31_00)
    duty = replace(right.taxes[0], per_unit=True)

    assert codes(replace(right, taxes=(duty,))) == []


def test_what_is_missing_is_named() -> None:
    bare = replace(invoice(tax=0), id="", issue=None, supplier=Party(), customer=Party())

    named = [finding.facts["what"] for finding in invoice_findings(bare) if finding.code == "INV-002"]

    assert named == [
        "ID",
        "IssueDate",
        "AccountingSupplierParty/PartyName",
        "AccountingSupplierParty/CompanyID",
        "AccountingCustomerParty",
        "InvoiceLine",
    ]


@pytest.mark.parametrize(
    ("digits", "fits"), [("000000020260410", True), ("000000020260417", False), ("", False), ("x", False)]
)
def test_a_payment_id_ends_in_its_check_digit(digits: str, fits: bool) -> None:  # noqa: FBT001 - a parameter
    assert check_digit_fits(digits) is fits


@pytest.mark.parametrize(("kind", "digits"), [("71", "1" * 14), ("75", ""), ("04", "abc")])
def test_a_wrong_payment_id_is_a_warning(kind: str, digits: str) -> None:
    slip = PaymentMeans(code="93", fik_kind=kind, fik_id=digits, place=PLACE)

    assert codes(replace(invoice(line(100), tax=25), payments=(slip,))) == ["INV-014"]


def test_a_slip_without_payment_id_may_be_73() -> None:
    slip = PaymentMeans(code="93", fik_kind="73", place=PLACE)

    assert codes(replace(invoice(line(100), tax=25), payments=(slip,))) == []


def test_the_same_number_from_the_same_supplier_is_a_repeat() -> None:
    first = invoice(line(100), tax=25)
    other = replace(first, supplier=Party(name="En anden", cvr="23456783"))
    credit = replace(first, kind=InvoiceKind.CREDIT_NOTE)

    assert [one.code for one in repeated_findings(first, first)] == ["INV-015"]
    assert repeated_findings(first, other) == []
    assert repeated_findings(first, credit) == []


def test_a_credit_note_is_owed_the_other_way() -> None:
    right = invoice(line(100_00), tax=25_00)

    assert right.owed == 125_00
    assert replace(right, kind=InvoiceKind.CREDIT_NOTE).owed == -125_00
