"""Alarms for files that came for a month that is done, and for users that a system refused.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ALARMS = (
    "'late', 'missed', 'failed', 'stuck', 'no_file', 'uncertain', 'clock_jumped', 'never_due', "
    "'no_ping', 'no_folder', 'file_late', 'parked', 'items_late', 'held', 'corrected', 'sign_in'"
)
KNOWN = f"kind IN ({ALARMS})"
TEXTS = ("kind", "subject", "robot", "detail")
MOMENT = sa.String(32)  # as SQLite has it


def upgrade() -> None:
    """Let alarms have the new word; SQLite makes the table anew for that."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("kind_known", "alarm", type_="check")
        op.create_check_constraint("kind_known", "alarm", sa.text(KNOWN))
        return
    op.rename_table("alarm", "alarm_before")
    op.drop_index("one_open_alarm")
    op.create_table(
        "alarm",
        sa.Column("number", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        sa.Column("opened", MOMENT, nullable=False),
        sa.Column("last", MOMENT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("told", MOMENT),
        sa.Column("closed", MOMENT),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(KNOWN, name="kind_known"),
    )
    op.execute("INSERT INTO alarm SELECT * FROM alarm_before")
    op.drop_table("alarm_before")
    only_open = sa.text("closed IS NULL")
    op.create_index("one_open_alarm", "alarm", ["kind", "subject"], unique=True, sqlite_where=only_open)
