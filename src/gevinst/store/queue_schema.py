"""The tables of clock and workers, as the queries see them."""

from datetime import timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    literal,
    text,
    type_coerce,
)

from gevinst.app.queue_port import DeliveryState
from gevinst.domain.alarm import AlarmKind
from gevinst.domain.occurrence import OccurrenceState, Reason
from gevinst.domain.queue import TicketState
from gevinst.domain.run import Trigger
from gevinst.store.schema import SERIAL, Moment, Word, metadata, one_of

ticket = Table(
    "ticket",
    metadata,
    Column("number", SERIAL, primary_key=True),
    Column("key", Text, nullable=False),
    Column("robot", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("trigger", Word(Trigger), nullable=False),
    Column("triggered_by", Text, nullable=False),
    Column("due", Moment, nullable=False),
    Column("trial", Boolean, nullable=False),
    Column("lane", Text, nullable=False),
    Column("capability", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", Word(TicketState), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("owner", Text, nullable=False),
    Column("lease_until", Moment),
    Column("stop_by", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("offered", Moment, nullable=False),
    Column("started", Moment),
    Column("ended", Moment),
    Column("engine_job", BigInteger),  # number of the job in PostgreSQL's queue engine
    UniqueConstraint("key", name="one_ticket_for_a_key"),
    UniqueConstraint("run_id", name="one_ticket_for_a_run"),
    one_of("state", TicketState),
    one_of("trigger", Trigger),
    Index(
        "ticket_waiting",
        "priority",
        "not_before",
        "number",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ticket_claimed",
        "lane",
        sqlite_where=text("state = 'claimed'"),
        postgresql_where=text("state = 'claimed'"),
    ),
)

occurrence = Table(
    "occurrence",
    metadata,
    Column("robot", Text, primary_key=True),
    Column("nominal", Moment, primary_key=True),
    Column("planned", Date, nullable=False),
    Column("state", Word(OccurrenceState), nullable=False),
    Column("reason", Word(Reason), nullable=False),
    Column("late_minutes", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("run_id", Text, nullable=False),
    one_of("state", OccurrenceState),
    one_of("reason", Reason),
)

#: How far the clock has looked for each robot.
clock_seen = Table(
    "clock_seen",
    metadata,
    Column("robot", Text, primary_key=True),
    Column("schedule", Text, nullable=False),
    Column("until", Moment, nullable=False),
)

#: One row for each office: who leads its clock.
lead = Table(
    "lead",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("until", Moment, nullable=False),
)

alarm = Table(
    "alarm",
    metadata,
    Column("number", SERIAL, primary_key=True),
    Column("kind", Word(AlarmKind), nullable=False),
    Column("subject", Text, nullable=False),
    Column("robot", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("last", Moment, nullable=False),
    Column("count", Integer, nullable=False),
    Column("told", Moment),
    Column("closed", Moment),
    Column("closed_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    one_of("kind", AlarmKind),
    Index(
        "one_open_alarm",
        "kind",
        "subject",
        unique=True,
        sqlite_where=text("closed IS NULL"),
        postgresql_where=text("closed IS NULL"),
    ),
)

delivery = Table(
    "delivery",
    metadata,
    Column("key", Text, primary_key=True),
    Column("run_id", Text, primary_key=True),
    Column("target", Text, nullable=False),
    Column("draft", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("control_total", BigInteger, nullable=False),
    Column("state", Word(DeliveryState), nullable=False),
    Column("prepared", Moment, nullable=False),
    Column("ended", Moment),
    one_of("state", DeliveryState),
    CheckConstraint("size >= 0", name="size_not_negative"),
    Index(
        "one_delivery_for_a_key",
        "key",
        unique=True,
        sqlite_where=text("state <> 'dropped'"),
        postgresql_where=text("state <> 'dropped'"),
    ),
)

_TO_MICROSECONDS = "000+00:00"  # SQLite's time has milliseconds; a Moment has microseconds and a zone


def moment_of_database(dialect: str, plus: timedelta = timedelta(0)) -> ColumnElement[object]:
    """The database's own time, so many seconds from now; a Moment."""
    if dialect == "sqlite":
        seconds = f"{plus.total_seconds():+.3f} seconds"
        shown = func.strftime("%Y-%m-%dT%H:%M:%f", "now", seconds).op("||")(literal(_TO_MICROSECONDS))
        return type_coerce(shown, Moment)
    now = func.clock_timestamp()
    return type_coerce(now + plus if plus else now, Moment)
