"""A person's own account: their password, and the second factor on their device."""

from collections.abc import Callable, Sequence
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from gevinst import bootstrap
from gevinst.app.accounts import AccountError, prove_again, set_password
from gevinst.app.second_factor import (
    FactorDoor,
    begin_enrolment,
    confirm_enrolment,
    drop_own_factor,
    must_enrol,
)
from gevinst.domain.account import PASSWORD_SHORTEST
from gevinst.web.door import OWN_ACCOUNT, SEE_OTHER, SIGN_IN
from gevinst.web.rendering import page
from gevinst.web.trouble import sentence_of
from gevinst.web.visit import MayKeepOwn, Visit

FACTOR = f"{OWN_ACCOUNT}/totrin"

router = APIRouter()


@router.get(OWN_ACCOUNT)
def own_account(visit: MayKeepOwn) -> Response:
    """What the person may change about their own sign-in."""
    return _own(visit)


@router.post(f"{OWN_ACCOUNT}/adgangskode")
def new_password(visit: MayKeepOwn) -> Response:
    """Give the person another password, for the one that they have; they sign in again with it."""

    def change() -> None:
        door = visit.console.door
        prove_again(door, visit.seen, password=visit.password, address=visit.address, now=visit.now)
        chosen = visit.secret("new_password")
        if chosen != visit.secret("again"):
            raise AccountError("ACC-011")
        set_password(door, by=visit.person, user=visit.person.user, password=chosen, now=visit.now)

    return _do(visit, change, then=SIGN_IN)


@router.post(FACTOR)
def begin(visit: MayKeepOwn) -> Response:
    """Make a secret for the person's device."""
    return _do(
        visit,
        lambda: begin_enrolment(
            _at(visit), visit.seen, password=visit.password, address=visit.address, now=visit.now
        ),
        then=f"{OWN_ACCOUNT}#totrin",
    )


@router.post(f"{FACTOR}/bekraeft")
def confirm(visit: MayKeepOwn) -> Response:
    """Take the device's first code; this answer is the only place where the recovery codes stand."""
    try:
        codes = confirm_enrolment(_at(visit), visit.seen, code=visit.typed("code"), now=visit.now)
    except AccountError as error:
        return _refused(visit, error)
    return _own(visit, recovery=codes)


@router.post(f"{FACTOR}/fjern")
def drop(visit: MayKeepOwn) -> Response:
    """Take the second factor away."""
    return _do(
        visit,
        lambda: drop_own_factor(_at(visit), visit.seen, code=visit.typed("code"), now=visit.now),
        then=SIGN_IN,
    )


def _at(visit: Visit) -> FactorDoor:
    return bootstrap.factor_door(visit.console.parts, visit.console.door)


def _do(visit: Visit, act: Callable[[], object], *, then: str) -> Response:
    try:
        act()
    except AccountError as error:
        return _refused(visit, error)
    return RedirectResponse(then, SEE_OTHER)


def _refused(visit: Visit, error: AccountError) -> Response:
    return _own(visit, error=sentence_of(error, visit.texts), status=HTTPStatus.CONFLICT)


def _own(
    visit: Visit, *, error: str = "", recovery: Sequence[str] = (), status: int = HTTPStatus.OK
) -> Response:
    at, user = _at(visit), visit.person.user
    factor = at.factors.factor(user)
    begun = factor if factor and not factor.confirmed else None
    return page(
        visit,
        "own_account",
        status=status,
        account=visit.seen.account,
        factor=factor if factor and factor.confirmed else None,
        secret=begun.secret if begun else "",
        address=at.codes.address(begun.secret, user=user, office=visit.console.office.name) if begun else "",
        left=at.factors.recovery_left(user),
        needed=must_enrol(visit.seen, visit.console.office.console.second_factor, at.factors),
        recovery=recovery,
        shortest=PASSWORD_SHORTEST,
        error=error,
    )
