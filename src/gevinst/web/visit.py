"""One request of a person: who it is, what they may, in which language, and what their form holds."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from gevinst.app.accounts import Visitor, visitor
from gevinst.app.second_factor import must_enrol
from gevinst.domain.access import Action, Person, require
from gevinst.domain.account import Session
from gevinst.texts import Language, Texts
from gevinst.web.console import Console
from gevinst.web.shield import SAFE

LANGUAGE_COOKIE = "sprog"
CSRF_FIELD = "csrf"
MOST_FIELDS = 2_000
MOST_FILES = 10
#: What does not wait for a sign-in: secrets, and what the sign-in asks for itself.
NOT_KEPT = frozenset({CSRF_FIELD, "user", "next", "password", "new_password", "again", "one_time_code"})
STRANGERS_FORM = 1_000_000  # bytes; a file is read only for one who is signed in


class SignInNeededError(Exception):
    """Nobody is signed in, or the session is over; what was typed goes on to the sign-in page."""

    def __init__(self, typed: dict[str, list[str]]) -> None:
        self.typed = typed
        super().__init__("sign in")


class TokenNeededError(Exception):
    """A program's request has no token, or one that is unknown, revoked or expired."""


class FactorNeededError(Exception):
    """The person's role asks for a second factor, and they have none yet."""


class ForeignFormError(Exception):
    """A form without the session's own mark."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a page knows of its request."""

    console: Console
    request: Request
    texts: Texts
    seen: Visitor
    form: FormData = field(default_factory=FormData)

    @property
    def person(self) -> Person:
        """Who asks."""
        return self.seen.account.person

    @property
    def session(self) -> Session:
        """The session, with what forms must send back."""
        return self.seen.session

    @property
    def now(self) -> datetime:
        """The moment, UTC."""
        return self.console.now()

    @property
    def today(self) -> date:
        """The day in the office's zone."""
        return self.console.today()

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return address_of(self.request)

    def typed(self, name: str) -> str:
        """One text of the form or of the address, stripped; "" when it is not there."""
        value = (
            self.form.get(name) if self.request.method not in SAFE else self.request.query_params.get(name)
        )
        return value.strip() if isinstance(value, str) else ""

    @property
    def password(self) -> str:
        """The password of the form as it was typed, with its blanks; "" when there is none."""
        return self.secret("password")

    def secret(self, name: str) -> str:
        """A text of the form as it was typed; "" when there is none."""
        value = self.form.get(name)
        return value if isinstance(value, str) else ""

    def typed_list(self, name: str) -> list[str]:
        """All texts of a name, as check boxes send them."""
        return [one for one in self.form.getlist(name) if isinstance(one, str)]

    def upload(self, name: str) -> UploadFile | None:
        """A file of the form; None when none was chosen."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None


class Gate:
    """Lets a request through when its person may do an action; the routes' own table of rights."""

    def __init__(self, action: Action, *, enrolled: bool = True) -> None:
        self.action = action
        self._enrolled = enrolled  #: whether it waits for the second factor that a role asks for

    async def __call__(self, request: Request) -> Visit:
        """The visit.

        Raises:
            SignInNeededError, FactorNeededError, ForeignFormError, NotAllowedError.
        """
        console: Console = request.app.state.console
        key = request.cookies.get(console.cookie, "")
        seen = await run_in_threadpool(visitor, console.door.book, key, console.now())
        if seen is None:
            raise SignInNeededError(typed_texts(await strangers_form(request)))
        if self._enrolled and console.office.console.second_factor:
            await run_in_threadpool(self._check_factor, seen, console)
        require(seen.account.person, self.action)
        form = await read_form(request)
        if request.method not in SAFE and form.get(CSRF_FIELD) != seen.session.csrf:
            raise ForeignFormError
        return Visit(console=console, request=request, texts=texts_of(request), seen=seen, form=form)

    @staticmethod
    def _check_factor(seen: Visitor, console: Console) -> None:
        if must_enrol(seen, console.office.console.second_factor, console.parts.factors):
            raise FactorNeededError


def may(action: Action) -> Any:
    """The dependency that gives a page its visit; MaySee and its kin are made with it."""
    return Depends(Gate(action))


MayKeepOwn = Annotated[Visit, Depends(Gate(Action.SEE, enrolled=False))]
MaySee = Annotated[Visit, may(Action.SEE)]
MaySeeItems = Annotated[Visit, may(Action.SEE_ITEMS)]
MayDecide = Annotated[Visit, may(Action.DECIDE)]
MayApprove = Annotated[Visit, may(Action.APPROVE)]
MayRun = Annotated[Visit, may(Action.RUN)]
MayStop = Annotated[Visit, may(Action.STOP)]
MayPause = Annotated[Visit, may(Action.PAUSE)]
MaySign = Annotated[Visit, may(Action.SIGN)]
MaySignOff = Annotated[Visit, may(Action.SIGN_OFF)]
MaySeeGains = Annotated[Visit, may(Action.SEE_GAINS)]
MayConfirmGains = Annotated[Visit, may(Action.CONFIRM_GAINS)]
MaySeeTrail = Annotated[Visit, may(Action.SEE_TRAIL)]
MayPublish = Annotated[Visit, may(Action.PUBLISH)]
MayAdminister = Annotated[Visit, may(Action.ADMINISTER)]


async def read_form(request: Request) -> FormData:
    """The form of a request; an empty one for what changes nothing."""
    if request.method in SAFE:
        return FormData()
    return await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)


async def strangers_form(request: Request) -> FormData:
    """The form of one who is not signed in; an empty one when it is larger than typed text."""
    announced = request.headers.get("content-length", "")
    typed = announced.isdecimal() and int(announced) <= STRANGERS_FORM
    return await read_form(request) if typed else FormData()


def typed_texts(form: FormData) -> dict[str, list[str]]:
    """What a person has typed, without files, secrets, and the mark of a session that is over."""
    typed: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and name not in NOT_KEPT:
            typed.setdefault(name, []).append(value)
    return typed


def texts_of(request: Request) -> Texts:
    """The language of a request: what the person chose, else the office's."""
    console: Console = request.app.state.console
    chosen = request.cookies.get(LANGUAGE_COOKIE, console.office.language)
    return Texts(Language.ENGLISH if chosen == "en" else Language.DANISH)


def address_of(request: Request) -> str:
    """Where a request comes from, as the server sees it."""
    return request.client.host if request.client else ""
