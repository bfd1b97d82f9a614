"""Deliveries: what is held for a second person, what nobody knows the fate of, and what has left."""

from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import RedirectResponse, Response

from gevinst import bootstrap
from gevinst.app.accounts import AccountError
from gevinst.app.deliver_run import SETTLED_BY, settle_delivery
from gevinst.app.queue_port import Delivery, DeliveryState
from gevinst.domain.decision import DecisionError
from gevinst.web.desk import prove
from gevinst.web.door import SEE_OTHER
from gevinst.web.rendering import page
from gevinst.web.trouble import sentence_of
from gevinst.web.visit import MayApprove, MaySeeItems, Visit

LIST = "/leverancer"
TO_SETTLE = (DeliveryState.HELD, DeliveryState.UNCERTAIN)
MOST_LEFT = 50  # of those that need nobody

router = APIRouter()


@router.get(LIST)
def deliveries(visit: MaySeeItems) -> Response:
    """What waits for a person first, then the last that have left."""
    return _page(visit)


def _page(visit: Visit, error: str = "") -> Response:
    book, office = visit.console.parts.deliveries, visit.console.office
    rest = [state for state in DeliveryState if state not in TO_SETTLE]
    return page(
        visit,
        "deliveries",
        status=HTTPStatus.CONFLICT if error else HTTPStatus.OK,
        to_settle=[(one, acts_of(one), _started_by(visit, one)) for one in book.deliveries(TO_SETTLE)],
        rest=list(reversed(book.deliveries(rest)))[:MOST_LEFT],
        home=str(office.data),
        error=error,
        prove=visit.session.must_prove_again(visit.now),
        typed={name: visit.typed(name) for name in ("key", "hvorfor")},
        told=visit.typed("told"),
    )


def acts_of(one: Delivery) -> list[str]:
    """What a person may do with a delivery."""
    return [act for act, states in SETTLED_BY.items() if one.state in states]


def _started_by(visit: Visit, one: Delivery) -> str:
    run = visit.console.parts.runs.find(one.run_id)
    return run.triggered_by if run else ""


@router.post(LIST)
def settle(visit: MayApprove) -> Response:
    """Do what the second person has decided, who has just proved who they are."""
    act, why = visit.typed("act"), visit.typed("hvorfor")
    if act not in SETTLED_BY:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    if not why:
        return _page(visit, visit.texts.get("error.PLN-001"))
    try:
        prove(visit)
        settle_delivery(
            visit.typed("key"),
            act,
            who=visit.person.user,
            why=why,
            store=visit.console.parts.runs,
            tools=bootstrap.delivery_tools(visit.console.office),
        )
    except (AccountError, DecisionError) as error:
        return _page(visit, sentence_of(error, visit.texts))
    return RedirectResponse(f"{LIST}?told={act}", SEE_OTHER)
