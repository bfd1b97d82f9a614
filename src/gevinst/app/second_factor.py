"""A second factor at sign-in: a code from a person's own device (RFC 6238), and recovery codes on paper."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from gevinst.app.accounts import AccountBook, AccountError, Door, Opened, Visitor, open_session, prove_again
from gevinst.domain.access import Action, Person, Role, require
from gevinst.domain.account import SecondFactor, Session, hash_of, new_recovery_code
from gevinst.domain.audit import AuditEvent

HALF_LASTS = timedelta(minutes=5)  # between the password and the code
RECOVERY_CODES = 10
#: Under this in place of an address wrong codes are counted: whoever gives one knows the password, from
#: wherever they come.
CODES_OF = "code:"


class Codes(Protocol):
    """Codes of a device, six digits, another each half minute."""

    def new_secret(self) -> str:
        """A random secret in base 32, as a person types it into a device."""

    def step(self, secret: str, code: str, now: datetime) -> int | None:
        """The half minute of which a code is, the present or the one beside it; None for a wrong one."""

    def address(self, secret: str, *, user: str, office: str) -> str:
        """The secret as an address that a device opens."""


class FactorBook(Protocol):
    """Where second factors are kept. Each method is one transaction."""

    def factor(self, user: str) -> SecondFactor | None:
        """What a user has, or has begun."""

    def keep_factor(self, factor: SecondFactor, codes: Collection[str], event: AuditEvent) -> None:
        """Keep it with the hashes of its recovery codes, in place of what was there."""

    def take_step(self, user: str, step: int) -> bool:
        """Note the half minute of a code; False when a code of it or of a later one was taken before."""

    def take_recovery(self, user: str, code_hash: str, event: AuditEvent) -> bool:
        """Use a recovery code; False when there is none such. It works once."""

    def recovery_left(self, user: str) -> int:
        """How many recovery codes a user has left."""

    def remove_factor(self, user: str, event: AuditEvent) -> None:
        """Remove it with its recovery codes, and end the user's sessions."""


@dataclass(frozen=True, kw_only=True)
class FactorDoor:
    """What a second factor needs from outside."""

    door: Door
    factors: FactorBook
    codes: Codes


def has_factor(factors: FactorBook, user: str) -> bool:
    """Whether a user has a second factor that works."""
    found = factors.factor(user)
    return found is not None and found.confirmed is not None


def must_enrol(seen: Visitor, needing: Collection[Role], factors: FactorBook) -> bool:
    """Whether a person may do nothing before they have one; the office's own sign-in has its own."""
    asked = bool(seen.account.password_hash) and bool(seen.account.roles & frozenset(needing))
    return asked and not has_factor(factors, seen.account.user)


def half_session(book: AccountBook, key: str, now: datetime) -> Session | None:
    """The session of one who has given the password and not yet the code; None when it took too long."""
    session = book.session(hash_of(key)) if key else None
    over = session is None or not session.half or now - session.opened > HALF_LASTS
    return None if over else session


def finish_sign_in(at: FactorDoor, session: Session, *, code: str, now: datetime) -> Opened:
    """Open the session whose password was right, by a code of the device or a recovery code.

    Raises:
        AccountError: ACC-002 too many wrong ones; ACC-018 the code is wrong, or was used before.
    """
    check_code(at, session.user, code=code, now=now)
    return open_session(at.door.book, session.user, now, in_place_of=session.key_hash)


def check_code(at: FactorDoor, user: str, *, code: str, now: datetime) -> None:
    """Whether a code is the device's or on the user's paper; either works once.

    Raises:
        AccountError: ACC-002 too many wrong ones; ACC-018 the code is wrong, or was used before.
    """
    at.door.check_patience(user, f"{CODES_OF}{user}", now)
    factor = at.factors.factor(user)
    if factor is None or not factor.confirmed or not _is_right(at, factor, _plain(code), now):
        raise _wrong(at, user, now)


def _plain(code: str) -> str:
    """A code without what people type between its signs."""
    return "".join(code.split()).replace("-", "").lower()


def _wrong(at: FactorDoor, user: str, now: datetime) -> AccountError:
    """Note a wrong code, and give the error to raise."""
    refused = _event("login.refused", user, now)
    at.door.book.note_wrong(user=user, address=f"{CODES_OF}{user}", at=now, event=refused)
    return AccountError("ACC-018")


def _is_right(at: FactorDoor, factor: SecondFactor, code: str, now: datetime) -> bool:
    step = at.codes.step(factor.secret, code, now)
    if step is not None:
        return at.factors.take_step(factor.user, step)
    used = _event("factor.recovery", factor.user, now)
    return at.factors.take_recovery(factor.user, hash_of(code), used)


def begin_enrolment(at: FactorDoor, seen: Visitor, *, password: str, address: str, now: datetime) -> None:
    """Make a secret for a person's device; it works once a code of it has come back.

    Raises:
        AccountError: as accounts.prove_again; ACC-019 there is one that works.
    """
    user = seen.account.user
    prove_again(at.door, seen, password=password, address=address, now=now)
    if has_factor(at.factors, user):
        raise AccountError("ACC-019")
    begun = SecondFactor(user=user, secret=at.codes.new_secret(), confirmed=None)
    at.factors.keep_factor(begun, (), _event("factor.begun", user, now))


def confirm_enrolment(at: FactorDoor, seen: Visitor, *, code: str, now: datetime) -> Sequence[str]:
    """Let the device's code be asked for from now on.

    Returns:
        The recovery codes: shown once, and kept as hashes.

    Raises:
        AccountError: ACC-002; ACC-018 the code is not of the secret; ACC-019 there is one that works;
            ACC-020 none was begun.
    """
    user = seen.account.user
    begun = at.factors.factor(user)
    if begun is None:
        raise AccountError("ACC-020")
    if begun.confirmed:
        raise AccountError("ACC-019")
    at.door.check_patience(user, f"{CODES_OF}{user}", now)
    step = at.codes.step(begun.secret, _plain(code), now)
    if step is None:
        raise _wrong(at, user, now)
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    done = replace(begun, confirmed=now, last_step=step)
    hashes = [hash_of(_plain(one)) for one in codes]
    at.factors.keep_factor(done, hashes, _event("factor.added", user, now))
    return codes


def drop_own_factor(at: FactorDoor, seen: Visitor, *, code: str, now: datetime) -> None:
    """Take one's own second factor away, by a code of it; the sessions end.

    Raises:
        AccountError: see check_code.
    """
    user = seen.account.user
    check_code(at, user, code=code, now=now)
    at.factors.remove_factor(user, _event("factor.removed", user, now))


def drop_factor(factors: FactorBook, *, by: Person, user: str, now: datetime) -> None:
    """Take another's second factor away, when the device and the paper are lost; their sessions end.

    Raises:
        NotAllowedError: only an administrator may.
        AccountError: ACC-021 it is their own, which asks for a code.
    """
    require(by, Action.ADMINISTER)
    if by.user == user:
        raise AccountError("ACC-021")
    factors.remove_factor(user, _event("factor.removed", user, now, who=by.user))


def _event(what: str, user: str, now: datetime, *, who: str = "") -> AuditEvent:
    return AuditEvent(at=now, who=who or user, what=what, subject=user)
