"""Layouts of one's own: drafted from a file, kept in the office's folder, and why a file fits one or not."""

from pathlib import Path

import pytest

from gevinst import bootstrap
from gevinst.app.office import SettingsError
from gevinst.demo.office import lay_out
from gevinst.domain.finding import InputRejectedError, Severity
from gevinst.domain.source import SourceRead
from gevinst.formats.intake import take_in
from gevinst.formats.layout_draft import OwnFormatError, draft_layout
from gevinst.formats.layout_fit import Fit, fits_of
from gevinst.formats.layouts import packaged_layouts, parse_layout
from gevinst.formats.own_layouts import own_layouts
from gevinst.formats.reading import read_source

FIXTURES = Path(__file__).parents[3] / "fixtures"
LIST = """Dato;Tekst;Beløb;Saldo
13-10-2026;Salg;1.250,00;11.250,00
14-10-2026;Gebyr;-400,00;10.850,00
"""
LINE_OF_TITLE = "11"
BARE = """13-10-2026;Salg;1.250,00
14-10-2026;Gebyr;-400,00
"""


def written(folder: Path, text: str, name: str = "liste.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8" if file.suffix == ".toml" else "cp1252")
    return file


def draft(file: Path) -> str:
    return draft_layout(take_in(file), mapping={}, known=packaged_layouts())


def errors(read: SourceRead) -> list[str]:
    return [one.code for one in read.findings if one.severity is Severity.ERROR]


def reads_alike(file: Path) -> bool:
    """Whether a file is no table or refused, or is read to the same items by its own draft."""
    try:
        text = draft(file)
    except (InputRejectedError, OwnFormatError):
        return True
    found, again = read_source(file), read_source(file, layout=parse_layout(text, "draft"))
    return again.items.equals(found.items) and (again.rows, errors(again)) == (found.rows, errors(found))


def test_each_fixture_is_read_alike_by_a_layout_drafted_from_it() -> None:
    files = [
        file
        for family in ("bank_reconciliation", "formats")
        for file in (FIXTURES / family).glob("*/*")
        if file.suffix in {".csv", ".txt", ".xlsx"}
    ]

    assert len(files) > 40
    assert [file for file in files if not reads_alike(file)] == []


def test_the_files_of_the_demo_are_read_alike_by_layouts_drafted_from_them(tmp_path: Path) -> None:
    lay_out(tmp_path)
    files = [file for file in tmp_path.rglob("*") if file.suffix in {".csv", ".txt", ".xlsx"}]

    assert len(files) > 2
    assert [file for file in files if not reads_alike(file)] == []


def test_a_draft_reads_the_next_file_of_its_kind(tmp_path: Path) -> None:
    layout = parse_layout(draft(written(tmp_path, LIST)), "draft")
    following = written(tmp_path, LIST.replace("-10-", "-11-"), "november.csv")

    read = read_source(following, layout=layout)

    assert (read.layout, read.rows.read, errors(read)) == ("liste", 2, [])


def test_a_draft_of_a_file_without_header_goes_by_its_fields(tmp_path: Path) -> None:
    layout = parse_layout(draft(written(tmp_path, BARE)), "draft")

    assert (layout.fields, layout.is_recognisable) == (3, False)
    assert read_source(written(tmp_path, BARE), layout=layout).rows.read == 2


def test_no_draft_hides_a_column_that_stands_twice() -> None:
    with pytest.raises(InputRejectedError, match="LAY-002"):
        draft(FIXTURES / "bank_reconciliation" / "doubled_column" / "bank.csv")


def test_a_statement_of_a_bank_needs_no_draft() -> None:
    with pytest.raises(OwnFormatError):
        draft(FIXTURES / "formats" / "mt940" / "plain.sta")


def test_an_offices_own_layout_is_found_by_its_id_and_by_its_header(tmp_path: Path) -> None:
    file = written(tmp_path, LIST)
    (tmp_path / "layouts").mkdir()
    written(tmp_path / "layouts", draft(file), "liste.toml")
    own = own_layouts(tmp_path / "layouts")

    assert list(own) == ["liste"]
    assert read_source(file, layout="liste", own=own).layout == "liste"
    assert read_source(file, own=own).layout == "liste"
    assert read_source(file).layout == "detected"


def test_the_version_of_the_layout_that_a_file_was_read_by_is_kept(tmp_path: Path) -> None:
    file = written(tmp_path, LIST)
    layout = parse_layout(draft(file).replace("version = 1", "version = 7"), "liste")
    bank = FIXTURES / "formats" / "mt940" / "plain.sta"

    assert read_source(file, layout=layout).layout_version == 7
    assert read_source(file, own={"liste": layout}).layout_version == 7
    assert read_source(bank).layout_version == packaged_layouts()["mt940"].version
    assert read_source(file).layout_version is None


def test_an_offices_own_layout_goes_before_one_of_the_package(tmp_path: Path) -> None:
    danske = LIST.replace("Saldo", "Saldo;Status;Afstemt").replace("0,00\n", "0,00;Udført;Nej\n")
    file = written(tmp_path, danske, "danske.csv")
    written(tmp_path, draft(file), "danske.toml")

    assert read_source(file).layout == "danske_csv"
    assert read_source(file, own=own_layouts(tmp_path)).layout == "danske"


def test_an_office_without_layouts_has_none(tmp_path: Path) -> None:
    assert own_layouts(tmp_path / "layouts") == {}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("liste", "anden"), "id"),
        (("syntax", "sintaks"), "syntax"),
        (("[title]", "[title"), LINE_OF_TITLE),
        (("version = 1", "version = 0"), "version"),
    ],
)
def test_a_layout_of_ones_own_that_is_wrong_is_named_with_its_key(
    tmp_path: Path, change: tuple[str, str], key: str
) -> None:
    text = draft(written(tmp_path, LIST)).replace(*change, 1)
    written(tmp_path, text, "liste.toml")

    with pytest.raises(SettingsError) as caught:
        own_layouts(tmp_path)

    assert key in [one.key for one in caught.value.problems]


def fit(file: Path, layout: str) -> Fit:
    return next(one for one in fits_of(take_in(file), packaged_layouts()) if one.layout.id == layout)


def test_a_file_fits_the_layout_that_it_is_read_by() -> None:
    assert fit(FIXTURES / "formats" / "mt940" / "plain.sta", "mt940").fits


@pytest.mark.parametrize(
    ("layout", "because", "said"),
    [
        ("danske_csv", "missing", "Status, Afstemt"),
        ("danske_cmkv", "other_start", ""),
        ("mt940", "other_syntax", ""),
        ("opus_xlsx", "other_syntax", ""),
    ],
)
def test_what_a_file_lacks_of_a_layout_is_said(tmp_path: Path, layout: str, because: str, said: str) -> None:
    found = fit(written(tmp_path, LIST), layout)

    assert (found.because, found.facts.get("names", "")) == (because, said)


def test_a_column_too_many_and_another_order_are_told_apart(tmp_path: Path) -> None:
    bec = "Dato;Tekst;Beløb;Saldo;Valørdato;Type;Adviseringer"
    row = "\n05-01-2026;Salg;100,00;1100,00;05-01-2026;;\n"

    extra = fit(written(tmp_path, f"{bec};Mærke{row}"), "bec_csv")
    order = fit(written(tmp_path, bec.replace("Dato;Tekst", "Tekst;Dato") + row), "bec_csv")

    assert (extra.because, extra.facts["names"]) == ("extra", "Mærke")
    assert order.because == "order"


def test_a_robot_reads_by_its_offices_own_layout(tmp_path: Path) -> None:
    (tmp_path / "gevinst.toml").write_text(
        '[office]\nname = "Prøve"\nlayouts = "formater"\n', encoding="utf-8"
    )
    (tmp_path / "formater").mkdir()
    file = written(tmp_path, LIST)
    written(tmp_path / "formater", draft(file), "liste.toml")

    read = bootstrap.source_reader(bootstrap.office(str(tmp_path)))

    assert read(file, layout="liste", mapping=None).layout == "liste"
