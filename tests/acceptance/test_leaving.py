"""An office leaves with all it has, and its robots run on with plain `robot`, with the same result."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from acceptance.offices import Done, TestOffice
from gevinst.reports.leaving import meaning
from gevinst.store.dump import LEFT_OUT, SECRET_COLUMNS, all_tables, exported_columns, exported_tables
from gevinst.texts import Language

#: What of a result is the same whoever ran it.
SAME = ("state", "conclusion", "sources", "totals", "groups", "proposals", "open", "bridge", "rejected")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> tuple[TestOffice, Path, Done]:
    """An office in which a robot has run and a person has decided, and the folder that it left with."""
    office = TestOffice(tmp_path_factory.mktemp("kontor æøå")).furnish(demo=True)
    office.run("skattekonto")
    target = office.folder.parent / "afgang"
    return office, target, office.gevinst("export", "--all", str(target))


def read_table(target: Path, name: str) -> tuple[list[dict[str, str]], list[dict[str, object]]]:
    with (target / "tables" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return rows, json.loads((target / "tables" / f"{name}.json").read_text("utf-8"))


def plainly(office: Path, robot: str) -> dict[str, object]:
    """The result of plain `robot` in a folder, with none of our settings and a new database."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    variables = ["--variable", f"ROBOT:{robot}", "--variable", "PERIOD:2026-10"]
    suite = ["--outputdir", "plain", *variables, "tasks/bank_reconciliation.robot"]
    subprocess.run(
        [sys.executable, "-m", "robot", *suite],
        cwd=office,
        env=kept | {"PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    result: dict[str, object] = json.loads((office / "plain" / "result.json").read_text("utf-8"))
    return result


def test_every_table_is_written_twice_with_the_same_rows(left: tuple[TestOffice, Path, Done]) -> None:
    office, target, done = left
    assert done.code == 0, done.said

    for table in exported_tables():
        as_csv, as_json = read_table(target, table.name)
        counted = office.database(f'SELECT count(*) FROM "{table.name}"')[0][0]  # noqa: S608 - our own names
        assert len(as_csv) == len(as_json), table.name
        assert counted - len(as_json) in {0, 1} if table.name == "audit" else counted == len(as_json)


def test_the_same_robot_gives_the_same_result_without_our_runner(
    left: tuple[TestOffice, Path, Done],
) -> None:
    office, target, _ = left
    [folder] = (office.data / "koersler" / "skattekonto" / "2026-10").iterdir()
    before = json.loads((folder / "result.json").read_text("utf-8"))

    after = plainly(target, "skattekonto")

    assert {name: after[name] for name in SAME} == {name: before[name] for name in SAME}


def test_evidence_leaves_whole_and_the_private_key_stays(left: tuple[TestOffice, Path, Done]) -> None:
    office, target, _ = left
    [folder] = (target / "data" / "koersler" / "skattekonto" / "2026-10").iterdir()

    checked = subprocess.run(
        [sys.executable, "-I", "verify.py"], cwd=folder, capture_output=True, check=False
    )

    assert checked.returncode == 0, checked.stdout
    own = (office.data / "noegler" / "evidence.key").read_bytes()
    assert [path for path in target.rglob("*") if path.is_file() and path.read_bytes() == own] == []
    public = [path.name for path in (office.data / "noegler" / "public").iterdir()]
    assert [(target / "data" / "noegler" / "public" / name).is_file() for name in public] == [True]


def test_nothing_that_proves_who_someone_is_leaves(left: tuple[TestOffice, Path, Done]) -> None:
    _, target, _ = left
    names = {path.stem for path in (target / "tables").iterdir()}

    assert names & LEFT_OUT.keys() == set()
    assert "password_hash" not in (target / "tables" / "account.csv").read_text("utf-8-sig")
    assert ("account", "password_hash") in SECRET_COLUMNS


def test_every_column_is_explained_in_both_languages() -> None:
    names = [(table.name, column.name) for table in exported_tables() for column in exported_columns(table)]

    assert all(meaning(*name, language) for name in names for language in Language)
    assert LEFT_OUT.keys() <= {table.name for table in all_tables()}


def test_the_dictionary_lists_every_column_that_was_written(left: tuple[TestOffice, Path, Done]) -> None:
    _, target, _ = left
    rows: list[Mapping[str, str]] = json.loads((target / "data-dictionary.json").read_text("utf-8"))
    listed = {(row["table"], row["column"]) for row in rows}

    heads = {
        (path.stem, head)
        for path in (target / "tables").glob("*.csv")
        for head in path.read_text("utf-8-sig").split("\n", 1)[0].strip().split(";")
    }
    assert listed == heads


def test_a_folder_that_is_there_is_not_touched(left: tuple[TestOffice, Path, Done]) -> None:
    office, target, _ = left
    before = sorted(path.name for path in target.iterdir())

    done = office.gevinst("export", "--all", str(target))

    assert done.code == 6, done.said
    assert "EVI-008" in done.err
    assert sorted(path.name for path in target.iterdir()) == before


def test_the_export_is_in_the_trail(left: tuple[TestOffice, Path, Done]) -> None:
    _, target, _ = left

    assert "export.all" in {row["what"] for row in read_table(target, "audit")[0]}


def test_an_office_may_leave_into_its_own_data_and_its_keys_stay(
    left: tuple[TestOffice, Path, Done], tmp_path: Path
) -> None:
    office = TestOffice(tmp_path / "kontor")
    shutil.copytree(left[0].folder, office.folder)
    keys = {"key": "egen.key", "encryption_key": "laas.key"}
    secrets = office.data / "hemmeligheder.env"
    for path in (*(office.data / name for name in keys.values()), secrets):
        path.write_text("kun vores", "utf-8")
    lines = [f'{name} = "{(office.data / file).as_posix()}"' for name, file in keys.items()]
    places = f'[secrets]\nfile = "{secrets.as_posix()}"\n'
    with (office.folder / "gevinst.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n".join(["", "[evidence]", *lines, places]))

    done = office.gevinst("export", "--all", str(office.data / "afgang"))

    assert done.code == 0, done.said
    files = [path for path in (office.data / "afgang").rglob("*") if path.is_file()]
    assert [path for path in files if path.read_bytes() == b"kun vores"] == []
    assert not (office.data / "afgang" / "data" / "afgang.ufaerdig").exists()
