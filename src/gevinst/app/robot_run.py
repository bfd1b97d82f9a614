"""One run of a reconciliation robot, step by step; each step is one word of the flow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pandas as pd

from gevinst.app.carrying import carried_frame, carried_item, unique_ids
from gevinst.app.cases import cases_of
from gevinst.app.credit_gain import credit_gain
from gevinst.app.drift_check import COMPARED, CheckedFile, check_drift
from gevinst.app.office import Office
from gevinst.app.ports import DONE_STATES, CarriedItem, RunStore, SeenInput, SeenStatement
from gevinst.app.run_report import GainFact, PreviousRun, RunReport, SourceFact, source_fact
from gevinst.app.source_place import with_folder
from gevinst.app.statement_checks import input_findings
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.decision import Decision
from gevinst.domain.finding import Finding, InputRejectedError, Severity
from gevinst.domain.gains import GainCard
from gevinst.domain.item import items_frame
from gevinst.domain.matching.decided import decisions_for
from gevinst.domain.matching.engine import NOTHING, SideInput, reconcile
from gevinst.domain.matching.rules import Rules
from gevinst.domain.period import period_end, previous_period
from gevinst.domain.reconciliation import ItemState, Reconciliation, Side
from gevinst.domain.robot import Robot, Source
from gevinst.domain.run import Environment, Run, RunState
from gevinst.domain.source import SourceRead
from gevinst.domain.statement import Statement

SIDES = {"bank": Side.LEFT, "ledger": Side.RIGHT, "carried": Side.RIGHT}
DEADLINE_BANK_DAYS = 5


class SourceReader(Protocol):
    """Reads one file into items."""

    def __call__(self, path: Path, *, layout: str | None, mapping: Mapping[str, str] | None) -> SourceRead:
        """Raises InputRejectedError when the file cannot be used at all."""


@dataclass(frozen=True, kw_only=True)
class RunTools:
    """What a run needs from outside."""

    office: Office
    store: RunStore
    read: SourceReader
    read_balance: Callable[[Path, str], Statement]  #: one account's balances from a trial balance
    kept_inputs: Callable[[Run], Mapping[str, Path]]  #: an earlier run's files by SHA-256, from its evidence
    write_reports: Callable[[Path, RunReport, Sequence[Path]], None]
    conclude: Callable[[RunReport, str], str]  #: the conclusion in one sentence of a language (da or en)
    now: Callable[[], datetime]
    versions: Mapping[str, str]
    deliver: Callable[[Run, Robot, Path], Sequence[str]]  #: keys of what has left or is held
    keep_card: Callable[[GainCard], object] = lambda _card: None  #: keeps the version that credits are by


class RobotRun:
    """The steps of a run.

    A step that finds the input unusable keeps what it found and goes on, so that a controller sees all that
    is wrong at once; `check_input` then stops the run.
    """

    def __init__(
        self,
        run: Run,
        robot: Robot,
        rules: Rules,
        tools: RunTools,
        *,
        files: Mapping[str, Path] | None = None,
    ) -> None:
        self.run, self.robot, self.rules, self.tools = run, robot, rules, tools
        self.files = dict(files or {})
        self.calendar = BankCalendar()
        self.reads: dict[str, SourceRead] = {}
        self.checked: dict[str, CheckedFile] = {}
        self.decisions: Sequence[Decision] = ()
        self.paths: dict[str, Path] = {}
        self.facts: list[SourceFact] = []
        self.findings: list[Finding] = []
        self.ledger_balances: Statement | None = None
        self.result: Reconciliation | None = None
        self.gain: GainFact | None = None

    # Reading

    def read_source(self, name: str) -> SourceRead | None:
        """Read one of the robot's files; None when it cannot be read (its findings are kept)."""
        source = self.robot.sources[name]
        path = self.path_of(source)
        self.paths[name] = path
        try:
            read = self.tools.read(path, layout=source.layout or None, mapping=source.mapping or None)
        except InputRejectedError as error:
            own = Path(source.path_of(self.run.period))
            self.findings += [with_folder(one, own, path) for one in error.findings]
            return None
        errors = input_findings(self.run, source, read, self.tools.store)
        read = replace(read, findings=(*read.findings, *errors))
        self.reads[name] = self._compared(source, read)
        read = replace(read, findings=self.reads[name].findings)
        self.facts.append(source_fact(SIDES[name], read, received=_modified(path)))
        return read

    def _compared(self, source: Source, read: SourceRead) -> SourceRead:
        """The file beside the earlier ones, without the rows that the last one had."""
        if source.name not in COMPARED:
            return read
        checked = check_drift(self.run, source, read, store=self.tools.store, read_before=self._read_before)
        self.checked[source.name] = checked
        return checked.read

    def _read_before(self, run: Run, source: Source) -> SourceRead | None:
        """The file that an earlier run had of a source, from its evidence; None when it is gone."""
        paths = self.tools.kept_inputs(run)
        seen = (
            paths.get(one.sha256) for one in self.tools.store.inputs(run.run_id) if one.source == source.name
        )
        path = next((path for path in seen if path), None)
        if path is None:
            return None
        return self.tools.read(path, layout=source.layout or None, mapping=source.mapping or None)

    def read_balances(self) -> Statement | None:
        """The ledger account's balances from the trial balance, where the robot has one."""
        source = self.robot.sources.get("balances")
        if source is None:
            return None
        path = self.paths["balances"] = self.path_of(source)
        try:
            self.ledger_balances = self.tools.read_balance(path, source.account)
        except InputRejectedError as error:
            own = Path(source.path_of(self.run.period))
            self.findings += [with_folder(one, own, path) for one in error.findings]
        return self.ledger_balances

    def path_of(self, source: Source) -> Path:
        """Where a source's file is for this period; a file given by hand goes first."""
        given = self.files.get(source.name)
        return given or self.tools.office.data / source.path_of(self.run.period)

    def carried_items(self) -> pd.DataFrame:
        """Open items from the period before: as the last run left them, else from the robot's `carried` file.

        Returns:
            An items frame with `carried_from` set and a further column `side`.
        """
        before = previous_period(self.run.period)
        kept = self.tools.store.open_items(self.robot.id, before)
        stood = [run for run in self.tools.store.standing_runs(self.robot.id) if run.period == before]
        # Of a run that left items open and has none of them any longer, the list must tell what they were.
        known = bool(stood) and not stood[0].open
        if kept or known or "carried" not in self.robot.sources:
            return carried_frame(kept)
        read = self.read_source("carried")
        items = read.items if read else items_frame({})
        return items.assign(carried_from=before, side=str(Side.RIGHT))

    def check_input(self) -> None:
        """Stop when any file cannot be used.

        Raises:
            InputRejectedError: with every finding of every file.
        """
        errors = [*self.findings, *(one for read in self.reads.values() for one in read.findings)]
        errors = [one for one in errors if one.severity is Severity.ERROR]
        if errors:
            raise InputRejectedError(errors)

    # Matching

    def match(self) -> Reconciliation:
        """Reconcile bank and ledger, with the items carried in."""
        carried = self.carried_items()
        self.check_input()
        left = self._side("bank", carried[carried["side"] == Side.LEFT])
        right = self._side("ledger", carried[carried["side"] == Side.RIGHT])
        self.decisions = decisions_for(self._decided(), self.run.period, left.items, right.items)
        self.result = reconcile(
            left,
            right,
            rules=self.rules,
            calendar=self.calendar,
            as_of=period_end(self.run.period),
            decisions=self.decisions,
        )
        return self.result

    def _decided(self) -> Sequence[Decision]:
        """What people had decided when the run started."""
        decided = self.tools.store.decisions(self.robot.id)
        return [one for one in decided if one.at <= self.run.started]

    def _side(self, name: str, carried: pd.DataFrame) -> SideInput:
        read = self.reads[name]
        own = read.items
        frames = [frame for frame in (own, carried.drop(columns="side")) if len(frame)]
        items = pd.concat(frames, ignore_index=True) if frames else items_frame({})
        return SideInput(
            items=unique_ids(items),
            balance=self._closing(name, read),
            rows_in_file=read.rows.in_file,
            skipped=read.rows.skipped,
            rejected=read.rows.rejected,
            duplicate=self.checked[name].duplicate if name in self.checked else NOTHING,
            findings=read.findings,
        )

    def _closing(self, name: str, read: SourceRead) -> int | None:
        known = closing_balance(read)
        if known is None and name == "ledger" and self.ledger_balances is not None:
            return self.ledger_balances.closing
        return known

    # Gain, reports, end

    def credit_gain(self) -> GainFact | None:
        """Credit each matched bank item once; nothing for a trial, nothing for what people must handle."""
        if self.result is not None:
            run = replace(self.run, state=self._state())
            if self.robot.gain is not None and run.environment is Environment.PRODUCTION:
                self.tools.keep_card(self.robot.gain)
            self.gain = credit_gain(run, self.robot, self.result, self.tools.store, at=self.tools.now())
        return self.gain

    def _report(self, run: Run) -> RunReport:
        """All that the page, the workbook and the JSON show."""
        end = period_end(self.run.period)
        return RunReport(
            run=run,
            robot_title=self.robot.title.get("da", self.robot.id),
            robot_title_en=self.robot.title.get("en", ""),
            account_title=self.robot.sources["bank"].account,
            office=self.tools.office.name,
            process_owner=self.robot.people.process_owner,
            benefit_owner=self.robot.people.benefit_owner,
            controller_group=self.robot.people.controller_group,
            sources=tuple(self.facts),
            result=self.result,
            findings=tuple(self.findings),
            previous=self._previous(),
            gain=self.gain,
            versions={**self.tools.versions, "robot": self.robot.version, "rules": self.rules.version},
            as_of=end,
            deadline=self.calendar.add_bank_days(self.run.started.date(), DEADLINE_BANK_DAYS),
            log="log.html",
            decisions=tuple(self.decisions),
        )

    def _previous(self) -> PreviousRun | None:
        store, before = self.tools.store, previous_period(self.run.period)
        same = store.latest(self.robot.id, self.run.period, DONE_STATES)
        earlier = same or store.latest(self.robot.id, before, DONE_STATES)
        if earlier is None or earlier.run_id == self.run.run_id:
            return None
        kept = store.open_items(self.robot.id, earlier.period)
        return PreviousRun(
            run_id=earlier.run_id,
            period=earlier.period,
            as_of=period_end(earlier.period),
            state=earlier.state,
            open_ids=frozenset((item.side, item.item_id) for item in kept),
            read=earlier.read,
            matched=earlier.matched,
        )

    def write(self, folder: Path) -> None:
        """Write the run page, the work list and the result, and copy the inputs."""
        ended = self._ended()
        inputs = [path for path in self.paths.values() if path.is_file() and not path.is_symlink()]
        self.tools.write_reports(folder, self._report(ended), inputs)
        self.run = ended  # only now: a run whose page could not be written has not ended well

    def keep(self) -> None:
        """Hand what the next period needs to the store."""
        store, result = self.tools.store, self.result
        store.save_inputs(self.run, [_seen_input(name, read) for name, read in self.reads.items()])
        store.save_profiles(self.run, [one.profile for one in self.checked.values()])
        if result is not None and self._state() is not RunState.REJECTED:
            store.save_statements(self.run, self._seen_statements())
            store.save_open_items(self.run, self._open_items(result))
            store.save_cases(self.run, cases_of(result, self.run))

    def deliver(self, folder: Path) -> Sequence[str]:
        """Hand out what the robot delivers, while the run still runs; the keys of what has left or is held.

        Raises:
            OSError: a folder cannot be written.
        """
        ended = self._ended()
        return self.tools.deliver(ended, self.robot, folder) if ended.state in DONE_STATES else ()

    def finish(self) -> Run:
        """Close the run in the store with what it came to."""
        self.run = self._ended()
        self.tools.store.finish(self.run)
        return self.run

    def conclusion(self, language: str) -> str:
        """What the run came to in one sentence of a language (da or en)."""
        return self.tools.conclude(self._report(self.run), language)

    def _state(self) -> RunState:
        if self.result is None:
            return RunState.REJECTED if self.findings or self.reads else RunState.FAILED
        return RunState(str(self.result.outcome))

    def _ended(self) -> Run:
        run = replace(self.run, state=self._state(), ended=self.run.ended or self.tools.now())
        if self.result is not None:
            totals = self.result.totals.values()
            bridge = self.result.bridge
            run = replace(
                run,
                read=sum(side.read.count for side in totals),
                matched=sum(side.matched.count for side in totals),
                open=sum(side.open.count + side.proposed.count for side in totals),
                difference=bridge.left_balance - bridge.right_balance,
                unexplained=bridge.difference,
                minutes_saved=str(self.gain.minutes_net) if self.gain else "",
            )
        return replace(run, summary=self.tools.conclude(self._report(run), "da"))

    def _seen_statements(self) -> list[SeenStatement]:
        return [
            SeenStatement(
                account=one.account,
                currency=one.currency,
                number=one.number,
                opening=one.opening,
                closing=one.closing,
                first=one.first,
                last=one.last,
                period=self.run.period,
                run_id=self.run.run_id,
            )
            for one in self.reads["bank"].statements
        ]

    def _open_items(self, result: Reconciliation) -> list[CarriedItem]:
        kept = []
        for side, frame in ((Side.LEFT, result.left), (Side.RIGHT, result.right)):
            rows = frame[frame["state"] != ItemState.MATCHED]
            kept += [carried_item(side, row, self.run.period) for row in rows.to_dict("records")]
        return kept


def closing_balance(read: SourceRead) -> int | None:
    """The file's closing balance, where it gives one; øre."""
    balances = [one.closing for one in read.statements if one.closing is not None]
    return balances[-1] if balances else None


def _modified(path: Path) -> datetime | None:
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone() if path.is_file() else None


def _seen_input(name: str, read: SourceRead) -> SeenInput:
    return SeenInput(source=name, file=read.file, sha256=read.sha256, rows=read.rows.in_file)
