"""Sign in, sign out, and keep accounts: the use cases behind the console's door."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from gevinst.domain.access import Action, Person, Role, require
from gevinst.domain.account import (
    PASSWORD_LONGEST,
    PASSWORD_SHORTEST,
    SETUP_CODE_LASTS,
    WRONG_ALLOWED,
    WRONG_WITHIN,
    Account,
    ApiToken,
    Session,
    hash_of,
    new_secret,
)
from gevinst.domain.audit import AuditEvent
from gevinst.domain.refusal import RefusedError

SYSTEM = "gevinst"
TOKEN_LONGEST = timedelta(days=366)
NAME_LONGEST = 64
#: Words and rows of keys that lists of stolen passwords begin with, in Danish and English. With a shortest
#: password of twelve signs such a list holds little else than these with figures and signs about them.
COMMON = (
    *("adgangskode", "kodeord", "password", "passw0rd", "p@ssword", "p@ssw0rd", "hemmelig", "secret"),
    *("velkommen", "welcome", "kommune", "regnskab", "rådhus", "danmark", "denmark", "københavn"),
    *("forår", "sommer", "efterår", "vinter", "spring", "summer", "autumn", "winter"),
    *("januar", "februar", "marts", "april", "juni", "juli", "august", "september", "oktober", "november"),
    *("december", "monday", "mandag", "fodbold", "football", "baseball", "princess", "sunshine", "superman"),
    *("letmein", "iloveyou", "dragon", "monkey", "master", "shadow", "login", "admin", "changeme", "default"),
    *("qwertyuiop", "qwerty", "asdfghjkl", "asdfgh", "zxcvbnm", "zxcvbn", "1qaz", "2wsx", "3edc", "4rfv"),
)
LETTERS_LEFT = 3
EMAIL_LONGEST = 254


class AccountError(RefusedError):
    """Something about an account that cannot be done."""


class Passwords(Protocol):
    """Makes and checks hashes of passwords; slow on purpose."""

    def hash(self, password: str) -> str:
        """The hash to keep."""

    def fits(self, password_hash: str, password: str) -> bool:
        """Whether the password is the one of the hash; takes as long for an empty hash."""


class AccountBook(Protocol):
    """Where accounts, sessions, tokens and wrong passwords are kept. Each method is one transaction."""

    def account(self, user: str) -> Account | None:
        """The account of a user name."""

    def accounts(self) -> Sequence[Account]:
        """All accounts by user name."""

    def add_account(self, account: Account, event: AuditEvent, *, only_if_first: bool = False) -> bool:
        """Add an account; False when the name is taken, or it should be the first and is not."""

    def change_account(self, account: Account, event: AuditEvent) -> None:
        """Replace what is kept of an account, and end its sessions."""

    def open_session(self, session: Session, event: AuditEvent, *, in_place_of: str = "") -> None:
        """Keep a session, in place of the one of a cookie's hash."""

    def session(self, key_hash: str) -> Session | None:
        """The session of a cookie."""

    def touch_session(self, session: Session) -> None:
        """Keep when a session was last seen and proved."""

    def close_sessions(self, user: str, event: AuditEvent, *, key_hash: str = "") -> int:
        """End one session of a user, or all; how many there were."""

    def open_sessions(self, now: datetime) -> Mapping[str, int]:
        """How many sessions each user name has that are not over."""

    def note_wrong(self, *, user: str, address: str, at: datetime, event: AuditEvent) -> None:
        """Keep that a wrong password was given."""

    def wrong_since(self, *, user: str, address: str, since: datetime) -> int:
        """How many wrong passwords the user name got from the address, or the address gave in all."""

    def keep_setup_code(self, code_hash: str, expires: datetime) -> None:
        """Keep the code that makes the first administrator, in place of an earlier one."""

    def take_setup_code(self, code_hash: str, now: datetime) -> bool:
        """Whether the code is right and in time; it works once."""

    def add_token(self, token: ApiToken, event: AuditEvent) -> None:
        """Keep a token."""

    def token(self, key_hash: str) -> ApiToken | None:
        """The token of a key."""

    def tokens(self) -> Sequence[ApiToken]:
        """All tokens, newest first."""

    def revoke_token(self, key_hash: str, event: AuditEvent) -> bool:
        """End a token; False when there is none of the hash."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """What signing in needs from outside."""

    book: AccountBook
    passwords: Passwords
    half: Callable[[str], bool]  #: whether a user name has a second factor, so that the password is half

    def check_patience(self, user: str, address: str, now: datetime) -> None:
        """Let nobody guess for long.

        Raises:
            AccountError: ACC-002 too many wrong ones, with the minutes to wait.
        """
        if self.book.wrong_since(user=user, address=address, since=now - WRONG_WITHIN) >= WRONG_ALLOWED:
            raise AccountError("ACC-002", minutes=int(WRONG_WITHIN.total_seconds() // 60))


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A session that was opened, with the one copy of its cookie's value."""

    session: Session
    key: str


def sign_in(door: Door, *, user: str, password: str, address: str, now: datetime) -> Opened:
    """Open a session for a user name and password; a half one for a person who has a second factor.

    Raises:
        AccountError: ACC-001 name or password is wrong, whichever, or the account is disabled; ACC-002 too
            many wrong ones, with the minutes to wait.
    """
    name = user.strip().lower()[:NAME_LONGEST]
    door.check_patience(name, address, now)
    account = door.book.account(name)
    fits = door.passwords.fits(account.password_hash if account else "", password[:PASSWORD_LONGEST])
    if account is None or account.disabled or not fits:
        event = _event(
            "login.refused", name if account else "unknown", now, who=name if account else "unknown"
        )
        door.book.note_wrong(user=name, address=address, at=now, event=event)
        raise AccountError("ACC-001")
    return open_session(door.book, account.user, now, half=door.half(account.user))


def open_session(
    book: AccountBook,
    user: str,
    now: datetime,
    *,
    half: bool = False,
    proved: datetime | None = None,
    in_place_of: str = "",
) -> Opened:
    """Open a session for one who has proved who they are.

    Args:
        book: where it is kept.
        user: of the account.
        now: UTC.
        half: whether it opens no page but that for the second factor's code.
        proved: when they proved it, if not now.
        in_place_of: hash of the cookie whose session ends by it.
    """
    key = new_secret()
    session = Session(
        key_hash=hash_of(key),
        user=user,
        csrf=new_secret(),
        opened=now,
        seen=now,
        proved=proved or now,
        half=half,
    )
    event = _event("login.half" if half else "login", user, now, who=user)
    book.open_session(session, event, in_place_of=in_place_of)
    return Opened(session=session, key=key)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who is at the door: an account with its session."""

    account: Account
    session: Session


def visitor(book: AccountBook, key: str, now: datetime) -> Visitor | None:
    """The account of a cookie's value; None when the session is unknown or over, or the account disabled."""
    session = book.session(hash_of(key)) if key else None
    if session is None or session.half or session.ended(now):
        return None
    account = book.account(session.user)
    if account is None or account.disabled:
        return None
    if now - session.seen > timedelta(minutes=1):  # a page has many requests; one a minute is noted
        session = replace(session, seen=now)
        book.touch_session(session)
    return Visitor(account=account, session=session)


def prove_again(door: Door, seen: Visitor, *, password: str, address: str, now: datetime) -> None:
    """Ask for the password again, before something that matters.

    Raises:
        AccountError: as sign_in; ACC-017 the person comes by the office's sign-in and has no password here.
    """
    if not seen.account.password_hash:
        raise AccountError("ACC-017")
    door.check_patience(seen.account.user, address, now)
    if not door.passwords.fits(seen.account.password_hash, password[:PASSWORD_LONGEST]):
        event = _event("login.refused", seen.account.user, now, who=seen.account.user)
        door.book.note_wrong(user=seen.account.user, address=address, at=now, event=event)
        raise AccountError("ACC-001")
    door.book.touch_session(replace(seen.session, seen=now, proved=now))


def sign_out(book: AccountBook, seen: Visitor, now: datetime) -> None:
    """End the session."""
    user = seen.account.user
    book.close_sessions(user, _event("logout", user, now, who=user), key_hash=seen.session.key_hash)


def make_setup_code(book: AccountBook, now: datetime) -> str:
    """A code with which the first administrator is made, once, within an hour; "" when there are accounts."""
    if book.accounts():
        return ""
    code = new_secret()
    book.keep_setup_code(hash_of(code), now + SETUP_CODE_LASTS)
    return code


def make_first_account(
    door: Door, *, code: str, user: str, shown_name: str, password: str, now: datetime
) -> Account:
    """Make the first administrator.

    Raises:
        AccountError: ACC-003 the code is wrong, used or too old; ACC-004 to ACC-006 see add_account.
    """
    account = _new_account(
        door, user=user, shown_name=shown_name, password=password, roles=frozenset(Role), now=now
    )
    if not door.book.take_setup_code(hash_of(code), now):
        raise AccountError("ACC-003")
    event = _event("account.added", account.user, now, roles=",".join(sorted(account.roles)))
    if not door.book.add_account(account, event, only_if_first=True):
        raise AccountError("ACC-003")
    return account


def add_account(
    door: Door,
    *,
    by: Person,
    user: str,
    shown_name: str,
    password: str,
    roles: Collection[Role],
    now: datetime,
) -> Account:
    """Make an account.

    Raises:
        NotAllowedError: only an administrator may.
        AccountError: ACC-004 the name is empty or holds other signs than letters, digits, dot and dash;
            ACC-005 the password is too short or too easy; ACC-006 the name is taken; ACC-007 no role.
    """
    require(by, Action.ADMINISTER)
    if not roles:
        raise AccountError("ACC-007")
    account = _new_account(
        door, user=user, shown_name=shown_name, password=password, roles=frozenset(roles), now=now
    )
    event = _event("account.added", account.user, now, who=by.user, roles=",".join(sorted(account.roles)))
    if not door.book.add_account(account, event):
        raise AccountError("ACC-006", user=account.user)
    return account


def _new_account(
    door: Door, *, user: str, shown_name: str, password: str, roles: frozenset[Role], now: datetime
) -> Account:
    name = user.strip().lower()
    if not name or len(name) > NAME_LONGEST or not name.replace(".", "").replace("-", "").isalnum():
        raise AccountError("ACC-004")
    check_password(password, name)
    return Account(
        user=name,
        shown_name=shown_name.strip()[:NAME_LONGEST] or name,
        password_hash=door.passwords.hash(password),
        roles=roles,
        created=now,
    )


def check_password(password: str, user: str) -> None:
    """Refuse a password that is short, or easy to guess for its user.

    Raises:
        AccountError: ACC-005.
    """
    plain = password.lower()
    easy = user in plain or "gevinst" in plain or len(set(plain)) <= PASSWORD_SHORTEST // 2
    if (
        easy
        or _is_row(plain)
        or _is_common(plain)
        or not PASSWORD_SHORTEST <= len(password) <= PASSWORD_LONGEST
    ):
        raise AccountError("ACC-005", shortest=PASSWORD_SHORTEST, longest=PASSWORD_LONGEST)


def _is_row(plain: str) -> bool:
    """Whether most signs follow the one before: 123456789012, abcdefghijkl."""
    steps = sum(ord(b) - ord(a) in (-1, 0, 1) for a, b in pairwise(plain))
    return steps * 3 > len(plain) * 2


def _is_common(plain: str) -> bool:
    """Whether nothing is left but figures and signs once words that everyone tries are taken out."""
    rest = plain
    for word in COMMON:
        rest = rest.replace(word, "")
    return rest != plain and sum(sign.isalpha() for sign in rest) <= LETTERS_LEFT


def set_roles(
    book: AccountBook, *, by: Person, user: str, roles: Collection[Role], disabled: bool, now: datetime
) -> None:
    """Give an account other roles, or disable it; its sessions end.

    Raises:
        NotAllowedError: only an administrator may.
        AccountError: ACC-007 no role; ACC-008 no such account; ACC-009 the last administrator would go.
    """
    require(by, Action.ADMINISTER)
    if not roles:
        raise AccountError("ACC-007")
    account = _known(book, user)
    changed = replace(account, roles=frozenset(roles), disabled=disabled)
    others = [one for one in book.accounts() if one.user != account.user]
    if not any(_administers(one) for one in (*others, changed)):
        raise AccountError("ACC-009")
    what = "account.disabled" if disabled else "account.roles"
    book.change_account(
        changed, _event(what, account.user, now, who=by.user, roles=",".join(sorted(changed.roles)))
    )


def _administers(account: Account) -> bool:
    return Role.ADMINISTRATOR in account.roles and not account.disabled


def set_password(door: Door, *, by: Person, user: str, password: str, now: datetime) -> None:
    """Give an account a new password; its sessions end.

    Raises:
        NotAllowedError: it is another's, and the person is no administrator.
        AccountError: ACC-005; ACC-008.
    """
    account = _known(door.book, user)
    if account.user != by.user:
        require(by, Action.ADMINISTER)
    check_password(password, account.user)
    changed = replace(account, password_hash=door.passwords.hash(password))
    door.book.change_account(changed, _event("account.password", account.user, now, who=by.user))


def set_email(book: AccountBook, *, by: Person, user: str, email: str, now: datetime) -> None:
    """Say where an account's morning mail goes; "" for nowhere. Its sessions end.

    Raises:
        NotAllowedError: only an administrator may.
        AccountError: ACC-008 no such account; ACC-012 it is no address.
    """
    require(by, Action.ADMINISTER)
    account = _known(book, user)
    address = email.strip()
    name, at, host = address.partition("@")
    odd = not address.isascii() or not address.isprintable() or set(address) & set(' ,;<>"()[]\\:')
    if address and (odd or not (name and at and "." in host) or "@" in host or len(address) > EMAIL_LONGEST):
        raise AccountError("ACC-012")
    book.change_account(
        replace(account, email=address), _event("account.email", account.user, now, who=by.user)
    )


def end_sessions(book: AccountBook, *, by: Person, user: str, now: datetime) -> int:
    """End all sessions of an account.

    Raises:
        NotAllowedError: it is another's, and the person is no administrator.
    """
    if user != by.user:
        require(by, Action.ADMINISTER)
    return book.close_sessions(user, _event("sessions.ended", user, now, who=by.user))


def make_token(
    book: AccountBook, *, by: Person, name: str, roles: Collection[Role], lasts: timedelta, now: datetime
) -> str:
    """Make a token for a program; the returned key is shown once and kept nowhere.

    Raises:
        NotAllowedError: only an administrator may.
        AccountError: ACC-007 no role; ACC-010 no name, or it would last over a year.
    """
    require(by, Action.ADMINISTER)
    if not roles:
        raise AccountError("ACC-007")
    if not name.strip() or not timedelta(0) < lasts <= TOKEN_LONGEST:
        raise AccountError("ACC-010", days=TOKEN_LONGEST.days)
    key = new_secret()
    token = ApiToken(
        key_hash=hash_of(key),
        name=name.strip()[:NAME_LONGEST],
        roles=frozenset(roles),
        made_by=by.user,
        made=now,
        expires=now + lasts,
    )
    detail = {"roles": ",".join(sorted(token.roles)), "expires": token.expires.isoformat()}
    book.add_token(token, _event("token.added", token.name, now, who=by.user, **detail))
    return key


def revoke_token(book: AccountBook, *, by: Person, key_hash: str, now: datetime) -> bool:
    """End a token at once; False when there is none.

    Raises:
        NotAllowedError: only an administrator may.
    """
    require(by, Action.ADMINISTER)
    token = book.token(key_hash)
    return token is not None and book.revoke_token(
        key_hash, _event("token.revoked", token.name, now, who=by.user)
    )


def person_of_token(book: AccountBook, key: str, now: datetime) -> Person | None:
    """Who a program is; None when its key is unknown, revoked or expired."""
    token = book.token(hash_of(key)) if key else None
    return token.person() if token and not token.revoked and now < token.expires else None


def _known(book: AccountBook, user: str) -> Account:
    account = book.account(user)
    if account is None:
        raise AccountError("ACC-008", user=user)
    return account


def _event(what: str, subject: str, at: datetime, *, who: str = SYSTEM, **detail: str) -> AuditEvent:
    return AuditEvent(at=at, who=who, what=what, subject=subject, detail=detail)
