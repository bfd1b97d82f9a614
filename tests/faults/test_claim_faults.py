"""Many workers at one queue."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from unattended import Installation, an_order

CLAIMER = Path(__file__).with_name("a_claimer.py")
WORKERS = 4
ITEMS = 2_000


def claim_all(office: Installation) -> list[dict[str, Any]]:
    """What four processes had, that began at the same moment."""
    workers = [
        subprocess.Popen(
            [sys.executable, str(CLAIMER), office.url, f"w{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(WORKERS)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return [json.loads(worker.communicate(timeout=240)[0]) for worker in workers]


@pytest.mark.slow
def test_fault_02_four_workers_take_2000_tickets_once_each(either: Installation) -> None:
    for number in range(ITEMS):
        either.queue.offer(an_order(number))

    answers = claim_all(either)

    had = Counter(number for answer in answers for number in answer["had"])
    assert (len(had), max(had.values())) == (ITEMS, 1)
    assert {ticket.attempt for ticket in either.queue.tickets(limit=ITEMS)} == {1}
