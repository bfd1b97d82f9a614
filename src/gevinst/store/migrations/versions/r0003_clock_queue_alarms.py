"""The clock's occurrences, the queue of runs, alarms and deliveries.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TRIGGERS = "'schedule', 'manual', 'file', 'api', 'after'"
TICKETS = "'waiting', 'claimed', 'done', 'failed', 'stopped', 'uncertain'"
OCCURRENCES = "'offered', 'missed', 'skipped'"
REASONS = "'on_time', 'late', 'moved', 'covered', 'policy', 'too_old', 'closed_day'"
ALARMS = "'late', 'missed', 'failed', 'stuck', 'no_file', 'uncertain', 'clock_jumped', 'never_due'"
DELIVERIES = "'prepared', 'delivered', 'dropped', 'uncertain'"


def upgrade() -> None:
    """Make the tables."""
    _make_ticket()
    _make_occurrence()
    _make_alarm()
    _make_delivery()


def _make_ticket() -> None:
    op.create_table(
        "ticket",
        sa.Column("number", _serial(), primary_key=True),
        *_texts("key", "robot", "period", "run_id", "trigger", "triggered_by"),
        _moment("due"),
        sa.Column("trial", sa.Boolean(), nullable=False),
        *_texts("lane", "capability"),
        sa.Column("priority", sa.Integer(), nullable=False),
        *_texts("state"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _moment("not_before"),
        *_texts("owner"),
        _moment("lease_until", nullable=True),
        *_texts("stop_by", "outcome"),
        _moment("offered"),
        _moment("started", nullable=True),
        _moment("ended", nullable=True),
        sa.Column("engine_job", sa.BigInteger()),
        sa.UniqueConstraint("key", name="one_ticket_for_a_key"),
        sa.UniqueConstraint("run_id", name="one_ticket_for_a_run"),
        sa.CheckConstraint(f"state IN ({TICKETS})", name="state_known"),
        sa.CheckConstraint(f'"trigger" IN ({TRIGGERS})', name="trigger_known"),
    )
    _partial_index("ticket_waiting", "ticket", ["priority", "not_before", "number"], "state = 'waiting'")
    _partial_index("ticket_claimed", "ticket", ["lane"], "state = 'claimed'")


def _make_occurrence() -> None:
    op.create_table(
        "occurrence",
        sa.Column("robot", sa.Text(), primary_key=True),
        _moment("nominal", primary_key=True),
        sa.Column("planned", sa.Date(), nullable=False),
        *_texts("state", "reason"),
        sa.Column("late_minutes", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        *_texts("run_id"),
        sa.CheckConstraint(f"state IN ({OCCURRENCES})", name="state_known"),
        sa.CheckConstraint(f"reason IN ({REASONS})", name="reason_known"),
    )
    op.create_table(
        "clock_seen",
        sa.Column("robot", sa.Text(), primary_key=True),
        *_texts("schedule"),
        _moment("until"),
    )
    op.create_table(
        "lead",
        sa.Column("name", sa.Text(), primary_key=True),
        *_texts("owner"),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        _moment("until"),
    )


def _make_alarm() -> None:
    op.create_table(
        "alarm",
        sa.Column("number", _serial(), primary_key=True),
        *_texts("kind", "subject", "robot", "detail"),
        _moment("opened"),
        _moment("last"),
        sa.Column("count", sa.Integer(), nullable=False),
        _moment("told", nullable=True),
        _moment("closed", nullable=True),
        *_texts("closed_by", "why"),
        sa.CheckConstraint(f"kind IN ({ALARMS})", name="kind_known"),
    )
    _partial_index("one_open_alarm", "alarm", ["kind", "subject"], "closed IS NULL", unique=True)


def _make_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("run_id", sa.Text(), primary_key=True),
        *_texts("target", "draft"),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("control_total", sa.BigInteger(), nullable=False),
        *_texts("state"),
        _moment("prepared"),
        _moment("ended", nullable=True),
        sa.CheckConstraint(f"state IN ({DELIVERIES})", name="state_known"),
        sa.CheckConstraint("size >= 0", name="size_not_negative"),
    )
    _partial_index("one_delivery_for_a_key", "delivery", ["key"], "state <> 'dropped'", unique=True)


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)


def _serial() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    kind: sa.types.TypeEngine[str] = sa.String(32) if on_sqlite else sa.DateTime(timezone=True)  # type: ignore[assignment] # a moment is text in SQLite
    return sa.Column(name, kind, nullable=nullable, primary_key=primary_key)


def _texts(*names: str) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, sa.Text(), nullable=False) for name in names)
