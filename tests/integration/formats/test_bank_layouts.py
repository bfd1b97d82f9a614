"""A robot that names its layout gets that format or a refusal; a person may name the letters."""

from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.formats.bank_files import SIGNATURES
from gevinst.formats.grid import Syntax
from gevinst.formats.layouts import packaged_layouts
from gevinst.formats.reading import read_source

FIXTURES = Path(__file__).parents[3] / "fixtures" / "formats"


def test_a_file_of_the_format_that_the_layout_names_is_read() -> None:
    assert read_source(FIXTURES / "mt940" / "plain.sta", layout="mt940").layout == "mt940"


@pytest.mark.parametrize("layout", ["ofx", "camt", "nordea_unitel"])
def test_a_file_of_another_format_than_the_layout_is_refused(layout: str) -> None:
    with pytest.raises(InputRejectedError) as refused:
        read_source(FIXTURES / "mt940" / "plain.sta", layout=layout)

    finding = refused.value.findings[0]
    assert (finding.code, finding.facts["kind"]) == ("FIL-002", "MT940")


def test_a_table_is_refused_where_the_layout_names_a_bank_format(tmp_path: Path) -> None:
    file = tmp_path / "bank.csv"
    file.write_text("Dato;Tekst;Beløb\n15-01-2026;Post;1,00\n", encoding="utf-8")

    with pytest.raises(InputRejectedError) as refused:
        read_source(file, layout="mt940")

    assert refused.value.findings[0].code == "FIL-002"


def test_every_format_that_is_recognised_has_its_layout() -> None:
    named = {layout.id for layout in packaged_layouts().values() if layout.syntax is Syntax.BANK}

    assert named == {name for _, name in SIGNATURES}


def test_letters_that_a_person_names_are_read(tmp_path: Path) -> None:
    file = tmp_path / "udtog.sta"
    text = (FIXTURES / "mt940" / "plain.sta").read_bytes().decode("cp1252")
    file.write_bytes(text.encode("cp865"))

    with pytest.raises(InputRejectedError) as refused:
        read_source(file)
    source = read_source(file, mapping={"encoding": "cp865"})

    assert refused.value.findings[0].code == "FIL-003"
    assert source.items["text"][1] == "Gebyr for overførsler"


def test_a_payment_order_keeps_every_line_of_its_text(tmp_path: Path) -> None:
    orders = (FIXTURES / "pain" / "orders.xml").read_text(encoding="utf-8")
    file = tmp_path / "ordrer.xml"
    file.write_text(orders.replace("</Ustrd>", "</Ustrd><Ustrd>linje to</Ustrd>"), encoding="utf-8")

    texts = [text for text in read_source(file).items["text"] if "linje" in text]

    assert texts
    assert all(text.endswith(" linje to") for text in texts)
