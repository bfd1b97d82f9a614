"""What the pages share: the office, its database, the door, and where the console is reached."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gevinst import bootstrap
from gevinst.app.accounts import Door
from gevinst.app.office import Office
from gevinst.app.office_sign_in import Waiting
from gevinst.web.turnstile import Turnstile

if TYPE_CHECKING:
    from gevinst.app.plan import Plans
    from gevinst.store.opening import StoreParts

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Console:
    """One running console."""

    office: Office
    parts: "StoreParts"
    door: Door
    url: str = ""  #: the address that people use, such as https://gevinst.kommune.example; "" on loopback
    largest_upload: int = 60 * MEGABYTE  #: bytes of one request
    watching: Turnstile = field(default_factory=lambda: Turnstile(each=10, together=100))  #: runs that go on
    reconciling: Turnstile = field(default_factory=lambda: Turnstile(each=1, together=2))  #: two files
    sign_ins: Waiting = field(default_factory=Waiting)  #: gone out to the office's provider
    slowest_upload: float = 120.0  #: seconds for what is sent with one request
    now: Callable[[], datetime] = field(default=bootstrap.now)
    today: Callable[[], date] = field(default=bootstrap.today)

    @property
    def plans(self) -> "Plans":
        """The robots' moments as people have changed them, read now."""
        return bootstrap.plans(self.parts, self.office.closed_days)

    @property
    def secure(self) -> bool:
        """Whether people come by TLS, so that the cookie may ask for it."""
        return self.url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Names under which the console answers, without port; another name is a trick with DNS."""
        named = urlsplit(self.url).hostname
        return frozenset({named} if named else LOOPBACK)

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; `__Host-` binds it to this host and to TLS."""
        return "__Host-gevinst" if self.secure else "gevinst"


def open_console(office: Office, *, url: str = "") -> Console:
    """A console over the office's database.

    Raises:
        StoreError: see store.open_database.
    """
    opened = bootstrap.parts(office)
    return Console(office=office, parts=opened, door=bootstrap.door(opened), url=url)
