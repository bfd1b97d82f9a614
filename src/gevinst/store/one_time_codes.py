"""Codes of a device by RFC 6238: SHA-1, six digits, half a minute, as every authenticator app has them."""

import hmac
from datetime import datetime

import pyotp

SECONDS = 30
BESIDE = (0, -1, 1)  # half minutes: a device's clock may be a little off


class TotpCodes:
    """See app.second_factor.Codes."""

    def new_secret(self) -> str:
        """See Codes; 160 bits, as long as the hash."""
        return pyotp.random_base32()

    def step(self, secret: str, code: str, now: datetime) -> int | None:
        """See Codes."""
        device, present = pyotp.TOTP(secret), int(now.timestamp()) // SECONDS
        steps = [present + beside for beside in BESIDE]
        given = code.encode()
        return next(
            (step for step in steps if hmac.compare_digest(device.at(step * SECONDS).encode(), given)), None
        )

    def address(self, secret: str, *, user: str, office: str) -> str:
        """See Codes."""
        return pyotp.TOTP(secret).provisioning_uri(name=user, issuer_name=f"Gevinst {office}")
