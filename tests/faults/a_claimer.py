"""Claims and finishes tickets until none is left, and says which it had."""

import json
import sys
from datetime import timedelta
from time import perf_counter

from gevinst import bootstrap
from gevinst.domain.queue import TicketState
from gevinst.store import open_parts

LEASE = timedelta(seconds=30)


def main(url: str, owner: str) -> None:
    """Wait for the word, then take all that there is."""
    queue = bootstrap.queue(open_parts(url))
    print("ready", flush=True)  # noqa: T201 - the test reads it
    sys.stdin.readline()
    begun, had = perf_counter(), []
    while claim := queue.claim(owner, capabilities=(), lease=LEASE):
        had.append(claim.number)
        queue.finish(claim, TicketState.DONE, "agreed")
    print(json.dumps({"had": had, "seconds": perf_counter() - begun}), flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
