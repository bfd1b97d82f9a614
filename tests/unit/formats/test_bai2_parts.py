import pytest

from gevinst.formats.bai2 import in_ore, sign_of
from gevinst.formats.bai2_records import records_of


def test_a_record_has_its_continuations() -> None:
    record, last = records_of("03,1,,190/\n88,500,,,110/\n49,500,3/")

    assert (record.fields, record.physical, record.line) == (["1", "", "190", "500", "", "", "110"], 2, 1)
    assert last.line == 3


def test_several_records_in_a_line_are_several() -> None:
    assert [
        (record.code, record.line) for record in records_of("16,142,1,,,,A/ 16,142,2,,,,B/  49,3,3/")
    ] == [
        ("16", 1),
        ("16", 1),
        ("49", 1),
    ]


def test_a_slash_within_a_reference_ends_nothing() -> None:
    (record,) = records_of("16,447,1,,S1,AB/GS/01,TEXT, more of it")

    assert record.fields[4:] == ["AB/GS/01", "TEXT", " more of it"]


@pytest.mark.parametrize(
    ("kind", "sign"),
    [("195", 1), ("399", 1), ("400", -1), ("699", -1), ("890", 0), ("920", None), ("x", None)],
)
def test_a_type_says_which_way_money_moves(kind: str, sign: int | None) -> None:
    assert sign_of(kind) == sign


def test_a_currency_without_cents_is_whole_and_one_with_thousandths_is_refused() -> None:
    assert (in_ore(5, "USD"), in_ore(5, "JPY"), in_ore(5, "KWD")) == (5, 500, None)
