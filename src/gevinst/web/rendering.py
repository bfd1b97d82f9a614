"""Pages from templates, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from gevinst.domain.access import Action, Person
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.texts import Language, Texts
from gevinst.web.console import Console
from gevinst.web.visit import CSRF_FIELD, Visit, texts_of

OK = 200


@dataclass(frozen=True, kw_only=True)
class Way:
    """One entry of the navigation."""

    path: str
    key: str  #: web.nav.<key>
    action: Action


WAYS = (
    Way(path="/", key="overview", action=Action.SEE),
    Way(path="/arbejde", key="work", action=Action.SEE_ITEMS),
    Way(path="/afstemning", key="periods", action=Action.SEE_ITEMS),
    Way(path="/koersler", key="runs", action=Action.SEE),
    Way(path="/robotter", key="robots", action=Action.SEE),
    Way(path="/kalender", key="calendar", action=Action.SEE),
    Way(path="/indbakke", key="inbox", action=Action.SEE),
    Way(path="/leverancer", key="deliveries", action=Action.SEE_ITEMS),
    Way(path="/to-filer", key="two_files", action=Action.RUN),
    Way(path="/gevinster", key="gains", action=Action.SEE_GAINS),
    Way(path="/revisionsspor", key="trail", action=Action.SEE_TRAIL),
    Way(path="/aabne-data", key="open_data", action=Action.SEE),
    Way(path="/admin", key="admin", action=Action.ADMINISTER),
)


def page(visit: Visit, template: str, *, status: int = OK, **facts: Any) -> HTMLResponse:
    """A page of a person who is signed in.

    Args:
        visit: the request.
        template: name without ending; it extends base.html.j2.
        status: of HTTP.
        facts: what the template shows.
    """
    shared = {
        "person": visit.person,
        "shown_name": visit.seen.account.shown_name,
        "by_office": not visit.seen.account.password_hash,
        "csrf": visit.session.csrf,
        "ways": ways_of(visit.person, visit.request),
    }
    return _render(visit.request, visit.texts, template, status=status, facts=shared | facts)


def bare_page(request: Request, template: str, *, status: int = OK, **facts: Any) -> HTMLResponse:
    """A page before anyone is signed in."""
    shared = {"person": None, "shown_name": "", "csrf": "", "ways": ()}
    return _render(request, texts_of(request), template, status=status, facts=shared | facts)


def ways_of(person: Person, request: Request) -> list[Way]:
    """The navigation of a person: pages that are there and that they may see."""
    there: frozenset[str] = request.app.state.paths
    return [way for way in WAYS if person.may(way.action) and way.path in there]


def _render(
    request: Request, texts: Texts, template: str, *, status: int, facts: Mapping[str, Any]
) -> HTMLResponse:
    console: Console = request.app.state.console
    shown = _environment(texts.language).get_template(f"{template}.html.j2")
    content = shown.render(
        office=console.office.name,
        office_sign_in=console.office.console.sign_in is not None,
        language=str(texts.language),
        path=request.url.path,
        here=str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
        request_query=request.query_params,
        csrf_field=CSRF_FIELD,
        **facts,
    )
    return HTMLResponse(content, status_code=status)


@lru_cache
def _environment(language: Language) -> Environment:
    texts = Texts(language)
    environment = Environment(
        loader=PackageLoader("gevinst.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": texts.get, "Action": Action}
    environment.filters |= {
        "kr": texts.amount,
        "n": texts.number,
        "day": texts.day,
        "pct": texts.percent,
        "moment": texts.moment,
        "clock": lambda moment: texts.moment(moment).split(" ")[-1],
        "masked": mask_cpr,
        "plain_kr": lambda ore: str(kroner(ore)),
    }
    return environment
