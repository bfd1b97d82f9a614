"""Which rows of the audit trail someone asks for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gevinst.app.ports import RunStore
from gevinst.domain.audit import AuditRow

#: A run id is a moment, the robot and four signs; see app.start_run.new_run_id.
MOMENT_LENGTH, END_LENGTH = len("20261125T161548-"), len("-4af1")


@dataclass(frozen=True, kw_only=True)
class TrailQuestion:
    """What is asked for; an empty part asks for all."""

    first: datetime | None = None  #: with a zone, included
    last: datetime | None = None  #: with a zone, included
    who: str = ""
    what: str = ""  #: an act such as run.end, or its first part such as run
    robot: str = ""

    def asked(self) -> dict[str, str]:
        """What was asked, for the trail itself."""
        days = {"first": self.first, "last": self.last}
        asked = {name: day.isoformat() for name, day in days.items() if day}
        words = {"asked_who": self.who, "asked_what": self.what, "asked_robot": self.robot}
        return asked | {name: word for name, word in words.items() if word}


class TrailView(Protocol):
    """Reads the trail for a page; quick also when the trail is long."""

    def last_number(self, what: Collection[str]) -> int:
        """Number of the last row of some acts; 0 for none."""

    def newest(self, question: TrailQuestion, *, before: int | None, limit: int) -> Sequence[AuditRow]:
        """Rows that are asked for, newest first: the last ones, or those before a number."""


def rows_of(store: RunStore, question: TrailQuestion) -> list[AuditRow]:
    """The rows that are asked for, oldest first."""
    return [row for row in store.audit_rows() if is_asked(row, question)]


def is_asked(row: AuditRow, question: TrailQuestion) -> bool:
    """Whether a row is among those that are asked for."""
    return (
        (question.first is None or row.at >= question.first)
        and (question.last is None or row.at <= question.last)
        and question.who in ("", row.who)
        and question.what in ("", row.what, row.what.partition(".")[0])
        and question.robot in ("", *_robots_of(row))
    )


def _robots_of(row: AuditRow) -> set[str]:
    """The robot that a row is about, by its detail, its subject, or the run id that its subject is."""
    return {str(row.detail.get("robot", "")), row.subject, row.subject[MOMENT_LENGTH:-END_LENGTH]}
