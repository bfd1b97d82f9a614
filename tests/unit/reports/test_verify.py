"""The seal: whatever is changed in an evidence folder, byte by byte, is found and named."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gevinst.app.office import ConfigurationError
from gevinst.domain.audit import AuditAnchor
from gevinst.reports import verify as verifier
from gevinst.reports.evidence import seal, write_evidence
from gevinst.reports.signing import EvidenceKeys, Signer, quick_fits
from gevinst.reports.verify import Problem, check, ed25519_fits, fingerprint, raw_key
from unit.reports.sample import rejected_report, sample_report, sample_run

#: RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return EvidenceKeys(tmp_path / "noegler").signer()


@pytest.fixture
def folder(tmp_path: Path, signer: Signer) -> Path:
    """A small sealed folder: an input, a result, a page and what seals them."""
    made = tmp_path / "run"
    (made / "input").mkdir(parents=True)
    (made / "input" / "bank.csv").write_text("Dato;Beløb\n2026-10-05;1.250,00\n", "utf-8")
    (made / "koersel.html").write_text("<!DOCTYPE html><title>Afstemt</title>", "utf-8")
    seal(made, sample_run(), signer=signer, anchor=AuditAnchor(number=7, hash="a" * 64))
    return made


@pytest.fixture
def whole(tmp_path: Path, signer: Signer) -> Path:
    """A sealed folder with a reconciliation in it."""
    made = tmp_path / "afstemt"
    write_evidence(made, sample_report())
    seal(made, sample_run(), signer=signer)
    return made


def quickly(folder: Path, signer: Signer) -> list[Problem]:
    return check(folder, trusted={raw_key(signer.public_pem)}, fits=quick_fits)


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_verifier_agrees_with_the_vectors_of_the_standard(key: str, message: str, signature: str) -> None:
    public, text, sign = (bytes.fromhex(part) for part in (key, message, signature))

    assert ed25519_fits(public, text, sign)
    assert not ed25519_fits(public, text + b"x", sign)


@given(message=st.binary(max_size=80), flip=st.integers(0, 511))
def test_the_verifier_agrees_with_cryptography(message: bytes, flip: int) -> None:
    own = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
    public, signature = own.public_key().public_bytes_raw(), own.sign(message)
    changed = bytearray(signature)
    changed[flip // 8] ^= 1 << flip % 8

    assert ed25519_fits(public, message, signature)
    assert not ed25519_fits(public, message, bytes(changed))
    assert not quick_fits(public, message, bytes(changed))


@pytest.mark.parametrize("signature", [b"", b"\x00" * 63, b"\x00" * 65, b"\xff" * 64])
def test_what_is_no_signature_does_not_fit(signature: bytes) -> None:
    public = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32).public_key().public_bytes_raw()

    assert not ed25519_fits(public, b"text", signature)
    assert not ed25519_fits(b"\xff" * 32, b"text", bytes(64))


def test_a_folder_as_it_was_sealed_has_no_problem(folder: Path, whole: Path, signer: Signer) -> None:
    assert quickly(folder, signer) == []
    assert quickly(whole, signer) == []
    assert check(whole) == []


def test_every_byte_of_every_file_is_guarded(folder: Path, signer: Signer) -> None:
    (folder / "kontrol.html").write_text("kort", "utf-8")
    (folder / "input" / "verify.py").write_text("# kort", "utf-8")
    seal(folder, sample_run(), signer=signer)
    paths = [path for path in files_of(folder) if path.stat().st_size < 3_000]
    assert {path.name for path in paths} >= {"bank.csv", "koersel.html", "manifest.json", "SHA256SUMS.sig"}

    missed = []
    for path in paths:
        content = path.read_bytes()
        for at in range(len(content)):
            path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            missed += [] if quickly(folder, signer) else [(path.name, at)]
        path.write_bytes(content)

    assert missed == []
    assert quickly(folder, signer) == []


def test_a_changed_byte_is_named(whole: Path, signer: Signer) -> None:
    for path in files_of(whole):
        content = path.read_bytes()
        for at in {0, len(content) // 2, len(content) - 1}:
            path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            named = {name for _, name, _ in quickly(whole, signer)}
            assert named & {path.relative_to(whole).as_posix(), "SHA256SUMS", "public_key.pem"}, path.name
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("hand", "problem"),
    [
        (lambda folder: (folder / "koersel.html").unlink(), ("missing", "koersel.html")),
        (lambda folder: (folder / "input" / "ny.csv").write_text("x"), ("added", "input/ny.csv")),
        (lambda folder: (folder / "koersel.html").rename(folder / "side.html"), ("added", "side.html")),
        (lambda folder: (folder / "koersel.html").rename(folder / "side.html"), ("missing", "koersel.html")),
        (
            lambda folder: (folder / ".draft-x").mkdir() or (folder / ".draft-x" / "a").touch(),
            ("added", ".draft-x/a"),
        ),
        (lambda folder: (folder / "link").symlink_to("/etc/hostname"), ("added", "link")),
        (lambda folder: (folder / "SHA256SUMS.sig").unlink(), ("unsigned", "SHA256SUMS")),
        (lambda folder: (folder / "SHA256SUMS").unlink(), ("unreadable", "SHA256SUMS")),
        (lambda folder: (folder / "public_key.pem").write_text("ingen"), ("unreadable", "public_key.pem")),
        (lambda folder: (folder / "public_key.pem").unlink(), ("missing", "public_key.pem")),
    ],
)
def test_a_file_that_was_added_removed_or_renamed_is_named(
    folder: Path, signer: Signer, hand: Callable[[Path], object], problem: tuple[str, str]
) -> None:
    hand(folder)

    assert problem in {(word, name) for word, name, _ in quickly(folder, signer)}


def test_a_folder_that_someone_else_has_sealed_anew_is_found(
    folder: Path, signer: Signer, tmp_path: Path
) -> None:
    other = EvidenceKeys(tmp_path / "fremmed").signer()
    (folder / "koersel.html").write_text("<p>Alt stemmer</p>", "utf-8")
    seal(folder, sample_run(), signer=other)

    assert check(folder) == []  # whole in itself: the key must come by another way
    assert ("other_key", "SHA256SUMS", other.fingerprint) in quickly(folder, signer)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("poster_venstre.csv", ",00;", ",01;"),
        ("poster_hoejre.csv", ",00;", ",01;"),
        ("grupper.csv", ",00;", ",01;"),
        ("result.json", '"difference": 0, "holds"', '"difference": 1, "holds"'),
        ("result.json", '"left_balance": ', '"left_balance": 1'),
    ],
)
def test_figures_that_do_not_add_up_are_named_though_they_are_signed(
    whole: Path, signer: Signer, name: str, old: str, new: str
) -> None:
    text = (whole / name).read_bytes().decode()
    assert old in text
    (whole / name).write_bytes(text.replace(old, new, 1).encode())
    seal(whole, sample_run(), signer=signer)

    assert {word for word, _, _ in quickly(whole, signer)} == {"sum"}


def test_a_rejected_run_is_signed_and_has_nothing_to_add_up(tmp_path: Path, signer: Signer) -> None:
    write_evidence(tmp_path / "run", replace(rejected_report(), result=None))
    seal(tmp_path / "run", sample_run(), signer=signer)

    assert quickly(tmp_path / "run", signer) == []


def test_names_that_sha256sum_escapes_are_guarded_too(folder: Path, signer: Signer) -> None:
    (folder / "to\nlinjer\\.txt").write_text("x", "utf-8")
    seal(folder, sample_run(), signer=signer)

    assert quickly(folder, signer) == []
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


def test_the_verifier_needs_nothing_but_python(whole: Path, tmp_path: Path, signer: Signer) -> None:
    key = tmp_path / "register.pem"
    key.write_bytes(signer.public_pem)
    alone = [sys.executable, "-I", "-S", "verify.py", ".", "--key", str(key)]

    good = subprocess.run(alone, cwd=whole, capture_output=True, encoding="utf-8", check=False)
    (whole / "result.json").write_text("{}", "utf-8")
    bad = subprocess.run(alone, cwd=whole, capture_output=True, encoding="utf-8", check=False)

    assert (good.returncode, bad.returncode) == (0, 1)
    assert signer.fingerprint in good.stdout
    assert "ÆNDRET / CHANGED: result.json" in bad.stdout


def test_the_verifier_imports_the_standard_library_only() -> None:
    tree = ast.parse(Path(verifier.__file__).read_text("utf-8"))
    modules = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {module.partition(".")[0] for module in modules} <= sys.stdlib_module_names


def test_the_manifest_names_the_key_and_the_head_of_the_trail(folder: Path, signer: Signer) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))

    assert manifest["trail"] == {"number": 7, "hash": "a" * 64}
    assert manifest["signed_with"] == signer.fingerprint


class TestKeys:
    def test_a_key_is_made_once_and_is_for_its_owner_alone(self, tmp_path: Path) -> None:
        keys = EvidenceKeys(tmp_path / "noegler")
        first = keys.signer().fingerprint

        assert EvidenceKeys(tmp_path / "noegler").signer().fingerprint == first
        assert (tmp_path / "noegler" / "evidence.key").stat().st_mode & 0o777 == 0o600
        assert sorted(path.name for path in (tmp_path / "noegler").iterdir()) == ["evidence.key", "public"]

    def test_a_new_key_leaves_the_old_public_one(self, tmp_path: Path) -> None:
        keys = EvidenceKeys(tmp_path)
        old, new = keys.signer(), keys.rotate()

        assert old.fingerprint != new.fingerprint
        assert keys.public_keys().keys() == {old.fingerprint, new.fingerprint}
        assert keys.signer().fingerprint == new.fingerprint

    def test_old_evidence_holds_after_a_change_of_key(self, folder: Path, tmp_path: Path) -> None:
        keys = EvidenceKeys(tmp_path / "noegler")
        keys.rotate()

        assert check(folder, trusted=set(keys.public_keys().values())) == []

    def test_a_key_that_others_can_read_signs_nothing(self, tmp_path: Path) -> None:
        keys = EvidenceKeys(tmp_path)
        keys.signer()
        (tmp_path / "evidence.key").chmod(0o644)

        with pytest.raises(ConfigurationError) as refused:
            keys.signer()
        assert refused.value.code == "EVI-002"

    @pytest.mark.parametrize(
        "content", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
    )
    def test_a_file_that_is_no_key_is_refused_with_its_path(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "egen.key"
        path.write_text(content, "utf-8")
        path.chmod(0o600)

        with pytest.raises(ConfigurationError) as refused:
            EvidenceKeys(tmp_path / "noegler", path).signer()
        assert (refused.value.code, refused.value.facts["path"]) == ("EVI-001", str(path))

    def test_a_key_that_is_kept_elsewhere_is_not_made_nor_changed_here(self, tmp_path: Path) -> None:
        keys = EvidenceKeys(tmp_path / "noegler", tmp_path / "ikke-her.key")

        with pytest.raises(ConfigurationError, match="EVI-001"):
            keys.signer()
        with pytest.raises(ConfigurationError, match="EVI-003"):
            keys.rotate()
        assert not (tmp_path / "ikke-her.key").exists()

    def test_the_fingerprint_is_what_openssl_gives(self, signer: Signer, tmp_path: Path) -> None:
        assert fingerprint(raw_key(signer.public_pem)) == signer.fingerprint
        if not shutil.which("openssl"):
            pytest.skip("no openssl on this machine")
        (tmp_path / "key.pem").write_bytes(signer.public_pem)
        command = "openssl pkey -pubin -in key.pem -outform DER | sha256sum"
        shown = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S602 - as the page tells
        assert shown.stdout.split()[0] == signer.fingerprint
