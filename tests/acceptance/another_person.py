"""`gevinst` as another user of the machine would run it: `python another_person.py NAME ARGUMENTS`.

The tests have one user of the operating system, and the program believes nobody else: so the function that
asks who it is gets another's answer, as `faults/simulated_time.py` does with the moment.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]

from faults.simulated_time import replace_everywhere  # noqa: E402 - found by the line above
from gevinst.bootstrap import here  # noqa: E402
from gevinst.cli import main  # noqa: E402

if __name__ == "__main__":
    person = sys.argv.pop(1)
    replace_everywhere(here.user, lambda: person)
    main()
