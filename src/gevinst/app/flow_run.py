"""One run of a flow over tables, step by step; each step is one word of its suite."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from gevinst.app.flow_report import FlowReport
from gevinst.app.gain_of_flow import credit_flow
from gevinst.app.office import Office
from gevinst.app.ports import CarriedItem, RunStore, SeenInput
from gevinst.app.run_report import GainFact
from gevinst.app.source_place import with_folder
from gevinst.domain.calendar import BankCalendar
from gevinst.domain.case import Case, CaseItem, CaseKind, case_subject
from gevinst.domain.decision import SETTLING, Decision, in_force
from gevinst.domain.finding import Finding, InputRejectedError, Severity
from gevinst.domain.flow import Flow, FlowCase, FlowInput, FlowResult, SentFile, SourceShape, TableRead
from gevinst.domain.gains import GainCard
from gevinst.domain.period import period_end
from gevinst.domain.place import Place
from gevinst.domain.reconciliation import Side
from gevinst.domain.robot import Robot, Source
from gevinst.domain.run import Environment, Run, RunState
from gevinst.texts import OFFICE_ZONE

MISSING = "FIL-007"
ROWS = "ROB-001"


class TableReader(Protocol):
    """Reads files of one shape as one table."""

    def __call__(self, paths: Sequence[Path], shape: SourceShape) -> TableRead:
        """Raises InputRejectedError when a file cannot be used at all."""


class Deliverer(Protocol):
    """Hands out files of a run's folder."""

    def __call__(self, run: Run, robot: Robot, folder: Path, *, totals: Mapping[str, int]) -> Sequence[str]:
        """Keys of what left or is held; totals are control totals in øre by file name."""


@dataclass(frozen=True, kw_only=True)
class FlowTools:
    """What a run of a flow needs from outside."""

    office: Office
    store: RunStore
    read: TableReader
    write_reports: Callable[[Path, FlowReport, Sequence[Path]], None]
    conclude: Callable[[FlowReport, str], str]  #: the conclusion in one sentence of a language (da or en)
    deliver: Deliverer
    now: Callable[[], datetime]
    versions: Mapping[str, str]
    keep_card: Callable[[GainCard], object] = lambda _card: None
    sent: Callable[[str, str], tuple[SentFile, ...]] = lambda _robot, _period: ()  #: see FlowInput
    writers: Mapping[str, Callable[[Any], bytes]] = field(default_factory=dict)  #: see FlowInput


class FlowRun:
    """The steps of a run. What makes the input unusable is kept, so that a person sees all of it at once."""

    def __init__(
        self,
        run: Run,
        robot: Robot,
        flow: Flow,
        tools: FlowTools,
        *,
        files: Mapping[str, Path] | None = None,
    ) -> None:
        self.run, self.robot, self.flow, self.tools = run, robot, flow, tools
        self.files = dict(files or {})
        self.calendar = BankCalendar()
        self.reads: dict[str, TableRead] = {}
        self.paths: dict[str, list[Path]] = {}
        self.findings: list[Finding] = []
        self.result: FlowResult | None = None
        self.gain: GainFact | None = None
        self.delivered: Sequence[str] = ()
        self.accepted: tuple[Decision, ...] = ()

    @cached_property
    def settings(self) -> Any:
        """The robot's settings as the flow knows them."""
        return self.flow.settings(**self.robot.settings)

    @cached_property
    def shapes(self) -> Mapping[str, SourceShape]:
        """The tables that the robot reads."""
        return self.flow.sources_for(self.settings)

    def read_source(self, name: str) -> TableRead | None:
        """Read one of the robot's sources; None when it cannot be read (its findings are kept)."""
        shape = self.shapes[name]
        source = self.robot.sources.get(name)
        if source is None:
            return None
        paths = self.paths[name] = self._paths(source, shape)
        try:
            read = self.tools.read(paths, shape) if paths else self._nothing(source, shape)
        except InputRejectedError as error:
            own = Path(source.path_of(self.run.period))
            self.findings += [with_folder(one, own, (paths or [own])[0]) for one in error.findings]
            return None
        self.findings += self._row_findings(source, read)
        self.reads[name] = read
        return read

    def _paths(self, source: Source, shape: SourceShape) -> list[Path]:
        """The source's files of this period; one given by hand goes first."""
        given = self.files.get(source.name)
        if given:
            return [given]
        path = source.path_of(self.run.period)
        if shape.several:
            found = sorted(self.tools.office.data.glob(path))
            return [one for one in found if one.is_file() and not one.name.startswith((".", "~$"))]
        return [self.tools.office.data / path]

    def _nothing(self, source: Source, shape: SourceShape) -> TableRead:
        """No file where several are expected: missing, unless the flow can do without."""
        if shape.optional:
            return self.tools.read([], shape)
        path = Path(source.path_of(self.run.period))
        facts = {"folder": path.parent.as_posix()}
        raise InputRejectedError([Finding(code=MISSING, place=Place(file=path.name), facts=facts)])

    def _row_findings(self, source: Source, read: TableRead) -> list[Finding]:
        rows, most = len(read.rows), source.max_rows
        if rows >= source.min_rows and (most is None or rows <= most):
            return []
        name = Path(source.path_of(self.run.period)).name
        facts = {"rows": rows, "low": source.min_rows, "high": most if most is not None else 0}
        return [Finding(code=ROWS, place=Place(file=name), found=str(rows), facts=facts)]

    def read_all(self) -> int:
        """Read every source of the flow; how many rows there were."""
        for name in self.shapes:
            self.read_source(name)
        return sum(len(read.rows) for read in self.reads.values())

    def check_input(self) -> None:
        """Stop when any file cannot be used.

        Raises:
            InputRejectedError: with every finding of every file.
        """
        errors = [one for one in self.findings if one.severity is Severity.ERROR]
        errors += [
            one for read in self.reads.values() for one in read.findings if one.severity is Severity.ERROR
        ]
        if errors:
            raise InputRejectedError(errors)

    def work_out(self) -> FlowResult:
        """Do the flow's work; what people have accepted is taken off the list of cases."""
        self.check_input()
        result = self.flow.work_out(
            FlowInput(
                tables={name: read.rows for name, read in self.reads.items()},
                files={name: read.files for name, read in self.reads.items()},
                set_aside={name: read.set_aside for name, read in self.reads.items()},
                settings=self.settings,
                period=self.run.period,
                as_of=period_end(self.run.period),
                calendar=self.calendar,
                today=self.tools.now().astimezone(OFFICE_ZONE).date(),
                sent=self.tools.sent(self.robot.id, self.run.period),
                writers=self.tools.writers,
            )
        )
        self.accepted = tuple(self._settled(result.cases))
        settled = {name for one in self.accepted for name in one.left + one.right}
        self.result = replace(
            result, cases=tuple(case for case in result.cases if case.item_id not in settled)
        )
        return self.result

    def _settled(self, cases: Sequence[FlowCase]) -> list[Decision]:
        """Decisions in force that take cases of this result off the list."""
        known = {case.item_id for case in cases}
        made = [one for one in self.tools.store.decisions(self.robot.id) if one.at <= self.run.started]
        return [
            one
            for one in in_force(made)
            if one.kind in SETTLING and not known.isdisjoint(one.left + one.right)
        ]

    def credit_gain(self) -> GainFact | None:
        """Credit each business item that the flow handled, once; nothing for a trial."""
        if self.result is not None:
            run = replace(self.run, state=self.state())
            if self.robot.gain is not None and run.environment is Environment.PRODUCTION:
                self.tools.keep_card(self.robot.gain)
            self.gain = credit_flow(run, self.robot, self.result.done, self.tools.store, at=self.tools.now())
        return self.gain

    def deliver(self, folder: Path) -> Sequence[str]:
        """Hand out what the robot delivers, while the run still runs; nothing when a control does not hold.

        Raises:
            OSError: a folder cannot be written.
        """
        if self.result is not None and self.result.holds:
            totals = {
                f"{table.key}.csv": int(table.rows[table.summed[0]].sum())
                for table in self.result.tables
                if table.summed
            }
            totals |= {one.name: one.control_total for one in self.result.outputs if one.delivered}
            self.delivered = self.tools.deliver(self.ended(), self.robot, folder, totals=totals)
        return self.delivered

    def state(self) -> RunState:
        """What the run comes to."""
        if self.result is None:
            return RunState.REJECTED if self.findings or self.reads else RunState.FAILED
        return RunState.OPEN_ITEMS if self.result.cases or not self.result.holds else RunState.AGREED

    def report(self, run: Run) -> FlowReport:
        """All that the page, the workbook and the JSON show."""
        return FlowReport(
            run=run,
            robot=self.robot,
            office=self.tools.office.name,
            files=tuple(file for read in self.reads.values() for file in read.files),
            findings=tuple(self.findings)
            + tuple(one for read in self.reads.values() for one in read.findings),
            result=self.result,
            accepted=self.accepted,
            gain=self.gain,
            delivered=tuple(self.delivered),
            versions={**self.tools.versions, "robot": self.robot.version},
        )

    def write(self, folder: Path) -> None:
        """Write the run page, the workbook, the result and the flow's own files, and copy the inputs."""
        ended = self.ended()
        inputs = [
            path
            for paths in self.paths.values()
            for path in paths
            if path.is_file() and not path.is_symlink()
        ]
        self.tools.write_reports(folder, self.report(ended), inputs)
        self.run = ended

    def keep(self) -> None:
        """Hand what people and the next run need to the store."""
        store = self.tools.store
        store.save_inputs(
            self.run,
            [
                SeenInput(source=name, file=file.file, sha256=file.sha256, rows=file.counts.in_file)
                for name, read in self.reads.items()
                for file in read.files
            ],
        )
        if self.result is not None:
            store.save_open_items(self.run, [_open_item(one, self.run.period) for one in self.result.cases])
            store.save_cases(
                self.run,
                [_case(number, one, self.run) for number, one in enumerate(self.result.cases, 1)],
            )

    def ended(self) -> Run:
        """The run with what it came to."""
        run = replace(self.run, state=self.state(), ended=self.run.ended or self.tools.now())
        if self.result is not None:
            off = [control.unexplained for control in self.result.controls if control.is_amount]
            run = replace(
                run,
                read=sum(len(read.rows) for read in self.reads.values()),
                matched=sum(map(len, self.result.done.values())),
                open=len(self.result.cases),
                unexplained=sum(map(abs, off)),
                minutes_saved=str(self.gain.minutes_net) if self.gain else "",
            )
        return replace(run, summary=self.tools.conclude(self.report(run), "da"))

    def finish(self) -> Run:
        """Close the run in the store with what it came to."""
        self.run = self.ended()
        self.tools.store.finish(self.run)
        return self.run

    def conclusion(self, language: str) -> str:
        """What the run came to in one sentence of a language (da or en)."""
        return self.tools.conclude(self.report(self.run), language)


def _open_item(case: FlowCase, period: str) -> CarriedItem:
    return CarriedItem(
        side=Side.LEFT,
        item_id=case.item_id,
        account=case.reference,
        booked=case.day,
        amount=case.amount,
        currency="DKK",
        reference=case.reference,
        text=case.text,
        counterparty=case.counterparty,
        document=case.document,
        first_period=period,
        place=case.place,
        cause=case.cause,
    )


def _case(number: int, one: FlowCase, run: Run) -> Case:
    return Case(
        run_id=run.run_id,
        number=number,
        robot=run.robot,
        period=run.period,
        subject=case_subject(CaseKind.OPEN, [("left", run.period, one.item_id)]),
        kind=CaseKind.OPEN,
        cause=one.cause,
        items=(_case_item(one, run.period),),
        counterparty=one.counterparty,
        text=one.text,
        amount=one.amount,
        oldest=one.day,
        first_period=run.period,
    )


def _case_item(one: FlowCase, period: str) -> CaseItem:
    return CaseItem(
        side="left",
        item_id=one.item_id,
        booked=one.day,
        amount=one.amount,
        currency="DKK",
        text=one.text,
        counterparty=one.counterparty,
        reference=one.reference,
        document=one.document,
        first_period=period,
        age_bank_days=_age(one.day, period),
        file=one.place.file,
        sheet=one.place.sheet,
        line=one.place.line,
        cell=one.place.cell,
    )


def _age(day: date, period: str) -> int:
    return max(BankCalendar().bank_days_between(day, period_end(period)), 0)
