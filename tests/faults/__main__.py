"""`python tests/faults`: the long fault programme; see docs/reference/faults.md."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]

from faults.programme import main  # noqa: E402 - found by the line above

if __name__ == "__main__":
    main(sys.argv[1:])
