from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError, Severity
from gevinst.domain.source import SourceRead
from gevinst.formats.mapping import MappingError
from gevinst.formats.reading import read_source, unsure
from gevinst.texts import Texts
from gevinst.texts.findings import finding_text

BANK = """Dato;Tekst;Beløb;Saldo
05-01-2026;Løn;-1.250,00;8.750,00
06-01-2026;Husleje;500,00;9.250,00
19-01-2026;Gebyr;-25,50;9.224,50
"""


def read(folder: Path, text: str, *, encoding: str = "utf-8", **told: str) -> SourceRead:
    file = folder / "fil.csv"
    file.write_bytes(text.encode(encoding))
    return read_source(file, mapping=told)


def taken(source: SourceRead, subject: str) -> str:
    return [one.taken for one in source.assumptions if one.subject == subject][-1]


def codes(source: SourceRead) -> list[str]:
    return [f"{finding.code} {finding.place}" for finding in source.findings]


def rejected(folder: Path, text: str, **told: str) -> list[str]:
    with pytest.raises(InputRejectedError) as caught:
        read(folder, text, **told)
    return [finding.code for finding in caught.value.findings]


def test_an_unknown_bank_file_is_read_and_proved(tmp_path: Path) -> None:
    source = read(tmp_path, BANK, encoding="cp1252")

    assert list(source.items["amount"]) == [-125000, 50000, -2550]
    assert list(source.items["item_id"]) == ["row:2", "row:3", "row:4"]
    assert list(source.items["place_cell"]) == ["C2", "C3", "C4"]
    assert [(one.opening, one.closing, one.movements) for one in source.statements] == [
        (1000000, 922450, -77550)
    ]
    assert (source.rows.in_file, source.rows.read, source.rows.skipped, source.rows.rejected) == (4, 3, 1, 0)
    assert (source.findings, unsure(source)) == ((), [])


def test_a_file_says_why_a_column_is_the_amount(tmp_path: Path) -> None:
    amount = next(one for one in read(tmp_path, BANK).assumptions if one.subject == "amount")

    assert amount.because == "assumption.amount.balance"
    assert (amount.facts["column"], amount.facts["rows"]) == ("Beløb", 3)


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
def test_a_separator_is_found(tmp_path: Path, separator: str) -> None:
    text = (
        BANK.replace(",", ".").replace(";", separator) if separator == "," else BANK.replace(";", separator)
    )

    assert (
        taken(read(tmp_path, text.replace("1.250.00", "1250.00").replace(".750.00", "750.00")), "separator")
        == separator
    )


def test_title_rows_stand_above_the_header(tmp_path: Path) -> None:
    source = read(tmp_path, "Kontoudtog konto: 1234 5678901\n\n" + BANK)

    assert (source.items["account"].unique().tolist(), source.rows.skipped) == (["1234 5678901"], 3)
    assert source.skipped == ((1, "skipped.title"), (3, "skipped.header"))


def test_a_letter_in_an_amount_is_one_finding_at_its_cell(tmp_path: Path) -> None:
    source = read(tmp_path, BANK.replace("500,00;", "5O0,00;"))

    assert codes(source) == ["CEL-001 fil.csv:C3"]
    assert (source.findings[0].found, source.findings[0].place.line) == ("5O0,00", 3)
    assert (len(source.items), source.rows.rejected) == (2, 1)


def test_every_faulty_cell_is_told_at_once(tmp_path: Path) -> None:
    text = BANK.replace("05-01-2026", "31-02-2026").replace("500,00", "#N/A").replace("-25,50", "")

    assert codes(read(tmp_path, text)) == ["CEL-002 fil.csv:A2", "CEL-003 fil.csv:C3", "CEL-007 fil.csv:C4"]


def test_a_cpr_number_in_a_bad_cell_is_masked(tmp_path: Path) -> None:
    source = read(tmp_path, BANK.replace("500,00;", "010180-1234 kr;"))

    assert source.findings[0].found == "010180-XXXX kr"


def test_a_field_too_many_is_a_finding_and_shifts_nothing(tmp_path: Path) -> None:
    source = read(tmp_path, BANK.replace("Husleje;", "Husleje; marts;"))

    assert codes(source) == ["CEL-005 fil.csv:3"]
    assert source.findings[0].facts == {"fields": 5, "wanted": 4}


def test_a_last_line_without_end_and_with_too_few_fields_is_half_written(tmp_path: Path) -> None:
    source = read(tmp_path, BANK.removesuffix(";-25,50;9.224,50\n"))

    assert codes(source) == ["FIL-004 fil.csv:4"]


def test_a_movement_that_is_missing_breaks_the_balance(tmp_path: Path) -> None:
    lines = [f"{day:02d}-01-2026;Post {day};{day},00;{sum(range(1, day + 1))},00" for day in range(1, 20)]
    source = read(tmp_path, "\n".join(["Dato;Tekst;Beløb;Saldo", *lines[:8], *lines[9:]]))

    assert codes(source) == ["BNK-001 fil.csv:10"]
    assert source.findings[0].facts["difference"] == 900


def test_a_total_row_is_left_out_and_checked(tmp_path: Path) -> None:
    text = "Dato;Tekst;Beløb\n15-01-2026;a;1,00\n16-01-2026;b;2,00\nI alt;;{total}\n"

    right = read(tmp_path, text.format(total="3,00"))
    wrong = read(tmp_path, text.format(total="4,00"))

    assert (right.skipped[-1], right.findings) == ((4, "skipped.total"), ())
    assert codes(wrong) == ["BNK-005 fil.csv:4"]
    assert wrong.findings[0].facts == {"stated": 400, "computed": 300, "difference": 100}


def test_a_company_called_total_is_a_movement(tmp_path: Path) -> None:
    source = read(
        tmp_path, "Dato;Tekst;Beløb\n15-01-2026;Total Danmark A/S;1,00\n16-01-2026;Primo A/S;2,00\n"
    )

    assert len(source.items) == 2


def test_an_unreadable_opening_balance_is_a_finding(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Beløb\n;Primosaldo;1O,00\n15-01-2026;a;1,00\n")

    assert "CEL-001" in {finding.code for finding in source.findings}


def test_opening_and_closing_rows_give_the_statement(tmp_path: Path) -> None:
    text = "Dato;Tekst;Beløb\n;Primosaldo;10,00\n15-01-2026;a;1,00\n16-01-2026;b;2,00\n;Ultimosaldo;13,00\n"
    source = read(tmp_path, text)

    assert [(one.opening, one.movements, one.closing) for one in source.statements] == [(1000, 300, 1300)]
    assert [reason for _, reason in source.skipped] == [
        "skipped.header",
        "skipped.opening",
        "skipped.closing",
    ]


def test_a_pending_row_is_left_out_with_its_reason(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Beløb\nReserveret;Dankort;-1,00\n16-01-2026;b;2,00\n")

    assert ((2, "skipped.pending") in source.skipped, len(source.items)) == (True, 1)


def test_debit_and_credit_are_netted_and_point_at_the_filled_cell(tmp_path: Path) -> None:
    source = read(tmp_path, "Bilag;Dato;Tekst;Debet;Kredit\n7;15-01-2026;a;1,00;\n8;16-01-2026;b;;2,00\n")

    assert list(source.items["amount"]) == [100, -200]
    assert list(source.items["place_cell"]) == ["D2", "E3"]
    assert list(source.items["item_id"]) == ["7", "8"]


def test_an_indicator_gives_the_sign(tmp_path: Path) -> None:
    source = read(
        tmp_path, "Dato;Tekst;Beløb;Debet/kredit\n15-01-2026;a;1,00;Debet\n16-01-2026;b;2,00;Kredit\n"
    )

    assert list(source.items["amount"]) == [100, -200]


def test_a_sign_beside_signed_amounts_is_not_used_twice(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Beløb;+/-\n15-01-2026;a;1,00;+\n16-01-2026;b;-2,00;-\n")

    assert list(source.items["amount"]) == [100, -200]


def test_the_banks_debit_is_money_out_where_the_balance_says_so(tmp_path: Path) -> None:
    text = "Date,Description,Debit,Credit,Balance\n2026-01-15,a,1.00,,9.00\n2026-01-16,b,,4.00,13.00\n"
    source = read(tmp_path, text)

    assert (list(source.items["amount"]), unsure(source)) == ([-100, 400], [])


def test_debit_and_credit_in_english_without_a_balance_are_asked_about(tmp_path: Path) -> None:
    source = read(tmp_path, "Date,Description,Debit,Credit\n2026-01-15,a,1.00,\n2026-01-16,b,,4.00\n")

    assert [(one.subject, one.alternatives) for one in unsure(source)] == [("sign", ("normal", "reversed"))]


def test_voucher_and_position_make_an_id(tmp_path: Path) -> None:
    source = read(tmp_path, "Bilagsnr;Pos;Dato;Beløb\n7;1;15-01-2026;1,00\n7;2;16-01-2026;2,00\n")

    assert list(source.items["item_id"]) == ["7-1", "7-2"]


def test_an_id_that_a_person_names_is_kept_although_it_repeats(tmp_path: Path) -> None:
    source = read(tmp_path, "Bilagsnr;Dato;Beløb\n7;15-01-2026;1,00\n7;16-01-2026;2,00\n", id="Bilagsnr")

    assert list(source.items["item_id"]) == ["7", "7 row:3"]


def test_a_column_is_named_by_name_number_or_letter(tmp_path: Path) -> None:
    text = "Dag;Hvad;Penge;Andet\n15-01-2026;a;1,00;9\n16-01-2026;b;2,00;8\n"

    for told in (
        {"date": "dag", "amount": " PENGE "},
        {"date": "1", "amount": "3"},
        {"date": "A", "amount": "c"},
    ):
        assert list(read(tmp_path, text, **told).items["amount"]) == [100, 200]


def test_a_missing_column_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read(tmp_path, BANK, amount="Belob")

    finding = caught.value.findings[0]
    assert (finding.code, finding.facts["near"]) == ("LAY-001", "Beløb")


def test_a_name_that_stands_twice_cannot_be_used(tmp_path: Path) -> None:
    text = "Dato;Tekst;Beløb;Beløb\n15-01-2026;a;1,00;2,00\n16-01-2026;b;3,00;4,00\n"

    assert rejected(tmp_path, text, amount="Beløb") == ["LAY-002"]
    assert ("LAY-002", Severity.ERROR) in [(one.code, one.severity) for one in read(tmp_path, text).findings]
    assert list(read(tmp_path, text, amount="D").items["amount"]) == [200, 400]


def test_undecided_dates_are_a_warning_and_an_answer_settles_them(tmp_path: Path) -> None:
    file = tmp_path / "fil.csv"
    file.write_text("Date,Text,Amount\n01/02/2026,a,1.00\n", encoding="utf-8")

    source = read_source(file)
    answered = read_source(file, answers={"date_order": "mdy"})

    assert [(one.code, one.severity) for one in source.findings] == [("LAY-004", Severity.WARNING)]
    assert [(one.subject, one.alternatives) for one in unsure(source)] == [("date_order", ("dmy", "mdy"))]
    assert (str(answered.items["booked"][0].date()), unsure(answered)) == ("2026-01-02", [])


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("Date;Text;Amount\n05-10-2026;a;1,00\n05-10-2026;b;2,50\n", "comma_amounts"),
        ("Dato;Tekst;Beløb\n05/10/2026;a;100\n05/10/2026;b;250\n", "heading"),
    ],
)
def test_a_danish_file_of_one_early_day_is_read_day_first_without_a_question(
    tmp_path: Path, text: str, because: str
) -> None:
    source = read(tmp_path, text)

    assert unsure(source) == []
    assert {str(day.date()) for day in source.items["booked"]} == {"2026-10-05"}
    assert f"assumption.date_order.{because}" in [one.because for one in source.assumptions]


def test_amounts_that_can_be_thousands_or_decimals_are_asked_about(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Beløb\n15-01-2026;a;1.234\n16-01-2026;b;5.678\n")

    assert [(one.subject, one.alternatives) for one in unsure(source)] == [
        ("number_style", ("comma", "point"))
    ]
    assert [finding.code for finding in source.findings] == ["LAY-005"]


def test_two_columns_of_the_same_rank_are_asked_about(tmp_path: Path) -> None:
    text = "Date,Net,Gross,Text\n2026-01-15,1.00,1.25,aa\n2026-01-16,4.00,5.00,bb\n"

    assert [(one.subject, one.alternatives) for one in unsure(read(tmp_path, text))] == [
        ("amount", ("Net", "Gross"))
    ]
    assert list(read(tmp_path, text, amount="Gross").items["amount"]) == [125, 500]


def test_of_two_columns_with_one_name_the_letter_is_asked_for(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Dato;Tekst;Beløb\n15-01-2026;16-01-2026;a;1,00\n")

    doubt = next(finding for finding in source.findings if finding.code == "LAY-006")
    assert finding_text(doubt, Texts("da")).do == "Skriv valget, for eksempel date=A."


def test_a_file_without_header_is_known_by_its_cells(tmp_path: Path) -> None:
    text = "".join(
        f"{day:02d}-01-2026;Post nr. {day};{day},00;{sum(range(1, day + 1))},00\n" for day in range(10, 20)
    )
    source = read(tmp_path, text.replace("45,00", "46,00", 1))

    assert list(source.items["amount"]) == [day * 100 for day in range(10, 20)]
    assert source.items["text"][0] == "Post nr. 10"


def test_more_than_one_currency_cannot_be_reconciled(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Beløb;Valuta\n15-01-2026;a;1,00;DKK\n16-01-2026;b;2,00;EUR\n")

    assert [(one.code, one.facts["currencies"]) for one in source.findings] == [("BNK-006", "DKK, EUR")]


def test_a_quoted_cell_may_hold_a_separator_and_a_line_end(tmp_path: Path) -> None:
    source = read(tmp_path, 'Dato;Tekst;Beløb\n15-01-2026;"a;b\nc";1,00\n16-01-2026;d;2,00\n')

    assert source.items["text"][0] == "a;b\nc"
    assert list(source.items["place_line"]) == [2, 4]


def test_a_table_without_date_and_amount_is_refused(tmp_path: Path) -> None:
    assert rejected(tmp_path, "Kode;Navn\n1;Skatter\n2;Renter\n") == ["LAY-003"]


def test_a_header_without_rows_gives_no_items(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Beløb\n")

    assert (len(source.items), source.rows.skipped) == (0, 1)


def test_the_sum_of_rows_is_kept_in_the_raw_rows(tmp_path: Path) -> None:
    source = read(tmp_path, BANK)

    assert list(source.raw["Beløb"]) == ["-1.250,00", "500,00", "-25,50"]


def test_a_doubled_name_is_an_error_even_when_both_hold_the_same(tmp_path: Path) -> None:
    source = read(
        tmp_path, "Dato;Tekst;Beløb;Saldo;Beløb\n15-01-2026;a;1,00;1,00;1,00\n16-01-2026;b;3,00;4,00;3,00\n"
    )

    assert codes(source) == ["LAY-002 fil.csv:E1"]


@pytest.mark.parametrize(
    ("header", "row", "wanted"),
    [("Dato;Tekst;Saldo", "15-01-2026;a;1,00", "Beløb"), ("Bilag;Tekst;Beløb", "7;a;1,00", "Dato")],
)
def test_a_list_of_movements_that_lacks_a_column_is_told_which(
    tmp_path: Path, header: str, row: str, wanted: str
) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read(tmp_path, f"{header}\n{row}\n")

    assert [(one.code, one.facts["wanted"]) for one in caught.value.findings] == [("LAY-001", wanted)]


def test_a_separator_of_two_characters_is_refused_with_some_that_can_be(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as caught:
        read(tmp_path, "Dato;Tekst;Beløb\n15-01-2026;a;1,00\n", separator=";;")

    assert (caught.value.key, caught.value.choices) == ("separator", (";", "|", ","))
