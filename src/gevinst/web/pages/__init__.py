"""The pages, one module each; a module gives its `router`."""

from collections.abc import Sequence

from fastapi import APIRouter

from gevinst.web.pages import (
    admin,
    api,
    calendar,
    deliveries,
    gains,
    health,
    inbox,
    office_sign_in,
    open_data,
    overview,
    own_account,
    periods,
    robots,
    runs,
    trail,
    two_files,
    work,
    work_sheet,
)

#: In the order in which paths are tried: a named path before one with a placeholder in its place.
PAGES = (
    calendar,
    two_files,
    inbox,
    deliveries,
    health,
    overview,
    runs,
    robots,
    work_sheet,
    work,
    periods,
    gains,
    trail,
    office_sign_in,
    own_account,
    open_data,
    admin,
    api,
)


def routers() -> Sequence[APIRouter]:
    """The routers of all pages."""
    return [module.router for module in PAGES]
