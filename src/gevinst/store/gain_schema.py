"""The tables of gain cards, measurements and answers, as the queries see them. All are append-only."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, String, Table, Text

from gevinst.domain.gain_records import QuarterState
from gevinst.domain.gains import Method
from gevinst.store.schema import Moment, Word, metadata, one_of

#: Content is JSON; see domain.gain_card.
gain_card = Table(
    "gain_card",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("robot", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("number >= 1", name="number_from_one"),
    Index("gain_card_by_robot", "robot", "number"),
)

#: Minutes are a JSON list of hundredths.
gain_measurement = Table(
    "gain_measurement",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("robot", Text, nullable=False),
    Column("case_type", Text, nullable=False),
    Column("method", Word(Method), nullable=False),
    Column("minutes", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    one_of("method", Method),
    CheckConstraint("number >= 1", name="number_from_one"),
    Index("gain_measurement_by_robot", "robot", "number"),
)

#: Minutes are hundredths.
gain_answer = Table(
    "gain_answer",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("robot", Text, nullable=False),
    Column("quarter", Text, nullable=False),
    Column("state", Word(QuarterState), nullable=False),
    Column("minutes", BigInteger, nullable=False),
    Column("planned", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("seal", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("at", Moment, nullable=False),
    one_of("state", (QuarterState.CONFIRMED, QuarterState.REJECTED)),
    CheckConstraint("number >= 1", name="number_from_one"),
    Index("gain_answer_by_robot", "robot", "number"),
)
