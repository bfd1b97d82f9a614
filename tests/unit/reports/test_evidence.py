import csv
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gevinst.domain.run import RunState
from gevinst.reports import evidence
from gevinst.reports.evidence import copy_inputs, seal, write_evidence, write_reports
from gevinst.reports.verify import MANIFEST, SUMS
from unit.reports.sample import rejected_report, sample_report, sample_result, sample_run

ODD_NAMES = ("CON.csv", "a:b.csv", "\u202efdp.exe", "x" * 200 + ".csv", ".skjult", "a\nb.csv", "slut.")
REPORTS = {
    "afstemning.xlsx",
    "grupper.csv",
    "koersel.en.html",
    "koersel.html",
    "poster_hoejre.csv",
    "poster_venstre.csv",
    "result.json",
}
TOOLS = {"verify.py", "kontrol.html"}


@pytest.fixture
def inputs(tmp_path: Path) -> list[Path]:
    bank, ledger = tmp_path / "hovedkonto.xml", tmp_path / "hovedkonto.xlsx"
    bank.write_bytes(b"<Document/>")
    ledger.write_bytes(b"PK")
    return [bank, ledger]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def sums(folder: Path) -> Iterator[tuple[str, str]]:
    for line in (folder / SUMS).read_text("utf-8").splitlines():
        digest, name = line.split("  ", 1)
        yield name, digest


def items(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_folder_holds_reports_inputs_and_seal(tmp_path: Path, inputs: list[Path]) -> None:
    folder = tmp_path / "run"
    write_evidence(folder, sample_report(), inputs)

    assert names(folder) == REPORTS | TOOLS | {
        "input/hovedkonto.xml",
        "input/hovedkonto.xlsx",
        MANIFEST,
        SUMS,
    }


def test_every_file_but_the_sums_is_in_the_sums(tmp_path: Path, inputs: list[Path]) -> None:
    folder = tmp_path / "run"
    write_evidence(folder, sample_report(), inputs)

    listed = dict(sums(folder))
    assert set(listed) == names(folder) - {SUMS}
    assert list(listed) == sorted(listed)
    assert listed == {name: sha256(folder / name) for name in listed}


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum on this machine")
def test_sha256sum_checks_the_folder_and_finds_a_changed_byte(tmp_path: Path, inputs: list[Path]) -> None:
    folder = tmp_path / "run"
    write_evidence(folder, sample_report(), inputs)
    check = ["sha256sum", "--check", "--quiet", SUMS]
    assert subprocess.run(check, cwd=folder, check=False).returncode == 0

    with (folder / "result.json").open("a", encoding="utf-8") as file:
        file.write(" ")

    found = subprocess.run(check, cwd=folder, check=False, capture_output=True, text=True)
    assert found.returncode != 0
    assert "result.json" in found.stdout


def test_the_manifest_tells_rows_and_sums_and_who(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    write_evidence(folder, sample_report())

    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    by_path = {file["path"]: file for file in manifest["files"]}
    left = sample_result().left
    assert by_path["poster_venstre.csv"]["rows"] == len(left)
    assert by_path["poster_venstre.csv"]["sum"] == int(left["amount"].sum())
    assert manifest["run"]["triggered_by"] == "gevinst"
    assert manifest["versions"]["rules"] == "3b9f1c20"


def test_the_manifest_knows_an_input_by_its_hash(tmp_path: Path, inputs: list[Path]) -> None:
    folder = tmp_path / "run"
    report = sample_report()
    bank = replace(report.sources[0], sha256=sha256(inputs[0]))
    write_evidence(folder, replace(report, sources=(bank,)), inputs)

    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    by_path = {file["path"]: file for file in manifest["files"]}
    assert by_path["input/hovedkonto.xml"]["rows"] == bank.rows.read
    assert "rows" not in by_path["input/hovedkonto.xlsx"]


def test_sealing_again_gives_the_same_seal(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    first = write_evidence(folder, sample_report())
    before = (folder / SUMS).read_bytes()

    assert seal(folder, sample_report().run) == first == sha256(folder / MANIFEST)
    assert (folder / SUMS).read_bytes() == before


def test_logs_that_come_later_are_sealed_too(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    write_reports(folder, sample_report())
    (folder / "log.html").write_text("<html></html>", "utf-8")
    (folder / "skærm billeder").mkdir()
    (folder / "skærm billeder" / "trin 1.png").write_bytes(b"png")

    seal(folder, sample_run())

    assert {"log.html", "skærm billeder/trin 1.png"} <= set(dict(sums(folder)))


def test_a_run_without_reports_is_sealed_with_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "robot-konsol.txt").write_text("stopped", "utf-8")

    seal(tmp_path, sample_run(state=RunState.FAILED))

    assert set(dict(sums(tmp_path))) == TOOLS | {MANIFEST, "robot-konsol.txt"}


def test_a_full_disk_leaves_what_stood_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "run"
    write_reports(folder, sample_report(robot_title="Før"))
    before = {name: (folder / name).read_bytes() for name in names(folder)}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(evidence, "_write_items", full)
    with pytest.raises(OSError, match="No space left"):
        write_reports(folder, sample_report(robot_title="Efter"))

    assert {name: (folder / name).read_bytes() for name in names(folder)} == before
    assert [path.name for path in folder.iterdir() if path.name.startswith(".draft")] == []


def test_a_draft_left_by_a_crash_is_not_sealed(tmp_path: Path) -> None:
    (tmp_path / ".draft-x").mkdir()
    (tmp_path / ".draft-x" / "koersel.html").write_text("half", "utf-8")

    seal(tmp_path, sample_run())

    assert set(dict(sums(tmp_path))) == TOOLS | {MANIFEST}
    assert not (tmp_path / ".draft-x").exists()


def test_every_item_stands_in_its_csv_with_state_and_group(tmp_path: Path) -> None:
    write_reports(tmp_path, sample_report())
    result = sample_result()

    rows = items(tmp_path, "poster_hoejre.csv")

    assert len(rows) == len(result.right)
    ore = sum(int(row["Beløb"].replace(",", "")) for row in rows)
    assert ore == int(result.right["amount"].sum())
    assert {row["Tilstand"] for row in rows} == {"Matchet", "Åben", "Forslag"}
    assert all(row["Match"] for row in rows if row["Tilstand"] == "Matchet")


@pytest.mark.parametrize("text", ["=1+1", "+45", "-1", "@A1", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_a_text_in_the_csv_is_never_a_formula(text: str, tmp_path: Path) -> None:
    result = sample_result()
    write_reports(tmp_path, sample_report(replace(result, left=result.left.assign(text=text))))

    rows = items(tmp_path, "poster_venstre.csv")

    assert {row["Tekst"][0] for row in rows} == {"'"}
    assert any(row["Beløb"].startswith("-") for row in rows)  # an amount stays a number


def test_a_line_break_in_a_text_does_not_break_a_record(tmp_path: Path) -> None:
    result = sample_result()
    write_reports(tmp_path, sample_report(replace(result, left=result.left.assign(text="et\r\nto\x00"))))

    lines = (tmp_path / "poster_venstre.csv").read_bytes().count(b"\n")

    assert lines == len(result.left) + 1


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_input_with_an_odd_name_gets_one_of_ours(name: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(b"1")

    class Odd(type(path)):  # type: ignore[misc]  # a name that not every file system can hold
        @property
        def name(self) -> str:
            return odd_name

    odd_name = name
    (kept,) = copy_inputs(tmp_path / "run", [Odd(path)])

    assert kept.startswith("input-1")
    assert (tmp_path / "run" / "input" / kept).read_bytes() == b"1"


def test_two_inputs_of_one_name_are_both_kept(tmp_path: Path) -> None:
    for number in ("1", "2"):
        (tmp_path / number).mkdir()
        (tmp_path / number / "konto.csv").write_text(number, "utf-8")

    kept = copy_inputs(tmp_path / "run", [tmp_path / "1" / "konto.csv", tmp_path / "2" / "konto.csv"])

    assert list(kept) == ["konto.csv", "2-konto.csv"]
    assert (tmp_path / "run" / "input" / "2-konto.csv").read_text("utf-8") == "2"


def test_a_rejected_run_without_a_result_has_pages_but_no_item_lists(tmp_path: Path) -> None:
    write_reports(tmp_path, replace(rejected_report(), result=None))

    assert names(tmp_path) == REPORTS - {"grupper.csv", "poster_hoejre.csv", "poster_venstre.csv"}
