"""Amounts that recur: of one party, of many parties, in a series, and with names that are nearly alike."""

import pytest

from gevinst.domain.matching.rules import Key, MatchPass, PassKind
from unit.matching.builders import Line, groups, item, line, match, open_ids, proposed, reasons

PARTIES = ("Elværket", "Havnens Is", "Kloakservice", "Stadion Drift")


def crowd(side: str) -> list[Line]:
    """Two hundred standard amounts of four parties over forty days, each with its number."""
    amounts = ("100,00", "250,00", "500,00", "750,00", "1.000,00")
    return [
        line(
            f"{side}{at} 2026-{9 + at // 100:02}-{1 + at % 28:02} {amounts[at % 5]} {PARTIES[at % 4]}",
            reference=f"77{at:05}",
        )
        for at in range(200)
    ]


def test_a_standard_amount_of_a_party_that_has_many_is_proposed() -> None:
    bank, ledger = "B 2026-09-15 500,00 Overførsel Elværket", "L 2026-09-15 500,00 Faktura Elværket"
    assert groups(match([bank], [ledger])) == [(("B",), ("L",))]

    result = match([*crowd("B"), bank], [*crowd("L"), ledger])

    assert (("B",), ("L",)) not in groups(result)
    assert (("B",), ("L",)) in proposed(result)


def test_a_telling_amount_of_a_party_that_has_many_is_matched() -> None:
    bank, ledger = "B 2026-09-15 518,37 Overførsel Elværket", "L 2026-09-15 518,37 Faktura Elværket"

    assert (("B",), ("L",)) in groups(match([*crowd("B"), bank], [*crowd("L"), ledger]))


def weekly(side: str, *weeks: int, later: int = 0) -> list[str]:
    return [f"{side}{week} 2026-10-{7 * week - 2 + later:02} 1.234,50 Rengøring Elværket" for week in weeks]


def test_a_weekly_payment_goes_with_the_posting_of_its_week() -> None:
    result = match(weekly("B", 1, 2, 3, 4, later=1), weekly("L", 1, 2, 3, 4))

    assert groups(result) == [((f"B{week}",), (f"L{week}",)) for week in (1, 2, 3, 4)]


def test_a_week_that_is_missing_on_each_side_is_not_matched_across() -> None:
    result = match(weekly("B", 1, 3, 4), weekly("L", 1, 2, 4))

    assert groups(result) == [(("B1",), ("L1",)), (("B4",), ("L4",))]
    assert proposed(result) == [(("B3",), ("L2",))]


def rent(side: str, *days: int) -> list[str]:
    """Items of one round amount and name, on days of October 2026."""
    return [f"{side}{day} 2026-10-{day:02} 1.200,00 Husleje Fjordgården" for day in days]


def test_a_round_amount_that_recurs_goes_with_the_posting_of_its_time() -> None:
    result = match(rent("B", 6, 14, 20, 27), rent("L", 5, 12, 19, 26))

    pairs = ((6, 5), (14, 12), (20, 19), (27, 26))
    assert groups(result) == sorted(((f"B{bank}",), (f"L{ledger}",)) for bank, ledger in pairs)
    assert reasons(result) == {"series"}
    assert set(result.groups["alike"]) == {4}


@pytest.mark.parametrize(
    ("bank", "ledger"),
    [
        pytest.param((6, 14, 20), (5, 12, 19, 26), id="one side has one more"),
        pytest.param((6, 14, 20, 30), (5, 12, 19, 26), id="one is further than two bank days away"),
        pytest.param((6, 14), (5, 12), id="only twice"),
        pytest.param((6, 8, 14, 20), (5, 7, 12, 19), id="one has two near it"),
    ],
)
def test_a_round_amount_that_recurs_is_proposed_where_a_time_is_in_doubt(
    bank: tuple[int, ...], ledger: tuple[int, ...]
) -> None:
    result = match(rent("B", *bank), rent("L", *ledger))

    assert groups(result) == []
    assert proposed(result)


def test_an_item_that_two_series_could_take_leaves_both_to_a_person() -> None:
    def times(side: str, name: str, *days: int) -> list[Line]:
        return [item(f"{side}{day}", day, "500,00", name) for day in days]

    bank = [*times("B", "Havnens", 0, 20, 40), *times("C", "Iskiosk", 1, 60, 80)]
    both = item("X", 1, "500,00", "Havnens Iskiosk")
    ledger = [both, *times("L", "Havnens", 20, 40), *times("M", "Iskiosk", 60, 80)]

    for result in (match(bank, ledger), match(ledger, bank)):
        assert "series" not in reasons(result)
        assert "X" in {name for one in proposed(result) for side in one for name in side}


def test_words_and_days_that_point_to_different_items_are_for_a_person() -> None:
    ledger = ["L1 2026-10-05 1.234,50 Elværket", "L2 2026-10-09 1.234,50 Elværket Aarhus"]

    result = match(["B1 2026-10-05 1.234,50 Elværket Aarhus"], ledger)

    assert groups(result) == []
    assert proposed(result) == [(("B1",), ("L1", "L2"))]


def test_items_whose_names_differ_on_both_sides_are_not_interchangeable() -> None:
    bank = ["B1 2026-10-05 1.234,50 Jensen Byg", "B2 2026-10-05 1.234,50 Jensen og Søn"]
    ledger = ["L1 2026-10-05 1.234,50 Jensen Tag", "L2 2026-10-05 1.234,50 Jensen Mur"]

    result = match(bank, ledger)

    assert groups(result) == []
    assert proposed(result) == [(("B1", "B2"), ("L1", "L2"))]


def test_a_correction_that_names_both_parties_goes_to_the_one_that_leaves_no_strangers() -> None:
    bank = ["B1 2026-10-05 7.389,19 Fjordbyens Varmeværk", "B2 2026-10-06 7.389,19 Kloakservice Sydkysten"]
    ledger = [
        "L1 2026-10-05 7.389,19 Fjordbyens Varmeværk, fejlbetaling",
        "L2 2026-10-06 7.389,19 Kloakservice Sydkysten, rettet (var Fjordbyens Varmeværk)",
    ]

    result = match(bank, ledger)

    assert groups(result) == [(("B1",), ("L1",)), (("B2",), ("L2",))]


def test_a_pair_in_doubt_that_nobody_would_mean_takes_nothing_from_its_neighbours() -> None:
    far = ["F1 2026-01-05 71.235,11 Begyndelse", "F2 2026-12-21 91.235,11 Slutning"]
    bank = ["B1 2026-10-05 3.475,53 Fjordbyens Varmeværk", "B2 2026-10-09 3.475,53 Sydkystens Varmeværk"]
    ledger = [
        "L1 2026-10-05 3.475,53 Fjordbyens Varmeværk, fejlbetaling",
        "L2 2026-10-08 3.475,53 Sydkystens Varmeværk, rettet (var Fjordbyens Varmeværk)",
    ]

    result = match([*bank, far[0]], [*ledger, far[1]])

    assert groups(result) == [(("B1",), ("L1",)), (("B2",), ("L2",))]


def test_names_that_only_one_side_has_tell_nothing() -> None:
    bank = ["B1 2026-10-05 1.234,50 Kontingent Jensen", "B2 2026-10-05 1.234,50 Kontingent Hansen"]
    ledger = ["L1 2026-10-05 1.234,50 Kontingent", "L2 2026-10-05 1.234,50 Kontingent"]

    assert reasons(match(bank, ledger)) == {"interchangeable"}


def test_a_short_word_decides_between_names_that_are_otherwise_alike() -> None:
    bank = ["B1 2026-10-05 1.234,50 Hansen Byg og Tag", "B2 2026-10-05 1.234,50 Hansen Byg"]
    ledger = ["L1 2026-10-05 1.234,50 Hansen Byg Tag", "L2 2026-10-05 1.234,50 Hansen Byg"]

    assert groups(match(bank, ledger)) == [(("B1",), ("L1",)), (("B2",), ("L2",))]


@pytest.mark.parametrize(("day", "is_made"), [("2026-10-06", False), ("2026-10-19", True)])
def test_a_sum_of_which_another_item_could_stand_in_for_a_part_is_proposed(
    *, day: str, is_made: bool
) -> None:
    ledger = [
        "L1 2026-10-05 50,00 Regning Stadion Drift",
        "L2 2026-10-05 4.223,49 Faktura Stadion Drift",
        f"L3 {day} 50,00 Faktura Stadion Drift",
        "L4 2026-10-05 77,00 Elværket",
    ]

    result = match(["B 2026-10-07 4.273,49 Stadion Drift"], ledger)

    assert groups(result) == ([(("B",), ("L1", "L2"))] if is_made else [])
    assert bool(proposed(result)) is not is_made


def test_a_day_s_sum_that_names_someone_is_no_sum_of_others() -> None:
    parts = (
        ("1.204,35", "Kloakservice"),
        ("877,80", "Stadion Drift"),
        ("430,55", "Havnens Is"),
        ("91,17", "Skov"),
    )
    ledger = [f"L{at} 2026-10-05 {amount} {name}" for at, (amount, name) in enumerate(parts)]
    known = "2026-10-20 77,31 Elværket"

    nobody = match(["B 2026-10-05 2.603,87 Samlet"], ledger)
    another = match(["B 2026-10-05 2.603,87 Elværket", f"X {known}"], [*ledger, f"Y {known}"])

    assert groups(nobody) == [(("B",), ("L0", "L1", "L2", "L3"))]
    assert groups(another) == [(("X",), ("Y",))]


def test_two_names_with_a_common_form_of_company_are_not_one_party() -> None:
    others = [f"2026-10-{day:02} 1.{day}7,31 Firma{name} Holding" for day, name in enumerate("abcdefgh", 10)]
    bank = [*(f"B{at} {one}" for at, one in enumerate(others)), "B 2026-10-05 500,00 Elværket Holding"]
    ledger = [*(f"L{at} {one}" for at, one in enumerate(others)), "L 2026-10-05 500,00 Kloakservice Holding"]
    known = ["2026-10-20 77,31 Elværket", "2026-10-21 78,41 Kloakservice"]
    bank += [f"X{at} {one}" for at, one in enumerate(known)]
    ledger += [f"Y{at} {one}" for at, one in enumerate(known)]

    assert (("B",), ("L",)) not in groups(match(bank, ledger))


@pytest.mark.parametrize("posted", ["2026-06-29", "2026-07-20"])
def test_a_number_that_only_two_items_have_is_enough_months_apart(posted: str) -> None:
    bank = [line("B1 2026-10-05 500,00", reference="7712345")]
    ledger = [line(f"L1 {posted} 500,00", reference="7712345")]

    assert groups(match(bank, ledger)) == [(("B1",), ("L1",))]


def test_a_number_that_others_have_too_is_not_enough_months_apart() -> None:
    bank = [line("B1 2026-10-05 500,00", reference="7712345")]
    ledger = [
        line("L1 2026-06-29 500,00", reference="7712345"),
        line("L2 2026-07-20 99,00", reference="7712345"),
    ]

    assert groups(match(bank, ledger)) == []


def test_an_amount_that_only_two_items_have_reaches_further_with_a_common_word() -> None:
    bank, ledger = ["B1 2026-10-20 18.734,15 Havnens Is"], ["L1 2026-10-05 18.734,15 Havnens Is"]
    assert groups(match(bank, ledger)) == [(("B1",), ("L1",))]

    result = match(bank, [*ledger, "L2 2026-09-01 18.734,15 Elværket"])

    assert groups(result) == []
    assert open_ids(result) == {"B1", "L1", "L2"}


def test_a_pass_without_a_wider_window_has_none() -> None:
    rule = MatchPass(id="near", kind=PassKind.ONE_TO_ONE, key=Key.CODE, days=5)
    bank = [line("B1 2026-10-05 500,00", reference="7712345")]
    ledger = [line("L1 2026-09-01 500,00", reference="7712345")]

    assert groups(match(bank, ledger, passes=[rule])) == []


def test_a_year_in_the_texts_is_no_number_that_two_items_share() -> None:
    ledger = ["L1 2026-10-05 500,00 Elværket, oktober 2026", "L2 2026-10-06 -500,00 Havnens Is, oktober 2026"]

    assert groups(match([], ledger)) == []
    assert groups(match(["B1 2026-10-14 500,00 Kontingent 2026"], [ledger[0]])) == []
