"""Two files that a person reconciles now: kept for a day, seen by nobody else, corrected before a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gevinst.domain.finding import Finding
from gevinst.domain.refusal import RefusedError

if TYPE_CHECKING:  # it loads pandas, which clocks that only remove old files need not pay
    from gevinst.domain.source import Assumption

KEPT = timedelta(days=1)
LARGEST = 25_000_000  # bytes of one file; a month of a large account is some 20 MB
MOST_PAIRS = 10  # of one person at a time
#: Endings that are taken: what the readers know.
ENDINGS = frozenset(
    {".csv", ".txt", ".xml", ".xlsx", ".xlsm", ".xls", ".ods", ".sta", ".mt940", ".940", ".bai", ".ofx"}
)
#: What a person may tell of a file, besides answers to its questions; keys of a mapping.
CORRECTIONS = ("date", "amount", "text", "reference", "id")
CHOICES: Mapping[str, Sequence[str]] = {
    "date_order": ("dmy", "mdy", "ymd"),
    "number_style": ("comma", "point"),
    "sign": ("normal", "reversed"),
}


class FileSide(StrEnum):
    """Which of the two files; the same words as the sides of a reconciliation."""

    LEFT = "left"
    RIGHT = "right"


class TwoFilesError(RefusedError):
    """Two files that cannot be taken."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as it was sent."""

    name: str  #: as the browser sent it
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two files of one person."""

    key: str
    user: str
    made: datetime  #: UTC
    folder: Path
    names: Mapping[FileSide, str]
    told: Mapping[FileSide, Mapping[str, str]] = field(default_factory=dict)  #: of each, by the person
    same_sign: bool = False
    outcome: str = ""  #: state of the run; "" before it is run
    summary: Mapping[str, str] = field(default_factory=dict)  #: by language

    def path(self, side: FileSide) -> Path:
        """One of the files."""
        return self.folder / str(side) / self.names[side]

    @property
    def result(self) -> Path:
        """Where the reports are."""
        return self.folder / "resultat"

    @property
    def gone(self) -> datetime:
        """When the files are removed; UTC."""
        return self.made + KEPT


class PairShelf(Protocol):
    """Where pairs are kept."""

    def keep(self, user: str, uploads: Mapping[FileSide, Upload]) -> Pair:
        """Keep two files.

        Raises:
            TwoFilesError: TWO-001 one is missing or empty, TWO-002 of another kind, TWO-003 too large,
                TWO-004 the person has too many.
            OSError: they cannot be written.
        """

    def find(self, user: str, key: str) -> Pair | None:
        """A pair of the person; None when it is another's, or gone."""

    def pairs(self, user: str) -> Sequence[Pair]:
        """The person's pairs, newest first."""

    def note(self, pair: Pair) -> None:
        """Keep what the person has told, or how it went."""

    def forget_old(self) -> None:
        """Remove what is more than a day old."""


@dataclass(frozen=True, kw_only=True)
class RobotWish:
    """What a person answers to make a robot of two files."""

    id: str
    title: str
    process_owner: str
    benefit_owner: str
    controller_group: str
    schedule: str  #: in words; "" for by hand
    minutes: Decimal  #: by hand for one payment, an estimate
    period: str  #: the month of the files, such as 2026-10


@dataclass(frozen=True, kw_only=True)
class SeenRow:
    """One row of the preview."""

    line: int
    booked: date
    amount: int  #: øre
    text: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Something that the person must answer before the files are run."""

    subject: str
    alternatives: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was recognised in one file."""

    file: str
    findings: Sequence[Finding] = ()
    usable: bool = True
    columns: Sequence[str] = ()  #: names in the file; none for a format with a reader of its own
    assumptions: "Sequence[Assumption]" = ()
    questions: Sequence[Asked] = ()
    read: int = 0  #: rows
    skipped: int = 0  #: rows left out by rule
    rejected: int = 0  #: rows that cannot be used
    first: date | None = None
    last: date | None = None
    money_in: int = 0  #: øre
    money_out: int = 0  #: øre, negative
    preview: Sequence[SeenRow] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)  #: what the person told that does not exist

    @property
    def ready(self) -> bool:
        """Whether it can be reconciled."""
        return self.usable and not self.questions and not self.wrong
