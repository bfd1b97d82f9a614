"""The office's sign-in by OpenID Connect: authorization code with PKCE, and the check of what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]  # no stubs
from joserfc import jwt
from joserfc.jwk import KeySet

from gevinst.app.accounts import AccountError
from gevinst.app.office import SignInSettings
from gevinst.app.office_sign_in import Pending

SECONDS_TO_ANSWER = 10
DISCOVERY = "/.well-known/openid-configuration"
#: Signatures with a public key; a shared secret or none would let anyone sign who has it.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
LEEWAY = 60  # seconds that the provider's clock may differ


@dataclass(frozen=True, kw_only=True)
class OidcProvider:
    """See app.office_sign_in.Provider."""

    settings: SignInSettings
    secret: str = field(default="", repr=False)  #: of the client; "" for a public one

    def address(self, pending: Pending, back: str) -> str:
        """See Provider."""
        found = self._discovered()
        # The provider has a session of its own: who is to show that they are there is asked all the same.
        there: Mapping[str, Any] = {"prompt": "login", "max_age": 0} if pending.proves else {}
        address, _ = self._client(back).create_authorization_url(
            _endpoint(found, "authorization_endpoint"),
            **there,
            state=pending.state,
            nonce=pending.nonce,
            code_verifier=pending.verifier,
        )
        return str(address)

    def claims(self, pending: Pending, code: str, back: str, now: datetime) -> Mapping[str, Any]:
        """See Provider."""
        found = self._discovered()
        tokens, keys_at = _endpoint(found, "token_endpoint"), _endpoint(found, "jwks_uri")
        try:
            answer = self._client(back).fetch_token(tokens, code=code, code_verifier=pending.verifier)
            keys = KeySet.import_key_set(_got(keys_at))
            token = jwt.decode(str(answer["id_token"]), keys, algorithms=ALGORITHMS)
            self._registry(pending, now).validate(token.claims)
        except Exception as error:  # whatever an answer from outside brings about: nobody is signed in
            raise AccountError("ACC-013", issuer=self.settings.issuer, cause=type(error).__name__) from error
        return token.claims

    def _registry(self, pending: Pending, now: datetime) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            nonce={"essential": True, "value": pending.nonce},
            exp={"essential": True},
            sub={"essential": True},
        )

    def _client(self, back: str) -> OAuth2Session:
        return OAuth2Session(
            client_id=self.settings.client_id,
            client_secret=self.secret or None,
            token_endpoint_auth_method="client_secret_post" if self.secret else "none",
            scope=self.settings.scope,
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=SECONDS_TO_ANSWER,
        )

    def _discovered(self) -> Mapping[str, Any]:
        """The provider's own description; it must name itself as the office does."""
        try:
            found = _got(self.settings.issuer + DISCOVERY)
        except (requests.RequestException, ValueError) as error:
            raise AccountError("ACC-013", issuer=self.settings.issuer, cause=type(error).__name__) from error
        if not isinstance(found, dict) or found.get("issuer") != self.settings.issuer:
            raise AccountError("ACC-013", issuer=self.settings.issuer, cause="issuer")
        return found


def _got(address: str) -> Any:
    """The JSON of an address; redirects are not followed, so that only the named provider answers."""
    answer = requests.get(address, timeout=SECONDS_TO_ANSWER, allow_redirects=False)
    answer.raise_for_status()
    return answer.json()


def _endpoint(found: Mapping[str, Any], name: str) -> str:
    """An address of the provider, by TLS as the provider itself.

    Raises:
        AccountError: ACC-013 it has none.
    """
    address = found.get(name)
    scheme = str(found.get("issuer")).partition("://")[0]
    if not isinstance(address, str) or not address.startswith(f"{scheme}://"):
        raise AccountError("ACC-013", issuer=str(found.get("issuer")), cause=name)
    return address
