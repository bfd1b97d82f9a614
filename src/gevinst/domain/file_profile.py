"""What a file is like, in numbers: kept with each run, and compared with the next file (see drift)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class FileProfile:
    """What a file is like, in numbers."""

    source: str  #: bank, ledger …
    layout: str
    columns: tuple[str, ...]  #: as the file names them, in its order
    rows: int
    sum: int  #: øre
    volume: int  #: øre, sum without signs
    median: int  #: øre, of the amounts without signs
    quartiles: tuple[int, int]  #: øre, lower and upper, without signs
    positive: int  #: rows over 0, per mille
    first: str  #: ISO day of the first booking; "" for none
    last: str
    outside: int  #: rows booked outside the run's period
    blank: Mapping[str, int]  #: rows without it, per mille, by text column
    accounts: int  #: distinct accounts
    shapes: Mapping[str, int]  #: rows by form of the text, the commonest 200

    def as_values(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def profile_from(values: Mapping[str, Any]) -> FileProfile:
    """A profile from its plain values."""
    low, high = values["quartiles"]
    return FileProfile(**{**values, "columns": tuple(values["columns"]), "quartiles": (low, high)})
