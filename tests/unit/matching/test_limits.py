"""Each rule at its limit: what is just enough to match, and what is just too little."""

from collections.abc import Callable
from datetime import UTC, datetime

import pandas as pd
import pytest

from gevinst.domain.decision import Decision, DecisionKind
from gevinst.domain.finding import Finding, Severity
from gevinst.domain.matching.codes import is_fik_id, near_codes
from gevinst.domain.matching.engine import SideInput, reconcile
from gevinst.domain.matching.rules import Key, MatchPass, PassKind, Rules
from gevinst.domain.matching.signs import compare_signs
from gevinst.domain.place import Place
from unit.matching.builders import (
    CALENDAR,
    Line,
    Pair,
    after,
    frame,
    groups,
    item,
    match,
    open_ids,
    proposed,
    reasons,
)

Sides = tuple[list[Line], list[Line]]


def a_number_of_three(days: int) -> Sides:
    return (
        [item("B", days, "1.873,41", number="7712345")],
        [item("L", 0, "1.873,41", number="7712345"), item("X", 0, "41,00", number="7712345")],
    )


def a_number_of_two(days: int) -> Sides:
    return [item("B", days, "500,00", number="7712345")], [item("L", 0, "500,00", number="7712345")]


def a_damaged_number(days: int) -> Sides:
    return [item("B", days, "1.873,41", number="7712346")], [item("L", 0, "1.873,41", number="7712345")]


def a_word(days: int) -> Sides:
    others = [item("X", 200, "1.873,41", "Elværket")]
    return [item("B", days, "1.873,41", "Havnens Iskiosk")], [
        item("L", 0, "1.873,41", "Havnens Iskiosk"),
        *others,
    ]


def a_word_alone(days: int) -> Sides:
    return [item("B", days, "1.873,41", "Havnens Iskiosk")], [item("L", 0, "1.873,41", "Havnens Iskiosk")]


def a_round_amount_and_a_word(days: int) -> Sides:
    far = [item("F", 60, "71.235,11")]
    return [item("B", days, "500,00", "Elværket"), *far], [item("L", 0, "500,00", "Elværket")]


def a_round_amount_and_a_name(days: int) -> Sides:
    far = [item("F", 60, "71.235,11")]
    return [item("B", days, "500,00", "Fjordens Elværk"), *far], [item("L", 0, "500,00", "Fjordens Elværk")]


def an_amount(days: int) -> Sides:
    return [item("B", days, "18.734,15")], [item("L", 0, "18.734,15")]


def an_amount_that_recurs(days: int) -> Sides:
    others = [item(f"X{at}", at, "1.873,41", "Elværket") for at in (40, 80)]
    return [item("B", days, "1.873,41", "Elværket")], [item("L", 0, "1.873,41", "Elværket"), *others]


def a_reversal(days: int) -> Sides:
    return [], [item("L", 0, "512,25", number="7700411"), item("M", days, "-512,25", number="7700411")]


def a_batch_of_a_number(days: int) -> Sides:
    parts = [item("L", 0, "512,25", number="88001234"), item("M", 0, "99,10", number="88001234")]
    return [item("B", days, "611,35", number="88001234")], [*parts, item("X", 1, "7,00", number="88001234")]


def instalments(days: int) -> Sides:
    parts = [item("B", days, "512,25", number="88001234"), item("C", 1, "99,10", number="88001234")]
    return parts, [item("L", 0, "611,35", number="88001234")]


def a_payment_of_two_invoices(days: int) -> Sides:
    ledger = [item("L", 0, "500,00", number="7700411"), item("M", 0, "250,00", number="7700522")]
    return [item("B", days, "750,00", "Faktura 7700411, 7700522")], ledger


def several_against_several(days: int) -> Sides:
    bank = [item("B", days, "611,35", number="88001234"), item("C", days, "100,00", number="88001234")]
    ledger = [item("L", 0, "700,00", number="88001234"), item("M", 0, "11,35", number="88001234")]
    return bank, ledger


def a_batch_of_a_word(days: int) -> Sides:
    parts = [item(f"L{at}", 0, f"{100 + 37 * at},{10 + at}", "Elværket") for at in range(6)]
    return [item("B", days, "1.155,75", "Elværket")], parts


def a_batch_of_a_day(days: int) -> Sides:
    parts = [item(f"L{at}", 0, f"{100 + 37 * at},{10 + at}") for at in range(6)]
    return [item("B", days, "1.155,75")], parts


def a_subset(days: int) -> Sides:
    return [item("B", days, "1.634,90", "Elværket")], [
        item("L", 0, "1.204,35", "Elværket"),
        item("M", 1, "430,55", "Elværket"),
        item("X", 1, "877,80", "Elværket"),
    ]


WINDOWS: list[tuple[Callable[[int], Sides], str, int]] = [
    (a_number_of_three, "reference", 15),
    (a_number_of_two, "reference", 130),
    (a_damaged_number, "reference-near", 10),
    (a_word, "text-date", 6),
    (a_word_alone, "text-date", 15),
    (a_round_amount_and_a_word, "text-date", 3),
    (a_round_amount_and_a_name, "text-date", 6),
    (an_amount, "amount-date", 6),
    (an_amount_that_recurs, "text-date", 2),
    (a_reversal, "reversal", 15),
    (a_batch_of_a_number, "batch-reference", 15),
    (instalments, "batch-reference", 130),
    (a_payment_of_two_invoices, "batch-reference", 15),
    (several_against_several, "batch-reference", 15),
    (a_batch_of_a_word, "batch-text", 6),
    (a_batch_of_a_day, "batch-day", 6),
    (a_subset, "subset", 6),
]


@pytest.mark.parametrize(("make", "by", "days"), WINDOWS, ids=[make.__name__ for make, _, _ in WINDOWS])
def test_the_last_day_of_a_window_is_in_it_and_the_next_is_not(
    make: Callable[[int], Sides], by: str, days: int
) -> None:
    inside, outside = match(*make(days)), match(*make(days + 1))

    assert inside.groups["pass_id"].tolist() == [by]
    assert inside.groups[["candidates", "alike"]].to_numpy().tolist() == [[0, 0]]
    assert outside.groups["pass_id"].tolist() == []


def linked(pairs: int) -> Sides:
    """So many pairs by numbers of seven digits."""
    numbers = [f"{77}{at}{at}{at}{at}{at}" for at in range(1, pairs + 1)]
    bank = [item(f"B{at}", at, f"{at}17,31", number=number) for at, number in enumerate(numbers, 1)]
    return bank, [item(f"L{at}", at, f"{at}17,31", number=number) for at, number in enumerate(numbers, 1)]


@pytest.mark.parametrize(
    ("pairs", "amount", "numbers", "is_made"),
    [
        pytest.param(3, "18.734,15", ("8812345", "8867890"), False, id="as three pairs have"),
        pytest.param(2, "18.734,15", ("8812345", "8867890"), True, id="two pairs are no custom yet"),
        pytest.param(1, "500,00", ("8812345", "8867890"), False, id="one is enough against a round amount"),
        pytest.param(3, "18.734,15", ("8812345", "88678"), True, id="of another form"),
        pytest.param(3, "18.734,15", ("8812345", "8892375"), True, id="two places may be damage"),
        pytest.param(3, "18.734,15", ("8812345", "8892775"), False, id="three are another number"),
        pytest.param(1, "500,00", ("8812345", "8892375"), False, id="damage is no help to a round amount"),
    ],
)
def test_numbers_of_the_form_that_links_the_sides_speak_against_a_pair(
    *, pairs: int, amount: str, numbers: tuple[str, str], is_made: bool
) -> None:
    bank, ledger = linked(pairs)
    bank.append(item("B", 30, amount, number=numbers[0]))
    ledger.append(item("L", 30, amount, number=numbers[1]))

    result = match(bank, ledger)

    assert ((("B",), ("L",)) in groups(result)) is is_made
    assert [one.reason for one in result.proposals] == [] if is_made else ["proposal_conflict"]


def test_a_sum_whose_items_have_other_numbers_is_not_made() -> None:
    bank, ledger = linked(1)
    parts = [
        item("L", 30, "1.204,35", "Elværket", "8811111"),
        item("M", 30, "430,55", "Elværket", "8822222"),
    ]

    for number, made in (("8833333", []), ("", [(("B",), ("L", "M"))])):
        result = match([*bank, item("B", 30, "1.634,90", "Elværket", number)], [*ledger, *parts])
        assert [group for group in groups(result) if group[0] == ("B",)] == made


@pytest.mark.parametrize(
    ("digits", "is_right"),
    [
        ("041200007113571", True),
        ("041200007113572", False),
        ("999999999999994", True),
        ("900000000000001", True),
        ("900000000000009", False),
    ],
)
def test_a_payment_id_is_known_by_its_check_digit(*, digits: str, is_right: bool) -> None:
    weighed = [int(digit) * (1 + at % 2) for at, digit in enumerate(digits)]
    assert (sum(map(int, "".join(map(str, weighed)))) % 10 == 0) is is_right

    assert is_fik_id(digits) is is_right


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("7712345", "7712346", "digit"),
        ("7712345", "7712354", "swap"),
        ("7712345", "7721345", "swap"),
        ("7712345", "7752341", ""),
        ("7712345", "7713355", ""),
        ("7712345", "77123", "cut"),
        ("7712345", "12345", "cut"),
        ("7712345", "71234", ""),
        ("7712345", "7712", ""),
        ("77123", "77124", "digit"),
        ("7712", "7713", ""),
    ],
)
def test_two_numbers_are_nearly_alike_by_one_slip(one: str, other: str, kind: str) -> None:
    assert near_codes(one, other) == near_codes(other, one) == kind


def turned(same: int, opposite: int) -> bool:
    amounts = [at * 1_000 + 41 for at in range(same + opposite)]
    ledger = [amount if at < same else -amount for at, amount in enumerate(amounts)]
    return compare_signs(pd.Series(amounts), pd.Series(ledger)).reversed


def test_a_side_is_turned_when_most_of_its_amounts_are_opposite() -> None:
    assert turned(0, 3)
    assert not turned(0, 2)
    assert turned(2, 7)
    assert not turned(2, 6)


def test_a_zero_is_on_neither_side() -> None:
    verdict = compare_signs(pd.Series([0, 0, 0, 0]), pd.Series([0, 0, 0, 0]))

    assert (verdict.same, verdict.opposite) == (0, 0)


def test_a_settlement_gathers_ten_days_and_no_more() -> None:
    rule = MatchPass(id="kort", kind=PassKind.NET_OF_FEE, days=30, fee_rate_low=0, fee_rate_high=20_000)

    def settled(days: int) -> list[str]:
        gross = [item(f"L{at}", at, f"{100 + at},00", number="A0043194") for at in range(days)]
        net = sum(one.amount for one in gross) * 99 // 100
        bank = Line(id="B", booked=after(days), amount=net, reference="A0043194")
        return match([bank], gross, passes=[rule]).groups["reason"].tolist()

    assert settled(10) == ["net_of_fee"]
    assert settled(11) == []


@pytest.mark.parametrize(
    ("net", "is_made"),
    [
        ("99,00", True),
        ("98,99", False),
        ("99,70", True),
        ("99,71", False),
        ("100,00", False),
        ("100,50", False),
        ("-99,00", False),
    ],
)
def test_a_fee_is_within_the_rates_of_its_rule(*, net: str, is_made: bool) -> None:
    rule = MatchPass(id="kort", kind=PassKind.NET_OF_FEE, fee_rate_low=3_000, fee_rate_high=10_000)

    result = match(
        [item("B", 1, net, number="A0043194")], [item("L", 0, "100,00", number="A0043194")], passes=[rule]
    )

    assert bool(groups(result)) is is_made


def test_a_settlement_pays_nothing_that_was_sold_after_it() -> None:
    rule = MatchPass(id="kort", kind=PassKind.NET_OF_FEE, fee_rate_low=0, fee_rate_high=20_000)
    bank = [item("B", 3, "99,00", number="A0043194")]

    for day, made in ((3, True), (4, False)):
        result = match(bank, [item("L", day, "100,00", number="A0043194")], passes=[rule])
        assert bool(groups(result)) is made


def test_two_settlements_that_could_be_of_one_sale_are_left() -> None:
    rule = MatchPass(id="kort", kind=PassKind.NET_OF_FEE, fee_rate_low=0, fee_rate_high=20_000)
    bank = [item("B", 1, "99,00", number="A0043194"), item("C", 2, "99,10", number="A0043194")]

    assert groups(match(bank, [item("L", 0, "100,00", number="A0043194")], passes=[rule])) == []


@pytest.mark.parametrize(
    ("paid", "is_in_turn"),
    [
        pytest.param((1, 5, 9), True, id="each nearest its own"),
        pytest.param((4, 8, 9), False, id="crosswise is as near"),
        pytest.param((5, 9, 13), False, id="crosswise is nearer"),
    ],
)
def test_items_of_one_number_pair_by_day_where_no_other_way_is_as_near(
    *, paid: tuple[int, ...], is_in_turn: bool
) -> None:
    bank = [item(f"B{at}", day, "812,25", number="7700411") for at, day in enumerate(paid)]
    posted = [item(f"L{at}", day, "812,25", number="7700411") for at, day in enumerate((0, 4, 8))]

    made = groups(match(bank, posted))

    assert (made == [((f"B{at}",), (f"L{at}",)) for at in range(3)]) is is_in_turn


def test_a_round_amount_alone_among_twelve_others_is_enough_and_among_thirteen_not() -> None:
    def crowded(others: int) -> bool:
        about = [item(f"X{at}", 0, f"{at + 1}0,00") for at in range(others)]
        bank, ledger = [item("B", 1, "500,00"), *about], [item("L", 0, "500,00")]
        return (("B",), ("L",)) in groups(match(bank, ledger))

    assert crowded(11)
    assert not crowded(12)


def named(name: str, on_the_bank: str, *, days: int = 1) -> bool:
    """Whether a payment gathers two postings by a name that is written in another way."""
    ledger = [item("L", 0, "1.204,35", name), item("M", 1, "877,80", name)]
    about = [item(f"X{at}", at % 3, f"{300 + 41 * at},{11 + at}", "Diverse") for at in range(14)]
    result = match([item("B", days, "2.082,15", on_the_bank)], [*ledger, *about])
    return (("B",), ("L", "M")) in groups(result)


def test_names_are_alike_by_most_letters_of_the_shorter_one() -> None:
    assert named("Ny Fjordgårdens Vikarservice og Rengøring", "NYFJORDGÅRDENSV")
    assert named("Kloakmester", "KLAKMESTER")
    assert not named("Kloakmester", "KLOAVNSHOLT")
    assert not named("Bo Lund", "BOLUND")  # too short to be told from others


def test_names_are_looked_for_within_the_window() -> None:
    assert named("Fjord Vikarservice", "FJORDVIKARSERVIC", days=6)
    assert not named("Fjord Vikarservice", "FJORDVIKARSERVIC", days=8)


def test_sums_are_sought_by_name_though_the_days_are_crowded() -> None:
    about = [item(f"X{at}", at % 3, f"{300 + 41 * at},{11 + at}", "Diverse") for at in range(40)]
    ledger = [item("L", 0, "1.204,35", "Elværket"), item("M", 2, "430,55", "Elværket"), *about]

    for day, is_made in ((5, True), (9, False)):
        result = match([item("B", day, "1.634,90", "Elværket"), item("F", 60, "3,11", "Elværket")], ledger)
        assert ((("B",), ("L", "M")) in groups(result)) is is_made


def test_a_payment_back_is_the_sum_of_credits() -> None:
    amounts = ("-1.204,35", "-430,55", "-877,80")
    ledger = [item(f"L{at}", at, amount, "Elværket") for at, amount in enumerate(amounts)]

    result = match([item("B", 2, "-1.634,90", "Elværket")], ledger)

    assert groups(result) == [(("B",), ("L0", "L1"))]
    assert reasons(result) == {"subset"}


def test_a_proposed_sum_does_not_take_an_item_of_another_proposal() -> None:
    ledger = [item(f"L{at}", at, amount, "Elværket") for at, amount in enumerate(("500,00", "250,00"))]
    bank = [item("B", 1, "750,00", "Elværket"), item("C", 2, "500,00", "Elværket")]
    bank += [item("D", 2, "500,00", "Elværket")]

    result = match(bank, ledger)

    held = [one for proposal in result.proposals for one in (*proposal.left, *proposal.right)]
    assert len(held) == len(set(held))
    assert proposed(result) == [(("C", "D"), ("L0",))]


def test_a_pass_may_be_kept_to_rows_that_say_a_word() -> None:
    rule = MatchPass(id="kort", kind=PassKind.ONE_TO_ONE, key=Key.NONE, text_contains=("kortafr",))
    bank = [item("B", 0, "1.873,41", "KORTAFR. 3104"), item("C", 0, "2.917,33", "Overførsel")]
    ledger = [item("L", 0, "1.873,41"), item("M", 0, "2.917,33")]

    result = match(bank, ledger, passes=[rule])

    assert groups(result) == [(("B",), ("L",))]
    assert open_ids(result) == {"C", "M"}


@pytest.mark.parametrize(("days", "made"), [(2, [(("B",), ("M",))]), (3, [])])
def test_a_word_more_does_not_outweigh_three_days(days: int, made: list[Pair]) -> None:
    ledger = [item("L", 0, "1.234,50", "Elværket"), item("M", days, "1.234,50", "Elværket Aarhus")]

    assert groups(match([item("B", 0, "1.234,50", "Elværket Aarhus")], ledger)) == made


def test_names_decide_whatever_the_order_of_the_rows() -> None:
    bank = [item("B", 0, "1.234,50", "1 Hansen Byg og Tag Fjorden"), item("C", 0, "1.234,50", "2 Hansen Byg")]
    ledger = [item("L", 0, "1.234,50", "1 Hansen Byg"), item("M", 0, "1.234,50", "2 Hansen Byg Tag Fjorden")]

    assert groups(match(bank, ledger)) == [(("B",), ("M",)), (("C",), ("L",))]


@pytest.mark.parametrize(
    ("days", "made"),
    [
        ((2, 3), []),  # two and two days apart, or one and three
        ((2, 7), [(("B0",), ("L0",)), (("B1",), ("L1",))]),
    ],
)
def test_two_ways_to_pair_four_alike_that_are_as_near_are_left_to_a_person(
    days: tuple[int, int], made: list[Pair]
) -> None:
    result = match(
        [
            *(item(f"B{at}", day, "17.648,91", "Idrætshallen") for at, day in enumerate(days)),
            item("F", 90, "71.235,11"),
        ],
        [item(f"L{at}", day - 2, "17.648,91", "Idrætshallen") for at, day in enumerate(days)],
    )

    assert groups(result) == made
    assert bool(proposed(result)) is not bool(made)


def test_items_that_can_be_paired_in_one_way_are() -> None:
    bank = [item("B", 0, "1.234,50", "Elværket Havneparken"), item("C", 1, "1.234,50", "Havneparken")]
    ledger = [item("L", 0, "1.234,50", "Elværket"), item("M", 1, "1.234,50", "Havneparken")]

    assert groups(match(bank, ledger)) == [(("B",), ("L",)), (("C",), ("M",))]


def test_an_amount_that_a_third_item_has_does_not_pair_two_other_names() -> None:
    bank = [item("B", 1, "1.873,41", "Elværket"), item("X", 20, "77,31", "Havnens Iskiosk")]
    ledger = [item("L", 0, "1.873,41", "Havnens Iskiosk"), item("Y", 40, "78,41", "Elværket")]
    assert (("B",), ("L",)) in groups(match(bank, ledger))

    assert (("B",), ("L",)) not in groups(match(bank, [*ledger, item("Z", 60, "1.873,41", "Stadion")]))


@pytest.mark.parametrize("numbers", ["7712345 7712346 7712347", "7712345 7722345 7732345"])
def test_where_numbers_are_given_out_in_a_row_one_digit_is_no_damage(numbers: str) -> None:
    one, other, known = numbers.split()
    bank, ledger = [item("B", 1, "500,00", number=one)], [item("L", 0, "500,00", number=other)]
    assert reasons(match(bank, ledger)) == {"reference_near"}

    third = [item("X", 3, "41,00", number=known)], [item("Y", 3, "41,00", number=known)]

    assert groups(match([*bank, *third[0]], [*ledger, *third[1]])) == [(("X",), ("Y",))]


def test_of_a_crowd_the_kind_that_is_larger_leaves_some_open() -> None:
    bank = [item(f"B{at:03}", 0, "1.234,56", "Kontingent") for at in range(210)]
    ledger = [item(f"L{at:03}", 0, "1.234,56", "Kontingent") for at in range(205)]

    result = match(bank, ledger)

    assert reasons(result) == {"interchangeable"}
    assert len(groups(result)) == 205
    assert set(result.groups["alike"]) == {210}
    assert set(result.groups["candidates"]) == {209}


def decision(number: int, kind: DecisionKind, left: str, right: str, *, amount: int = 0) -> Decision:
    return Decision(
        number=number,
        robot="hovedkonto",
        period="2026-10",
        kind=kind,
        who="controller",
        at=datetime(2026, 11, 2, tzinfo=UTC),
        run_id="run-1",
        left=(left,),
        right=(right,),
        amount_left=amount,
        amount_right=amount,
    )


def decided(bank: list[Line], ledger: list[Line], *decisions: Decision) -> list[Pair]:
    left, right = (SideInput(items=frame(side)) for side in (bank, ledger))
    return groups(reconcile(left, right, rules=Rules(), calendar=CALENDAR, decisions=decisions))


def test_what_people_split_may_still_go_with_others() -> None:
    parts = [item("M", 0, "512,25", number="88001234"), item("N", 0, "99,10", number="88001234")]
    bank, ledger = [item("B", 1, "611,35", number="88001234")], [item("L", 0, "77,00"), *parts]

    split = decision(1, DecisionKind.UNMATCH, "B", "L")

    assert decided(bank, ledger, split) == [(("B",), ("M", "N"))]


def test_a_later_split_from_another_item_leaves_what_was_matched() -> None:
    bank, ledger = [item("B", 1, "77,00")], [item("L", 40, "77,00"), item("M", 0, "77,00")]

    matched = decision(1, DecisionKind.MATCH, "B", "L", amount=7_700)
    split = decision(2, DecisionKind.UNMATCH, "B", "M")

    assert decided(bank, ledger, matched, split) == [(("B",), ("L",))]


@pytest.mark.parametrize(("severity", "is_matched"), [(Severity.WARNING, True), (Severity.ERROR, False)])
def test_a_warning_stops_nothing_and_an_error_stops_all(*, severity: Severity, is_matched: bool) -> None:
    finding = Finding(code="FIL-001", place=Place(file="udtog.csv"), severity=severity)
    bank, ledger = (frame([item(name, 0, "18.734,15")]) for name in ("B", "L"))

    result = reconcile(
        SideInput(items=bank, findings=(finding,)),
        SideInput(items=ledger),
        rules=Rules(),
        calendar=CALENDAR,
    )

    assert bool(groups(result)) is is_matched
    assert (result.warnings, result.rejected) == (((finding,), ()) if is_matched else ((), (finding,)))
