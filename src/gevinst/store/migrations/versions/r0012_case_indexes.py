"""Indexes for the work list: a page of it, and a person's own cases, without looking through all.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Let the index by age hold all that lists are filtered by, and find cases by holder and state."""
    op.drop_index("case_by_age", "work_case")
    op.create_index(
        "case_by_age",
        "work_case",
        ["run_id", "oldest", "number", "robot", "subject", "cause", "kind", "amount"],
    )
    op.create_index("state_by_holder", "case_state", ["claimed_by"])
    op.create_index("state_by_state", "case_state", ["state"])
