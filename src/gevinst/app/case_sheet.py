"""The work list as a workbook: answers that come back are checked together, and settled all or none."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from gevinst.app.cases import CaseBook, CaseError, Desk, ListedCase, check_settle, settle, with_items
from gevinst.app.closing import Answer, wish_of
from gevinst.app.decisions import Wish
from gevinst.app.office import ConfigurationError
from gevinst.app.ports import StoreError
from gevinst.domain.access import Action, Person, require
from gevinst.domain.case import CaseState
from gevinst.domain.decision import DecisionError
from gevinst.texts import Texts

#: Columns in order: what is known, which is locked, and what a person fills in. Headings: sheet.column.<key>.
KNOWN = ("key", "robot", "period", "why", "what", "amount", "age", "oldest", "place", "state")
FILL_IN = ("how", "code", "account", "document", "until", "text")
MOST_LISTED = 2_000  # cases in one workbook
MOST_ANSWERS = 500  # of one workbook that comes back; each is two transactions
LONGEST_NUMBER = 9  # digits; more cases than any run has
OPEN_STATES = frozenset({CaseState.TO_DO, CaseState.WAITING})

Error = CaseError | DecisionError | ConfigurationError | StoreError


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """A row that a person has answered."""

    line: int  #: row of the sheet, from 1
    key: str  #: of the case
    version: int  #: of its standing when the workbook was made
    answer: Answer


@dataclass(frozen=True, kw_only=True)
class RowFault:
    """Why a row cannot be used."""

    line: int  #: row of the sheet, from 1; 0 for the sheet as a whole
    error: Error


class SheetRefusedError(Exception):
    """A workbook that was not used, with every fault.

    `done` rows were settled before another person came between; none else.
    """

    def __init__(self, faults: Sequence[RowFault], *, done: int = 0) -> None:
        self.faults = tuple(faults)
        self.done = done
        super().__init__("; ".join(f"row {fault.line}: {fault.error}" for fault in faults))


@dataclass(frozen=True, kw_only=True)
class SheetTools:
    """What settling a workbook needs from outside."""

    book: CaseBook
    standing: Collection[str]  #: ids of the runs whose cases wait
    desk: Callable[[ListedCase], Desk]  #: where a case of a robot is worked on; ConfigurationError
    texts: Texts


@dataclass(frozen=True, kw_only=True)
class _Planned:
    line: int
    desk: Desk
    seen: ListedCase
    wish: Wish


def sheet_key(seen: ListedCase) -> str:
    """What the workbook calls a case: its key, and its version, so that a change since is found."""
    return f"{seen.case.key}:{seen.standing.version}"


def settle_sheet(rows: Sequence[SheetRow], tools: SheetTools, *, by: Person) -> int:
    """Settle every answered case, or none when one of them cannot be; how many.

    Raises:
        NotAllowedError: the person may not decide.
        SheetRefusedError: with a fault for each row: CAS-010 no such case; CAS-011 it has moved on; CAS-012
            it stands twice; CAS-015 it is decided; CAS-017 nothing is filled in; CAS-019 too many; and all
            that `cases.settle` refuses. When another person comes between, `done` rows are settled.
    """
    require(by, Action.DECIDE)
    if not rows:
        raise _refused(CaseError("CAS-017"))
    if len(rows) > MOST_ANSWERS:
        raise _refused(CaseError("CAS-019", count=len(rows), most=MOST_ANSWERS))
    planned = _Plan(tools).all_of(rows)
    for done, one in enumerate(planned):
        try:
            settle(one.desk, one.seen, one.wish)
        except (CaseError, DecisionError, StoreError) as error:
            raise SheetRefusedError([RowFault(line=one.line, error=error)], done=done) from error
    return len(planned)


def _refused(error: Error) -> SheetRefusedError:
    return SheetRefusedError([RowFault(line=0, error=error)])


class _Plan:
    """What will be done, checked before anything is."""

    def __init__(self, tools: SheetTools) -> None:
        self._tools = tools
        self._desks: dict[str, Desk] = {}  # by run, each with the run's items
        self._taken: dict[str, int] = {}

    def all_of(self, rows: Sequence[SheetRow]) -> list[_Planned]:
        """The plan of all rows.

        Raises:
            SheetRefusedError: with a fault for each row that cannot be used.
        """
        planned, faults = [], []
        for row in rows:
            try:
                planned.append(self._one(row))
            except (CaseError, DecisionError, ConfigurationError) as error:
                faults.append(RowFault(line=row.line, error=error))
        if faults:
            raise SheetRefusedError(faults)
        return planned

    def _one(self, row: SheetRow) -> _Planned:
        seen = self._found(row)
        desk = self._desk(seen)
        wish = wish_of(row.answer, seen.case, self._tools.texts, who=desk.person.user, at=desk.now)
        check_settle(desk, seen, wish)
        return _Planned(line=row.line, desk=desk, seen=seen, wish=wish)

    def _found(self, row: SheetRow) -> ListedCase:
        run_id, _, number = row.key.rpartition(".")
        known = number.isdecimal() and len(number) <= LONGEST_NUMBER
        seen = self._tools.book.case(run_id, int(number)) if known else None
        if seen is None:
            raise CaseError("CAS-010", key=row.key)
        if row.key in self._taken:
            raise CaseError("CAS-012", row=self._taken[row.key])
        self._taken[row.key] = row.line
        if run_id not in self._tools.standing or seen.standing.version != row.version:
            raise CaseError("CAS-011")
        if seen.standing.state not in OPEN_STATES:
            raise CaseError("CAS-015")
        return seen

    def _desk(self, seen: ListedCase) -> Desk:
        run_id = seen.case.run_id
        if run_id not in self._desks:
            self._desks[run_id] = with_items(self._tools.desk(seen), run_id)
        return self._desks[run_id]
