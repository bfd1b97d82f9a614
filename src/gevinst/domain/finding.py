"""Findings: what is wrong with an input, as values, and the one exception for a file that cannot be used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from gevinst.domain.place import Place


class Severity(StrEnum):
    """What a finding does to its run."""

    ERROR = "error"  #: the file cannot be used
    WARNING = "warning"  #: the file is used, and a person is told


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that a controller can act on.

    The sentences (title, expected, what to do) come from the catalogue by code, with `facts` filled in.
    """

    code: str  #: key of the catalogue and the reference, such as CEL-001
    place: Place
    found: str = ""  #: the value as a message may show it (see masking.shown_value)
    severity: Severity = Severity.ERROR
    facts: Mapping[str, str | int] = field(
        default_factory=lambda: MappingProxyType({})
    )  #: values for the sentences


class InputRejectedError(Exception):
    """A file cannot be used. Carries every finding, and no sentence: those are made where they are shown."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{finding.code} {finding.place}" for finding in self.findings))

    def __reduce__(self) -> tuple[type["InputRejectedError"], tuple[tuple[Finding, ...]]]:
        """The findings go along to another process; an exception by itself takes only its text."""
        return type(self), (self.findings,)


class SourceUnavailableError(Exception):
    """A system or a folder did not answer. IT operations act; bounded retries are allowed."""
