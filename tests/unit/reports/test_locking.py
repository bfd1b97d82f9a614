"""Evidence at rest, encrypted: readable with its key only, and each file bound to its place."""

import shutil
from pathlib import Path

import pytest

from gevinst.app.office import ConfigurationError
from gevinst.domain.retention import DataKind
from gevinst.reports.deletion import delete_files
from gevinst.reports.evidence import seal
from gevinst.reports.locking import is_locked, lock_folder, open_folder, read_lock_key
from gevinst.reports.signing import EvidenceKeys, Signer
from gevinst.reports.verify import check
from runs import MORNING
from unit.reports.sample import sample_run

KEY, OTHER = b"\x07" * 32, b"\x08" * 32


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return EvidenceKeys(tmp_path / "noegler").signer()


@pytest.fixture
def locked(tmp_path: Path, signer: Signer) -> Path:
    folder = tmp_path / "run-1"
    (folder / "input").mkdir(parents=True)
    (folder / "input" / "bank.csv").write_text("Borger 010180-1234", "utf-8")
    (folder / "koersel.html").write_text("<p>Borger</p>", "utf-8")
    seal(folder, sample_run(), signer=signer)
    assert lock_folder(folder, "run-1", KEY) == 2
    return folder


def test_no_text_can_be_read_and_the_proof_can(locked: Path) -> None:
    everything = b"".join(path.read_bytes() for path in locked.rglob("*") if path.is_file())

    assert is_locked(locked)
    assert b"Borger" not in everything
    assert (locked / "manifest.json").is_file()
    assert not (locked / "koersel.html").exists()


def test_opened_it_is_as_it_was_sealed(locked: Path, tmp_path: Path) -> None:
    open_folder(locked, "run-1", KEY, tmp_path / "aaben")

    assert check(tmp_path / "aaben") == []
    assert (tmp_path / "aaben" / "input" / "bank.csv").read_text("utf-8") == "Borger 010180-1234"


@pytest.mark.parametrize(("run_id", "key"), [("run-1", OTHER), ("run-2", KEY)])
def test_another_key_or_run_opens_nothing(locked: Path, tmp_path: Path, run_id: str, key: bytes) -> None:
    with pytest.raises(ConfigurationError, match="EVI-010"):
        open_folder(locked, run_id, key, tmp_path / "aaben")


def test_a_file_in_the_place_of_another_is_found(locked: Path, tmp_path: Path) -> None:
    shutil.copy(locked / "input" / "bank.csv.laast", locked / "koersel.html.laast")

    with pytest.raises(ConfigurationError, match="EVI-010"):
        open_folder(locked, "run-1", KEY, tmp_path / "aaben")


def test_locking_again_does_nothing_more(locked: Path) -> None:
    assert lock_folder(locked, "run-1", KEY) == 0


def test_encrypted_files_are_deleted_by_rule_too(locked: Path, signer: Signer) -> None:
    assert delete_files(locked, set(DataKind), signer=signer, at=MORNING, who="controller")[0] == 2

    assert not is_locked(locked)
    assert check(locked) == []


@pytest.mark.parametrize("content", ["", "kort", "g" * 64, "0" * 63])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "laas.key"
    path.write_text(content, "utf-8")
    path.chmod(0o600)

    with pytest.raises(ConfigurationError, match="EVI-009"):
        read_lock_key(path)


def test_a_key_is_read_when_it_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "laas.key"
    path.write_text(KEY.hex() + "\n", "utf-8")
    path.chmod(0o600)
    assert read_lock_key(path) == KEY

    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="EVI-009"):
        read_lock_key(path)
