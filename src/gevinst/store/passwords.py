"""Hashes of passwords: Argon2id with the library's defaults (RFC 9106, low memory)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """See app.accounts.Passwords."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash("")  # checked where there is no account, so that it takes as long

    def hash(self, password: str) -> str:
        """See Passwords."""
        return self._hasher.hash(password)

    def fits(self, password_hash: str, password: str) -> bool:
        """See Passwords."""
        try:
            self._hasher.verify(password_hash or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash != ""
