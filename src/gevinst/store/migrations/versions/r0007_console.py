"""What the console keeps: cases of the work list, signatures of periods, changes of plans, publishing.

The definitions stand here as they were then: a migration never reads the program's own tables.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

CASES = "'open', 'proposal'"
STATES = "'to_do', 'waiting', 'decided', 'awaits_approval'"
EVENTS = "'claim', 'release', 'note', 'attach', 'decide', 'undo', 'approve'"
SIGNATURES = "'prepare', 'approve', 'reopen'"
CHANGES = "'pause', 'resume', 'move'"


def upgrade() -> None:
    """Make the tables."""
    _make_cases()
    _make_signatures()
    _make_plans()


def _make_cases() -> None:
    op.create_table(
        "work_case",
        sa.Column("run_id", sa.Text(), sa.ForeignKey("run.run_id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        *_texts("robot", "period", "subject", "kind", "cause", "items", "suspects", "alternatives"),
        *_texts("counterparty", "text"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("oldest", sa.Date(), nullable=False),
        *_texts("first_period"),
        sa.CheckConstraint(f"kind IN ({CASES})", name="kind_known"),
    )
    op.create_index("case_by_age", "work_case", ["run_id", "oldest", "number"])
    op.create_index("case_by_subject", "work_case", ["robot", "subject"])
    op.create_index("case_by_counterparty", "work_case", ["robot", "counterparty"])
    op.create_table(
        "case_state",
        sa.Column("robot", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), primary_key=True),
        *_texts("claimed_by"),
        _moment("claimed_at", nullable=True),
        *_texts("state"),
        sa.Column("until", sa.Date()),
        sa.Column("decision", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name="state_known"),
    )
    op.create_table(
        "case_event",
        sa.Column("number", _serial(), primary_key=True),
        *_texts("robot", "subject", "run_id", "kind", "who"),
        _moment("at"),
        *_texts("text"),
        sa.Column("decision", sa.BigInteger(), nullable=False),
        sa.Column("hundredths", sa.BigInteger(), nullable=False),
        *_texts("attachment", "attachment_name"),
        sa.CheckConstraint(f"kind IN ({EVENTS})", name="kind_known"),
    )
    op.create_index("event_by_case", "case_event", ["robot", "subject", "number"])


def _make_signatures() -> None:
    op.create_table(
        "signature",
        sa.Column("number", _serial(), primary_key=True),
        *_texts("account", "period", "kind", "who"),
        _moment("at"),
        *_texts("run_id", "reason", "explanation"),
        sa.Column("expected", sa.Date()),
        sa.Column("open_count", sa.BigInteger(), nullable=False),
        sa.Column("open_amount", sa.BigInteger(), nullable=False),
        sa.Column("unexplained", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"kind IN ({SIGNATURES})", name="kind_known"),
    )
    op.create_index("signature_by_account", "signature", ["period", "account", "number"])


def _make_plans() -> None:
    op.create_table(
        "plan_change",
        sa.Column("number", _serial(), primary_key=True),
        *_texts("robot", "kind"),
        _moment("nominal", nullable=True),
        _moment("until", nullable=True),
        *_texts("who"),
        _moment("at"),
        *_texts("why"),
        sa.CheckConstraint(f"kind IN ({CHANGES})", name="kind_known"),
    )
    op.create_index("change_by_robot", "plan_change", ["robot", "number"])
    op.create_table(
        "published",
        sa.Column("data_set", sa.Text(), primary_key=True),
        sa.Column("on", sa.Boolean(), nullable=False),
        *_texts("who"),
        _moment("at"),
    )


def _serial() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[str]:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    kind: sa.types.TypeEngine[str] = sa.String(32) if on_sqlite else sa.DateTime(timezone=True)  # type: ignore[assignment] # a moment is text in SQLite
    return sa.Column(name, kind, nullable=nullable)


def _texts(*names: str) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, sa.Text(), nullable=False) for name in names)
