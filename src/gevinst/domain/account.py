"""Accounts of the console, their sessions and tokens; secrets only as hashes."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gevinst.domain.access import Person, Role

SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=8)
SETUP_CODE_LASTS = timedelta(hours=1)
REAUTHENTICATE_AFTER = timedelta(minutes=15)  # an approval asks for the password again after so long

#: Wrong passwords after which an account, or an address, must wait. An outsider can so delay a person who
#: comes from the same address, never lock an account for ever.
WRONG_ALLOWED = 10
WRONG_WITHIN = timedelta(minutes=15)

PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 200  # a limit against work, not against people
TOKEN_BYTES = 32
RECOVERY_BYTES = 10


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person who may sign in."""

    user: str  #: lower case, unique; the name in the audit trail
    shown_name: str
    password_hash: str  #: Argon2id in its own text form; "" for one who comes by the office's sign-in
    roles: frozenset[Role]
    disabled: bool = False
    email: str = ""
    created: datetime

    @property
    def person(self) -> Person:
        """The account as use cases ask for it."""
        return Person(user=self.user, roles=self.roles)


@dataclass(frozen=True, kw_only=True)
class Session:
    """One sign-in of an account."""

    key_hash: str  #: SHA-256 of the cookie's value; the value itself is kept nowhere
    user: str
    csrf: str  #: what each form must send back
    opened: datetime  #: UTC
    seen: datetime  #: UTC; the last request
    proved: datetime  #: UTC; when the password was last given
    half: bool = False  #: the password was right, and the second factor is still to come

    def ended(self, now: datetime) -> bool:
        """Whether it is too old, or idle for too long."""
        return now - self.opened > SESSION_LONGEST or now - self.seen > SESSION_IDLE

    def must_prove_again(self, now: datetime) -> bool:
        """Whether an approval asks for the password first."""
        return now - self.proved > REAUTHENTICATE_AFTER


@dataclass(frozen=True, kw_only=True)
class SecondFactor:
    """What a person's device shares with the console."""

    user: str
    secret: str = field(repr=False)  #: base 32
    confirmed: datetime | None  #: UTC; when the first code came back, None while it has not
    last_step: int = 0  #: the half minute of the last code; a code works once


@dataclass(frozen=True, kw_only=True)
class ApiToken:
    """What a program shows instead of a person's sign-in; shown once, kept as a hash."""

    key_hash: str
    name: str  #: what it is for
    roles: frozenset[Role]
    made_by: str
    made: datetime
    expires: datetime
    revoked: bool = False

    def person(self) -> Person:
        """The token as use cases ask for it."""
        return Person(user=f"token:{self.name}", roles=self.roles)


def new_secret() -> str:
    """A random text of 256 bits that is safe in a cookie, a link and a header."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_recovery_code() -> str:
    """A random text of 80 bits that a person can keep on paper: abcd-efgh-ijkl-mnop."""
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def hash_of(secret: str) -> str:
    """What is kept of a random secret; its 80 bits or more need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
