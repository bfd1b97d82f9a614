"""The outbox: what leaves the office leaves once, whatever dies in between.

What is about to leave is noted; its bytes are written under a name of their own and forced to disk; their
hash is noted; the file gets its name; it is noted as delivered. After a crash, book and disk say together how
far it came. A worker that has lost its run can note nothing, and its draft is taken away: nothing is left to
rename.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path

from gevinst.app.queue_port import Delivery, DeliveryBook, DeliveryState, UnsettledDeliveryError
from gevinst.domain.audit import AuditEvent

DRAFT = ".gevinst-{name}.{run}.tmp"
NOT_WRITTEN = ""  # in place of the hash, while the bytes are on their way to the disk


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """Delivers files, each key once."""

    book: DeliveryBook
    now: Callable[[], datetime]  #: UTC
    note: Callable[[AuditEvent], object]  #: adds to the audit trail
    write: Callable[[Path, bytes], None] | None = None  #: forces bytes to disk; ours when None
    rename: Callable[[Path, Path], None] | None = None  #: gives a file its name; ours when None

    def deliver(
        self, content: bytes, target: Path, *, key: str, run_id: str, control_total: int, held: bool = False
    ) -> bool:
        """Put bytes under a name, unless what has this key has left before.

        Args:
            content: the whole file.
            target: its path; never overwritten.
            key: what it is, such as journal:hovedkonto:2026-10.
            run_id: the run that delivers; it must be running.
            control_total: of the amounts in it, øre.
            held: it waits, with its bytes on disk, for a second person.

        Returns:
            False when it had left before, or waits for a person; nothing was written then.

        Raises:
            FinishedRunError: the run runs no more; nothing has left.
            UnsettledDeliveryError: nobody knows whether it has left before; nothing has left now.
            FileExistsError: something else has the target's name; nothing has left.
            OSError: the disk is full or cannot be written; nothing has left, or the book says what may have.
        """
        draft = target.with_name(DRAFT.format(name=target.name, run=run_id))
        one = Delivery(
            key=key,
            run_id=run_id,
            target=str(target),
            draft=str(draft),
            sha256=NOT_WRITTEN,
            size=0,
            control_total=control_total,
            state=DeliveryState.PREPARED,
            prepared=self.now(),
        )
        if not self.book.prepare(one) and not self._makes_way(one):
            return False
        written = self._written(one, draft, content)
        if held:
            self.book.settle(key, run_id, DeliveryState.HELD, at=self.now())
            self._note("delivery.held", written)
        else:
            self._let_go(written, draft, target)
        return True

    def release(self, one: Delivery) -> bool:
        """Give a held delivery its name, as a person has decided; False when its bytes are not as they were.

        Raises:
            FileExistsError: something else has the target's name; it is held as before.
            OSError: the folder cannot be written; it is held as before.
        """
        draft, target = Path(one.draft), Path(one.target)
        if not _has_bytes(
            target, one
        ):  # else it got its name, and the one who gave it died before this was noted
            if target.exists():
                raise FileExistsError(17, "exists", str(target))
            if not _has_bytes(draft, one):
                return False
            (self.rename or rename_whole)(draft, target)
        self.book.decide(one, DeliveryState.DELIVERED, at=self.now())
        self._note("delivery.delivered", one)
        return True

    def withdraw(self, one: Delivery) -> None:
        """Take a held delivery back, since it is not to leave."""
        Path(one.draft).unlink(missing_ok=True)
        self.book.decide(one, DeliveryState.DROPPED, at=self.now())
        self._note("delivery.dropped", one)

    def recover(self, run_id: str = "") -> list[Delivery]:
        """Compare book and disk for what was prepared by runs that ended; what became of each.

        Args:
            run_id: only this run's; "" for all, at start, when no worker runs.
        """
        return [self._compared(one) for one in self.book.deliveries([DeliveryState.PREPARED], run_id)]

    def _makes_way(self, one: Delivery) -> bool:
        """Whether what stands under the key turns out not to have left, so that this one may go."""
        old = self.book.abandoned(one.key)
        if old is not None and self._compared(old).state is DeliveryState.DROPPED:
            return self.book.prepare(one)
        standing = self.book.standing(one.key)
        if standing is not None and standing.state in (DeliveryState.PREPARED, DeliveryState.UNCERTAIN):
            raise UnsettledDeliveryError(key=one.key, run_id=standing.run_id)
        return False

    def _written(self, one: Delivery, draft: Path, content: bytes) -> Delivery:
        """The delivery once its bytes are on disk; when they are not, it never left."""
        written = replace(one, sha256=sha256(content).hexdigest(), size=len(content))
        try:
            (self.write or write_whole)(draft, content)
            self.book.written(written)
        except BaseException:
            draft.unlink(missing_ok=True)
            self.book.found(one.key, one.run_id, DeliveryState.DROPPED, at=self.now())
            raise
        return written

    def _let_go(self, one: Delivery, draft: Path, target: Path) -> None:
        if target.exists():
            self.book.settle(one.key, one.run_id, DeliveryState.DROPPED, at=self.now())
            draft.unlink()
            raise FileExistsError(17, "exists", str(target))
        try:
            (self.rename or rename_whole)(draft, target)
        except OSError:
            if self._compared(one).state is not DeliveryState.DELIVERED:
                raise
            return
        self.book.settle(one.key, one.run_id, DeliveryState.DELIVERED, at=self.now())
        self._note("delivery.delivered", one)

    def _compared(self, one: Delivery) -> Delivery:
        """How far it came: taken back if it had not left, found again if it had, else a person looks."""
        state = self._fate(one)
        self.book.found(one.key, one.run_id, state, at=self.now())
        self._note(f"delivery.{'found' if state is DeliveryState.DELIVERED else state}", one)
        [settled] = [each for each in self.book.deliveries(run_id=one.run_id) if each.key == one.key]
        return settled

    def _fate(self, one: Delivery) -> DeliveryState:
        if one.sha256 == NOT_WRITTEN:
            Path(one.draft).unlink(missing_ok=True)
            return DeliveryState.DROPPED
        try:
            Path(one.draft).unlink()  # whoever wakes late has nothing to rename
        except FileNotFoundError:
            return DeliveryState.DELIVERED if _has_bytes(Path(one.target), one) else DeliveryState.UNCERTAIN
        return DeliveryState.DROPPED

    def _note(self, what: str, one: Delivery) -> None:
        detail: dict[str, str | int] = {
            "key": one.key,
            "sha256": one.sha256,
            "control_total": one.control_total,
        }
        self.note(AuditEvent(at=self.now(), who="gevinst", what=what, subject=one.run_id, detail=detail))


def write_whole(path: Path, content: bytes) -> None:
    """Write bytes and force them to disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def rename_whole(draft: Path, target: Path) -> None:
    """Give a file its name, and force the name to disk where the system can."""
    draft.rename(target)
    if os.name != "nt":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _has_bytes(path: Path, one: Delivery) -> bool:
    """Whether a file is the one whose hash was noted."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest() == one.sha256
