"""Gain cards as they were, measurements by hand, and the benefit owners' answers.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

METHODS = "'stopwatch', 'timestamps', 'self_report', 'expert', 'guess'"
TABLES = ("gain_card", "gain_measurement", "gain_answer")


def upgrade() -> None:
    """Make the tables; nothing in them is ever changed or deleted."""
    _make("gain_card", *_texts("robot", "version", "content", "who"), _moment("at"))
    _make(
        "gain_measurement",
        *_texts("robot", "case_type", "method", "minutes", "source", "who"),
        _moment("at"),
        sa.CheckConstraint(f"method IN ({METHODS})", name="method_known"),
    )
    _make(
        "gain_answer",
        *_texts("robot", "quarter", "state"),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("minutes", "planned", "entries")),
        sa.Column("seal", sa.String(64), nullable=False),
        *_texts("reason", "who", "role"),
        _moment("at"),
        sa.CheckConstraint("state IN ('confirmed', 'rejected')", name="state_known"),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for sql in _sqlite_refusals(table) if on_sqlite else _postgresql_refusals(table):
            op.execute(sql)


def _make(table: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        *parts,
        sa.CheckConstraint("number >= 1", name="number_from_one"),
    )
    op.create_index(f"{table}_by_robot", table, ["robot", "number"])


def _sqlite_refusals(table: str) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"
    yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"
    # INSERT OR REPLACE deletes a row without its delete trigger.
    exists = f"EXISTS (SELECT 1 FROM {table} WHERE number = NEW.number)"  # noqa: S608 - our own names
    yield f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {exists} {refuse}"


def _postgresql_refusals(table: str) -> Iterator[str]:
    yield (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION gevinst_append_only()"
    )


def _moment(name: str) -> sa.Column[str]:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    kind: sa.types.TypeEngine[str] = sa.String(32) if on_sqlite else sa.DateTime(timezone=True)  # type: ignore[assignment] # a moment is text in SQLite
    return sa.Column(name, kind, nullable=False)


def _texts(*names: str) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, sa.Text(), nullable=False) for name in names)
