"""rpaframework's vault over the office's secrets: `RPA_SECRET_MANAGER=gevinst.keywords.vault.OfficeVault`."""

import os

from robot.api.deco import keyword, library
from robot.api.types import Secret
from RPA.Robocorp.Vault import BaseSecretManager
from RPA.Robocorp.Vault import Secret as SecretParts

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError, configuration_sentence
from gevinst.app.work import SIGN_IN
from gevinst.domain.secret import ONLY_PART
from gevinst.runner import given_secrets
from gevinst.runner.child_settings import RUN_SETTING
from gevinst.texts import Texts


class SecretNotThereError(KeyError):
    """A secret that the robot may not read, or that is not there; shown without a traceback."""

    ROBOT_SUPPRESS_NAME = True

    def __str__(self) -> str:
        return str(self.args[0])


def parts_of_secret(name: str) -> dict[str, str]:
    """The parts of a secret, whose values are masked in the log from now on.

    Raises:
        SecretNotThereError: the robot has not named it, or there is none.
    """
    parts = given_secrets.given(name)
    if parts is None and not os.environ.get(RUN_SETTING):  # our runner hands over what is named, and no more
        found = bootstrap.secret_book(bootstrap.office()).get(name)
        parts = dict(found.parts) if found else None
    if parts is None:
        missing = ConfigurationError("CFG-028", name=name)
        raise SecretNotThereError(configuration_sentence(missing, Texts(bootstrap.language())))
    given_secrets.learn(parts)
    return parts


class SignInRefusedError(AssertionError):
    """A system refused the robot's user; shown without a traceback."""

    ROBOT_SUPPRESS_NAME = True


class OfficeVault(BaseSecretManager):  # type: ignore[misc] # rpaframework has no type information
    """Reads the office's secrets for `RPA.Robocorp.Vault`; writing is `gevinst secrets set`."""

    def get_secret(self, secret_name: str) -> SecretParts:
        """A secret's parts, as rpaframework has them."""
        return SecretParts(secret_name, "", parts_of_secret(secret_name))

    def set_secret(self, secret: SecretParts) -> None:
        """Refused: a robot changes no secret."""
        raise PermissionError(f"gevinst secrets set {secret.name}")


@library(scope="GLOBAL", version="0.1.0")
class vault:  # noqa: N801 - Robot Framework finds a library by its module's name
    """Secrets of the office, as values that Robot Framework never shows."""

    @keyword
    def secret_value(self, name: str, part: str = ONLY_PART) -> Secret:
        """One part of a secret, such as ``erp`` and ``password``, as Robot Framework's Secret.

        Libraries whose arguments take a Secret (Browser, Database, Requests) get the value; the log, at any
        level, does not. For rpaframework's own keywords use ``Get Secret`` of RPA.Robocorp.Vault.
        """
        parts = parts_of_secret(name)
        if part not in parts:
            raise SecretNotThereError(f"{name}: {', '.join(parts)}")
        return Secret(parts[part])

    @keyword
    def sign_in_was_refused(self, why: str = "") -> None:
        """Fails the run because a system refused the robot's user: a password that is over, a locked account.

        The run is not tried again, and nothing with the same ``erp_user`` runs until a person has closed the
        alarm: each further try would bring the account nearer to being locked. ``why`` is what the system
        said. Outside our runner it only fails.
        """
        run_id = os.environ.get(RUN_SETTING)
        if run_id:
            store = bootstrap.store(bootstrap.office())
            store.abandon(run_id, at=bootstrap.now(), summary=SIGN_IN)
        said = Texts(bootstrap.language()).get(SIGN_IN)
        raise SignInRefusedError(f"{said} {why}".strip())
