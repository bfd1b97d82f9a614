"""The console as a web application."""

from collections.abc import Iterable, Iterator

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.staticfiles import StaticFiles

from gevinst.web import door, pages
from gevinst.web.console import Console
from gevinst.web.shield import Shield
from gevinst.web.trouble import answer_trouble

#: Paths that need no sign-in; a test holds every other route to a right.
PUBLIC = frozenset(
    {
        "/login",
        "/login/kode",
        "/login/kontor",
        "/login/kontor/svar",
        "/opsaetning",
        "/sprog/{language}",
        "/livstegn",
        "/aabne-data",  # shows only what the office has made public, and nothing else to who is not signed in
        "/aabne-data/datapackage.json",
        "/aabne-data/{name}",
        "/tilgaengelighed",
    }
)


def create_app(console: Console) -> FastAPI:
    """The application over one console; it starts nothing."""
    app = FastAPI(title="Gevinst", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.console = console
    routers = (door.router, *pages.routers())
    for router in routers:
        app.include_router(router)
    app.mount("/static", StaticFiles(packages=[("gevinst.web", "static")]), name="static")
    app.state.paths = frozenset(route.path for route in routes_of(routers))
    answer_trouble(app)
    app.add_middleware(Shield, console=console)
    return app


def routes_of(routers: Iterable[APIRouter]) -> Iterator[APIRoute]:
    """Every page and form of some routers."""
    return (route for router in routers for route in router.routes if isinstance(route, APIRoute))
