"""Deleting by rule: what is due, what stays, and what the proof says afterwards."""

import subprocess
import sys
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gevinst.app.ports import RunStore
from gevinst.app.retention import (
    HOLD,
    RELEASE,
    Keep,
    RetentionTools,
    carry_out,
    holds,
    note_hold,
    plan,
)
from gevinst.domain.retention import DataKind, RetentionWordsError, deletable_from, retention_rule
from gevinst.domain.robot import Passport, People, Phase, Robot
from gevinst.domain.run import Run, RunState
from gevinst.reports.deletion import delete_files, delete_received, inputs_of
from gevinst.reports.evidence import seal, write_evidence
from gevinst.reports.signing import EvidenceKeys, Signer
from gevinst.reports.verify import check
from gevinst.store.memory import MemoryRunStore
from runs import MORNING, a_run, an_item, ended
from unit.reports.sample import sample_report, sample_run

LATER = datetime(2033, 1, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("5 år efter regnskabsårets udløb", date(2032, 1, 1)),
        ("5 År efter  regnskabsårets afslutning.", date(2032, 1, 1)),
        ("5 years after the end of the accounting year", date(2032, 1, 1)),
        ("5 år", date(2032, 1, 1)),
        ("1 år efter periodens udløb", date(2027, 11, 1)),
        ("1 year after the end of the period", date(2027, 11, 1)),
        ("6 måneder", date(2027, 5, 1)),
        ("4 months after the end of the period", date(2027, 3, 1)),
        ("2 måneder efter regnskabsårets udløb", date(2027, 3, 1)),
        ("30 dage", date(2026, 12, 1)),
        ("1 dag efter periodens udløb", date(2026, 11, 2)),
    ],
)
def test_a_rule_in_words_names_the_first_day_of_deletion(words: str, day: date) -> None:
    assert deletable_from(retention_rule(words), "2026-10") == day


@pytest.mark.parametrize(
    "words", ["", "for evigt", "0 år", "5", "fem år", "5 år efter ansættelsen", "-1 dag"]
)
def test_words_that_cannot_be_computed_are_no_rule(words: str) -> None:
    with pytest.raises(RetentionWordsError):
        retention_rule(words)


def a_robot(deletion: str = "5 år", **keep: str) -> Robot:
    return Robot(
        id="hovedkonto",
        title={},
        flow="bank_reconciliation",
        phase=Phase.PRODUCTION,
        people=People(process_owner="Leder", benefit_owner="Chef", controller_group="Regnskab"),
        sources={},
        passport=Passport(
            moves_money=False,
            risk="",
            controls="",
            legal_basis="",
            data_categories="",
            deletion=deletion,
            exit_plan="",
            review="2036-01-01",
            keep=keep,
        ),
        version="3f2a",
    )


@pytest.fixture
def store() -> RunStore:
    """Two months of runs; the first has an open item."""
    made = MemoryRunStore()
    for run in (a_run("run-1", period="2026-10"), a_run("run-2", period="2026-11", after=1)):
        made.start(run)
        made.save_open_items(run, [an_item()])
        made.finish(ended(run, RunState.OPEN_ITEMS))
    return made


def due(store: RunStore, robot: Robot, day: date) -> list[tuple[str, str, Keep | None]]:
    return [(one.run.run_id, str(one.kind), one.keep) for one in plan(store, [robot], day).due]


def test_nothing_is_due_before_its_day(store: RunStore) -> None:
    assert due(store, a_robot(), date(2031, 12, 31)) == []
    assert len(due(store, a_robot(), date(2032, 1, 1))) == 6


def test_each_kind_of_data_has_its_own_time(store: RunStore) -> None:
    robot = a_robot(inputs="1 måned", items="1 år")

    assert due(store, robot, date(2026, 12, 1)) == [("run-1", "inputs", None)]
    assert {kind for _, kind, _ in due(store, robot, date(2028, 1, 1))} == {"inputs", "items"}


def test_the_newest_run_stays_since_the_next_carries_on_from_it(store: RunStore) -> None:
    kept = {run for run, _, keep in due(store, a_robot(), LATER.date()) if keep is Keep.NEWEST}

    assert kept == {"run-2"}


def test_of_a_retired_robot_the_newest_run_goes_too(store: RunStore) -> None:
    retired = replace(a_robot(), phase=Phase.RETIRED)

    assert {keep for _, _, keep in due(store, retired, LATER.date())} == {None}


@pytest.mark.parametrize("subject", ["hovedkonto", "run-1"])
def test_a_hold_keeps_a_robot_or_a_run_until_it_is_released(store: RunStore, subject: str) -> None:
    note_hold(store, HOLD, subject, why="Revisionen ser på den", who="jurist", at=MORNING)
    assert {keep for run, _, keep in due(store, a_robot(), LATER.date()) if run == "run-1"} == {Keep.HELD}
    assert holds(store) == {subject: "Revisionen ser på den"}

    note_hold(store, RELEASE, subject, why="Afsluttet", who="jurist", at=MORNING)
    assert {keep for run, _, keep in due(store, a_robot(), LATER.date()) if run == "run-1"} == {None}


def test_a_robot_without_a_clear_rule_loses_nothing_and_is_named(store: RunStore) -> None:
    assert plan(store, [a_robot("efter behov")], LATER.date()).unclear == ["hovedkonto"]
    assert plan(store, [], LATER.date()).unclear == ["hovedkonto"]
    assert plan(store, [a_robot("efter behov")], LATER.date()).due == []


def test_what_is_carried_out_is_noted_and_not_due_again(store: RunStore) -> None:
    asked: list[tuple[str, set[DataKind]]] = []

    def delete(run: Run, kinds: Collection[DataKind]) -> tuple[int, str]:
        asked.append((run.run_id, set(kinds)))
        return 3, "f" * 64

    tools = RetentionTools(store=store, delete=delete, now=lambda: LATER, who="controller")
    carry_out(plan(store, [a_robot()], LATER.date()).due, tools)

    assert asked == [("run-1", set(DataKind))]
    assert store.kept_items("run-1") == ()
    (row,) = store.audit_of(["retention.deleted"], "run-1")
    assert (row.who, row.detail["files"], row.detail["items"]) == ("controller", 3, 1)
    assert {run for run, _, _ in due(store, a_robot(), LATER.date())} == {"run-2"}


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return EvidenceKeys(tmp_path / "noegler").signer()


@pytest.fixture
def folder(tmp_path: Path, signer: Signer) -> Path:
    """Sealed evidence with an input and a log."""
    made, bank = tmp_path / "run", tmp_path / "bank.csv"
    bank.write_text("Dato;Beløb\n", "utf-8")
    write_evidence(made, sample_report(), [bank])
    (made / "log.html").write_text("<html></html>", "utf-8")
    seal(made, sample_run(), signer=signer)
    return made


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_proof_stays_and_holds_when_everything_else_is_deleted(folder: Path, signer: Signer) -> None:
    sums = (folder / "SHA256SUMS").read_bytes()

    delete_files(folder, set(DataKind), signer=signer, at=LATER, who="controller")

    proof = {"manifest.json", "SHA256SUMS", "SHA256SUMS.sig", "public_key.pem", "verify.py", "kontrol.html"}
    assert names(folder) == proof | {"slettet.json", "slettet.json.sig"}
    assert (folder / "SHA256SUMS").read_bytes() == sums
    assert check(folder) == []


def test_deleting_in_two_steps_adds_to_the_note(folder: Path, signer: Signer, tmp_path: Path) -> None:
    delete_files(folder, {DataKind.INPUTS}, signer=signer, at=LATER, who="controller")
    assert not (folder / "input").exists()
    assert (folder / "result.json").exists()

    later = EvidenceKeys(tmp_path / "noegler").rotate()  # the office has a new key by then
    delete_files(folder, {DataKind.ITEMS}, signer=later, at=LATER, who="controller")

    assert "log.html" in names(folder)
    assert check(folder) == []
    assert check(folder, trusted=set(EvidenceKeys(tmp_path / "noegler").public_keys().values())) == []


def test_a_deletion_that_broke_off_can_be_done_again(folder: Path, signer: Signer) -> None:
    delete_files(folder, set(DataKind), signer=signer, at=LATER, who="controller")
    (folder / "log.html").write_text("<html></html>", "utf-8")  # as if it had not been reached

    assert check(folder) == []
    assert delete_files(folder, set(DataKind), signer=signer, at=LATER, who="controller")[0] == 1
    assert check(folder) == []


def test_a_file_that_was_deleted_without_a_rule_is_missing(folder: Path, signer: Signer) -> None:
    delete_files(folder, {DataKind.INPUTS}, signer=signer, at=LATER, who="controller")
    (folder / "log.html").unlink()

    assert ("missing", "log.html") in {(word, name) for word, name, _ in check(folder)}


@pytest.mark.parametrize("name", ["slettet.json", "slettet.json.sig"])
def test_a_note_of_deletion_that_someone_has_changed_counts_for_nothing(
    folder: Path, signer: Signer, name: str
) -> None:
    delete_files(folder, {DataKind.INPUTS}, signer=signer, at=LATER, who="controller")
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])

    words = {word for word, _, _ in check(folder)}
    assert "missing" in words
    assert words & {"signature", "unreadable"}


def test_a_note_of_deletion_by_a_strange_key_counts_for_nothing(folder: Path, tmp_path: Path) -> None:
    strange = EvidenceKeys(tmp_path / "fremmed").signer()
    delete_files(folder, {DataKind.INPUTS}, signer=strange, at=LATER, who="nobody")

    trusted = set(EvidenceKeys(tmp_path / "noegler").public_keys().values())
    assert {"other_key", "missing"} <= {word for word, _, _ in check(folder, trusted=trusted)}


def test_without_a_register_the_verifier_tells_whose_key_signed_the_deletion(
    folder: Path, signer: Signer, tmp_path: Path
) -> None:
    strange = EvidenceKeys(tmp_path / "fremmed").signer()
    delete_files(folder, {DataKind.INPUTS}, signer=strange, at=LATER, who="nobody")

    alone = [sys.executable, "-I", "-S", "verify.py"]
    told = subprocess.run(alone, cwd=folder, capture_output=True, encoding="utf-8", check=False).stdout

    assert f"SHA256SUMS: underskrevet med / signed with: {signer.fingerprint}" in told
    assert f"slettet.json: underskrevet med / signed with: {strange.fingerprint}" in told


def test_received_files_go_when_they_are_the_ones_that_were_read(folder: Path, tmp_path: Path) -> None:
    received = tmp_path / "ind"
    (received / "bank").mkdir(parents=True)
    (received / "bank" / "oktober.csv").write_text("Dato;Beløb\n", "utf-8")
    (received / "bank" / "november.csv").write_text("Dato;Sum!!\n", "utf-8")

    assert delete_received([received], inputs_of(folder)) == 1

    assert names(received) == {"bank/november.csv"}


def test_a_full_disk_deletes_nothing(folder: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    before = names(folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        delete_files(folder, set(DataKind), signer=signer, at=LATER, who="controller")

    assert names(folder) == before
