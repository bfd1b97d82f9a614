"""Indexes for the console: a robot's latest runs, and alike cases counted without sorting.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("run_by_robot_start", "run", ["robot", "started", "run_id"])
    op.create_index(
        "case_by_cause",
        "work_case",
        ["run_id", "cause", "kind", "oldest", "number", "robot", "subject", "amount"],
    )
