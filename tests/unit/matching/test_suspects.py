"""What an open item is shown beside, at the limits: a wrong sign, slips, parts, deductions and doubles."""

import pytest

from unit.matching.builders import causes, groups, item, match


@pytest.mark.parametrize(
    ("bank", "ledger", "cause"),
    [
        pytest.param("1.873,41", "1.873,14", "digits", id="two digits changed places"),
        pytest.param("1.873,41", "1.783,41", "digits", id="… of the kroner"),
        pytest.param("1.873,41", "1.873,40", "near_amount", id="an øre away"),
        pytest.param("1.873,41", "1.872,41", "near_amount", id="a krone away"),
        pytest.param("8.500,00", "10.000,00", "near_amount", id="less a deduction of 15 percent"),
        pytest.param("8.499,00", "10.000,00", "no_counterpart_bank", id="… of more"),
        pytest.param("150,00", "200,00", "near_amount", id="less a fee of 50 kroner"),
        pytest.param("149,99", "200,00", "no_counterpart_bank", id="… of more"),
    ],
)
def test_an_amount_that_differs_is_shown_with_the_item_it_resembles(
    bank: str, ledger: str, cause: str
) -> None:
    result = match([item("B", 1, bank, "Havnens Iskiosk")], [item("L", 0, ledger, "Havnens Iskiosk")])

    assert groups(result) == []
    assert causes(result)["B"] == (cause, "" if cause.startswith("no_") else "L")


@pytest.mark.parametrize(("posted", "cause"), [("899,00", "split"), ("900,00", "other_amount")])
def test_a_part_of_an_amount_is_less_than_nine_tenths_of_it(posted: str, cause: str) -> None:
    bank, ledger = [item("B", 1, "1.000,00", number="7700411")], [item("L", 0, posted, number="7700411")]

    assert causes(match(bank, ledger))["B"] == (cause, "L")


@pytest.mark.parametrize(
    ("text", "on_the_bank", "in_the_ledger"),
    [
        ("Renter 3. kvartal", "interest", "no_counterpart_ledger"),
        ("Interest", "interest", "no_counterpart_ledger"),
        ("Gebyr netbank", "fee", "no_counterpart_ledger"),
        ("Omkostninger", "fee", "no_counterpart_ledger"),
        ("Kontingent", "no_counterpart_bank", "no_counterpart_ledger"),
    ],
)
def test_what_the_bank_takes_or_pays_itself_is_called_so_on_the_bank_s_side(
    text: str, on_the_bank: str, in_the_ledger: str
) -> None:
    assert causes(match([item("B", 0, "41,17", text)], []))["B"] == (on_the_bank, "")
    assert causes(match([], [item("L", 0, "41,17", text)]))["L"] == (in_the_ledger, "")


def test_a_wrong_sign_far_away_needs_more_than_the_amount() -> None:
    def suspected(days: int, text: str) -> str:
        result = match([item("B", days, "873,41", text)], [item("L", 0, "-873,41", text)])
        return causes(result)["B"][0]

    assert suspected(5, "") == "sign"
    assert suspected(6, "") == "no_counterpart_bank"
    assert suspected(15, "Elværket") == "sign"
    assert suspected(16, "Elværket") == "no_counterpart_bank"


@pytest.mark.parametrize(
    ("days", "number", "cause"),
    [(60, "7700411", "double"), (1, "", "double"), (2, "", "no_counterpart_bank")],
)
def test_a_double_is_told_by_its_number_or_by_its_words_and_day(days: int, number: str, cause: str) -> None:
    bank = [item("B", 0, "812,25", "Elværket", "7700411"), item("C", days, "812,25", "Elværket", number)]

    result = match(bank, [item("L", 0, "812,25", number="7700411")])

    assert causes(result)["C"][0] == cause


def test_of_two_wrong_signs_none_is_named_unless_it_shares_a_word() -> None:
    def suspected(text: str) -> tuple[str, str]:
        ledger = [item("L", 0, "-873,41", "Havnens Iskiosk"), item("M", 0, "-873,41", "Stadion Drift")]
        return causes(match([item("B", 0, "873,41", text)], ledger))["B"]

    assert suspected("Elværket") == ("no_counterpart_bank", "")
    assert suspected("Stadion Drift") == ("sign", "M")


@pytest.mark.parametrize(("posted", "cause"), [("-250,00", "sign"), ("2.500,00", "digits")])
def test_the_same_number_is_found_among_very_many_that_are_alike(posted: str, cause: str) -> None:
    about = [item(f"X{at:02}", 0, posted, number=f"11{at:05}") for at in range(60)]

    result = match(
        [item("B", 1, "250,00", number="7712345")], [*about, item("L", 0, posted, number="7712345")]
    )

    assert causes(result)["B"] == (cause, "L")
