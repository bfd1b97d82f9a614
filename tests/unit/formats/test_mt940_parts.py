from gevinst.formats.mt940_details import details_of
from gevinst.formats.mt940_entry import Entry, entry_of
from gevinst.formats.mt940_fields import Field, fields_of, messages_of


def entry(text: str) -> Entry:
    return entry_of(Field(tag="61", line=1, lines=text.split("\n")))


def tags(text: str) -> list[tuple[str, int]]:
    return [(field.tag, field.line) for field in fields_of(text)]


def test_a_reversed_credit_is_money_out_and_a_reversed_debit_money_in() -> None:
    amounts = [entry(f":61:260105{mark}10,00NTRFX"[4:]).amount for mark in ("C", "D", "RC", "RD", "rc")]

    assert amounts == [1000, -1000, -1000, 1000, -1000]


def test_a_day_that_does_not_exist_is_not_moved_to_one_that_does() -> None:
    read = entry("2602300301D6,00NTRFX")

    assert (read.value_date, read.booked) == (None, None)


def test_an_entry_date_is_in_the_year_nearest_the_value_date() -> None:
    days = [str(entry(f"{short}D6,00NTRFX").booked) for short in ("2601021231", "2512310102", "2606150701")]

    assert days == ["2025-12-31", "2026-01-02", "2026-07-01"]


def test_an_entry_date_of_blanks_or_zeros_is_none_given() -> None:
    days = [str(entry(f"260105{blank}D6,00NTRFX").booked) for blank in ("", "    ", "0000")]

    assert days == ["2026-01-05"] * 3


def test_a_name_after_the_reference_is_no_reference() -> None:
    assert entry("260105D6,00N0440121470966      Kontor").customer_reference == "0121470966"


def test_a_reference_that_only_says_there_is_none_is_left_out() -> None:
    read = entry("260105D6,00NTRFNONREF//KREF+")

    assert (read.customer_reference, read.bank_reference) == ("", "")


def test_an_amount_in_another_form_is_no_amount() -> None:
    assert [entry(f"260105C{text}NTRFX").amount for text in ("1,005", ",", "1,2,3", "9" * 15)] == [None] * 4


def test_a_clock_in_a_text_is_no_tag() -> None:
    text = ":61:260105C1,NTRFX\n:86:Købt 5/1 kl. 13\n:20:44 og 14\n:26:37\n:62F:C260105DKK1,"

    assert tags(text) == [("61", 1), ("86", 2), ("62F", 5)]


def test_a_statement_may_begin_right_after_a_text() -> None:
    assert tags(":86:Tekst\n:20:10 A\n:25:1\n") == [("86", 1), ("20", 2), ("25", 3)]


def test_a_tag_cut_after_its_colon_is_one_tag() -> None:
    assert tags(":61:260105C1,\n:\n86:Tekst") == [("61", 1), ("86", 2)]


def test_what_stands_between_messages_belongs_to_none() -> None:
    messages, stray = messages_of("{1:F01X}{4:\n:20:A\n:25:1\n-}\nfod\n{1:F01X}{4:\n:20:B\n:25:2\n-}{5:}\n")

    assert [message.value("25") for message in messages] == ["1", "2"]
    assert stray == []


def test_parts_cut_at_27_run_on_and_shorter_ones_end() -> None:
    read = details_of(["166?00GIRO?20SVWZ+Husleje januar 2026 le?21jemaal 12?22bolig?32Forenin?33gen"])

    assert (read.text, read.counterparty) == ("Husleje januar 2026 lejemaal 12 bolig", "Foreningen")


def test_a_full_line_of_free_text_runs_on_and_a_shorter_one_ends() -> None:
    assert details_of(["a" * 65, "b", "c"]).text == "a" * 65 + "b c"


def test_details_between_slashes_are_told_apart() -> None:
    read = details_of(["/EREF/E-1/ORDP//NAME/Borger", "service/REMI/Faktura 7/"])

    assert (read.end_to_end, read.counterparty, read.text) == ("E-1", "Borgerservice", "Faktura 7")


def test_details_without_purpose_are_their_posting_text() -> None:
    assert details_of(["808?00GEBYR?109310?30DABADKKK"]).text == "GEBYR"
