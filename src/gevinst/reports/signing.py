"""The key that seals evidence: an Ed25519 key pair, its private half readable by its owner alone.

Public keys are never removed, so that evidence of before a change of key can still be checked.
"""

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from gevinst.app.office import ConfigurationError
from gevinst.reports.verify import fingerprint, raw_key

PRIVATE_KEY = "evidence.key"
PUBLIC_KEYS = "public"
OTHERS = 0o077  # rights of group and others


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who seals a folder."""

    public_pem: bytes
    key: Ed25519PrivateKey = field(repr=False)

    def sign(self, content: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self.key.sign(content)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key in DER, hex."""
        return fingerprint(raw_key(self.public_pem))


class EvidenceKeys:
    """The keys of an office in a folder: `evidence.key` (private) and `public/` (all there have been)."""

    def __init__(self, folder: Path, private: Path | None = None) -> None:
        self._public = folder / PUBLIC_KEYS
        self._own = private is None  #: ours to make and to change
        self._private = private or folder / PRIVATE_KEY

    def signer(self) -> Signer:
        """The key in use; made when the office has none yet.

        Raises:
            ConfigurationError: EVI-001 the key file cannot be read; EVI-002 others may read it.
            OSError: a new key cannot be written.
        """
        if self._own and not self._private.exists():
            self._write_new()
        return self._kept(self._read())

    def rotate(self) -> Signer:
        """A new key from now on; the old private key is gone, its public half stays.

        Raises:
            ConfigurationError: EVI-003 the private key is kept elsewhere, and is changed there.
            OSError: the new key cannot be written; the old one is still in use.
        """
        if not self._own:
            raise ConfigurationError("EVI-003", path=str(self._private))
        self._draft().replace(self._private)
        return self.signer()

    def public_keys(self) -> dict[str, bytes]:
        """Every public key (32 bytes) that the office has had, by fingerprint.

        Raises:
            ConfigurationError: EVI-001 a file there is no public key.
        """
        found: dict[str, bytes] = {}
        for path in sorted(self._public.glob("*.pem")):
            try:
                key = raw_key(path.read_bytes())
            except (OSError, ValueError) as error:
                raise ConfigurationError("EVI-001", path=str(path), cause=str(error)) from error
            found[fingerprint(key)] = key
        return found

    def _write_new(self) -> None:
        draft = self._draft()
        try:
            os.link(draft, self._private)  # unlike a rename, it gives way to a key that another has just made
        except FileExistsError:
            return
        finally:
            draft.unlink()

    def _draft(self) -> Path:
        self._private.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        handle, name = tempfile.mkstemp(dir=self._private.parent)  # for its owner alone
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        return Path(name)

    def _read(self) -> Ed25519PrivateKey:
        try:
            open_to_others = os.name == "posix" and self._private.stat().st_mode & OTHERS
            key = load_pem_private_key(self._private.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise ConfigurationError("EVI-001", path=str(self._private), cause=str(error)) from error
        if open_to_others:
            raise ConfigurationError("EVI-002", path=str(self._private))
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigurationError("EVI-001", path=str(self._private), cause=type(key).__name__)
        return key

    def _kept(self, key: Ed25519PrivateKey) -> Signer:
        signer = Signer(public_pem=pem_of(key.public_key()), key=key)
        path = self._public / f"{signer.fingerprint}.pem"
        if not path.exists():
            self._public.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".draft")
            draft.write_bytes(signer.public_pem)
            draft.replace(path)
        return signer


def pem_of(key: Ed25519PublicKey) -> bytes:
    """A public key as `openssl` reads it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def pem_of_raw(key: bytes) -> str:
    """A public key of 32 bytes as `openssl` reads it."""
    return pem_of(Ed25519PublicKey.from_public_bytes(key)).decode("ascii")


def quick_fits(key: bytes, message: bytes, signature: bytes) -> bool:
    """As verify.ed25519_fits, fifty times as fast."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
