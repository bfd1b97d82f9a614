"""The door: sign in, sign out, the first administrator, and the language."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from gevinst.app.accounts import AccountError, Opened, make_first_account, open_session, sign_in, sign_out
from gevinst.app.second_factor import finish_sign_in, half_session
from gevinst.bootstrap import factor_door
from gevinst.domain.account import SESSION_LONGEST
from gevinst.web.console import Console
from gevinst.web.rendering import bare_page
from gevinst.web.visit import LANGUAGE_COOKIE, MayKeepOwn, address_of, strangers_form, texts_of, typed_texts

SEE_OTHER, UNPROCESSABLE, UNAUTHORIZED, TOO_MANY = 303, 422, 401, 429
SIGN_IN = "/login"
CODE = "/login/kode"
SETUP = "/opsaetning"
OWN_ACCOUNT = "/konto"
YEAR = 31_536_000  # seconds

router = APIRouter()
Form = Annotated[FormData, Depends(strangers_form)]


@router.get(SIGN_IN)
def sign_in_page(request: Request) -> Response:
    """Ask who it is."""
    return bare_page(request, "login", next=own_path(request.query_params.get("next", "/")), kept={}, told="")


@router.post(SIGN_IN)
async def do_sign_in(request: Request, form: Form) -> Response:
    """Open a session, and go where the person was going, with what they had typed."""
    console: Console = request.app.state.console
    going, kept = own_path(_text(form, "next")), typed_texts(form)
    try:
        opened = await run_in_threadpool(
            sign_in,
            console.door,
            user=_text(form, "user"),
            password=_text(form, "password", strip=False),
            address=address_of(request),
            now=console.now(),
        )
    except AccountError as error:
        told = texts_of(request).get(f"error.{error.code}", **error.facts)
        return bare_page(request, "login", status=_status_of(error), next=going, kept=kept, told=told)
    if opened.session.half:
        asked = bare_page(request, "login_code", next=going, kept=kept, told="")
        return with_session(asked, console, opened)
    return _go_on(request, opened, going, kept)


@router.post(CODE)
async def do_code(request: Request, form: Form) -> Response:
    """Take the code of one who has given the password, and go on."""
    console: Console = request.app.state.console
    going, code = own_path(_text(form, "next")), _text(form, "one_time_code")
    kept, key = typed_texts(form), request.cookies.get(console.cookie, "")
    session = await run_in_threadpool(half_session, console.door.book, key, console.now())
    if session is None:
        told = texts_of(request).get("web.login.over")
        return bare_page(request, "login", status=UNAUTHORIZED, next=going, kept=kept, told=told)
    at = factor_door(console.parts, console.door)
    try:
        opened = await run_in_threadpool(finish_sign_in, at, session, code=code, now=console.now())
    except AccountError as error:
        told = texts_of(request).get(f"error.{error.code}", **error.facts)
        return bare_page(request, "login_code", status=_status_of(error), next=going, kept=kept, told=told)
    return _go_on(request, opened, going, kept)


def _go_on(request: Request, opened: Opened, going: str, kept: Mapping[str, list[str]]) -> Response:
    """Where the person was going, with what they had typed."""
    console: Console = request.app.state.console
    if kept:
        page = bare_page(request, "go_on", next=going, kept=kept, mark=opened.session.csrf)
        return with_session(page, console, opened)
    return with_session(RedirectResponse(going, SEE_OTHER), console, opened)


def _status_of(error: AccountError) -> int:
    return TOO_MANY if error.code == "ACC-002" else UNAUTHORIZED


@router.post("/logout")
def do_sign_out(visit: MayKeepOwn) -> Response:
    """End the session."""
    sign_out(visit.console.door.book, visit.seen, visit.now)
    response = RedirectResponse(SIGN_IN, SEE_OTHER)
    response.delete_cookie(visit.console.cookie, path="/", secure=visit.console.secure, httponly=True)
    return response


@router.get(SETUP)
def setup_page(request: Request) -> Response:
    """Ask for the first administrator."""
    code = request.query_params.get("kode", "")
    return bare_page(request, "setup", code=code, user="", shown_name="", told="")


@router.post(SETUP)
async def do_setup(request: Request, form: Form) -> Response:
    """Make the first administrator, and sign in."""
    console: Console = request.app.state.console
    facts = {name: _text(form, name) for name in ("code", "user", "shown_name")}
    password = _text(form, "password", strip=False)
    try:
        _check_same(password, _text(form, "again", strip=False))
        account = await run_in_threadpool(
            make_first_account, console.door, password=password, now=console.now(), **facts
        )
    except AccountError as error:
        told = texts_of(request).get(f"error.{error.code}", **error.facts)
        return bare_page(request, "setup", status=UNPROCESSABLE, told=told, **facts)
    opened = await run_in_threadpool(open_session, console.door.book, account.user, console.now())
    return with_session(RedirectResponse("/", SEE_OTHER), console, opened)


@router.get("/sprog/{language}")
def choose_language(request: Request, language: str) -> Response:
    """Keep the reader's language in their browser, and go back."""
    back = own_path(request.query_params.get("side", "/"))
    response = RedirectResponse(back, SEE_OTHER)
    chosen = "en" if language == "en" else "da"
    secure = request.app.state.console.secure
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR, secure=secure, httponly=True, samesite="lax")
    return response


def with_session(response: Response, console: Console, opened: Opened) -> Response:
    """The response with the session's cookie."""
    response.set_cookie(
        console.cookie,
        opened.key,
        max_age=int(SESSION_LONGEST.total_seconds()),
        path="/",
        secure=console.secure,
        httponly=True,
        samesite="lax",
    )
    return response


def _check_same(password: str, again: str) -> None:
    if password != again:
        raise AccountError("ACC-011")


def own_path(path: str) -> str:
    """A path of this console; the overview for an address elsewhere."""
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path
    return path if own and path.isprintable() else "/"


def _text(form: FormData, name: str, *, strip: bool = True) -> str:
    value = form.get(name)
    text = value if isinstance(value, str) else ""
    return text.strip() if strip else text
