"""`[console]` of the office: the address that people use, and the office's own sign-in."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from gevinst.app.office import ConsoleSettings, SignInSettings
from gevinst.domain.access import Role
from gevinst.domain.secret import SECRET_NAME
from gevinst.formats.gain_card import Part

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _safe_address(text: str) -> str:
    """An address by TLS, or on this machine."""
    parts = urlsplit(text)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if text and not (safe and parts.hostname and not parts.query and not parts.fragment):
        raise ValueError("an address that begins with https://")
    return text.rstrip("/")


def _secret_name(text: str) -> str:
    if text and not SECRET_NAME.fullmatch(text):
        raise ValueError("the name of a secret, not the secret: small letters, digits, dash")
    return text


Address = Annotated[str, AfterValidator(_safe_address)]


class OidcPart(Part):
    """`[console.oidc]`: sign-in by OpenID Connect."""

    issuer: Address = Field(min_length=8)
    client_id: str = Field(min_length=1)
    secret: Annotated[str, AfterValidator(_secret_name)] = ""
    scope: str = "openid profile email"
    user_claim: str = "preferred_username"
    name_claim: str = "name"
    roles_claim: str = "roles"
    roles: dict[str, Role] = Field(min_length=1)


class ConsolePart(Part):
    """`[console]`."""

    url: Address = ""
    oidc: OidcPart | None = None
    second_factor: list[Role] = Field(default_factory=list)

    def settings(self) -> ConsoleSettings:
        """As the office has it."""
        sign_in = SignInSettings(**self.oidc.model_dump()) if self.oidc else None
        return ConsoleSettings(url=self.url, sign_in=sign_in, second_factor=frozenset(self.second_factor))


CONSOLE_PARTS: tuple[type[Part], ...] = (ConsolePart, OidcPart)
