"""The parts behind the console's gains, trail and administration, over a database that is open already."""

import os
from typing import TYPE_CHECKING, Any, TypeVar

from gevinst.app.office import ConfigurationError, Office
from gevinst.bootstrap.gains import _every_robot, gain_settings
from gevinst.bootstrap.here import robots, today
from gevinst.formats.office_file import OFFICE_FILE, office_folder
from gevinst.formats.robot_folder import robot_ids

Made = TypeVar("Made")
#: Acts of the trail after which gains or open data may be other than before.
COUNTED = (
    *("gain.kept", "gain.card", "gain.confirmed", "gain.rejected", "gain.measured"),
    *("run.start", "run.kept", "run.end", "sample.draw", "sample.answer", "retention.deleted"),
)
MOST_KEPT = 16
_MADE: "dict[object, Any]" = {}

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gevinst.app.digest import DigestTools
    from gevinst.app.gain_report import GainTools
    from gevinst.app.office_sign_in import Provider
    from gevinst.app.open_data import Row
    from gevinst.domain.gain_report import GainReport
    from gevinst.domain.robot import Robot
    from gevinst.runner.notify import Notifier
    from gevinst.store.opening import StoreParts


def open_gain_tools(of: Office, opened: "StoreParts", some: "Sequence[Robot] | None" = None) -> "GainTools":
    """What the gain report needs; see bootstrap.gains.gain_tools.

    Args:
        of: the office.
        opened: its database.
        some: robots to count; without it all, and one that cannot be read stops the report.

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
        every=_every_robot(of) if some is None else some,
    )


def open_gain_report(of: Office, opened: "StoreParts", months: "Sequence[str]" = ()) -> "GainReport":
    """The gains over some months; without them, the last four whole quarters.

    Raises:
        GainError, ConfigurationError: see app.gain_report.gain_report.
    """
    from gevinst.app.gain_report import default_months, gain_report  # noqa: PLC0415 - as above

    def make() -> "GainReport":
        tools = open_gain_tools(of, opened)
        return gain_report(tools.every, months or default_months(tools.today), tools)

    return _kept(of, opened, ("report", *months), make)


def open_rows(of: Office, opened: "StoreParts", data_set: str) -> "list[Row]":
    """The rows of a data set, not made anew for each who asks; see app.open_data.rows_of_set."""
    from gevinst.app.open_data import rows_of_set  # noqa: PLC0415 - as above

    return _kept(of, opened, ("open", data_set), lambda: rows_of_set(data_set, open_gain_tools(of, opened)))


def _kept(of: Office, opened: "StoreParts", what: tuple[str, ...], make: "Callable[[], Made]") -> "Made":
    """What was made before, as long as nothing happened since: all it is made of is in trail or files."""
    from gevinst.runner.shelf import stamp_of  # noqa: PLC0415 - as above

    home = office_folder(of.robots)
    settings = (home / OFFICE_FILE).stat().st_mtime_ns if home else None
    key = (opened.url, what, today(), opened.trail.last_number(COUNTED), stamp_of(of.robots), settings)
    found: Made | None = _MADE.get(key)
    if found is None:
        found = make()
        while len(_MADE) >= MOST_KEPT:
            _MADE.pop(next(iter(_MADE), None), None)
        _MADE[key] = found
    return found


def secret_places(of: Office) -> "Mapping[str, str]":
    """Names of the office's secrets and where each is kept; never what they are.

    Raises:
        ConfigurationError: a place cannot be read.
    """
    from gevinst.bootstrap.work import secret_book  # noqa: PLC0415 - loads keyring

    return {name: str(place) for name, place in sorted(secret_book(of).where().items())}


def notice_ways() -> "Mapping[str, bool]":
    """Which ways notices have out of here, and whether each is set up; no address and no secret."""
    found = notifier()
    return {"mail": bool(found.smtp), "hook": bool(found.hook), "teams": bool(found.teams)}


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


def digest_tools(of: Office, opened: "StoreParts") -> "DigestTools":
    """What the morning digest counts from."""
    from gevinst.app.digest import DigestTools  # noqa: PLC0415 - only the digest needs it
    from gevinst.app.start_run import default_period  # noqa: PLC0415

    standing = opened.view.standing_each(robot_ids(of))
    return DigestTools(
        cases=opened.cases,
        runs=[run.run_id for run in standing.values()],
        signatures=opened.signatures,
        period=default_period(today()),
        alarms=opened.alarms,
        # A robot whose folder cannot be read is told of in the console; it keeps nobody's mail back.
        gains=lambda: open_gain_tools(of, opened, robots(of)),
        today=today(),
    )


def notifier() -> "Notifier":
    """How people are told, as the environment says."""
    from gevinst.runner.notify import Notifier  # noqa: PLC0415 - only who tells people needs it

    return Notifier.of(os.environ)
