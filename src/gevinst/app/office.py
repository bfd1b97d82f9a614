"""The office: where its data, its robots and its flows are."""

from dataclasses import dataclass
from pathlib import Path


class ConfigurationError(Exception):
    """A setting, a robot's folder or its rules cannot be used.

    The catalogue has the sentence under `error.<code>`, for `facts`.
    """

    def __init__(self, code: str, **facts: str | int) -> None:
        self.code = code
        self.facts = facts
        super().__init__(" ".join([code, *(f"{name}={value}" for name, value in facts.items())]))


@dataclass(frozen=True, kw_only=True)
class Office:
    """One installation's folders and settings."""

    name: str
    language: str  #: da or en
    data: Path  #: inputs (ind/), runs (koersler/) and the database
    robots: Path  #: one folder for each robot
    tasks: Path  #: the flows
    database: str  #: SQLAlchemy URL

    @property
    def runs(self) -> Path:
        """Evidence folders."""
        return self.data / "koersler"

    def run_folder(self, robot: str, period: str, run_id: str) -> Path:
        """The evidence folder of one run."""
        return self.runs / robot / period / run_id
