"""The tables of the console, as the queries see them. Items are JSON lists; amounts BIGINT øre."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text

from gevinst.domain.case import CaseEventKind, CaseKind, CaseState
from gevinst.domain.signature import SignatureKind
from gevinst.store.schema import SERIAL, Moment, Word, metadata, one_of, run

work_case = Table(
    "work_case",
    metadata,
    Column("run_id", ForeignKey(run.c.run_id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("robot", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("kind", Word(CaseKind), nullable=False),
    Column("cause", Text, nullable=False),
    Column("items", Text, nullable=False),
    Column("suspects", Text, nullable=False),
    Column("alternatives", Text, nullable=False),
    Column("counterparty", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("oldest", Date, nullable=False),
    Column("first_period", Text, nullable=False),
    one_of("kind", CaseKind),
    # These hold all that lists are filtered, counted and sorted by: none reads the long texts of items.
    Index("case_by_age", "run_id", "oldest", "number", "robot", "subject", "cause", "kind", "amount"),
    Index("case_by_cause", "run_id", "cause", "kind", "oldest", "number", "robot", "subject", "amount"),
    Index("case_by_subject", "robot", "subject"),
    Index("case_by_counterparty", "robot", "counterparty"),
)

case_state = Table(
    "case_state",
    metadata,
    Column("robot", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("claimed_by", Text, nullable=False),
    Column("claimed_at", Moment),
    Column("state", Word(CaseState), nullable=False),
    Column("until", Date),
    Column("decision", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    one_of("state", CaseState),
    Index("state_by_holder", "claimed_by"),
    Index("state_by_state", "state"),
)

#: Append-only.
case_event = Table(
    "case_event",
    metadata,
    Column("number", SERIAL, primary_key=True),
    Column("robot", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("kind", Word(CaseEventKind), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("decision", BigInteger, nullable=False),
    Column("hundredths", BigInteger, nullable=False),
    Column("attachment", Text, nullable=False),
    Column("attachment_name", Text, nullable=False),
    one_of("kind", CaseEventKind),
    Index("event_by_case", "robot", "subject", "number"),
)

#: Append-only.
signature = Table(
    "signature",
    metadata,
    Column("number", SERIAL, primary_key=True),
    Column("account", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("kind", Word(SignatureKind), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("expected", Date),
    Column("open_count", BigInteger, nullable=False),
    Column("open_amount", BigInteger, nullable=False),
    Column("unexplained", BigInteger, nullable=False),
    one_of("kind", SignatureKind),
    Index("signature_by_account", "period", "account", "number"),
)

#: Append-only.
plan_change = Table(
    "plan_change",
    metadata,
    Column("number", SERIAL, primary_key=True),
    Column("robot", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("nominal", Moment),
    Column("until", Moment),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("why", Text, nullable=False),
    one_of("kind", ("pause", "resume", "move")),
    Index("change_by_robot", "robot", "number"),
)

published = Table(
    "published",
    metadata,
    Column("data_set", Text, primary_key=True),
    Column("on", Boolean, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
