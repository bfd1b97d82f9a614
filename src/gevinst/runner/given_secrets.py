"""The secrets that a run was given, in its own process: handed over on stdin, in no argument or variable."""

import json
import os
import sys
from collections.abc import Mapping
from typing import TextIO
from urllib.parse import urlsplit

from gevinst.domain.secret import Scrubber

SECRETS_SETTING = "GEVINST_SECRETS"
ON_STDIN = "stdin"
#: What masks them in all that this process writes.
SCRUBBER = Scrubber()
_given: dict[str, dict[str, str]] = {}


def hand_over(secrets: Mapping[str, Mapping[str, str]]) -> bytes:
    """What a child reads on stdin."""
    return json.dumps({name: dict(parts) for name, parts in secrets.items()}).encode()


def take(stream: TextIO | None = None) -> None:
    """Take what the runner hands over, once; nothing without a runner. The database's password is one too."""
    SCRUBBER.learn([urlsplit(os.environ.get("GEVINST_DATABASE", "")).password or ""])
    if os.environ.pop(SECRETS_SETTING, "") != ON_STDIN:
        return
    _given.update(json.load(stream or sys.stdin))
    for parts in _given.values():
        learn(parts)


def given(name: str) -> dict[str, str] | None:
    """The parts of a secret that the run was given."""
    return _given.get(name)


def learn(parts: Mapping[str, str]) -> None:
    """Mask these values from now on."""
    SCRUBBER.learn(parts.values())
