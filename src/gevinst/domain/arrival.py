"""Files that arrive in a robot's drop folder, and when they are whole."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from gevinst.domain.period import is_period, period_of, previous_period

#: Folders of a drop folder: what arrives, what is being worked on, what was used, what was not.
IN, WORK, ARCHIVE, REFUSED = "ind", "behandles", "arkiv", "fejl"
#: Names that editors and transfers use while a file is being written.
HALF_WRITTEN = ("~$*", "*.tmp", "*.part", "*.filepart", "*.crdownload", "*.partial", ".*")
_MONTH = re.compile(r"(?<!\d)(20\d{2})[-_.]?(0[1-9]|1[0-2])(?!\d)")


class Again(StrEnum):
    """What happens to a file of other content for a month that is done."""

    ASK = "ask"  #: it waits until a person has looked: what was handed out may be wrong
    RUN = "run"  #: it starts a run; for a file that grows through the month


class ArrivalState(StrEnum):
    """Where an arrived file is."""

    TAKEN = "taken"  #: a run is wanted for it
    ARCHIVED = "archived"  #: its run used it
    REFUSED = "refused"  #: its run could not use it


@dataclass(frozen=True, kw_only=True)
class DropFolder:
    """Where files of a robot arrive."""

    folder: str  #: below the office's data; holds ind, behandles, arkiv and fejl
    source: str  #: the source that the file is for
    pattern: str = "*"  #: of names, in small letters
    again: Again = Again.ASK


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A file that arrived."""

    robot: str
    sha256: str
    name: str  #: as it arrived
    source: str
    path: str  #: where it is while it is worked on
    run_id: str
    state: ArrivalState
    arrived: datetime  #: UTC


@dataclass(frozen=True, kw_only=True)
class Look:
    """A file as it was seen at one moment."""

    size: int
    changed: int  #: nanoseconds


def is_wanted(name: str, pattern: str) -> bool:
    """Whether a name is one to take: it fits, and no program is still writing it."""
    small = name.lower()
    return fnmatchcase(small, pattern.lower()) and not any(fnmatchcase(small, half) for half in HALF_WRITTEN)


def period_in(name: str, today: date) -> str:
    """The month that a name tells, such as udtog_2026-10.xml or 202610; else the month before today's."""
    found = _MONTH.search(name)
    told = f"{found[1]}-{found[2]}" if found else ""
    return told if told and is_period(told) else previous_period(period_of(today))
