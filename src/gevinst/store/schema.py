"""The tables, as the queries see them; the migrations make them.

Amounts are BIGINT øre, minutes BIGINT hundredths, moments UTC (text of one width in SQLite, so it sorts).
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from gevinst.domain.decision import DecisionKind
from gevinst.domain.run import Environment, RunState, Trigger

#: Revisions of the migrations, oldest first; the last is what this program works with.
REVISIONS = tuple(f"{number:04}" for number in range(1, 14))

MOMENT_WIDTH = 32  # 2026-11-01T06:00:00.000000+00:00
SIDES = ("left", "right")


class Moment(TypeDecorator[datetime]):
    """A moment in UTC to the microsecond."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text where the database knows no zones."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(MOMENT_WIDTH))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | datetime | None:
        """To UTC."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.isoformat(timespec="microseconds") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: str | datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """From text or from the session's zone."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """A value of an enum, stored as its text."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To text."""
        return None if value is None else str(self.words(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002 - as above
        """From text."""
        return None if value is None else self.words(value)


def one_of(column: str, words: type[StrEnum] | tuple[str, ...]) -> CheckConstraint:
    """The column holds one of these words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f'"{column}" IN ({listed})', name=f"{column}_known")


#: Counts up in both databases.
SERIAL = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

run = Table(
    "run",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("robot", Text, nullable=False),
    Column("robot_version", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("environment", Word(Environment), nullable=False),
    Column("trigger", Word(Trigger), nullable=False),
    Column("triggered_by", Text, nullable=False),
    Column("state", Word(RunState), nullable=False),
    Column("started", Moment, nullable=False),
    Column("ended", Moment),
    Column("summary", Text, nullable=False),
    Column("replaces", Text, nullable=False),
    Column("read", BigInteger, nullable=False),
    Column("matched", BigInteger, nullable=False),
    Column("open", BigInteger, nullable=False),
    Column("difference", BigInteger, nullable=False),
    Column("unexplained", BigInteger, nullable=False),
    Column("minutes_saved", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("replaced_by", Text, nullable=False, server_default=""),
    Column("holder", Text, nullable=False, server_default=""),
    Column("seen", Moment, nullable=False),
    one_of("environment", Environment),
    one_of("trigger", Trigger),
    one_of("state", RunState),
    Index("run_by_robot", "robot", "period", "started"),
    Index("run_by_start", "started"),
    Index("run_by_robot_start", "robot", "started", "run_id"),
    Index(
        "one_running_run",
        "robot",
        "period",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)

open_item = Table(
    "open_item",
    metadata,
    Column("run_id", ForeignKey(run.c.run_id), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("side", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("booked", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("counterparty", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("first_period", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("place_file", Text, nullable=False),
    Column("place_sheet", Text, nullable=False),
    Column("place_line", BigInteger, nullable=False),
    Column("place_cell", Text, nullable=False),
    one_of("side", SIDES),
)

statement = Table(
    "statement",
    metadata,
    Column("run_id", ForeignKey(run.c.run_id), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("opening", BigInteger),
    Column("closing", BigInteger),
    Column("first", Date),
    Column("last", Date),
    Column("period", Text, nullable=False),
    Index("statement_by_account", "account", "currency"),
)

input_file = Table(
    "input_file",
    metadata,
    Column("run_id", ForeignKey(run.c.run_id), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Index("input_by_hash", "sha256"),
)

#: Append-only. Entries of an item key count from 1: an odd one stands until the next, even one undoes it.
gain = Table(
    "gain",
    metadata,
    Column("entry", SERIAL, primary_key=True),
    Column("robot", Text, nullable=False),
    Column("item_key", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("case_type", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("card_version", Text, nullable=False),
    Column("run_id", ForeignKey(run.c.run_id), nullable=False),
    Column("sign", SmallInteger, nullable=False),
    Column("hundredths", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("item_key", "sequence", name="one_standing_entry"),
    CheckConstraint("sequence >= 1", name="sequence_from_one"),
    CheckConstraint("sign IN (-1, 1)", name="sign_known"),
    CheckConstraint("hundredths >= 0", name="minutes_not_negative"),
    Index("gain_by_robot", "robot", "period"),
    Index("gain_by_run", "run_id"),
)

#: Append-only; see domain.audit.
audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("audit_by_act", "what", "subject", "number"),
)

#: Append-only; see domain.decision. Item ids are JSON lists.
decision = Table(
    "decision",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("robot", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("kind", Word(DecisionKind), nullable=False),
    Column("left", Text, nullable=False),
    Column("right", Text, nullable=False),
    Column("amount_left", BigInteger, nullable=False),
    Column("amount_right", BigInteger, nullable=False),
    Column("account", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("expected", Date),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("run_id", ForeignKey(run.c.run_id), nullable=False),
    Column("undoes", BigInteger, nullable=False),
    Column("approves", BigInteger, nullable=False),
    Column("needs_approval", Boolean, nullable=False),
    one_of("kind", DecisionKind),
    CheckConstraint("number >= 1", name="number_from_one"),
    Index("decision_by_robot", "robot", "number"),
)

#: A profile is JSON; see domain.drift.
file_profile = Table(
    "file_profile",
    metadata,
    Column("run_id", ForeignKey(run.c.run_id), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("profile", Text, nullable=False),
)
