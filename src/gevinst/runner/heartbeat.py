"""The heartbeat of a worker: a thread of its own renews the leases, and learns what is to stop.

It is the only thing that its thread does, so that a worker with busy slots never looks dead.
"""

import json
import os
import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

from gevinst.app.queue_port import RunQueue
from gevinst.domain.queue import Claim

LOOKS_A_LEASE = 4  # renewals in the time of one lease
SECONDS_BETWEEN_STOPS = 1.0


@dataclass(kw_only=True)
class Held:
    """A claim while its run goes on."""

    claim: Claim
    void: bool = False  #: the lease was lost: another has the ticket
    stopped: bool = False  #: a person wants it stopped

    @property
    def must_end(self) -> bool:
        """Whether the run must end now."""
        return self.void or self.stopped


@dataclass(kw_only=True)
class Heartbeat:
    """Renews the claims of one worker until it is closed."""

    queue: RunQueue
    owner: str
    lease: timedelta
    errors: tuple[type[Exception], ...]  #: what a database that does not answer for a while raises
    _held: dict[int, Held] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> "Heartbeat":
        """Begin to beat."""
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        return self

    def close(self) -> None:
        """Beat no more."""
        self._over.set()

    def hold(self, claim: Claim) -> Held:
        """Renew a claim from now on."""
        held = Held(claim=claim)
        with self._turn:
            self._held[claim.number] = held
        return held

    def let_go(self, claim: Claim) -> None:
        """Renew it no more."""
        with self._turn:
            self._held.pop(claim.number, None)

    def stop_all(self) -> None:
        """End everything that runs: the worker is told to stop at once."""
        with self._turn:
            for held in self._held.values():
                held.stopped = True

    def _beat(self) -> None:
        renewed = monotonic()
        while not self._over.wait(SECONDS_BETWEEN_STOPS):
            held = self._all()
            with suppress(*self.errors):
                if held:
                    self._note_stops(held)
            if monotonic() - renewed >= self.lease.total_seconds() / LOOKS_A_LEASE:
                with suppress(*self.errors):
                    self._renew(held)
                    renewed = monotonic()

    def _all(self) -> Collection[Held]:
        with self._turn:
            return list(self._held.values())

    def _note_stops(self, held: Collection[Held]) -> None:
        wanted = self.queue.stops(self.owner)
        for one in held:
            one.stopped = one.stopped or one.claim.number in wanted

    def _renew(self, held: Collection[Held]) -> None:
        standing = self.queue.renew([one.claim for one in held], lease=self.lease)
        for one in held:
            one.void = one.void or one.claim.number not in standing


def write_sign_of_life(file: Path, *, owner: str, leading: bool, at: datetime) -> None:
    """Write the installation's heartbeat, for a monitor that looks at the file's age; whole or not at all."""
    content = json.dumps({"at": at.isoformat(timespec="seconds"), "owner": owner, "leading": leading})
    draft = file.with_suffix(f".{os.getpid()}.tmp")
    with suppress(OSError):  # on a full disk the file grows old, which is what the monitor looks for
        draft.write_text(content + "\n", encoding="utf-8")
        draft.replace(file)
