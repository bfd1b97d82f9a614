"""Two reasons more for what became of a moment: a person has paused the robot, or moved the run.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

OCCURRENCES = "'offered', 'missed', 'skipped'"
BEFORE = "'on_time', 'late', 'moved', 'covered', 'policy', 'too_old', 'closed_day'"
AFTER = f"{BEFORE}, 'paused', 'moved_by_hand'"


def upgrade() -> None:
    """Widen the check; SQLite makes the table anew, since it cannot change a check."""
    with op.batch_alter_table("occurrence", copy_from=_occurrence()) as table:
        table.drop_constraint("reason_known", type_="check")
        table.create_check_constraint("reason_known", sa.text(f"reason IN ({AFTER})"))


def _occurrence() -> sa.Table:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    moment: sa.types.TypeEngine[str] = sa.String(32) if on_sqlite else sa.DateTime(timezone=True)  # type: ignore[assignment] # a moment is text in SQLite
    return sa.Table(
        "occurrence",
        sa.MetaData(),
        sa.Column("robot", sa.Text(), primary_key=True),
        sa.Column("nominal", moment, primary_key=True),
        sa.Column("planned", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("late_minutes", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(f"state IN ({OCCURRENCES})", name="state_known"),
        sa.CheckConstraint(f"reason IN ({BEFORE})", name="reason_known"),
    )
