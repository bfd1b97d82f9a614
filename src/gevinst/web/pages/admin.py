"""Administration: accounts, tokens of programs, and which secrets and ways of telling people there are."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import RedirectResponse, Response

from gevinst.app.accounts import (
    TOKEN_LONGEST,
    AccountError,
    add_account,
    end_sessions,
    make_token,
    revoke_token,
    set_email,
    set_password,
    set_roles,
)
from gevinst.app.office import ConfigurationError
from gevinst.app.second_factor import drop_factor, has_factor
from gevinst.bootstrap.administration import notice_ways, secret_places
from gevinst.domain.access import Action, Role
from gevinst.domain.account import PASSWORD_SHORTEST, Account
from gevinst.web.door import SEE_OTHER
from gevinst.web.rendering import page
from gevinst.web.trouble import sentence_of
from gevinst.web.typed import small_number
from gevinst.web.visit import MayAdminister, Visit

LIST = "/admin"
TOKEN_DAYS = (30, 90, 180, TOKEN_LONGEST.days - 1)

router = APIRouter()


@router.get(LIST)
def accounts(visit: MayAdminister) -> Response:
    """Who may sign in, and the way to everything else."""
    return _accounts(visit)


@router.post(f"{LIST}/brugere")
def new_account(visit: MayAdminister) -> Response:
    """Make an account."""
    try:
        made = add_account(
            visit.console.door,
            by=visit.person,
            user=visit.typed("user"),
            shown_name=visit.typed("shown_name"),
            password=visit.password,
            roles=_roles(visit),
            now=visit.now,
        )
    except AccountError as error:
        return _accounts(visit, error=sentence_of(error, visit.texts), status=HTTPStatus.CONFLICT)
    return RedirectResponse(f"{LIST}/brugere/{made.user}?told=added", SEE_OTHER)


@router.get(f"{LIST}/brugere/{{user}}")
def account(visit: MayAdminister, user: str) -> Response:
    """One account, with a form for each thing that can be changed."""
    return _account(visit, _known(visit, user))


@router.post(f"{LIST}/brugere/{{user}}/roller")
def roles(visit: MayAdminister, user: str) -> Response:
    """Give the account other roles, or close it."""
    book = visit.console.door.book
    return _change(
        visit,
        user,
        "roles",
        lambda: set_roles(
            book,
            by=visit.person,
            user=user,
            roles=_roles(visit),
            disabled=visit.typed("disabled") == "yes",
            now=visit.now,
        ),
    )


@router.post(f"{LIST}/brugere/{{user}}/adgangskode")
def password(visit: MayAdminister, user: str) -> Response:
    """Give the account a new password."""
    return _change(
        visit,
        user,
        "password",
        lambda: set_password(
            visit.console.door, by=visit.person, user=user, password=visit.password, now=visit.now
        ),
    )


@router.post(f"{LIST}/brugere/{{user}}/mail")
def email(visit: MayAdminister, user: str) -> Response:
    """Where the account's morning mail goes."""
    book = visit.console.door.book
    return _change(
        visit,
        user,
        "email",
        lambda: set_email(book, by=visit.person, user=user, email=visit.typed("email"), now=visit.now),
    )


@router.post(f"{LIST}/brugere/{{user}}/log-ud")
def sign_out_everywhere(visit: MayAdminister, user: str) -> Response:
    """End the account's sessions."""
    book = visit.console.door.book
    return _change(
        visit, user, "sessions", lambda: end_sessions(book, by=visit.person, user=user, now=visit.now)
    )


@router.post(f"{LIST}/brugere/{{user}}/totrin")
def no_second_factor(visit: MayAdminister, user: str) -> Response:
    """Take the account's second factor away, when its device is lost."""
    factors = visit.console.parts.factors
    return _change(
        visit, user, "factor", lambda: drop_factor(factors, by=visit.person, user=user, now=visit.now)
    )


@router.get(f"{LIST}/noegler")
def tokens(visit: MayAdminister) -> Response:
    """What programs show instead of a sign-in."""
    return _tokens(visit)


@router.post(f"{LIST}/noegler")
def new_token(visit: MayAdminister) -> Response:
    """Make a token; this answer is the only place where it stands."""
    try:
        key = make_token(
            visit.console.door.book,
            by=visit.person,
            name=visit.typed("name"),
            roles=_roles(visit),
            lasts=timedelta(days=small_number(visit.typed("days")) or 0),
            now=visit.now,
        )
    except AccountError as error:
        return _tokens(visit, error=sentence_of(error, visit.texts), status=HTTPStatus.CONFLICT)
    return _tokens(visit, key=key)


@router.post(f"{LIST}/noegler/{{key_hash}}/spaer")
def end_token(visit: MayAdminister, key_hash: str) -> Response:
    """End a token at once."""
    if not revoke_token(visit.console.door.book, by=visit.person, key_hash=key_hash, now=visit.now):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return RedirectResponse(f"{LIST}/noegler", SEE_OTHER)


@router.get(f"{LIST}/indstillinger")
def settings(visit: MayAdminister) -> Response:
    """Secrets by name, and how people are told; what is secret is never shown."""
    try:
        secrets: Mapping[str, str] = secret_places(visit.console.office)
        error = ""
    except ConfigurationError as trouble:
        secrets, error = {}, sentence_of(trouble, visit.texts)
    return page(
        visit,
        "settings",
        secrets=secrets,
        error=error,
        notice_ways=notice_ways(),
        mailed=[one for one in visit.console.door.book.accounts() if one.email],
    )


def _accounts(visit: Visit, *, error: str = "", status: int = HTTPStatus.OK) -> Response:
    book = visit.console.door.book
    return page(
        visit,
        "accounts",
        status=status,
        accounts=book.accounts(),
        open_sessions=book.open_sessions(visit.now),
        roles=list(Role),
        shortest=PASSWORD_SHORTEST,
        error=error,
        typed={name: visit.typed(name) for name in ("user", "shown_name")},
        chosen=visit.typed_list("role"),
    )


def _account(visit: Visit, of: Account, *, error: str = "", status: int = HTTPStatus.OK) -> Response:
    return page(
        visit,
        "account",
        status=status,
        account=of,
        open_sessions=visit.console.door.book.open_sessions(visit.now).get(of.user, 0),
        roles=list(Role),
        shortest=PASSWORD_SHORTEST,
        error=error,
        told=visit.typed("told"),
        has_factor=has_factor(visit.console.parts.factors, of.user),
        owner=of.person.may(Action.CONFIRM_GAINS),
    )


def _tokens(visit: Visit, *, key: str = "", error: str = "", status: int = HTTPStatus.OK) -> Response:
    return page(
        visit,
        "tokens",
        status=status,
        tokens=visit.console.door.book.tokens(),
        now=visit.now,
        roles=list(Role),
        days=TOKEN_DAYS,
        key=key,
        error=error,
        typed=visit.typed("name"),
        chosen=visit.typed_list("role"),
    )


def _change(visit: Visit, user: str, told: str, do: Callable[[], object]) -> Response:
    """Change an account, and show it again."""
    known = _known(visit, user)
    try:
        do()
    except AccountError as error:
        words = sentence_of(error, visit.texts)
        return _account(visit, known, error=words, status=HTTPStatus.CONFLICT)
    return RedirectResponse(f"{LIST}/brugere/{user}?told={told}", SEE_OTHER)


def _known(visit: Visit, user: str) -> Account:
    """An account.

    Raises:
        HTTPException: 404, there is none.
    """
    found = visit.console.door.book.account(user)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def _roles(visit: Visit) -> frozenset[Role]:
    return frozenset(Role(one) for one in visit.typed_list("role") if one in set(Role))
