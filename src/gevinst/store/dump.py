"""Everything an office has in its database, table by table, in plain values: for leaving and archiving."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import Any

from sqlalchemy import Column, Connection, Table, select

from gevinst.store.revisions import open_database
from gevinst.store.schema import metadata

SCHEMAS = ("account_schema", "console_schema", "gain_schema", "item_schema", "queue_schema")
#: Tables that stay, with the reason: they prove who someone is, or hold nothing that outlives a process.
LEFT_OUT: Mapping[str, str] = {
    "api_token": "secret",
    "clock_seen": "passing",
    "lead": "passing",
    "recovery_code": "secret",
    "run_progress": "passing",
    "second_factor": "secret",
    "session": "secret",
    "setup_code": "secret",
    "wrong_password": "secret",
}
SECRET_COLUMNS = frozenset({("account", "password_hash")})


@dataclass(frozen=True, kw_only=True)
class TableDump:
    """One table."""

    name: str
    columns: Mapping[str, str]  #: name → kind: text, whole number, moment, day, yes or no
    rows: Iterator[dict[str, Any]]  #: values of JSON


def dump_tables(url: str) -> Iterator[TableDump]:
    """Each table in turn, all as of one moment; its rows must be taken before the next table is asked for.

    Raises:
        StoreError: see open_database.
    """
    database = open_database(url)
    with database.reading() as connection:
        for table in exported_tables():
            columns = exported_columns(table)
            kinds = {column.name: _kind(column) for column in columns}
            yield TableDump(name=table.name, columns=kinds, rows=_rows(connection, table))
    database.engine.dispose()


def all_tables() -> list[Table]:
    """Every table of the program."""
    for name in SCHEMAS:
        import_module(f"gevinst.store.{name}")
    return sorted(metadata.tables.values(), key=lambda table: table.name)


def exported_tables() -> list[Table]:
    """The tables that leave."""
    return [table for table in all_tables() if table.name not in LEFT_OUT]


def exported_columns(table: Table) -> list[Column[Any]]:
    """The columns that leave."""
    return [column for column in table.columns if (table.name, column.name) not in SECRET_COLUMNS]


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    query = select(*exported_columns(table)).order_by(*table.primary_key.columns)
    for row in connection.execute(query).mappings():
        yield {str(name): _plain(value) for name, value in row.items()}


def _kind(column: Column[Any]) -> str:
    name = type(column.type).__name__
    return _KINDS.get(name, "text")


_KINDS = {
    "BigInteger": "whole number",
    "Integer": "whole number",
    "SmallInteger": "whole number",
    "Boolean": "yes or no",
    "Moment": "moment",
    "Date": "day",
}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)
