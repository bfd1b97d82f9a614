"""Where secrets are kept: systemd, the keyring of the system, a file that only its owner can read."""

import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import keyring
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringError, PasswordDeleteError

from gevinst.app.office import ConfigurationError
from gevinst.domain.secret import ONLY_PART, SECRET_NAME, SecretPlace, SecretValue, parts_of, text_of

CREDENTIALS_SETTING = "CREDENTIALS_DIRECTORY"
NAMES = "__names__"  # keyrings cannot list what they hold
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Place(Protocol):
    """One place of secrets."""

    kind: SecretPlace

    def names(self) -> set[str]:
        """Names of the secrets that are here."""

    def get(self, name: str) -> dict[str, str] | None:
        """The parts of a secret; None when it is not here."""


class Systemd:
    """Credentials of the service, one file each; systemd keeps them, and hands them out at its start."""

    kind = SecretPlace.SYSTEMD

    def __init__(self, folder: str | None = None) -> None:
        named = os.environ.get(CREDENTIALS_SETTING, "") if folder is None else folder
        self._folder = Path(named) if named else None

    def names(self) -> set[str]:
        """See Place."""
        if self._folder is None or not self._folder.is_dir():
            return set()
        return {file.name for file in self._folder.iterdir() if SECRET_NAME.fullmatch(file.name)}

    def get(self, name: str) -> dict[str, str] | None:
        """See Place."""
        if self._folder is None or name not in self.names():
            return None
        return parts_of((self._folder / name).read_text(encoding="utf-8").removesuffix("\n"))


class SystemKeyring:
    """The keyring of the user that runs the robots."""

    kind = SecretPlace.KEYRING

    def __init__(self, service: str) -> None:
        self._service = service

    @property
    def works(self) -> bool:
        """Whether this machine and user have one."""
        return not isinstance(keyring.get_keyring(), NoKeyring)

    def names(self) -> set[str]:
        """See Place."""
        kept = self._read(NAMES)
        return set(json.loads(kept)) if kept else set()

    def get(self, name: str) -> dict[str, str] | None:
        """See Place."""
        kept = self._read(name)
        return None if kept is None else parts_of(kept)

    def set(self, name: str, parts: Mapping[str, str]) -> None:
        """Keep a secret.

        Raises:
            ConfigurationError: CFG-025 the keyring refuses.
        """
        try:
            keyring.set_password(self._service, name, text_of(parts))
            keyring.set_password(self._service, NAMES, json.dumps(sorted(self.names() | {name})))
        except KeyringError as error:
            raise ConfigurationError("CFG-025", cause=type(error).__name__) from None

    def remove(self, name: str) -> None:
        """Forget a secret."""
        with suppress(PasswordDeleteError):
            keyring.delete_password(self._service, name)
        keyring.set_password(self._service, NAMES, json.dumps(sorted(self.names() - {name})))

    def _read(self, name: str) -> str | None:
        if not self.works:
            return None
        try:
            return keyring.get_password(self._service, name)
        except KeyringError:  # locked, or its service is away: as if there were none
            return None


class SecretsFile:
    """Lines `name=value` or `name.part=value`; `#` begins a comment line."""

    kind = SecretPlace.FILE

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> set[str]:
        """See Place."""
        return set(self._all())

    def get(self, name: str) -> dict[str, str] | None:
        """See Place."""
        return self._all().get(name)

    def set(self, name: str, parts: Mapping[str, str]) -> None:
        """Keep a secret.

        Raises:
            ConfigurationError: CFG-025 a value of several lines, which a line cannot hold; or as get.
            OSError: the disk is full or the folder cannot be written; the file is as it was.
        """
        if any(len(value.splitlines()) > 1 for value in parts.values()):
            raise ConfigurationError("CFG-025", cause=f"{self.path.name}: \\n")
        self._write(self._all() | {name: dict(parts)})

    def remove(self, name: str) -> None:
        """Forget a secret."""
        self._write({one: parts for one, parts in self._all().items() if one != name})

    def _all(self) -> dict[str, dict[str, str]]:
        """All secrets of the file.

        Raises:
            ConfigurationError: CFG-023 others can read it; CFG-024 a line is none.
        """
        if not self.path.is_file():
            return {}
        if os.name != "nt" and self.path.stat().st_mode & OTHERS:
            raise ConfigurationError("CFG-023", file=str(self.path))
        found: dict[str, dict[str, str]] = {}
        for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip() and not line.startswith("#"):
                name, part, value = self._read(line, number)
                found.setdefault(name, {})[part] = value
        return found

    def _read(self, line: str, number: int) -> tuple[str, str, str]:
        key, mark, value = line.partition("=")
        name, _, part = key.strip().partition(".")
        if not mark or not SECRET_NAME.fullmatch(name) or (part and not SECRET_NAME.fullmatch(part)):
            raise ConfigurationError("CFG-024", file=str(self.path), line=number)
        return name, part or ONLY_PART, value.strip()

    def _write(self, kept: Mapping[str, Mapping[str, str]]) -> None:
        lines = [
            f"{name}={value}" if part == ONLY_PART else f"{name}.{part}={value}"
            for name, parts in sorted(kept.items())
            for part, value in sorted(parts.items())
        ]
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(made, "w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)  # a full disk: no copy of the secrets is left beside the file


class SecretBook:
    """The office's secrets, in the places it has declared; the first that has one wins."""

    def __init__(self, places: list[Place]) -> None:
        self._places = places

    def get(self, name: str) -> SecretValue | None:
        """A secret.

        Raises:
            ConfigurationError: CFG-023, CFG-024 the file cannot be used.
        """
        for place in self._places:
            parts = place.get(name)
            if parts is not None:
                return SecretValue(name=name, parts=parts)
        return None

    def where(self) -> dict[str, SecretPlace]:
        """Names of all secrets, with the place that each is taken from."""
        found: dict[str, SecretPlace] = {}
        for place in self._places:
            for name in sorted(place.names()):
                found.setdefault(name, place.kind)
        return dict(sorted(found.items()))

    def set(self, name: str, parts: Mapping[str, str]) -> SecretPlace:
        """Keep a secret in the first place that can be written to.

        Raises:
            ConfigurationError: CFG-025 there is none.
        """
        for place in self._places:
            if isinstance(place, SecretsFile) or (isinstance(place, SystemKeyring) and place.works):
                place.set(name, parts)
                return place.kind
        raise ConfigurationError("CFG-025", cause=", ".join(str(place.kind) for place in self._places))

    def remove(self, name: str) -> list[SecretPlace]:
        """Forget a secret wherever we can; the places it was removed from."""
        removed = []
        for place in self._places:
            if isinstance(place, SecretsFile | SystemKeyring) and place.get(name) is not None:
                place.remove(name)
                removed.append(place.kind)
        return removed

    def needed(self, robot: str, names: tuple[str, ...]) -> dict[str, dict[str, str]]:
        """The secrets that a robot needs.

        Raises:
            ConfigurationError: CFG-022 some are missing; CFG-023, CFG-024 the file cannot be used.
        """
        found = {name: self.get(name) for name in names}
        missing = [name for name, secret in found.items() if secret is None]
        if missing:
            places = ", ".join(str(place.kind) for place in self._places)
            raise ConfigurationError(
                "CFG-022", robot=robot, missing=", ".join(missing), first=missing[0], places=places
            )
        return {name: dict(secret.parts) for name, secret in found.items() if secret}
