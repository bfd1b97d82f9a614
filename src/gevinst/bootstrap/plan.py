"""The parts of the plan: schedules, and what people have changed in them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gevinst.app.plan import Plans
    from gevinst.store.opening import StoreParts


def plans(opened: "StoreParts") -> "Plans":
    """The robots' moments as people have changed them."""
    from gevinst.app.plan import Plans  # noqa: PLC0415 - only clock and console need it
    from gevinst.bootstrap.unattended import firings, upcoming  # noqa: PLC0415 - imports this module's parts

    return Plans(
        book=opened.plans,
        plain_firings=firings,
        plain_upcoming=lambda robot, after: upcoming(robot, after, also_skipped=True),
    )
