"""One index of the journal for two: entries are found by their request within their sandbox."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_journal_sandbox_id_request", "journal", ["sandbox", "id", "request"])
    # Every entry belonged in another place of this one, so that each took a page of its own to write.
    op.drop_index("ix_journal_request", "journal")
    op.drop_index("ix_journal_sandbox_id", "journal")
