"""An index over the audit trail, so that a row is found by what was done to what, also after many years.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the index."""
    op.create_index("audit_by_act", "audit", ["what", "subject", "number"])
