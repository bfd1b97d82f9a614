"""Files of known banks and systems, made up in their shapes: read without being told what they are."""

from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.source import SourceRead
from gevinst.formats.reading import read_source, unsure

DANSKE = """Dato;Tekst;Beløb;Saldo;Status;Afstemt
05.01.2026;"Dankortsalg";100,00;1.100,00;"Udført";"Nej"
06.01.2026;"Gebyr";-10,50;1.089,50;"Udført";"Nej"
07.01.2026;"På vej";-5,00;;"Venter";"Nej"
"""
NORDEA = """Bogføringsdato;Beløb;Afsender;Modtager;Navn;Beskrivelse;Saldo;Valuta;Afstemt
2026/01/06;-10,50;1234;;Firma;Gebyr;1089,50;DKK;
2026/01/05;100,00;;1234;;Salg;1100,00;DKK;
"""
NORDEA_CORPORATE = """Bogført;Tekst;Rentedato;Beløb;Saldo
06-01-2026;Gebyr;07-01-2026;-10,5;1089,5
05-01-2026;Salg;05-01-2026;100;1100
"""
BEC = """"Dato";"Tekst";"Beløb";"Saldo";"Valørdato";"Type";"Adviseringer";
05-01-2026;"SALG"; 100,00; 1100,00;"05-01-2026";
06-01-2026;"GEBYR";-10,50; 1089,50;"06-01-2026";"GEB.";"for januar"
"""
SDC_HEAD = "Kontonr.;Dato;Valørdato;Beløb;Valuta;Oprindeligt beløb;Oprindelig valuta;Mod-konto"
SDC = f"""{SDC_HEAD};Tekst;Ekstern reference;Bankens reference
0400 1;05-01-2026;05-01-2026;100;DKK;100;DKK;;Salg;E1;901
0400 1;06-01-2026;06-01-2026;-10,5;DKK;-10,5;DKK;;Gebyr;;902
"""
BANKDATA_TAIL = ',"","0","","","","","","","","","","","5001","DKK"'
BANKDATA = f""""ED000000000003","20260131","120000"
"ED010103000003","1","20260105","100,00","2","080790002010094","20260105","1100,00","Salg"{BANKDATA_TAIL}
"ED010103000003","2","20260106","-10,50","2","080790002010094","20260106","1089,50","Gebyr"{BANKDATA_TAIL}
"ED999999999999","20260131","120000","2","89,50"
"""
CMKV = """"CMKV",9906141048,9906140001,1111111111,050126,050126,+100.00,"Salg",+1100.00
"CMKV",9906141048,9906140001,1111111111,060126,060126,-10.50,"Gebyr",+1089.50
"""
CMKXKSX_HEAD = '"CMKXKSX",0901060939,0901060016,1111111111'
CMKXKSX = f"""{CMKXKSX_HEAD},050126,050126,"DKK",+100.00,"",,"Salg","",+0.00,+1100.00
{CMKXKSX_HEAD},060126,060126,"DKK",-10.50,"",,"Gebyr","",+0.00,+1089.50,"Advis 1","Advis 2"
"""
UNITEL_HEAD = '"NDEADKKKXXX","2999","9999940560","DKK","Kunde",""'
UNITEL_TAIL = '"","0","",' + ",".join(['""'] * 17)
UNITEL = (
    f'{UNITEL_HEAD},"20260105","20260105","100.00","+","100.00","","68","","Salg",{UNITEL_TAIL},"1100.00","+","1100.00"\n'
    f'{UNITEL_HEAD},"20260106","20260106","-10.50","-","10.50","","358","","Gebyr",{UNITEL_TAIL},"1089.50","+","1089.50"\n'
)
FILES = {
    "danske_csv": DANSKE,
    "nordea_csv": NORDEA,
    "nordea_erhverv_csv": NORDEA_CORPORATE,
    "bec_csv": BEC,
    "sdc_csv": SDC,
    "bankdata_csv": BANKDATA,
    "danske_cmkv": CMKV,
    "danske_cmkxksx": CMKXKSX,
    "nordea_unitel": UNITEL,
}
OPUS = """02.02.2026                    Dynamisk listevisning                    1

Konto 9.22.05 Hovedkonto
Primosaldo                   1.000,00 DKK
-----------------------------------------------------------------
|Bilagsnummer|Pos|Bogf.dato |Reference |Tekst    |  Beløb|Valuta|
-----------------------------------------------------------------
|1900041001  |001|05.01.2026|R1        |Salg A|B | 100,00|DKK   |
-----------------------------------------------------------------
|*           |   |          |          |         | 100,00|DKK   |
-----------------------------------------------------------------

02.02.2026                    Dynamisk listevisning                    2

-----------------------------------------------------------------
|Bilagsnummer|Pos|Bogf.dato |Reference |Tekst    |  Beløb|Valuta|
-----------------------------------------------------------------
|1900041001  |002|06.01.2026|          |Gebyr    | 10,50-|DKK   |
-----------------------------------------------------------------
|*           |   |          |          |         | 10,50-|DKK   |
-----------------------------------------------------------------
|**          |   |          |          |         |  89,50|DKK   |
-----------------------------------------------------------------

Ultimosaldo                  1.089,50 DKK
"""


def read(folder: Path, text: str, *, layout: str | None = None) -> SourceRead:
    file = folder / "fil.txt"
    file.write_bytes(text.encode("cp1252"))
    return read_source(file, layout=layout)


@pytest.mark.parametrize("layout", FILES)
def test_a_known_file_is_recognised_and_read(tmp_path: Path, layout: str) -> None:
    source = read(tmp_path, FILES[layout])

    assert source.layout == layout
    assert sorted(source.items["amount"]) == [-1050, 10000]
    assert sorted(str(day.date()) for day in source.items["booked"]) == ["2026-01-05", "2026-01-06"]
    assert {text.capitalize() for text in source.items["text"]} <= {"Salg", "Dankortsalg", "Gebyr"}
    assert (unsure(source), source.findings, source.rows.rejected) == ([], (), 0)


@pytest.mark.parametrize("layout", sorted(FILES.keys() - {"sdc_csv", "danske_cmkxksx"}))
def test_a_known_file_is_proved_by_its_balance(tmp_path: Path, layout: str) -> None:
    (statement,) = read(tmp_path, FILES[layout]).statements

    assert (statement.opening, statement.movements, statement.closing) == (100000, 8950, 108950)


@pytest.mark.parametrize("layout", FILES)
def test_telling_the_layout_gives_what_finding_it_gives(tmp_path: Path, layout: str) -> None:
    found, told = read(tmp_path, FILES[layout]), read(tmp_path, FILES[layout], layout=layout)

    assert found.items.equals(told.items)


def test_a_payment_under_way_is_no_movement(tmp_path: Path) -> None:
    assert (4, "skipped.pending") in read(tmp_path, DANSKE).skipped


def test_an_opus_list_is_read_and_proved(tmp_path: Path) -> None:
    source = read(tmp_path, OPUS)

    assert source.layout == "opus_list"
    assert list(source.items["item_id"]) == ["1900041001-001", "1900041001-002"]
    assert list(source.items["amount"]) == [10000, -1050]
    assert list(source.items["text"]) == ["Salg A|B", "Gebyr"]
    assert list(source.items["place_line"]) == [8, 18]
    assert source.items["account"].unique().tolist() == ["9.22.05"]
    assert [(one.opening, one.movements, one.closing) for one in source.statements] == [
        (100000, 8950, 108950)
    ]
    assert source.findings == ()
    assert source.rows.in_file == len(OPUS.splitlines())


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [(" 10,50-|DKK   |\n---", " 10,40-|DKK   |\n---", 20), (" 89,50|", " 89,51|", 22)],
)
def test_a_subtotal_that_is_not_its_sum_is_told_with_its_line(
    tmp_path: Path, right: str, wrong: str, line: int
) -> None:
    at = OPUS.rindex(right)
    source = read(tmp_path, OPUS[:at] + wrong + OPUS[at + len(right) :])

    assert [(one.code, one.place.line) for one in source.findings] == [("BNK-005", line)]


def test_a_closing_balance_that_does_not_follow_is_a_finding(tmp_path: Path) -> None:
    source = read(tmp_path, OPUS.replace("1.089,50", "1.089,60"))

    assert [(one.code, one.facts["difference"]) for one in source.findings] == [("BNK-001", 10)]


def test_a_list_cut_in_its_last_line_is_half_written(tmp_path: Path) -> None:
    cut = OPUS[: OPUS.index("10,50-|DKK")]
    source = read(tmp_path, cut)

    assert [(one.code, one.place.line) for one in source.findings] == [("FIL-004", 18)]


def test_a_layout_that_is_not_known_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read(tmp_path, DANSKE, layout="danske_csw")

    (finding,) = caught.value.findings
    assert (finding.code, str(finding.facts["near"]).split(", ")[0]) == ("LAY-007", "danske_csv")


def test_a_layout_whose_column_is_missing_or_doubled_refuses_the_file(tmp_path: Path) -> None:
    text = DANSKE.replace("Tekst;Beløb;Saldo", "Tekst;Beloeb_kr;Tekst")

    with pytest.raises(InputRejectedError) as caught:
        read(tmp_path, text, layout="danske_csv")

    assert [(one.code, one.facts["wanted"]) for one in caught.value.findings] == [
        ("LAY-002", "Tekst"),
        ("LAY-001", "Beløb"),
        ("LAY-001", "Saldo"),
    ]


def test_a_layout_for_another_syntax_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read(tmp_path, DANSKE, layout="camt")

    assert [one.code for one in caught.value.findings] == ["FIL-002"]
