"""The console beside clock and worker, in a process of its own: neither waits for what the other loads."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

SECONDS_TO_STOP = 10
COMMAND = (sys.executable, "-m", "gevinst.cli", "console", "--with-parent")


@dataclass(kw_only=True)
class ConsoleChild:
    """Starts a console and stops it; tells when it ended by itself, such as when its port is taken."""

    ended: Callable[[int], object]  #: called with the exit code when nobody has stopped it
    command: Sequence[str] = COMMAND
    _process: subprocess.Popen[bytes] | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, *options: str) -> "ConsoleChild":
        """Start the console; it greets on stderr."""
        self._process = subprocess.Popen([*self.command, *options])  # noqa: S603 - our own command
        threading.Thread(target=self._watch, args=(self._process,), name="console", daemon=True).start()
        return self

    def stop(self) -> None:
        """End the console; by force when it has not ended by itself in time."""
        self._stopping.set()
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        if not self._stopping.is_set():
            self.ended(code)
