"""Sign in by the office's own sign-in (OpenID Connect): who someone is, and the roles that they bring."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Protocol

from gevinst.app.accounts import (
    NAME_LONGEST,
    AccountBook,
    AccountError,
    Opened,
    Visitor,
    open_session,
)
from gevinst.app.office import SignInSettings
from gevinst.domain.access import Role
from gevinst.domain.account import SESSION_LONGEST, Account, new_secret
from gevinst.domain.audit import AuditEvent

PENDING_LASTS = timedelta(minutes=10)
MOST_PENDING = 1_000  # whoever opens the page without end gets no more of our memory
CLOCKS_APART = timedelta(minutes=1)  # the provider's and ours
LATEST = 2**37  # seconds; a moment far beyond all that can be, and before the last that there is
NAME_SIGNS = frozenset(".-_@")


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A sign-in that has gone to the provider and not come back."""

    state: str  #: also in the browser's cookie, so that an answer counts only where it was asked for
    nonce: str
    verifier: str  #: of PKCE
    going: str  #: where the person was going
    at: datetime
    proves: bool = False  #: one who is signed in already shows that they are there


class Provider(Protocol):
    """The office's sign-in, as a service on the net."""

    def address(self, pending: Pending, back: str) -> str:
        """Where to send the browser.

        Raises:
            AccountError: ACC-013 it does not answer.
        """

    def claims(self, pending: Pending, code: str, back: str, now: datetime) -> Mapping[str, Any]:
        """What it says of the person, checked: signature, issuer, audience, nonce and time.

        Raises:
            AccountError: ACC-013 it does not answer, or its answer does not hold.
        """


class Waiting:
    """Sign-ins under way in this process; the oldest go first."""

    def __init__(self) -> None:
        self._by_state: dict[str, Pending] = {}
        self._lock = Lock()

    def begin(self, going: str, now: datetime, *, proves: bool = False) -> Pending:
        """A new one, with secrets of its own."""
        fresh = {name: new_secret() for name in ("state", "nonce", "verifier")}
        one = Pending(**fresh, going=going, at=now, proves=proves)
        with self._lock:
            self._by_state = {
                state: one for state, one in self._by_state.items() if now - one.at <= PENDING_LASTS
            }
            while len(self._by_state) >= MOST_PENDING:
                self._by_state.pop(next(iter(self._by_state)))
            self._by_state[one.state] = one
        return one

    def take(self, state: str, now: datetime) -> Pending | None:
        """The one of a state, once; None when there is none, or it is too old."""
        with self._lock:
            one = self._by_state.pop(state, None)
        return one if one and now - one.at <= PENDING_LASTS else None


def sign_in_by_office(
    book: AccountBook, claims: Mapping[str, Any], settings: SignInSettings, now: datetime
) -> Opened:
    """Open a session for one whom the provider has vouched for; the account and its roles follow the claims.

    When they last showed the provider that they are there is the claim auth_time: the provider's own session
    may be older than ours, and an approval asks by ours.

    Raises:
        AccountError: ACC-014 the claims name nobody, or one whose account has a password of its own;
            ACC-015 no role; ACC-001 the account is disabled here.
    """
    user, roles = _user(claims, settings), _roles(claims, settings)
    known = book.account(user)
    if known and known.password_hash:
        raise AccountError("ACC-014", user=user)
    if not roles:
        book.note_wrong(user=user, address="", at=now, event=_event("login.refused", user, now))
        raise AccountError("ACC-015", user=user, claim=settings.roles_claim)
    if known and known.disabled:
        raise AccountError("ACC-001")
    shown = str(claims.get(settings.name_claim) or user).strip()[:NAME_LONGEST]
    new = Account(user=user, shown_name=shown, password_hash="", roles=roles, created=now)
    _keep(book, known, new, now)
    proved = min(_shown(claims) or now - SESSION_LONGEST, now)  # the provider's clock may be ahead
    return open_session(book, user, now, proved=proved)


def prove_by_office(
    book: AccountBook,
    seen: Visitor,
    claims: Mapping[str, Any],
    settings: SignInSettings,
    *,
    pending: Pending,
    now: datetime,
) -> None:
    """Note that a person who is signed in has just shown the provider that they are there.

    Raises:
        AccountError: ACC-014 see sign_in_by_office; ACC-022 it is another person; ACC-023 the provider did
            not ask them, or does not say when.
    """
    user = _user(claims, settings)
    if user != seen.account.user:
        raise AccountError("ACC-022", user=seen.account.user)
    shown = _shown(claims)
    if shown is None or not pending.at - CLOCKS_APART <= shown <= now + CLOCKS_APART:
        raise AccountError("ACC-023")
    book.touch_session(replace(seen.session, seen=now, proved=now))


def _shown(claims: Mapping[str, Any]) -> datetime | None:
    """When the person last showed the provider that they are there; None when it does not say."""
    found = claims.get("auth_time")
    if not isinstance(found, int) or not 0 < found < LATEST:
        return None
    return datetime.fromtimestamp(found, UTC)


def _keep(book: AccountBook, known: Account | None, new: Account, now: datetime) -> None:
    roles = ",".join(sorted(new.roles))
    if known is None:
        book.add_account(new, _event("account.added", new.user, now, roles=roles))
    elif known.roles != new.roles or known.shown_name != new.shown_name:
        changed = replace(known, roles=new.roles, shown_name=new.shown_name)
        book.change_account(changed, _event("account.roles", new.user, now, roles=roles))


def _user(claims: Mapping[str, Any], settings: SignInSettings) -> str:
    found = claims.get(settings.user_claim)
    name = found.strip().lower() if isinstance(found, str) else ""
    plain = "".join(sign for sign in name if sign not in NAME_SIGNS)
    if not plain.isalnum() or len(name) > NAME_LONGEST:
        raise AccountError("ACC-014", user=settings.user_claim)
    return name


def _roles(claims: Mapping[str, Any], settings: SignInSettings) -> frozenset[Role]:
    found = claims.get(settings.roles_claim, ())
    names = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return frozenset(settings.roles[one] for one in names if isinstance(one, str) and one in settings.roles)


def _event(what: str, user: str, now: datetime, **detail: str) -> AuditEvent:
    return AuditEvent(at=now, who=user, what=what, subject=user, detail={"by": "oidc", **detail})
