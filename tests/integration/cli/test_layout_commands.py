"""gevinst layouts: the list, why a file fits or not, and a draft that reads its own file."""

import json
from pathlib import Path

import pytest

from gevinst.formats.layouts import packaged_layouts
from integration.cli.conftest import Command

FIXTURES = Path(__file__).parents[3] / "fixtures"
LIST = """Dato;Tekst;Beløb;Saldo
13-10-2026;Salg;1.250,00;11.250,00
14-10-2026;Gebyr;-400,00;10.850,00
"""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office in the test's folder, with one bank file."""
    (tmp_path / "gevinst.toml").write_text('[office]\nname = "Prøve"\n', encoding="utf-8")
    (tmp_path / "layouts").mkdir()
    (tmp_path / "liste.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


def test_layouts_lists_those_of_the_package_with_their_version(gevinst: Command) -> None:
    found = json.loads(gevinst("layouts", "--json").out)

    assert [one["id"] for one in found] == sorted(packaged_layouts())
    assert all(one["version"] >= 1 and not one["own"] for one in found)


def test_a_draft_put_in_the_folder_is_listed_and_reads_the_file(office: Path, gevinst: Command) -> None:
    draft = gevinst("layouts", "draft", "liste.csv").out
    (office / "layouts" / "liste.toml").write_text(draft, encoding="utf-8")

    own = [one["id"] for one in json.loads(gevinst("layouts", "--json").out) if one["own"]]
    read = json.loads(gevinst("read", "liste.csv", "--layout", "liste", "--json").out)

    assert own == ["liste"]
    assert (read["layout"], len(read["items"]), read["findings"]) == ("liste", 2, [])


def test_explain_says_what_is_taken_and_what_each_layout_misses(office: Path, gevinst: Command) -> None:
    done = gevinst("layouts", "explain", str(office / "liste.csv"), "--json")

    found = json.loads(done.out)
    why = {one["id"]: one["why"] for one in found["layouts"]}
    assert (done.code, found["taken"]) == (0, "detected")
    assert why["danske_csv"] == "Overskriften mangler Status, Afstemt"
    assert any("Beløb" in line for line in found["because"])


def test_explain_refuses_a_file_that_no_layout_can_describe(gevinst: Command) -> None:
    done = gevinst(
        "layouts", "explain", str(FIXTURES / "bank_reconciliation" / "wrong_kind_pdf" / "bank.csv")
    )

    assert (done.code, "FIL-002" in done.err) == (4, True)


def test_a_statement_needs_no_draft_and_is_said_not_to(gevinst: Command) -> None:
    done = gevinst(
        "layouts", "draft", str(FIXTURES / "formats" / "mt940" / "plain.sta"), GEVINST_LANGUAGE="en"
    )

    assert (done.code, "needs no layout" in done.err) == (2, True)


def test_a_draft_says_what_is_unsure(office: Path, gevinst: Command) -> None:
    unsure = "Date;Text;Amount\n01/02/2026;A;1.5\n03/04/2026;B;2.5\n"
    (office / "unsure.csv").write_text(unsure, encoding="utf-8")

    draft = gevinst("layouts", "draft", "unsure.csv").out

    assert len([line for line in draft.splitlines() if line.startswith("#")]) > 1


def test_a_broken_layout_of_the_office_is_named(office: Path, gevinst: Command) -> None:
    (office / "layouts" / "min.toml").write_text("id = 'min'\n", encoding="utf-8")

    done = gevinst("read", "liste.csv")

    assert (done.code, "layouts/min.toml" in done.err) == (6, True)
