"""What the console's process loads: it idles all day beside clock and worker, so it stays small."""

import subprocess
import sys


def test_the_console_starts_without_what_only_a_run_needs() -> None:
    needs = "import sys, gevinst.web.serve, gevinst.web.app; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", needs], capture_output=True, text=True, check=True)

    assert {"pandas", "pyarrow", "lxml", "robot"} & set(done.stdout.split()) == set()
