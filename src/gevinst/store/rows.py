"""Values to rows and back."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import RowMapping

from gevinst.app.ports import CarriedItem, SeenInput, SeenStatement
from gevinst.domain.place import Place
from gevinst.domain.run import Run
from gevinst.domain.side import Side

_RUN = tuple(field.name for field in fields(Run))
_STATEMENT = tuple(field.name for field in fields(SeenStatement))
_INPUT = tuple(field.name for field in fields(SeenInput))
_ITEM = tuple(field.name for field in fields(CarriedItem) if field.name not in ("side", "place"))
_PLACE = tuple(field.name for field in fields(Place))


def run_row(run: Run) -> dict[str, Any]:
    """A run's columns, without those that only the store knows."""
    return _values(run, _RUN)


def run_of(row: RowMapping) -> Run:
    """A run from its row."""
    return Run(**{name: row[name] for name in _RUN})


def item_row(item: CarriedItem) -> dict[str, Any]:
    """An open item's columns."""
    place = {f"place_{name}": value for name, value in _values(item.place, _PLACE).items()}
    return _values(item, _ITEM) | {"side": str(item.side)} | place


def item_of(row: RowMapping) -> CarriedItem:
    """An open item from its row."""
    place = Place(**{name: row[f"place_{name}"] for name in _PLACE})
    return CarriedItem(side=Side(row["side"]), place=place, **{name: row[name] for name in _ITEM})


def statement_row(statement: SeenStatement) -> dict[str, Any]:
    """A statement's columns."""
    return _values(statement, _STATEMENT)


def statement_of(row: RowMapping) -> SeenStatement:
    """A statement from its row."""
    return SeenStatement(**{name: row[name] for name in _STATEMENT})


def input_row(read: SeenInput) -> dict[str, Any]:
    """An input file's columns."""
    return _values(read, _INPUT)


def input_of(row: RowMapping) -> SeenInput:
    """An input file from its row."""
    return SeenInput(**{name: row[name] for name in _INPUT})


def numbered(run_id: str, kept: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of one run in their order."""
    return [{**row, "run_id": run_id, "position": position} for position, row in enumerate(kept)]


def _values(value: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}
