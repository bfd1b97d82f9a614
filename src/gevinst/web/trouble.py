"""What a person sees when something cannot be done: what is wrong, and what to do; never a traceback."""

import logging
import secrets
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from gevinst.app.office import ConfigurationError, configuration_sentence
from gevinst.domain.access import NotAllowedError
from gevinst.domain.refusal import RefusedError
from gevinst.texts import Texts
from gevinst.web.door import OWN_ACCOUNT, SEE_OTHER, SIGN_IN, own_path
from gevinst.web.rendering import bare_page
from gevinst.web.shield import API, SAFE, TooLargeError, TooSlowError
from gevinst.web.turnstile import BusyError
from gevinst.web.visit import (
    FactorNeededError,
    ForeignFormError,
    SignInNeededError,
    TokenNeededError,
    texts_of,
)

ID_BYTES = 4
log = logging.getLogger("gevinst.console")


def answer_trouble(app: FastAPI) -> None:
    """Give every known error its page."""
    app.add_exception_handler(SignInNeededError, _sign_in_needed)
    app.add_exception_handler(FactorNeededError, _factor_needed)
    app.add_exception_handler(NotAllowedError, _not_allowed)
    app.add_exception_handler(ForeignFormError, _foreign_form)
    app.add_exception_handler(TokenNeededError, _token_needed)
    app.add_exception_handler(RequestValidationError, _wrong_value)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TooLargeError, _too_large)
    app.add_exception_handler(TooSlowError, _too_slow)
    app.add_exception_handler(BusyError, _busy)
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(Exception, _ours)


def sentence_of(error: RefusedError, texts: Texts) -> str:
    """A refusal in words."""
    if isinstance(error, ConfigurationError):
        return configuration_sentence(error, texts)
    return texts.get(f"error.{error.code}", **error.facts)


def trouble_page(request: Request, status: HTTPStatus, key: str, *, detail: str = "") -> Response:
    """The page of a trouble: web.trouble.<key>.title and .do, and what is known."""
    texts = texts_of(request)
    title, what = texts.get(f"web.trouble.{key}.title"), texts.get(f"web.trouble.{key}.do")
    if request.url.path.startswith(API):
        return JSONResponse({"error": key, "title": title, "detail": detail, "do": what}, status)
    return bare_page(request, "trouble", status=status, title=title, what=what, detail=detail)


async def _sign_in_needed(request: Request, error: Exception) -> Response:
    if request.url.path.startswith(API):
        return trouble_page(request, HTTPStatus.UNAUTHORIZED, "sign_in")
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method in SAFE:
        return RedirectResponse(f"{SIGN_IN}?next={quote(here, safe='/')}", SEE_OTHER)
    typed = error.typed if isinstance(error, SignInNeededError) else {}
    here = here if typed else _form_page(request)  # a form's own address is no page to go to
    told = texts_of(request).get("web.login.over")
    return bare_page(request, "login", status=HTTPStatus.UNAUTHORIZED, next=here, kept=typed, told=told)


def _form_page(request: Request) -> str:
    """The page whose form was sent; the overview when the browser does not tell."""
    _, _, path = request.headers.get("referer", "").partition(request.headers.get("host", ""))
    return own_path(path)


async def _factor_needed(_request: Request, _error: Exception) -> Response:
    return RedirectResponse(OWN_ACCOUNT, SEE_OTHER)


async def _token_needed(request: Request, _error: Exception) -> Response:
    refused = trouble_page(request, HTTPStatus.UNAUTHORIZED, "token")
    refused.headers["www-authenticate"] = "Bearer"
    return refused


async def _wrong_value(request: Request, error: Exception) -> Response:
    """Which value of a program's request is not as the description says; never the value itself."""
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    detail = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in found)
    status = HTTPStatus.BAD_REQUEST if "json_invalid" in detail else HTTPStatus.UNPROCESSABLE_ENTITY
    return trouble_page(request, status, "wrong_request", detail=detail)


async def _not_allowed(request: Request, error: Exception) -> Response:
    log.warning("%s at %s", error, quote(request.url.path))
    return trouble_page(request, HTTPStatus.FORBIDDEN, "not_allowed")


async def _foreign_form(request: Request, _error: Exception) -> Response:
    return trouble_page(request, HTTPStatus.FORBIDDEN, "foreign_form")


async def _too_large(request: Request, _error: Exception) -> Response:
    return trouble_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")


async def _too_slow(request: Request, _error: Exception) -> Response:
    return trouble_page(request, HTTPStatus.REQUEST_TIMEOUT, "too_slow")


async def _busy(request: Request, _error: Exception) -> Response:
    return trouble_page(request, HTTPStatus.SERVICE_UNAVAILABLE, "busy")


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
    known = {HTTPStatus.NOT_FOUND: "not_found", HTTPStatus.METHOD_NOT_ALLOWED: "not_found"}
    return trouble_page(request, HTTPStatus(status), known.get(HTTPStatus(status), "wrong_request"))


async def _refused(request: Request, error: Exception) -> Response:
    """The world has moved on, or what was asked for cannot be: nothing was changed."""
    return trouble_page(request, HTTPStatus.CONFLICT, "refused", detail=_said(error, request))


def _said(error: Exception, request: Request) -> str:
    return sentence_of(error, texts_of(request)) if isinstance(error, RefusedError) else ""


async def _database(request: Request, error: Exception) -> Response:
    log.error("database: %s", type(error).__name__)
    return trouble_page(request, HTTPStatus.SERVICE_UNAVAILABLE, "database")


async def _ours(request: Request, error: Exception) -> Response:
    """Our bug: the page shows an id, the log has the rest, without the values of a request."""
    number = secrets.token_hex(ID_BYTES)
    log.error("error %s at %s", number, quote(request.url.path), exc_info=error)
    try:
        return trouble_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, "ours", detail=number)
    except Exception:
        log.exception("error %s has no page", number)
        return PlainTextResponse(number, HTTPStatus.INTERNAL_SERVER_ERROR)
