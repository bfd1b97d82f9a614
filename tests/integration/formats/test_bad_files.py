import io
import zipfile
from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.formats.file_bytes import DiskBytes
from gevinst.formats.reading import read_source
from gevinst.texts import Texts
from gevinst.texts.findings import finding_text

BANK = "Dato;Tekst;Beløb\n15-01-2026;Rødgrød;1,00\n16-01-2026;Ærø;2,00\n"


def refusal(folder: Path, content: bytes, name: str = "fil.csv") -> tuple[str, object]:
    file = folder / name
    file.write_bytes(content)
    with pytest.raises(InputRejectedError) as caught:
        read_source(file)
    finding = caught.value.findings[0]
    return finding.code, finding.facts.get("kind", finding.facts.get("what", ""))


def packed(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in members.items():
            package.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


@pytest.mark.parametrize("content", [b"", b"   \r\n\r\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content)[0] == "FIL-001"


def test_a_file_that_is_not_there_is_named_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read_source(tmp_path / "mangler.csv")

    assert [finding.code for finding in caught.value.findings] == ["FIL-007"]


def test_a_folder_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read_source(tmp_path)

    finding = caught.value.findings[0]
    assert (finding.code, finding_text(finding, Texts("da")).title) == (
        "FIL-007",
        "Det er en mappe, ikke en fil",
    )


def test_a_quote_that_opens_above_a_long_list_is_said_on_its_line(tmp_path: Path) -> None:
    file = tmp_path / "fil.csv"
    file.write_bytes(BANK.replace("Rødgrød", '"Rødgrød').encode() + b"17-01-2026;a;3,00\n" * 100_000)

    with pytest.raises(InputRejectedError) as caught:
        read_source(file)

    assert [(one.code, one.place.line) for one in caught.value.findings] == [("FIL-004", 2)]


def test_a_line_of_separators_does_not_make_a_table_of_a_million_columns(tmp_path: Path) -> None:
    file = tmp_path / "fil.csv"
    file.write_bytes(b"17-01-2026;a;3,00\n" * 20 + b";" * 1_000_000 + b"\n")

    read = read_source(file)

    assert (len(read.items), len(read.raw.columns), read.findings) == (20, 3, ())


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "andres.csv").write_text(BANK, encoding="utf-8")
    link = tmp_path / "fil.csv"
    link.symlink_to(tmp_path / "andres.csv")

    with pytest.raises(InputRejectedError) as caught:
        read_source(link)

    said = finding_text(caught.value.findings[0], Texts("da"))
    assert (caught.value.findings[0].code, said.title) == (
        "FIL-007",
        "Filen er et link, og links følges ikke",
    )


@pytest.mark.parametrize("becomes_link", [True, False])
def test_a_file_that_goes_before_it_is_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, becomes_link: bool
) -> None:
    (tmp_path / "andres.csv").write_text(BANK, encoding="utf-8")
    file = tmp_path / "fil.csv"
    file.write_text(BANK, encoding="utf-8")
    at = DiskBytes.at

    def gone(path: Path) -> DiskBytes:
        path.unlink()
        if becomes_link:
            path.symlink_to(tmp_path / "andres.csv")
        return at(path)

    monkeypatch.setattr(DiskBytes, "at", gone)
    with pytest.raises(InputRejectedError) as caught:
        read_source(file)

    assert [one.code for one in caught.value.findings] == ["FIL-006"]


@pytest.mark.parametrize("name", ["fil.csv.tmp", "fil.filepart", "~$fil.xlsx", "fil.part", "fil.crdownload"])
def test_a_file_under_way_is_left_alone(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, BANK.encode(), name)[0] == "FIL-006"


@pytest.mark.parametrize("lock", ["~$fil.csv", ".~lock.fil.csv#"])
def test_a_file_that_somebody_has_open_is_left_alone(tmp_path: Path, lock: str) -> None:
    (tmp_path / lock).write_bytes(b"Controller")
    (tmp_path / "fil.csv").write_text(BANK, "utf-8")

    with pytest.raises(InputRejectedError) as caught:
        read_source(tmp_path / "fil.csv")

    [finding] = caught.value.findings
    assert (finding.code, finding.place.file) == ("FIL-006", "fil.csv")
    assert f"slet {lock}" in finding_text(finding, Texts("da")).do


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n%...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b'{"konto": 1}', "JSON"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "HTML"),
        (b"<!DOCTYPE html>\n<html></html>", "HTML"),
        (b"<?xml version='1.0'?><Invoice xmlns='urn:x'/>", "OIOUBL/Peppol invoice"),
        (
            b"<?xml version='1.0'?><Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.008.001.02'/>",
            "ISO 20022 pain.008.001.02",
        ),
        (b"\x1f\x8b\x08\x00rest", "gzip"),
        (packed(**{"word__document.xml": "<w/>"}), "Word (docx)"),
        (packed(**{"a.csv": BANK}), "zip"),
    ],
)
def test_another_kind_is_named_whatever_the_file_is_called(tmp_path: Path, content: bytes, kind: str) -> None:
    assert refusal(tmp_path, content, "kontoudtog.xls") == ("FIL-002", kind)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, bytes(range(256)) * 20)[0] == "FIL-002"


def test_letters_read_wrong_before_are_refused(tmp_path: Path) -> None:
    twice = BANK.encode().decode("cp1252").encode()

    assert refusal(tmp_path, twice)[0] == "FIL-003"


def test_two_encodings_in_one_file_are_refused(tmp_path: Path) -> None:
    mixed = "Dato;Tekst;Beløb\n15-01-2026;Rødgrød;1,00\n".encode() + "16-01-2026;Ærø;2,00\n".encode("cp1252")

    assert refusal(tmp_path, mixed)[0] == "FIL-003"


def test_the_letters_of_dos_are_refused_and_can_be_named(tmp_path: Path) -> None:
    file = tmp_path / "fil.csv"

    assert refusal(tmp_path, BANK.encode("cp865"))[0] == "FIL-003"
    assert read_source(file, mapping={"encoding": "cp865"}).items["text"][0] == "Rødgrød"


@pytest.mark.parametrize("encoding", ["cp1252", "windows-1252"])
def test_the_letters_of_dos_are_refused_under_every_name_of_another_encoding(
    tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "fil.csv").write_bytes(BANK.encode("cp865"))

    with pytest.raises(InputRejectedError) as caught:
        read_source(tmp_path / "fil.csv", mapping={"encoding": encoding})

    assert [(one.code, one.facts["encoding"]) for one in caught.value.findings] == [("FIL-003", encoding)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "punycode"])
def test_a_told_encoding_that_the_file_is_not_in_is_refused(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "fil.csv").write_text(BANK, "utf-8")

    with pytest.raises(InputRejectedError) as caught:
        read_source(tmp_path / "fil.csv", mapping={"encoding": encoding})

    assert [(one.code, one.place.line) for one in caught.value.findings] == [("FIL-003", 1)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_danish_letters_are_read_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "fil.csv"
    file.write_bytes(BANK.encode(encoding))

    assert list(read_source(file).items["text"]) == ["Rødgrød", "Ærø"]


def test_a_text_cut_within_a_letter_is_half_written(tmp_path: Path) -> None:
    assert refusal(tmp_path, BANK.encode()[:43] + "æ".encode()[:1])[0] == "FIL-004"


def test_a_quote_that_is_never_closed_is_half_written(tmp_path: Path) -> None:
    assert refusal(tmp_path, BANK.replace("Ærø", '"Ærø').encode())[0] == "FIL-004"


def test_a_control_character_is_found_on_its_line(tmp_path: Path) -> None:
    file = tmp_path / "fil.csv"
    file.write_bytes(BANK.replace("Ærø", "Æ\x00rø").encode())

    finding = read_source(file).findings[0]

    assert (finding.code, finding.place.line, finding.found) == ("CEL-006", 3, "U+0000")


def test_a_cut_workbook_is_half_written(tmp_path: Path) -> None:
    book = packed(**{"xl__workbook.xml": "<workbook/>" * 500})

    assert refusal(tmp_path, book[: len(book) // 2], "bog.xlsx")[0] == "FIL-004"


def test_an_encrypted_workbook_asks_for_one_without_password(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")

    assert refusal(tmp_path, content, "bog.xlsx")[0] == "FIL-008"


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)

    assert refusal(tmp_path, buffer.getvalue(), "bog.xlsx") == ("FIL-005", "zip bomb")


SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
CAMT = f'<Document xmlns="{SPACE}"><BkToCstmrStmt><Stmt>{{}}</Stmt></BkToCstmrStmt></Document>'


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
)
def test_a_statement_with_a_dtd_is_not_parsed(tmp_path: Path, prolog: str) -> None:
    content = f'<?xml version="1.0"?>{prolog}{CAMT.format("")}'

    assert refusal(tmp_path, content.encode(), "udtog.xml") == ("FIL-005", "DTD")
    assert refusal(tmp_path, content.encode("utf-16"), "udtog.xml") == ("FIL-005", "DTD")


def test_a_statement_nested_too_deep_is_not_parsed(tmp_path: Path) -> None:
    content = CAMT.format("<a>" * 5000 + "</a>" * 5000)

    assert refusal(tmp_path, content.encode(), "udtog.xml")[0] == "FIL-005"


def test_a_cut_statement_is_half_written(tmp_path: Path) -> None:
    content = CAMT.format("<Ntry><Amt>1</Amt></Ntry>" * 10)

    assert refusal(tmp_path, content[:-60].encode(), "udtog.xml")[0] == "FIL-004"
