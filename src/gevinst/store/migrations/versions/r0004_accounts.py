"""The console's accounts, sessions and tokens.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "account",
        sa.Column("user", sa.Text(), primary_key=True),
        *_texts("shown_name", "password_hash", "roles"),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        *_texts("email"),
        _moment("created"),
    )
    op.create_table(
        "session",
        sa.Column("key_hash", sa.String(64), primary_key=True),
        *_texts("user", "csrf"),
        *map(_moment, ("opened", "seen", "proved")),
    )
    op.create_index("session_by_user", "session", ["user"])
    op.create_table(
        "api_token",
        sa.Column("key_hash", sa.String(64), primary_key=True),
        *_texts("name", "roles", "made_by"),
        *map(_moment, ("made", "expires")),
        sa.Column("revoked", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "wrong_password",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        *_texts("user", "address"),
        _moment("at"),
    )
    op.create_index("wrong_by_time", "wrong_password", ["at"])
    op.create_table("setup_code", sa.Column("code_hash", sa.String(64), primary_key=True), _moment("expires"))


def _moment(name: str) -> sa.Column[str]:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    kind: sa.types.TypeEngine[str] = sa.String(32) if on_sqlite else sa.DateTime(timezone=True)  # type: ignore[assignment] # a moment is text in SQLite
    return sa.Column(name, kind, nullable=False)


def _texts(*names: str) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, sa.Text(), nullable=False) for name in names)
