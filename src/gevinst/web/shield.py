"""What stands before every page: which host, whose form, how large, and what the browser may do with it."""

import math
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gevinst.web.console import Console

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
#: Robot Framework's log needs inline script and eval: it gets its own origin, without cookies or network.
LOG_CSP = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'unsafe-inline'; img-src data:"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
API = "/api/"
API_LARGEST = 100_000
YEAR = 31_536_000  # seconds
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITE = frozenset({"", "same-origin", "none"})
BAD_REQUEST, FORBIDDEN, TOO_LARGE = 400, 403, 413


class TooLargeError(Exception):
    """More was sent than the console takes."""


class TooSlowError(Exception):
    """What was sent with a request came too slowly."""


class Shield:
    """ASGI middleware around the whole console."""

    def __init__(self, app: ASGIApp, console: Console) -> None:
        self._app = app
        self._console = console
        extra = {"strict-transport-security": f"max-age={YEAR}"} if console.secure else {}
        self._headers = HEADERS | extra

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what should not come in; dress what goes out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        app = PlainTextResponse(refused[1], status_code=refused[0]) if refused else self._app
        await app(scope, self._measured(receive, self._most(scope)), self._dressed(send))

    def _most(self, scope: Scope) -> int:
        """Bytes of one request: a program sends words, and is read before it is known who it is."""
        largest = self._console.largest_upload
        return min(largest, API_LARGEST) if scope["path"].startswith(API) else largest

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if _host(headers.get("host", "")) not in self._console.hosts:
            return BAD_REQUEST, "Unknown host."
        if _length(headers) > self._most(scope):
            return TOO_LARGE, "Too large."
        if scope["method"] not in SAFE and not self._own_page(headers):
            return FORBIDDEN, "The form is from another site."
        return None

    def _own_page(self, headers: Headers) -> bool:
        """Whether a form is from a page of ours; a program with a token has no cookie to misuse."""
        if headers.get("authorization", "").lower().startswith("bearer ") and "cookie" not in headers:
            return True
        origin = headers.get("origin", "")
        same = not origin or urlsplit(origin).netloc == headers.get("host", "")
        return same and headers.get("sec-fetch-site", "") in OWN_SITE

    def _measured(self, receive: Receive, most: int) -> Receive:
        """Stop reading once more has come than was announced or is allowed, or once it took too long."""
        taken, done = 0, False
        latest = anyio.current_time() + self._console.slowest_upload

        async def measured() -> Message:
            nonlocal taken, done
            try:
                with anyio.fail_at(math.inf if done else latest):
                    message = await receive()
            except TimeoutError:
                raise TooSlowError from None
            taken += len(message.get("body", b""))
            done = not message.get("more_body", False)
            if taken > most:
                raise TooLargeError
            return message

        return measured

    def _dressed(self, send: Send) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        return dressed


def _host(header: str) -> str:
    """The name in a Host header, without port."""
    if header.startswith("["):
        return header.partition("]")[0] + "]"
    return header.partition(":")[0].lower()


def _length(headers: Headers) -> int:
    announced = headers.get("content-length", "0")
    return int(announced) if announced.isdecimal() else 0
