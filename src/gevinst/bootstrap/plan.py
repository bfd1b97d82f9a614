"""The parts of the plan: schedules, and what people have changed in them."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gevinst.app.plan import Plans
    from gevinst.store.opening import StoreParts


def plans(opened: "StoreParts", closed_days: frozenset[date] = frozenset()) -> "Plans":
    """The robots' moments as people have changed them.

    Args:
        opened: the office's database.
        closed_days: the office's own.
    """
    from gevinst.app.plan import Plans  # noqa: PLC0415 - only clock and console need it
    from gevinst.bootstrap.unattended import firings, upcoming  # noqa: PLC0415 - imports this module's parts

    return Plans(
        book=opened.plans,
        plain_firings=partial(firings, closed_days=closed_days),
        plain_upcoming=partial(upcoming, also_skipped=True, closed_days=closed_days),
    )
