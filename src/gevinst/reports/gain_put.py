"""Put a file in place of an earlier one: whole, or not at all."""

from contextlib import suppress
from pathlib import Path


def put(path: Path, content: bytes) -> Path:
    """Write the file beside its place, and move it there: a full disk leaves the earlier one whole.

    Raises:
        OSError: it cannot be written; what was written of it is gone.
    """
    draft = path.with_name(f"{path.name}.tmp")
    try:
        draft.write_bytes(content)
        return draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
