"""What is enough to match, and what is for a person."""

import pytest

from gevinst.domain.matching.rules import Key, MatchPass, PassKind
from unit.matching.builders import Line, causes, groups, line, match, open_ids, proposed, reasons

BANK = "2026-10-07"
LEDGER = "2026-10-05"


def referenced(name: str, reference: str, amount: str = "1.873,41") -> Line:
    return line(f"{name} {BANK if name[0] == 'B' else LEDGER} {amount}", reference=reference)


@pytest.mark.parametrize(
    "damaged",
    ["0007712345", "INV-7712345", "F7712345", "771 2345", "Ref 7712345", "FAKT7712345", "#7712345"],
)
def test_usual_damage_to_a_reference_is_mended(damaged: str) -> None:
    result = match([referenced("B1", damaged, "500,00")], [referenced("L1", "7712345", "500,00")])

    assert groups(result) == [(("B1",), ("L1",))]
    assert reasons(result) == {"reference"}


def test_the_number_of_a_match_is_the_longest_that_both_items_show() -> None:
    bank, ledger = referenced("B1", "NKS20261014-018"), referenced("L1", "NKS20261014-018")
    cancelled = [
        line(f"{name} {LEDGER} {amount} ST-00002") for name, amount in (("L2", "8,17"), ("L3", "-8,17"))
    ]

    result = match([bank], [ledger, *cancelled])

    assert sorted(result.groups["key"]) == ["NKS20261014018", "ST00002"]


@pytest.mark.parametrize("damaged", ["7712354", "7712845", "77123", "12345"])
def test_a_number_that_is_nearly_alike_makes_a_pair_of_its_own_kind(damaged: str) -> None:
    result = match([referenced("B1", damaged)], [referenced("L1", "7712345")])

    assert reasons(result) == {"reference_near"}
    assert result.groups["key"].tolist() == [f"{damaged} ≈ 7712345"]


def test_the_next_number_of_a_series_is_no_damage() -> None:
    bank = [referenced("B1", "7712345", "500,00"), referenced("B2", "7712347", "500,00")]
    ledger = [referenced("L1", "7712346", "500,00"), referenced("L2", "7712347", "500,00")]

    result = match(bank, ledger)

    assert groups(result) == [(("B2",), ("L2",))]
    assert proposed(result) == [(("B1",), ("L1",))]


def test_ids_that_only_count_rows_link_nothing() -> None:
    result = match([f"B100023 {BANK} 250,00"], [f"L100023 {LEDGER} 250,00", f"L100024 {LEDGER} 250,00"])

    assert groups(result) == []


def test_an_amount_of_many_digits_that_stands_alone_is_enough() -> None:
    result = match([f"B1 {BANK} 18.734,15 Overførsel"], [f"L1 {LEDGER} 18.734,15 Havnens Is"])

    assert reasons(result) == {"amount_date"}


def test_a_round_amount_a_week_apart_is_proposed() -> None:
    result = match(["B1 2026-10-13 500,00"], ["L1 2026-10-05 500,00"])

    assert groups(result) == []
    assert [one.reason for one in result.proposals] == ["proposal_unsure"]


def test_a_round_amount_goes_by_a_common_name() -> None:
    bank = [f"B1 {BANK} 500,00 Elværket", f"B2 {BANK} 500,00 Havnens Is"]
    ledger = [f"L1 {LEDGER} 500,00 Havnens Is", f"L2 {LEDGER} 500,00 Elværket"]

    assert groups(match(bank, ledger)) == [(("B1",), ("L2",)), (("B2",), ("L1",))]


def test_a_round_amount_of_two_other_names_is_not_matched() -> None:
    bank = [f"B1 {BANK} 500,00 Elværket", f"B2 {BANK} 70,13 Havnens Is"]
    ledger = [f"L1 {LEDGER} 500,00 Havnens Is", "L2 2026-10-05 19,27 Elværket"]

    assert groups(match(bank, ledger)) == []


def test_words_that_only_say_what_a_row_is_are_no_evidence() -> None:
    result = match(["B1 2026-10-13 500,00 Betaling faktura"], ["L1 2026-10-05 500,00 Betaling faktura"])

    assert groups(result) == []


def test_as_many_alike_items_on_both_sides_pair_in_order() -> None:
    bank = [f"B{number} {BANK} 100,00" for number in range(3)]
    ledger = [f"L{number} {LEDGER} 100,00" for number in range(3)]

    result = match(bank, ledger)

    assert reasons(result) == {"interchangeable"}
    assert result.groups["alike"].tolist() == [3, 3, 3]


def test_a_payment_that_names_its_invoices_pays_them() -> None:
    ledger = [referenced("L1", "7700411", "500,00"), referenced("L2", "7700522", "250,00")]

    result = match([f"B1 {BANK} 750,00 Faktura 7700411, 7700522"], ledger)

    assert groups(result) == [(("B1",), ("L1", "L2"))]
    assert reasons(result) == {"batch_reference"}


def test_a_batch_with_a_member_missing_stays_open() -> None:
    ledger = [referenced("L1", "88001234", "512,25"), referenced("L2", "88001234", "99,10")]

    result = match([referenced("B1", "88001234", "700,00")], ledger)

    assert open_ids(result) == {"B1", "L1", "L2"}


def test_the_only_combination_of_one_customer_is_taken() -> None:
    ledger = [
        f"L1 {LEDGER} 1.204,35 Elværket",
        f"L2 {LEDGER} 877,80 Elværket",
        "L3 2026-10-06 430,55 Elværket",
    ]  # fmt: skip

    result = match([f"B1 {BANK} 1.634,90 Elværket"], ledger)

    assert groups(result) == [(("B1",), ("L1", "L3"))]
    assert reasons(result) == {"subset"}


def test_round_amounts_that_happen_to_add_up_are_proposed() -> None:
    ledger = [
        f"L{number} {LEDGER} {amount} Elværket"
        for number, amount in enumerate(("500,00", "250,00", "750,00"))
    ]

    result = match([f"B1 {BANK} 1.000,00 Elværket"], ledger)

    assert groups(result) == []
    assert proposed(result) == [(("B1",), ("L1", "L2"))]
    assert [one.reason for one in result.proposals] == ["proposal_sum"]


def test_several_combinations_are_a_proposal_with_each_of_them() -> None:
    ledger = [
        f"L1 {LEDGER} 101,11 Elværket",
        "L2 2026-10-06 202,22 Elværket",
        "L3 2026-10-07 202,22 Elværket",
    ]  # fmt: skip

    (proposal,) = match([f"B1 {BANK} 303,33 Elværket"], ledger).proposals

    assert proposal.reason == "proposal_subset"
    assert proposal.alternatives == ((("B1",), ("L1", "L2")), (("B1",), ("L1", "L3")))


def test_a_posting_taken_back_cancels_itself() -> None:
    ledger = [referenced("L1", "7700411", "500,00"), referenced("L2", "7700411", "-500,00")]

    assert groups(match([], ledger)) == [((), ("L1", "L2"))]


def test_a_wrong_sign_is_named_and_not_matched() -> None:
    result = match([f"B1 {BANK} 1.873,41 Elværket"], [f"L1 {LEDGER} -1.873,41 Elværket"])

    assert causes(result) == {"B1": ("sign", "L1"), "L1": ("sign", "B1")}


def test_swapped_digits_in_an_amount_are_named_and_not_matched() -> None:
    result = match([f"B1 {BANK} 1.873,41 Elværket"], [f"L1 {LEDGER} 1.837,41 Elværket"])

    assert causes(result) == {"B1": ("digits", "L1"), "L1": ("digits", "B1")}


def test_an_amount_that_is_an_oere_off_names_the_item_it_resembles() -> None:
    result = match([f"B1 {BANK} 1.200,01 Elværket"], [f"L1 {LEDGER} 1.200,00 Elværket"])

    assert causes(result) == {"B1": ("near_amount", "L1"), "L1": ("near_amount", "B1")}


def test_two_items_alike_but_an_oere_are_no_hint_when_a_third_is_too() -> None:
    ledger = [f"L1 {LEDGER} 1.200,00 Elværket", f"L2 {LEDGER} 1.200,05 Elværket"]

    assert causes(match([f"B1 {BANK} 1.200,01 Elværket"], ledger))["B1"] == ("no_counterpart_bank", "")


def test_the_only_item_of_a_telling_amount_is_named_however_far_away() -> None:
    result = match(["B1 2026-10-05 12.345,67"], ["L1 2026-11-05 12.345,67"])

    assert causes(result) == {"B1": ("far", "L1"), "L1": ("far", "B1")}


def test_a_round_amount_far_away_is_no_hint() -> None:
    result = match(["B1 2026-10-05 500,00"], ["L1 2026-11-25 500,00"])

    assert {key for key, _ in causes(result).values()} == {"no_counterpart_bank", "no_counterpart_ledger"}


@pytest.mark.parametrize(
    ("total", "parts"), [("1.500,00", ("500,00", "1.000,00")), ("9.862,50", ("10.000,00", "-137,50"))]
)
def test_what_is_left_of_a_day_and_comes_to_one_item_is_proposed(total: str, parts: tuple[str, str]) -> None:
    ledger = [f"L{number} {LEDGER} {amount}" for number, amount in enumerate(parts)]

    result = match([f"B1 {LEDGER} {total}"], ledger)

    assert groups(result) == []
    assert proposed(result) == [(("B1",), ("L0", "L1"))]


def test_a_day_of_which_something_else_is_left_is_not_proposed() -> None:
    ledger = [f"L1 {LEDGER} 500,00", f"L2 {LEDGER} 1.000,00", f"L3 {LEDGER} 77,00"]

    assert proposed(match([f"B1 {LEDGER} 1.500,00"], ledger)) == []


def test_a_tolerance_pass_books_its_difference() -> None:
    rule = MatchPass(
        id="oere", kind=PassKind.TOLERANCE, key=Key.CODE, tolerance=50, difference_account="4.0 ører"
    )

    result = match(
        [referenced("B1", "7712345", "100,00")], [referenced("L1", "7712345", "100,25")], passes=[rule]
    )

    assert result.groups["difference"].tolist() == [-25]
    assert result.groups["difference_account"].tolist() == ["4.0 ører"]
    assert result.bridge.difference == 0


def test_a_round_member_of_a_batch_waits_for_its_sum() -> None:
    bank = [f"B1 {BANK} 250,00 Elværket", f"B2 {BANK} 1.123,45 Samlet Elværket"]
    ledger = [f"L1 {LEDGER} 250,00 Kontingent Elværket", f"L2 {LEDGER} 873,45 Kontingent Elværket"]

    result = match(bank, ledger)

    assert groups(result) == [(("B2",), ("L1", "L2"))]
    assert open_ids(result) == {"B1"}
