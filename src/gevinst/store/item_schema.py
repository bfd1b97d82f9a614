"""The tables of work items, progress and arrived files, as the queries see them."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from gevinst.domain.arrival import ArrivalState
from gevinst.domain.work_item import FailureKind, ItemState
from gevinst.store.schema import SERIAL, Moment, Word, metadata, one_of

#: The deadline of an item that has none, so that an index can order by it.
NO_DEADLINE = datetime(9999, 12, 31, tzinfo=UTC)

work_item = Table(
    "work_item",
    metadata,
    Column("number", SERIAL, primary_key=True),
    Column("queue", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("deadline", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", Word(ItemState), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("owner", Text, nullable=False),
    Column("lease_until", Moment),
    Column("failure", Word(FailureKind)),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("parent", BigInteger, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("started", Moment),
    Column("ended", Moment),
    UniqueConstraint("queue", "key", name="one_item_for_a_key"),
    one_of("state", ItemState),
    one_of("failure", FailureKind),
    Index(
        "work_item_waiting",
        "queue",
        "priority",
        "deadline",
        "number",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "work_item_claimed",
        "owner",
        sqlite_where=text("state = 'claimed'"),
        postgresql_where=text("state = 'claimed'"),
    ),
    Index(
        "work_item_draft",
        "made_by",
        sqlite_where=text("state = 'draft'"),
        postgresql_where=text("state = 'draft'"),
    ),
)

work_item_file = Table(
    "work_item_file",
    metadata,
    Column("item", ForeignKey(work_item.c.number, ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    CheckConstraint("size >= 0", name="size_not_negative"),
)

#: How far a running run has come; the row goes when the run ends.
run_progress = Table(
    "run_progress",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("phase", Text, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger),
    Column("at", Moment, nullable=False),
)

#: Files that arrived in a robot's folder; one of a hash is taken once.
arrival = Table(
    "arrival",
    metadata,
    Column("robot", Text, primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("state", Word(ArrivalState), nullable=False),
    Column("arrived", Moment, nullable=False),
    UniqueConstraint("run_id", name="one_arrival_for_a_run"),
    one_of("state", ArrivalState),
)
