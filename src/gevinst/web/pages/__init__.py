"""The pages, one module each; a module gives its `router`."""

from collections.abc import Sequence

from fastapi import APIRouter

from gevinst.web.pages import gains, health, overview, periods, robots, runs, work


def routers() -> Sequence[APIRouter]:
    """The routers of all pages."""
    return [module.router for module in (health, overview, runs, robots, work, periods, gains)]
