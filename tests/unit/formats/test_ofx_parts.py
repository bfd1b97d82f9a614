import pytest

from gevinst.formats.ofx import ofx_day, ofx_ore
from gevinst.formats.ofx_elements import UnendedError, elements_of, without_cdata


def test_values_need_no_end_tag() -> None:
    entry, _ = elements_of("<OFX><STMTTRN><TRNAMT>1.00<NAME>Lev &amp; søn</STMTTRN></OFX>")

    assert entry.values == {"TRNAMT": "1.00", "NAME": "Lev & søn"}


def test_an_empty_value_without_end_tag_swallows_nothing() -> None:
    entry, _ = elements_of("<OFX><STMTTRN><NAME>\n<MEMO>tekst</STMTTRN></OFX>")

    assert entry.values == {"MEMO": "tekst"}


def test_an_inner_aggregate_hands_its_values_on_but_a_list_does_not() -> None:
    *_, whole = elements_of("<OFX><LEDGERBAL><BALAMT>5</LEDGERBAL><ALIST><X><Y>1</X></ALIST></OFX>")

    assert whole.values == {"LEDGERBAL/BALAMT": "5"}


def test_a_file_that_ends_within_an_element_is_cut() -> None:
    with pytest.raises(UnendedError):
        list(elements_of("<OFX>\n<STMTTRN><NAME>x"))
    with pytest.raises(UnendedError):
        without_cdata("<NAME><![CDATA[x")


@pytest.mark.parametrize(
    ("text", "ore"),
    [("-80.00", -8000), ("+00000000000000.2400", 24), ("1250,00", 125000), ("-,50", -50), ("120", 12000)],
)
def test_amounts_have_a_point_or_a_comma(text: str, ore: int) -> None:
    assert ofx_ore(text) == ore


@pytest.mark.parametrize("text", ["", "$120", "1.234,56", "1,234.56", "115.8331", "1.234", "-", "."])
def test_thousands_letters_and_parts_of_an_ore_are_no_amounts(text: str) -> None:
    assert ofx_ore(text) is None


@pytest.mark.parametrize(
    "text", ["20260105", "20260105120000", "202601051200", "20260105120000.000[-5:EST]", "20260105093914:014"]
)
def test_a_day_is_as_the_bank_wrote_it(text: str) -> None:
    assert str(ofx_day(text)) == "2026-01-05"


@pytest.mark.parametrize("text", ["", "20260230", "201120000000", "2026-01-05", "0105"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert ofx_day(text) is None
