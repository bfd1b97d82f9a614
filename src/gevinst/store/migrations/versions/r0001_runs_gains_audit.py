"""Runs with what they leave behind, the gain ledger and the audit trail.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ENVIRONMENTS = "'production', 'trial', 'test'"
TRIGGERS = "'schedule', 'manual', 'file', 'api', 'after'"
STATES = "'planned', 'queued', 'running', 'agreed', 'open_items', 'rejected', 'failed', 'stopped', 'missed'"

#: Tables that take inserts only, with the columns that name a row.
APPEND_ONLY: Mapping[str, tuple[str, ...]] = {"gain": ("item_key", "sequence"), "audit": ("number",)}

REFUSAL_ON_POSTGRESQL = """
CREATE FUNCTION gevinst_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""


def upgrade() -> None:
    """Make the tables and refuse changes to the ledger and the trail."""
    _make_run()
    _make_open_item()
    _make_statement()
    _make_input_file()
    _make_gain()
    _make_audit()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for sql in _sqlite_refusals() if on_sqlite else _postgresql_refusals():
        op.execute(sql)


def _make_run() -> None:
    running = sa.text("state = 'running'")
    op.create_table(
        "run",
        sa.Column("run_id", sa.Text(), primary_key=True),
        *_texts("robot", "robot_version", "period", "environment", "trigger", "triggered_by", "state"),
        sa.Column("started", _moment(), nullable=False),
        sa.Column("ended", _moment()),
        *_texts("summary", "replaces"),
        *_numbers("read", "matched", "open", "difference", "unexplained"),
        *_texts("minutes_saved", "folder"),
        sa.Column("replaced_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("holder", sa.Text(), nullable=False, server_default=""),
        sa.Column("seen", _moment(), nullable=False),
        sa.CheckConstraint(f"environment IN ({ENVIRONMENTS})", name="environment_known"),
        sa.CheckConstraint(f'"trigger" IN ({TRIGGERS})', name="trigger_known"),
        sa.CheckConstraint(f"state IN ({STATES})", name="state_known"),
    )
    op.create_index("run_by_robot", "run", ["robot", "period", "started"])
    op.create_index("run_by_start", "run", ["started"])
    op.create_index(
        "one_running_run",
        "run",
        ["robot", "period"],
        unique=True,
        sqlite_where=running,
        postgresql_where=running,
    )


def _make_open_item() -> None:
    op.create_table(
        "open_item",
        *_position(),
        *_texts("side", "item_id", "account"),
        sa.Column("booked", sa.Date(), nullable=False),
        *_numbers("amount"),
        *_texts("currency", "reference", "text", "counterparty", "document", "first_period", "cause"),
        *_texts("place_file", "place_sheet"),
        *_numbers("place_line"),
        *_texts("place_cell"),
        sa.CheckConstraint("side IN ('left', 'right')", name="side_known"),
    )


def _make_statement() -> None:
    op.create_table(
        "statement",
        *_position(),
        *_texts("account", "currency", "number"),
        sa.Column("opening", sa.BigInteger()),
        sa.Column("closing", sa.BigInteger()),
        sa.Column("first", sa.Date()),
        sa.Column("last", sa.Date()),
        *_texts("period"),
    )
    op.create_index("statement_by_account", "statement", ["account", "currency"])


def _make_input_file() -> None:
    op.create_table(
        "input_file",
        *_position(),
        *_texts("source", "file"),
        sa.Column("sha256", sa.String(64), nullable=False),
        *_numbers("rows"),
    )
    op.create_index("input_by_hash", "input_file", ["sha256"])


def _make_gain() -> None:
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "gain",
        sa.Column("entry", serial, primary_key=True),
        *_texts("robot", "item_key"),
        sa.Column("sequence", sa.Integer(), nullable=False),
        *_texts("case_type", "period", "card_version"),
        sa.Column("run_id", sa.Text(), sa.ForeignKey("run.run_id"), nullable=False),
        sa.Column("sign", sa.SmallInteger(), nullable=False),
        *_numbers("hundredths"),
        *_texts("reason"),
        sa.Column("at", _moment(), nullable=False),
        sa.UniqueConstraint("item_key", "sequence", name="one_standing_entry"),
        sa.CheckConstraint("sequence >= 1", name="sequence_from_one"),
        sa.CheckConstraint("sign IN (-1, 1)", name="sign_known"),
        sa.CheckConstraint("hundredths >= 0", name="minutes_not_negative"),
    )
    op.create_index("gain_by_robot", "gain", ["robot", "period"])
    op.create_index("gain_by_run", "gain", ["run_id"])


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", _moment(), nullable=False),
        *_texts("who", "what", "subject", "detail", "why"),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )


def _sqlite_refusals() -> Iterator[str]:
    for table, key in APPEND_ONLY.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"
        yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"
        # INSERT OR REPLACE deletes a row without its delete trigger.
        same = " AND ".join(f"{column} = NEW.{column}" for column in key)
        exists = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names of this file
        yield f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {exists} {refuse}"


def _postgresql_refusals() -> Iterator[str]:
    yield REFUSAL_ON_POSTGRESQL
    for table in APPEND_ONLY:
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION gevinst_append_only()"
        )


def _position() -> Iterator[sa.Column[Any]]:
    yield sa.Column("run_id", sa.Text(), sa.ForeignKey("run.run_id"), primary_key=True)
    yield sa.Column("position", sa.Integer(), primary_key=True)


def _texts(*names: str) -> Iterator[sa.Column[Any]]:
    return (sa.Column(name, sa.Text(), nullable=False) for name in names)


def _numbers(*names: str) -> Iterator[sa.Column[Any]]:
    return (sa.Column(name, sa.BigInteger(), nullable=False) for name in names)


def _moment() -> sa.String | sa.DateTime:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    return sa.String(32) if on_sqlite else sa.DateTime(timezone=True)
