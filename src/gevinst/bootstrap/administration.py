"""The parts behind the console's gains, trail and administration, over a database that is open already."""

import os
from typing import TYPE_CHECKING

from gevinst.app.office import ConfigurationError, Office
from gevinst.bootstrap.gains import _every_robot, gain_settings
from gevinst.bootstrap.here import today

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gevinst.app.gain_report import GainTools
    from gevinst.app.office_sign_in import Provider
    from gevinst.domain.gain_report import GainReport
    from gevinst.store.opening import StoreParts


def open_gain_tools(of: Office, opened: "StoreParts") -> "GainTools":
    """What the gain report needs; see bootstrap.gains.gain_tools.

    Raises:
        ConfigurationError, SettingsError: a robot's folder or the settings of gains cannot be read.
    """
    from gevinst.app.gain_report import GainTools  # noqa: PLC0415 - only reports need it
    from gevinst.app.samples import KeptSamples  # noqa: PLC0415

    return GainTools(
        office=of.name,
        store=opened.runs,
        book=opened.gains,
        samples=KeptSamples(opened.runs),
        settings=gain_settings(of),
        today=today(),
        every=_every_robot(of),
    )


def open_gain_report(of: Office, opened: "StoreParts", months: "Sequence[str]" = ()) -> "GainReport":
    """The gains over some months; without them, the last four whole quarters.

    Raises:
        GainError, ConfigurationError: see app.gain_report.gain_report.
    """
    from gevinst.app.gain_report import default_months, gain_report  # noqa: PLC0415 - as above

    tools = open_gain_tools(of, opened)
    return gain_report(tools.every, months or default_months(tools.today), tools)


def secret_places(of: Office) -> "Mapping[str, str]":
    """Names of the office's secrets and where each is kept; never what they are.

    Raises:
        ConfigurationError: a place cannot be read.
    """
    from gevinst.bootstrap.work import secret_book  # noqa: PLC0415 - loads keyring

    return {name: str(place) for name, place in sorted(secret_book(of).where().items())}


def notice_ways() -> "Mapping[str, bool]":
    """Which ways notices have out of here, and whether each is set up; no address and no secret."""
    from gevinst.runner.notify import Notifier  # noqa: PLC0415 - only who tells people needs it

    notifier = Notifier.of(os.environ)
    return {"mail": bool(notifier.smtp), "hook": bool(notifier.hook), "teams": bool(notifier.teams)}


def sign_in_provider(of: Office) -> "Provider | None":
    """The office's own sign-in; None when it has none.

    Raises:
        ConfigurationError: CFG-033 the secret that it names is nowhere; or a place of secrets cannot be read.
    """
    settings = of.console.sign_in
    if settings is None:
        return None
    from gevinst.bootstrap.work import secret_book  # noqa: PLC0415 - loads keyring
    from gevinst.runner.oidc import OidcProvider  # noqa: PLC0415 - loads Authlib

    found = secret_book(of).get(settings.secret) if settings.secret else None
    if settings.secret and found is None:
        raise ConfigurationError("CFG-033", secret=settings.secret)
    return OidcProvider(settings=settings, secret=next(iter(found.parts.values())) if found else "")
