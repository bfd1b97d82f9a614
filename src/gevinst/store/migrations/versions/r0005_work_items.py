"""Work items, progress of runs, arrived files; alarms of silence, and deliveries that wait for a person.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ITEMS = "'draft', 'waiting', 'claimed', 'done', 'business', 'parked'"
FAILURES = "'business', 'application'"
ARRIVALS = "'taken', 'archived', 'refused'"
ALARMS = (
    "'late', 'missed', 'failed', 'stuck', 'no_file', 'uncertain', 'clock_jumped', 'never_due', "
    "'no_ping', 'no_folder', 'file_late', 'parked', 'items_late', 'held'"
)
DELIVERIES = "'prepared', 'delivered', 'dropped', 'uncertain', 'held'"


def upgrade() -> None:
    """Make the tables, and let alarms and deliveries have their new words."""
    _make_work_item()
    _make_progress()
    _make_arrival()
    _new_words("alarm", "kind", ALARMS)
    _new_words("delivery", "state", DELIVERIES)


def _make_work_item() -> None:
    op.create_table(
        "work_item",
        sa.Column("number", _serial(), primary_key=True),
        *_texts("queue", "key", "payload"),
        sa.Column("priority", sa.Integer(), nullable=False),
        _moment("deadline"),
        sa.Column("tries", sa.Integer(), nullable=False),
        *_texts("state"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _moment("not_before"),
        *_texts("owner"),
        _moment("lease_until", nullable=True),
        sa.Column("failure", sa.Text()),
        *_texts("code", "message"),
        sa.Column("parent", sa.BigInteger(), nullable=False),
        *_texts("made_by"),
        _moment("created"),
        _moment("started", nullable=True),
        _moment("ended", nullable=True),
        sa.UniqueConstraint("queue", "key", name="one_item_for_a_key"),
        sa.CheckConstraint(f"state IN ({ITEMS})", name="state_known"),
        sa.CheckConstraint(f"failure IN ({FAILURES})", name="failure_known"),
    )
    _partial_index("work_item_waiting", ["queue", "priority", "deadline", "number"], "state = 'waiting'")
    _partial_index("work_item_claimed", ["owner"], "state = 'claimed'")
    _partial_index("work_item_draft", ["made_by"], "state = 'draft'")
    op.create_table(
        "work_item_file",
        sa.Column("item", _serial(), sa.ForeignKey("work_item.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("size >= 0", name="size_not_negative"),
    )


def _make_progress() -> None:
    op.create_table(
        "run_progress",
        sa.Column("run_id", sa.Text(), primary_key=True),
        *_texts("phase"),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger()),
        _moment("at"),
    )


def _make_arrival() -> None:
    op.create_table(
        "arrival",
        sa.Column("robot", sa.Text(), primary_key=True),
        sa.Column("sha256", sa.String(64), primary_key=True),
        *_texts("name", "source", "path", "run_id", "state"),
        _moment("arrived"),
        sa.UniqueConstraint("run_id", name="one_arrival_for_a_run"),
        sa.CheckConstraint(f"state IN ({ARRIVALS})", name="state_known"),
    )


def _new_words(table: str, column: str, words: str) -> None:
    """Let a column hold more words; SQLite makes the table anew for that."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(f"{column}_known", table, type_="check")
        op.create_check_constraint(f"{column}_known", table, sa.text(f"{column} IN ({words})"))
        return
    made = {"alarm": _alarm_parts, "delivery": _delivery_parts}[table]
    op.rename_table(table, f"{table}_before")
    for index in {"alarm": ["one_open_alarm"], "delivery": ["one_delivery_for_a_key"]}[table]:
        op.drop_index(index)
    op.create_table(table, *made(words))
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_before")  # noqa: S608 - names from above
    op.drop_table(f"{table}_before")
    _unique_again(table)


def _alarm_parts(words: str) -> Iterator[sa.schema.SchemaItem]:
    yield sa.Column("number", _serial(), primary_key=True)
    yield from _texts("kind", "subject", "robot", "detail")
    yield _moment("opened")
    yield _moment("last")
    yield sa.Column("count", sa.Integer(), nullable=False)
    yield _moment("told", nullable=True)
    yield _moment("closed", nullable=True)
    yield from _texts("closed_by", "why")
    yield sa.CheckConstraint(f"kind IN ({words})", name="kind_known")


def _delivery_parts(words: str) -> Iterator[sa.schema.SchemaItem]:
    yield sa.Column("key", sa.Text(), primary_key=True)
    yield sa.Column("run_id", sa.Text(), primary_key=True)
    yield from _texts("target", "draft")
    yield sa.Column("sha256", sa.String(64), nullable=False)
    yield sa.Column("size", sa.BigInteger(), nullable=False)
    yield sa.Column("control_total", sa.BigInteger(), nullable=False)
    yield from _texts("state")
    yield _moment("prepared")
    yield _moment("ended", nullable=True)
    yield sa.CheckConstraint(f"state IN ({words})", name="state_known")
    yield sa.CheckConstraint("size >= 0", name="size_not_negative")


def _unique_again(table: str) -> None:
    if table == "alarm":
        open_ones = sa.text("closed IS NULL")
        op.create_index("one_open_alarm", table, ["kind", "subject"], unique=True, sqlite_where=open_ones)
    else:
        kept = sa.text("state <> 'dropped'")
        op.create_index("one_delivery_for_a_key", table, ["key"], unique=True, sqlite_where=kept)


def _partial_index(name: str, columns: list[str], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, "work_item", columns, sqlite_where=only, postgresql_where=only)


def _serial() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[str]:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    kind: sa.types.TypeEngine[str] = sa.String(32) if on_sqlite else sa.DateTime(timezone=True)  # type: ignore[assignment] # a moment is text in SQLite
    return sa.Column(name, kind, nullable=nullable)


def _texts(*names: str) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, sa.Text(), nullable=False) for name in names)
