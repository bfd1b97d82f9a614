"""Takes and finishes work items of a queue until none is left, and says which it had."""

import json
import sys
from datetime import timedelta
from time import perf_counter

from gevinst.store import open_parts

LEASE = timedelta(seconds=60)


def main(url: str, owner: str) -> None:
    """Wait for the word, then take all that there is."""
    items = open_parts(url).items
    items.reserve("tom", owner, lease=LEASE)  # connects, as a robot has before its first item
    print("ready", flush=True)  # noqa: T201 - the test reads it
    sys.stdin.readline()
    begun, had = perf_counter(), []
    claim = items.reserve("faktura", owner, lease=LEASE)
    while claim:
        had.append(claim.number)
        claim = items.finish_and_reserve(claim, "faktura", lease=LEASE)
    print(json.dumps({"had": had, "seconds": perf_counter() - begun}), flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
