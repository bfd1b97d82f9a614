"""A pack, an export and a table on their way out: whole, or not there."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from gevinst.app.office import ConfigurationError
from gevinst.formats.seals import unpack
from gevinst.reports.leaving import LeavingFolders, LeavingTable, write_all
from gevinst.reports.pack import write_pack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "run"
    (made / "input").mkdir(parents=True)
    (made / "input" / "bank.csv").write_text("Dato;Beløb\n", "utf-8")
    (made / "koersel.html").write_text("<p>", "utf-8")
    return made


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_the_same_folder_gives_the_same_pack(folder: Path, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write_pack(folder, tmp_path / name)

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert ZipFile(tmp_path / "a.zip").namelist() == ["input/bank.csv", "koersel.html"]


def test_a_full_disk_leaves_no_half_pack(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ZipFile, "open", full)

    with pytest.raises(OSError, match="No space left"):
        write_pack(folder, tmp_path / "a.zip")

    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_names_of_a_pack_stay_below_its_folder(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "ond.zip", "w") as archive:
        archive.writestr("../../udenfor.txt", "x")

    (tmp_path / "ud").mkdir()
    unpack(tmp_path / "ond.zip", tmp_path / "ud")

    assert not (tmp_path.parent / "udenfor.txt").exists()
    assert not (tmp_path / "udenfor.txt").exists()


@pytest.mark.parametrize("content", [b"", b"PK", b"no pack"])
def test_a_file_that_is_no_pack_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ingen.zip").write_bytes(content)

    with pytest.raises(ConfigurationError, match="EVI-004"):
        unpack(tmp_path / "ingen.zip", tmp_path / "ud")


def folders_of(office: Path) -> LeavingFolders:
    for name in ("robots", "tasks", "resources", "data"):
        (office / name).mkdir(parents=True)
    (office / "gevinst.toml").write_text('[office]\nname = "x"\n', "utf-8")
    return LeavingFolders(
        settings=office / "gevinst.toml",
        robots=office / "robots",
        tasks=office / "tasks",
        layouts=office / "layouts",
        data=office / "data",
        name='Kommunen "Æ"',
        language="da",
    )


def test_a_text_that_looks_like_a_formula_is_harmless_in_the_table_and_itself_in_json(tmp_path: Path) -> None:
    table = LeavingTable(
        name="run",
        columns={"summary": "text", "read": "whole number"},
        rows=[{"summary": "=1+1", "read": -2}],
    )

    assert write_all(tmp_path / "ud", [table], folders_of(tmp_path / "kontor")) == {"run": 1}

    assert "'=1+1;-2" in (tmp_path / "ud" / "tables" / "run.csv").read_text("utf-8-sig")
    assert json.loads((tmp_path / "ud" / "tables" / "run.json").read_text("utf-8"))[0]["summary"] == "=1+1"


def test_an_export_on_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = folders_of(tmp_path / "kontor")
    monkeypatch.setattr("shutil.copytree", full)

    with pytest.raises(OSError, match="No space left"):
        write_all(tmp_path / "ud", [], folders)

    assert [path.name for path in tmp_path.iterdir()] == ["kontor"]
