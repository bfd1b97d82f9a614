"""Files as offices really get them: odd, but readable."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from gevinst.domain.source import SourceRead
from gevinst.formats.reading import read_source, unsure


def read(folder: Path, text: str, **told: str) -> SourceRead:
    file = folder / "fil.csv"
    file.write_text(text, encoding="utf-8", newline="")
    return read_source(file, mapping=told)


def reason(source: SourceRead, subject: str) -> str:
    return next(one.because for one in source.assumptions if one.subject == subject)


def test_a_spool_with_tabs_has_page_heads_and_an_empty_first_column(tmp_path: Path) -> None:
    text = (
        "02.02.2026\tDynamisk listevisning\t1\n\n"
        "\tBilagsnr\tBogf.dato\tTekst\t      Beløb\n\n"
        "\t7001\t05.01.2026\tLeje\t1.250,00 \n"
        "\t7002\t06.01.2026\tGebyr\t   12,50-\n"
        "02.02.2026\tDynamisk listevisning\t2\n\n"
        "\tBilagsnr\tBogf.dato\tTekst\t      Beløb\n\n"
        "\t7003\t07.01.2026\tSalg\t  100,00 \n"
        "*\t\t\t\t1.337,50 \n"
    )
    source = read(tmp_path, text)

    assert list(source.items["amount"]) == [125000, -1250, 10000]
    assert list(source.items["item_id"]) == ["7001", "7002", "7003"]
    assert (source.findings, source.rows.rejected) == ((), 0)


def test_a_balance_at_the_end_of_each_day_is_proof_too(tmp_path: Path) -> None:
    text = (
        "Dato;Tekst;Beløb;Saldo\n13-01-2026;a;1,00;\n13-01-2026;b;2,00;103,00\n"
        "14-01-2026;c;4,00;\n14-01-2026;d;-1,00;106,00\n15-01-2026;e;5,00;111,00\n"
    )
    source = read(tmp_path, text)

    assert [(one.opening, one.closing) for one in source.statements] == [(10000, 11100)]
    assert reason(source, "amount") == "assumption.amount.balance"


def test_a_balance_that_does_not_follow_the_rows_is_said_to_prove_nothing(tmp_path: Path) -> None:
    source = read(
        tmp_path,
        "Dato;Tekst;Beløb;Saldo\n15-01-2026;a;1,00;7,00\n16-01-2026;b;2,00;3,00\n17-01-2026;c;3,00;9,00\n",
    )

    assert (reason(source, "balance"), source.statements, source.findings) == (
        "assumption.balance.not_running",
        (),
        (),
    )


def test_excels_own_line_about_the_separator_is_used(tmp_path: Path) -> None:
    source = read(tmp_path, "sep=,\nDato,Tekst,Beløb\n15-01-2026,a,1.00\n16-01-2026,b,2.00\n")

    assert (list(source.items["amount"]), list(source.items["place_line"])) == ([100, 200], [3, 4])


def test_paid_in_and_paid_out_are_one_amount(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Ind;Ud\n15-01-2026;a;1,00;\n16-01-2026;b;;2,00\n")

    assert (list(source.items["amount"]), unsure(source)) == ([100, -200], [])


def test_the_empty_side_may_be_written_as_nought(tmp_path: Path) -> None:
    source = read(tmp_path, "Bilag;Dato;Debet;Kredit\n1;15-01-2026;1,00;0,00\n2;16-01-2026;0,00;2,00\n")

    assert list(source.items["amount"]) == [100, -200]
    assert list(source.items["place_cell"]) == ["C2", "D3"]


def test_a_credit_column_with_minus_is_not_turned_twice(tmp_path: Path) -> None:
    source = read(
        tmp_path, "Bilag;Dato;Debet;Kredit\n1;15-01-2026;1,00;\n2;16-01-2026;;-2,00\n3;17-01-2026;;-3,00\n"
    )

    assert list(source.items["amount"]) == [100, -200, -300]


def test_the_amount_in_kroner_is_taken_before_the_vouchers_currency(tmp_path: Path) -> None:
    text = "Bilag;Dato;Beløb;Valuta;Beløb (DKK)\n1;15-01-2026;10,00;EUR;74,60\n2;16-01-2026;20,00;DKK;20,00\n"
    source = read(tmp_path, text)

    assert (list(source.items["amount"]), source.items["currency"].unique().tolist()) == (
        [7460, 2000],
        ["DKK"],
    )
    assert source.findings == ()


def test_a_foreign_amount_names_its_currency(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Beløb EUR\n15-01-2026;a;1,00\n16-01-2026;b;2,00\n")

    assert source.items["currency"].unique().tolist() == ["EUR"]


def test_a_ledger_of_several_accounts_is_said_to_be_so(tmp_path: Path) -> None:
    source = read(tmp_path, "Bilag;Dato;Konto;Beløb\n1;15-01-2026;92205;1,00\n2;16-01-2026;92206;2,00\n")

    assert reason(source, "account") == "assumption.account.word"
    assert source.assumptions[-1].because == "assumption.account.several"


def test_kroner_are_kroner_however_they_are_written(tmp_path: Path) -> None:
    source = read(
        tmp_path, "Dato;Beløb;Valuta\n15-01-2026;1,00;dkk\n16-01-2026;2,00;Kr.\n17-01-2026;3,00;DKK\n"
    )

    assert (source.items["currency"].unique().tolist(), source.findings) == (["DKK"], ())


def test_another_currency_beside_the_number_is_not_taken_for_kroner(tmp_path: Path) -> None:
    source = read(
        tmp_path, "Dato;Tekst;Beløb\n15-01-2026;a;1,00 kr.\n16-01-2026;b;2,00 EUR\n17-01-2026;c;3,00\n"
    )

    assert [(one.code, one.place.cell) for one in source.findings] == [("CEL-001", "C3")]


def test_a_header_repeated_on_each_page_is_no_movement(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Beløb\n15-01-2026;a;1,00\nDato;Tekst;Beløb\n16-01-2026;b;2,00\n")

    assert (len(source.items), source.rows.skipped) == (2, 2)


def test_notes_under_the_table_are_left_out(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Beløb\n15-01-2026;a;1,00\n\nUdskrevet 20-01-2026\nAntal poster;1\n")

    assert source.skipped[1:] == ((4, "skipped.note"), (5, "skipped.note"))
    assert source.findings == ()


def test_a_record_without_date_and_amount_is_no_note(tmp_path: Path) -> None:
    source = read(tmp_path, "Bilag;Dato;Tekst;Navn;Beløb\n1;15-01-2026;a;x;1,00\n2;;b;y;\n")

    assert sorted(one.place.cell for one in source.findings) == ["B3", "E3"]


def test_empty_rows_and_columns_do_no_harm(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Beløb;;\n15-01-2026;a;1,00;;\n;;;;\n16-01-2026;b;2,00;;\n;;;;\n")

    assert (len(source.items), source.findings) == (2, ())


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Buchungstag;Verwendungszweck;Betrag", "15.01.2026;Miete;-1.250,00"),
        ("Bokföringsdag;Rubrik;Belopp", "2026-01-15;Hyra;-1250,00"),
        ("Bokført;Beskrivelse;Beløp", "15.01.2026;Leie;-1 250,00"),
        ("Posting date;Narrative;Amount", "15-Jan-2026;Rent;-1,250.00"),
    ],
)
def test_neighbours_words_are_known(tmp_path: Path, header: str, row: str) -> None:
    source = read(tmp_path, f"{header}\n{row}\n")

    assert (list(source.items["amount"]), unsure(source)) == ([-125000], [])


def test_columns_with_names_that_nobody_knows_are_told_by_their_cells(tmp_path: Path) -> None:
    rows = "".join(f"{day}-01-2026;Vare nr. {day} til lager;{day},50\n" for day in range(13, 20))
    source = read(tmp_path, f"Hvornår;Hvad;Hvor meget\n{rows}")

    assert list(source.items["amount"]) == [day * 100 + 50 for day in range(13, 20)]
    assert reason(source, "amount") == "assumption.amount.content"


def test_one_row_with_a_broken_amount_is_a_finding_and_no_riddle(tmp_path: Path) -> None:
    source = read(tmp_path, "Dato;Tekst;Beløb\n15-01-2026;a;1O,00\n")

    assert [(one.code, one.place.cell) for one in source.findings] == [("CEL-001", "C2")]


def test_an_iban_in_the_title_is_the_account(tmp_path: Path) -> None:
    source = read(tmp_path, "Konto: DK50 0040 0440 1162 43\n\nDato;Tekst;Beløb\n15-01-2026;a;1,00\n")

    assert source.items["account"].unique().tolist() == ["DK5000400440116243"]


def test_the_banks_row_order_does_not_change_the_balances(tmp_path: Path) -> None:
    rows = ["13-01-2026;a;1,00;101,00", "14-01-2026;b;2,00;103,00", "15-01-2026;c;-4,00;99,00"]
    for order in (rows, rows[::-1]):
        source = read(tmp_path, "\n".join(["Dato;Tekst;Beløb;Saldo", *order]) + "\n")
        assert [(one.opening, one.closing) for one in source.statements] == [(10000, 9900)]


def test_a_turned_sign_turns_the_balances_too(tmp_path: Path) -> None:
    text = (
        "Dato;Tekst;Beløb;Saldo\n13-01-2026;a;-1,00;-101,00\n14-01-2026;b;-2,00;-103,00\n"
        "15-01-2026;c;4,00;-99,00\n"
    )
    source = read(tmp_path, text, sign="reversed")

    assert list(source.items["amount"]) == [100, 200, -400]
    assert [(one.opening, one.movements, one.closing) for one in source.statements] == [(10000, -100, 9900)]
    assert source.findings == ()


def ods(folder: Path) -> Path:
    def cell(kind: str, value: str) -> str:
        return f'<table:table-cell office:value-type="{kind}" {value}/>'

    def text(value: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    rows = "".join(
        f"<table:table-row>{row}</table:table-row>"
        for row in (
            text("Dato") + text("Tekst") + text("Beløb"),
            cell("date", 'office:date-value="2026-01-05"')
            + text("Leje")
            + cell("float", 'office:value="1250.5"'),
        )
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="Ark">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = folder / "ark.ods"
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    return file


def test_an_open_document_sheet_is_read(tmp_path: Path) -> None:
    source = read_source(ods(tmp_path))

    assert (list(source.items["amount"]), source.items["place_cell"][0]) == ([125050], "C2")


PAYROLL = """Lønudbetaling oktober 2026
Medarbejdernr;Lønart;Lønart tekst;Timer;Beløb;Dispositionsdato
100226;1010;Månedsløn;160,33;32.450,75;30-10-2026
100226;2050;Overarbejde;4,50;1.125,00;30-10-2026
100826;1010;Månedsløn;160,33;29.880,10;30-10-2026
100826;8110;A-skat;;-9.871,00;30-10-2026
I alt;;;;53.584,85;
"""


def test_a_payroll_list_is_read_by_its_day_and_not_by_its_employees(tmp_path: Path) -> None:
    file = tmp_path / "loen.csv"
    file.write_text(PAYROLL, encoding="utf-8")

    source = read_source(file)

    assert {day.date() for day in source.items["booked"]} == {date(2026, 10, 30)}
    assert (source.rows.read, int(source.items["amount"].sum()), source.findings) == (4, 5358485, ())
    assert list(source.items["text"]) == ["Månedsløn", "Overarbejde", "Månedsløn", "A-skat"]
