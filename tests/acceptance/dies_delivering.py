"""A library for a test office's suite: the process dies when a file has got its name and nobody has noted it.

Once: the file `dies` beside the office's settings is taken away first.
"""

import os
from pathlib import Path

from gevinst.runner import outbox

_given = outbox.rename_whole


def _name_and_die(draft: Path, target: Path) -> None:
    _given(draft, target)
    once = Path(os.environ["GEVINST_OFFICE"]) / "dies"
    if once.exists():
        once.unlink()
        os._exit(137)


outbox.rename_whole = _name_and_die
