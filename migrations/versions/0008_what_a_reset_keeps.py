"""What a sandbox keeps when it is reset, and the layer of the clients that it has kept."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not made anew, as the tables of worlds are: others refer to this one, and SQLite would not drop it.
    op.add_column("sandbox", sa.Column("keep", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("sandbox", sa.Column("kept", sa.BigInteger(), nullable=True))
    op.create_index("ix_sandbox_kept", "sandbox", ["kept"])
