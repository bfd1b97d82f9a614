"""How much memory a process has had."""

from contextlib import suppress
from pathlib import Path

PEAK = "VmHWM:"


def peak_memory(process: int) -> int:
    """The most memory that a process has had at a time, kB; 0 once it is gone, and where Linux is not."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text("ascii", errors="replace").splitlines():
            if line.startswith(PEAK):
                return int(line.split()[1])
    return 0
