"""Sign in by the office's own sign-in: out to the provider, and back."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from gevinst.app.accounts import AccountError, visitor
from gevinst.app.office import SignInSettings
from gevinst.app.office_sign_in import (
    PENDING_LASTS,
    Pending,
    Provider,
    prove_by_office,
    sign_in_by_office,
)
from gevinst.bootstrap.administration import sign_in_provider
from gevinst.web.console import Console
from gevinst.web.door import SEE_OTHER, UNAUTHORIZED, own_path, with_session
from gevinst.web.rendering import bare_page
from gevinst.web.trouble import sentence_of
from gevinst.web.visit import texts_of

OUT = "/login/kontor"
BACK = "/login/kontor/svar"
COOKIE = "gevinst-login"

router = APIRouter()


@router.get(OUT)
def go_out(request: Request) -> Response:
    """Send the browser to the provider."""
    console, provider = _parts(request)
    going = own_path(request.query_params.get("next", "/"))
    proves = request.query_params.get("bevis") == "ja"
    pending = console.sign_ins.begin(going, console.now(), proves=proves)
    try:
        address = provider.address(pending, _back(request, console))
    except AccountError as error:
        return _refused(request, error)
    response = RedirectResponse(address, SEE_OTHER)
    response.set_cookie(
        _cookie(console),
        pending.state,
        max_age=int(PENDING_LASTS.total_seconds()),
        path="/",
        secure=console.secure,
        httponly=True,
        samesite="lax",
    )
    return response


@router.get(BACK)
def come_back(request: Request) -> Response:
    """Take the provider's answer, only in the browser that asked for it, and once."""
    console, provider = _parts(request)
    state, kept = request.query_params.get("state", ""), request.cookies.get(_cookie(console), "")
    same = bool(state) and secrets.compare_digest(state.encode(), kept.encode())
    pending = console.sign_ins.take(state, console.now()) if same else None
    code = request.query_params.get("code", "")
    settings = console.office.console.sign_in
    if pending is None or not code or settings is None:
        return _refused(request, AccountError("ACC-016"))
    try:
        claims = provider.claims(pending, code, _back(request, console), console.now())
        if pending.proves:
            return _proved(request, claims, settings, pending)
        opened = sign_in_by_office(console.door.book, claims, settings, console.now())
    except AccountError as error:
        return _refused(request, error)
    return _arrived(console, with_session(RedirectResponse(pending.going, SEE_OTHER), console, opened))


def _proved(
    request: Request, claims: Mapping[str, Any], settings: SignInSettings, pending: Pending
) -> Response:
    """Go on with the session that there is, whose person has shown that they are there.

    Raises:
        AccountError: ACC-016 nobody is signed in; see prove_by_office.
    """
    console: Console = request.app.state.console
    now = console.now()
    seen = visitor(console.door.book, request.cookies.get(console.cookie, ""), now)
    if seen is None:
        raise AccountError("ACC-016")
    prove_by_office(console.door.book, seen, claims, settings, pending=pending, now=now)
    return _arrived(console, RedirectResponse(pending.going, SEE_OTHER))


def _arrived(console: Console, response: Response) -> Response:
    response.delete_cookie(_cookie(console), path="/", secure=console.secure, httponly=True)
    return response


def _parts(request: Request) -> tuple[Console, Provider]:
    """Console and provider.

    Raises:
        HTTPException: 404, the office has no sign-in of its own.
    """
    console: Console = request.app.state.console
    provider = sign_in_provider(console.office)
    if provider is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return console, provider


def _back(request: Request, console: Console) -> str:
    """Where the provider sends the browser: the console's own address; on loopback the one that was used."""
    return (console.url.rstrip("/") or str(request.base_url).rstrip("/")) + BACK


def _cookie(console: Console) -> str:
    return f"__Host-{COOKIE}" if console.secure else COOKIE


def _refused(request: Request, error: AccountError) -> Response:
    told = sentence_of(error, texts_of(request))
    return bare_page(request, "login", status=UNAUTHORIZED, next="/", kept={}, told=told)
