"""Flows that work on tables: what goes in, what comes out, and the proof that nothing was lost on the way.

A flow is a pure function from tables to a result. Reading, evidence, the work list, gain and deliveries are
the same for all flows and are not its business.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.finding import Finding
from gevinst.domain.flow_settings import FlowSettings
from gevinst.domain.place import Place
from gevinst.domain.source import RowCounts

Facts = Mapping[str, str | int | date]
#: Columns that every table has beside its own: where each row stood.
PLACE_COLUMNS = ("place_file", "place_sheet", "place_line")


class ColumnKind(StrEnum):
    """What a column holds, in a source and in a result."""

    TEXT = "text"  #: str; "" for none
    AMOUNT = "amount"  #: Int64 øre; <NA> for none
    DAY = "day"  #: datetime64; NaT for none
    COUNT = "count"  #: Int64; <NA> for none
    NUMBER = "number"  #: str of an exact decimal with a point, such as 12.50; "" for none


@dataclass(frozen=True, kw_only=True)
class SourceColumn:
    """A column that a flow reads, found by its heading wherever it stands."""

    key: str
    kind: ColumnKind = ColumnKind.TEXT
    headings: tuple[str, ...]  #: as files write it; case, spaces and dots do not count
    required: bool = True  #: whether the file must have the column
    filled: bool = False  #: whether every row must have a value
    empty: tuple[str, ...] = ()  #: texts that stand for no value, such as the - of Excel's accounting form
    doubtful: bool = (
        False  #: whether a value that cannot be read is left out with a warning; else the file is refused
    )


@dataclass(frozen=True, kw_only=True)
class SourceShape:
    """A table that a flow reads."""

    columns: tuple[SourceColumn, ...]
    several: bool = False  #: whether the path may name many files (ind/afdelinger/{period}/*.xlsx)
    optional: bool = False  #: whether the robot may lack it
    skip: tuple[
        str, ...
    ] = ()  #: rows whose first text begins with these words are left out: totals, page heads
    set_aside: bool = False  #: whether the flow goes on without a file that cannot be used
    form: str = ""  #: name of a way to write tables that needs a reader of its own, such as project_list


@dataclass(frozen=True, kw_only=True)
class TableRead:
    """One or more files as one table."""

    rows: pd.DataFrame  #: the shape's columns by key and kind, and PLACE_COLUMNS (str, str, int64)
    findings: tuple[Finding, ...] = ()
    files: tuple["FileRead", ...] = ()
    set_aside: tuple[Finding, ...] = ()  #: why files could not be used, where the shape goes on without them


@dataclass(frozen=True, kw_only=True)
class FileRead:
    """One file of a source."""

    file: str  #: name without folder
    sha256: str
    counts: RowCounts
    sheet: str = ""
    header_line: int = 0
    skipped: tuple[tuple[int, str], ...] = ()  #: (line, reason key)
    letters: Mapping[str, str] = field(default_factory=dict)  #: where each column stands, such as D, by key


@dataclass(frozen=True, kw_only=True)
class SentLine:
    """A row of the input that an output file holds."""

    document: str  #: of the file, by which the receiver answers
    item: str  #: id of the row
    account: str  #: where it is posted
    amount: int  #: øre, with the row's own sign


@dataclass(frozen=True, kw_only=True)
class SentFile:
    """A file of the robot that has left, or is on its way out."""

    name: str  #: its own, as the flow named it
    target: str  #: the name that it got
    period: str
    run_id: str
    day: date  #: on which it was delivered
    state: str  #: delivered, held, prepared or uncertain
    lines: tuple[SentLine, ...] | None = ()  #: None when what its run kept cannot be read

    @property
    def names(self) -> frozenset[str]:
        """Both its names."""
        return frozenset((self.name, self.target))


@dataclass(frozen=True, kw_only=True)
class FlowInput:
    """All that a flow works from."""

    tables: Mapping[str, pd.DataFrame]  #: TableRead.rows by the source's name; an optional one may be missing
    files: Mapping[str, tuple[FileRead, ...]]  #: of each source
    settings: Any  #: the flow's own settings
    period: str  #: such as 2026-10
    as_of: date  #: the last day of the period
    calendar: BankCalendar
    set_aside: Mapping[str, tuple[Finding, ...]] = field(
        default_factory=dict
    )  #: why files could not be used, by the source's name
    today: date = date.max  #: the day of the run; date.max when only the period counts
    sent: tuple[SentFile, ...] = ()  #: by the robot, in every month; lines are known of this month's
    writers: Mapping[str, Callable[[Any], bytes]] = field(
        default_factory=dict
    )  #: forms of output files by name, such as kmd_opus_csv


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a result: its heading is flow.col.<key> of the catalogue."""

    key: str
    kind: ColumnKind = ColumnKind.TEXT
    personal: bool = False  #: holds names or numbers of persons: masked on the page
    heading: str = ""  #: the office's own, where a robot's settings name the column
    worded: bool = False  #: its values are keys of the catalogue, flow.value.<value>; "" stays empty


@dataclass(frozen=True, kw_only=True)
class ResultTable:
    """A list that the flow made: its title is flow.table.<key> of the catalogue."""

    key: str
    columns: tuple[Column, ...]
    rows: pd.DataFrame  #: by the columns' keys and kinds; PLACE_COLUMNS too where a row has a source
    summed: tuple[str, ...] = ()  #: amount columns with a total below them
    note: str = ""  #: key of a sentence above it (flow.note.<note>); "" for none


@dataclass(frozen=True, kw_only=True)
class Control:
    """Two figures that must be equal: its sentence is flow.control.<key> of the catalogue, with `facts`."""

    key: str
    expected: int  #: øre or a count
    found: int
    explained: int = 0  #: of the difference: what the cases tell of
    is_amount: bool = True
    facts: Facts = field(default_factory=dict)

    @property
    def difference(self) -> int:
        """Found less expected."""
        return self.found - self.expected

    @property
    def unexplained(self) -> int:
        """What of the difference no case tells of."""
        return self.difference - self.explained


@dataclass(frozen=True, kw_only=True)
class FlowCase:
    """Something that a person must decide: its sentence is cause.<cause> of the catalogue."""

    item_id: str  #: unique in the run, and the same when the same thing is met again
    cause: str
    amount: int = 0  #: øre
    day: date
    text: str = ""  #: what it is about, in the file's words; may name a person
    counterparty: str = ""
    reference: str = ""
    document: str = ""
    place: Place


@dataclass(frozen=True, kw_only=True)
class OutputFile:
    """A file that the flow made, to be kept as evidence and delivered where the robot says so."""

    name: str  #: without folder
    content: bytes
    control_total: int  #: øre; written in the outbox beside the file's hash
    delivered: bool = True  #: False for what is only evidence
    lines: tuple[SentLine, ...] = ()  #: rows of the input that must not be delivered again


@dataclass(frozen=True, kw_only=True)
class FlowResult:
    """What a flow came to."""

    conclusion: str  #: key flow.conclusion.<conclusion> of the catalogue
    facts: Facts = field(default_factory=dict)  #: for the conclusion
    controls: tuple[Control, ...]  #: never empty: rows in are rows out, and sums agree
    tables: tuple[ResultTable, ...] = ()
    cases: tuple[FlowCase, ...] = ()
    warnings: tuple[Finding, ...] = ()
    outputs: tuple[OutputFile, ...] = ()
    done: Mapping[str, Sequence[str]] = field(default_factory=dict)  #: keys of handled items by case type

    @property
    def holds(self) -> bool:
        """Whether every control agrees, but for what the cases tell of."""
        return all(control.unexplained == 0 for control in self.controls)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A flow: its tables, its settings and its work."""

    id: str  #: name of the suite under tasks/
    sources: Mapping[str, SourceShape]
    settings: type[FlowSettings]
    work_out: Callable[[FlowInput], FlowResult]
    shapes: Callable[[Any], Mapping[str, SourceShape]] | None = None  #: sources as the settings make them

    def sources_for(self, settings: Any) -> Mapping[str, SourceShape]:
        """The tables that a robot with these settings reads."""
        return self.shapes(settings) if self.shapes else self.sources
