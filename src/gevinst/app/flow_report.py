"""What every report of a flow is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gevinst.app.run_report import GainFact
from gevinst.domain.decision import Decision
from gevinst.domain.finding import Finding, Severity
from gevinst.domain.flow import FileRead, FlowResult
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run


@dataclass(frozen=True, kw_only=True)
class FlowReport:
    """Everything that the page, the workbook and the JSON of one run show."""

    run: Run
    robot: Robot
    office: str
    files: tuple[FileRead, ...] = ()
    findings: tuple[Finding, ...] = ()
    result: FlowResult | None = None  #: None when the input was rejected, or the run broke down
    accepted: tuple[Decision, ...] = ()  #: of people, by which cases are off the list
    gain: GainFact | None = None
    delivered: tuple[str, ...] = ()  #: what became of each output, in words
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def rejected(self) -> tuple[Finding, ...]:
        """Findings that made the input unusable."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that a person is told of though the input was used."""
        told = tuple(one for one in self.findings if one.severity is Severity.WARNING)
        return told + (self.result.warnings if self.result else ())
