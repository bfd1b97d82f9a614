"""The tables behind the console's door, as the queries see them; roles are a sorted list with commas."""

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, Text, false

from gevinst.store.schema import SERIAL, Moment, metadata

account = Table(
    "account",
    metadata,
    Column("user", Text, primary_key=True),
    Column("shown_name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("email", Text, nullable=False),
    Column("created", Moment, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("user", Text, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("proved", Moment, nullable=False),
    Column("half", Boolean, nullable=False, server_default=false()),
    Index("session_by_user", "user"),
)

#: The secret is kept as it is, since codes are made of it: by itself, without the password, it opens nothing.
second_factor = Table(
    "second_factor",
    metadata,
    Column("user", Text, primary_key=True),
    Column("secret", Text, nullable=False),
    Column("confirmed", Moment),
    Column("last_step", BigInteger, nullable=False),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("user", Text, primary_key=True),
    Column("code_hash", String(64), primary_key=True),
)

api_token = Table(
    "api_token",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("revoked", Boolean, nullable=False),
)

wrong_password = Table(
    "wrong_password",
    metadata,
    Column("number", SERIAL, primary_key=True),
    Column("user", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("wrong_by_time", "at"),
)

setup_code = Table(
    "setup_code",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("expires", Moment, nullable=False),
)
