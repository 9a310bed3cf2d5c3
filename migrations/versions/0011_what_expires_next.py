"""What expires while a clock is moved on is found by its index."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("profile", "session"):
        op.create_index(f"ix_{table}_layer_not_after", table, ["layer", "not_after"])
