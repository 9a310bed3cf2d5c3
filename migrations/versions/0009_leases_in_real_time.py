"""Leases end in real time, so when they would end by the sandbox's clock is kept no more."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In place on SQLite, too: other tables refer to this one, which a copy of it would not survive.
    op.drop_column("sandbox", "lease_until")
