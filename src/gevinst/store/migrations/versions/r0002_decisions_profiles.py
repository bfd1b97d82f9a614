"""People's decisions about items, and the profiles of the files that runs have read.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KINDS = "'match', 'unmatch', 'accept', 'note', 'undo', 'approve'"
REFUSE = "BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END"


def upgrade() -> None:
    """Make the tables; decisions are never changed, nor deleted."""
    _make_decision()
    _make_file_profile()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for sql in _sqlite_refusals() if on_sqlite else _postgresql_refusals():
        op.execute(sql)


def _make_decision() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "decision",
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        *_texts("robot", "period", "kind", "left", "right"),
        sa.Column("amount_left", sa.BigInteger(), nullable=False),
        sa.Column("amount_right", sa.BigInteger(), nullable=False),
        *_texts("account", "reason"),
        sa.Column("expected", sa.Date()),
        *_texts("who"),
        sa.Column("at", sa.String(32) if on_sqlite else sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Text(), sa.ForeignKey("run.run_id"), nullable=False),
        sa.Column("undoes", sa.BigInteger(), nullable=False),
        sa.Column("approves", sa.BigInteger(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="kind_known"),
        sa.CheckConstraint("number >= 1", name="number_from_one"),
    )
    op.create_index("decision_by_robot", "decision", ["robot", "number"])


def _make_file_profile() -> None:
    op.create_table(
        "file_profile",
        sa.Column("run_id", sa.Text(), sa.ForeignKey("run.run_id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        *_texts("source", "profile"),
    )


def _sqlite_refusals() -> Iterator[str]:
    yield f"CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision {REFUSE}"
    yield f"CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision {REFUSE}"
    # INSERT OR REPLACE deletes a row without its delete trigger.
    exists = "EXISTS (SELECT 1 FROM decision WHERE number = NEW.number)"
    yield f"CREATE TRIGGER decision_no_replace BEFORE INSERT ON decision WHEN {exists} {REFUSE}"


def _postgresql_refusals() -> Iterator[str]:
    yield (
        "CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision "
        "FOR EACH STATEMENT EXECUTE FUNCTION gevinst_append_only()"
    )


def _texts(*names: str) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, sa.Text(), nullable=False) for name in names)
