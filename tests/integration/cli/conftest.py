"""Commands run as a user runs them, in a folder of the test's own."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture
def gevinst(tmp_path: Path) -> Command:
    """Run `gevinst` in the test's folder; `answers` are typed, settings are environment variables."""

    def run(*arguments: str, answers: str = "", **settings: str) -> Done:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("GEVINST_")}
        done = subprocess.run(
            [sys.executable, "-m", "gevinst.cli", *arguments],
            cwd=tmp_path,
            env=kept | {"PYTHONUTF8": "1"} | settings,
            input=answers,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Done(code=done.returncode, out=done.stdout, err=done.stderr)

    return run
