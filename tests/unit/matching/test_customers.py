"""What customers pay: several invoices, less a credit note, in parts, too little; and what is said of it."""

from datetime import UTC, datetime

import pytest

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.decision import Decision, DecisionKind
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Rules
from unit.matching.builders import causes, frame, groups, line, match, proposed, reasons


def test_several_invoices_less_a_credit_note_are_one_payment() -> None:
    ledger = [
        "L1 2026-10-05 1.204,35 Faktura Havnens Iskiosk",
        "L2 2026-10-06 877,80 Faktura Havnens Iskiosk",
        "L3 2026-10-06 -311,47 Kreditnota Havnens Iskiosk",
    ]

    assert groups(match(["B1 2026-10-07 1.770,68 Havnens Iskiosk"], ledger)) == [
        (("B1",), ("L1", "L2", "L3")),
    ]


def test_two_items_that_cancel_each_other_join_no_sum() -> None:
    ledger = [
        "L1 2026-10-05 1.204,35 Havnens Iskiosk",
        "L2 2026-10-05 877,80 Havnens Iskiosk",
        "L3 2026-10-05 55,21 Havnens Iskiosk",
        "L4 2026-10-05 -55,21 Havnens Iskiosk",
    ]

    assert (("B1",), ("L1", "L2")) in groups(match(["B1 2026-10-07 2.082,15 Havnens Iskiosk"], ledger))


def test_an_invoice_is_paid_in_parts_over_months() -> None:
    bank = [
        line("B1 2026-10-05 400,00", reference="7700411"),
        line("B2 2026-11-05 350,00", reference="7700411"),
        line("B3 2026-12-07 250,00", reference="7700411"),
    ]
    ledger = [line("L1 2026-10-01 1.000,00", reference="7700411")]

    result = match(bank, ledger)

    assert groups(result) == [(("B1", "B2", "B3"), ("L1",))]
    assert reasons(result) == {"batch_reference"}


def test_parts_of_another_sum_are_not_looked_for_over_months() -> None:
    bank = [
        line("B1 2026-10-05 400,00", reference="7700411"),
        line("B2 2026-12-07 600,00", reference="7700411"),
        line("B3 2026-12-07 70,00", reference="7700411"),
    ]

    assert groups(match(bank, [line("L1 2026-10-01 1.000,00", reference="7700411")])) == []


def test_a_sum_is_found_among_the_few_of_one_name() -> None:
    others = [
        f"X{at} 2026-10-0{5 + at % 3} {300 + 37 * at},{17 + at:02} Firma{name} Rengøring"
        for at, name in enumerate("abcdefghijklmnopqrstuvxyz")
    ]
    ledger = ["L1 2026-10-05 1.204,35 Fjord Rengøring", "L2 2026-10-06 877,80 Fjord Rengøring"]

    assert (("B1",), ("L1", "L2")) in groups(
        match(["B1 2026-10-07 2.082,15 FJORD RENGØRING"], others + ledger)
    )


def test_a_name_that_is_glued_or_misspelt_still_gathers_its_items() -> None:
    ledger = ["L1 2026-10-05 1.204,35 Fjord Vikarservice", "L2 2026-10-06 877,80 Fjord Vikaservice"]

    assert groups(match(["B1 2026-10-07 2.082,15 FJORDVIKARSERVIC"], ledger)) == [(("B1",), ("L1", "L2"))]


def test_a_payment_less_a_deduction_names_the_invoice_of_that_name() -> None:
    result = match(["B1 2026-10-07 1.109,40 Havnens Iskiosk"], ["L1 2026-10-05 1.204,35 Havnens Iskiosk"])

    assert groups(result) == proposed(result) == []
    assert causes(result) == {"B1": ("near_amount", "L1"), "L1": ("near_amount", "B1")}


def test_a_payment_of_which_only_a_part_is_posted_says_so() -> None:
    bank = [line("B1 2026-10-07 1.000,00", reference="7700411")]
    ledger = [line("L1 2026-10-05 600,00", reference="7700411")]

    assert causes(match(bank, ledger)) == {"B1": ("split", "L1"), "L1": ("other_amount", "B1")}


def test_items_that_a_person_has_split_say_so() -> None:
    left, right = frame(["B1 2026-10-05 1.234,56 Husleje"]), frame(["L1 2026-10-05 1.234,56 Husleje"])
    split = Decision(
        number=1,
        robot="hovedkonto",
        period="2026-10",
        kind=DecisionKind.UNMATCH,
        who="controller",
        at=datetime(2026, 11, 2, tzinfo=UTC),
        run_id="run-1",
        left=("B1",),
        right=("L1",),
    )

    result = reconcile(
        SideInput(items=left),
        SideInput(items=right),
        rules=Rules(),
        calendar=BankCalendar(),
        decisions=[split],
    )

    assert causes(result) == {"B1": ("parted", "L1"), "L1": ("parted", "B1")}


def test_a_proposal_of_a_single_answer_is_not_said_to_have_several() -> None:
    result = match(["B1 2026-10-13 500,00"], ["L1 2026-10-05 500,00"])

    assert set(result.left["cause"]) == set(result.right["cause"]) == {"unsure"}


def test_a_proposal_of_several_answers_says_so() -> None:
    result = match(["B1 2026-10-05 500,00", "B2 2026-10-05 500,00"], ["L1 2026-10-05 500,00"])

    assert set(result.left["cause"]) == {"ambiguous"}


def test_a_proposal_says_whether_there_is_a_word_in_common() -> None:
    bank, ledger = ["B1 2026-10-13 500,00 Elværket"], ["L1 2026-10-05 500,00 Elværket"]

    assert [one.reason for one in match(bank, ledger).proposals] == ["proposal_common"]
    assert [one.reason for one in match(["B1 2026-10-13 500,00"], ledger).proposals] == ["proposal_unsure"]


def test_the_few_items_with_a_turned_sign_are_named_beside_the_many_that_are_right() -> None:
    right = [f"2026-10-{day:02} 1.{day}7,31 Havnens Iskiosk" for day in range(10, 20)]
    bank = [f"B{at} {one}" for at, one in enumerate(right)] + ["B 2026-10-05 873,41 Fjord Rengøring"]
    ledger = [f"L{at} {one}" for at, one in enumerate(right)] + ["L 2026-10-05 -873,41 Fjord Rengøring"]

    result = match(bank, ledger)

    assert len(groups(result)) == len(right)
    assert causes(result) == {"B": ("sign", "L"), "L": ("sign", "B")}


@pytest.mark.parametrize("number", ["7700411", "7700414"])
def test_of_one_item_and_doubles_on_other_days_the_nearest_pair_is_made(number: str) -> None:
    bank = [
        line(f"B{at} {day} 812,25", reference=number) for at, day in ((1, "2026-10-09"), (2, "2026-10-06"))
    ]

    result = match(bank, [line("L1 2026-10-05 812,25", reference="7700411")])

    assert groups(result) == [(("B2",), ("L1",))]


def test_a_reversal_that_two_items_could_be_is_left() -> None:
    ledger = [
        line("L1 2026-10-05 512,25", reference="7700411"),
        line("L2 2026-10-06 -512,25", reference="7700411"),
        line("L3 2026-10-07 -512,25", reference="7700411"),
    ]

    assert groups(match([], ledger)) == []


def test_what_one_side_alone_adds_to_a_name_speaks_against_nothing() -> None:
    known = [f"2026-10-{day} 1.{day}7,31 Elværket" for day in (20, 22, 26)]
    bank = [*(f"B{at} {one}" for at, one in enumerate(known)), "B 2026-10-05 500,00 Elværket"]
    ledger = [*(f"L{at} {one}" for at, one in enumerate(known)), "L 2026-10-05 500,00 Elværket Lyskryds"]

    assert (("B",), ("L",)) in groups(match(bank, ledger))


def test_two_items_of_the_opposite_amount_with_other_numbers_are_no_suspects() -> None:
    bank = [line("B1 2026-10-05 873,41", reference="7700411")]
    ledger = [line(f"L{at} 2026-10-05 -873,41", reference=f"88{at}5522") for at in (1, 2)]

    assert causes(match(bank, ledger))["B1"] == ("no_counterpart_bank", "")
