"""A second factor of accounts: what their devices and their paper hold, and sessions that wait for a code.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables, and let a session be half open."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    moment: sa.types.TypeEngine[str] = sa.String(32) if on_sqlite else sa.DateTime(timezone=True)  # type: ignore[assignment] # a moment is text in SQLite
    op.create_table(
        "second_factor",
        sa.Column("user", sa.Text(), primary_key=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("confirmed", moment),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user", sa.Text(), primary_key=True),
        sa.Column("code_hash", sa.String(64), primary_key=True),
    )
    op.add_column("session", sa.Column("half", sa.Boolean(), nullable=False, server_default=sa.false()))
