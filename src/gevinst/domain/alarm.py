"""Alarms: what someone must know and act on, one for each incident, kept until a person closes it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlarmKind(StrEnum):
    """What happened; the catalogue has `alarm.<kind>`."""

    LATE = "late"  #: a run is due and has not started
    MISSED = "missed"  #: a run should have started and did not
    FAILED = "failed"  #: a run failed and is not tried again
    STUCK = "stuck"  #: a run goes on far beyond its time-out
    NO_FILE = "no_file"  #: a run could not start its work, since a file had not come
    UNCERTAIN = "uncertain"  #: a run died when it may have delivered
    CLOCK_JUMPED = "clock_jumped"  #: the machine's clock moved
    NEVER_DUE = "never_due"  #: a schedule names no moment
    NO_PING = "no_ping"  #: the address that watches the installation does not answer
    NO_FOLDER = "no_folder"  #: a folder in which files arrive cannot be read or written
    FILE_LATE = "file_late"  #: a file has not come by its deadline
    PARKED = "parked"  #: work items broke down too often
    ITEMS_LATE = "items_late"  #: work items wait beyond their deadline
    HELD = "held"  #: a delivery waits for a second person
    SIGN_IN = "sign_in"  #: a system refused a robot's user; nothing runs with it until the alarm is closed
    CORRECTED = "corrected"  #: a file came for a month that is done, and waits for a person


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One incident."""

    number: int
    kind: AlarmKind
    subject: str  #: what it is about; a kind has one open alarm for each subject
    robot: str  #: "" for the installation itself
    detail: str  #: run id, moment or reason; no text of an item
    opened: datetime  #: UTC
    last: datetime  #: UTC; when it was last noticed
    count: int  #: times noticed
    told: datetime | None  #: UTC; when mail or hook took it
    closed: datetime | None  #: UTC
    closed_by: str
    why: str  #: the person's reason for closing it
