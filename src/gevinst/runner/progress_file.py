"""How a run tells its runner how far it has come: a small file in its folder, written now and then."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

PROGRESS_FILE = "fremdrift.json"
PROGRESS_SETTING = "GEVINST_PROGRESS"
SECONDS_BETWEEN = 0.5


@dataclass(kw_only=True)
class ProgressFile:
    """What a run has come to; nothing is written without a runner that wants it."""

    path: Path | None = None
    _said: dict[str, Any] = field(default_factory=dict)
    _written: float = float("-inf")

    @classmethod
    def of_environment(cls) -> "ProgressFile":
        """The file that the runner looks at."""
        named = os.environ.get(PROGRESS_SETTING, "")
        return cls(path=Path(named) if named else None)

    def say(self, *, at_once: bool = False, **facts: str | int | None) -> None:
        """Note facts; they are written at once, or when the last writing is half a second old."""
        self._said |= facts
        if self.path is None or (not at_once and monotonic() - self._written < SECONDS_BETWEEN):
            return
        self._written = monotonic()
        draft = self.path.with_suffix(".tmp")
        with suppress(OSError):  # a full disk stops the run elsewhere
            draft.write_text(json.dumps(self._said), encoding="utf-8")
            draft.replace(self.path)


#: Of this process.
PROGRESS = ProgressFile.of_environment()


def read_progress(path: Path) -> dict[str, Any]:
    """What a run has said last; nothing when it has said nothing, or is just writing."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
