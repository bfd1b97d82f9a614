"""A sign of life to a monitor elsewhere: an address is asked for, and silence is an alarm there."""

import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from gevinst.app.office import ConfigurationError

PING_SETTING = "GEVINST_PING_URL"
SECONDS_TO_ANSWER = 5


@dataclass(kw_only=True)
class Ping:
    """Asks for an address, in a thread of its own: a slow monitor delays no clock."""

    url: str = field(repr=False)  #: whoever knows it can keep the monitor quiet
    failed: Callable[[str], object]  #: called with why it did not answer
    _asking: threading.Thread | None = None

    def __call__(self) -> None:
        """Ask, unless the last question is still open."""
        if self._asking is None or not self._asking.is_alive():
            self._asking = threading.Thread(target=self._ask, name="ping", daemon=True)
            self._asking.start()

    def wait(self) -> None:
        """Wait for the answer."""
        if self._asking:
            self._asking.join()

    def _ask(self) -> None:
        try:
            with _OPENER.open(self.url, timeout=SECONDS_TO_ANSWER) as answer:
                if answer.status >= HTTPStatus.BAD_REQUEST:
                    self.failed(str(answer.status))
        except (OSError, ValueError) as error:
            self.failed(type(error).__name__)


class _SameAddress(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: what is checked is what is asked."""

    def redirect_request(self, *_: object) -> None:
        """No other address."""
        return


_OPENER = urllib.request.build_opener(_SameAddress)


def checked_url(url: str) -> str:
    """The address, when it is one that may be asked.

    Raises:
        ConfigurationError: CFG-026 it is neither https nor on this machine.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and parts.hostname and _is_here(parts.hostname):
        return url
    raise ConfigurationError("CFG-026", setting=PING_SETTING)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
