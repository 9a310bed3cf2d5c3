"""What apps were shown, counted; and the answers that are still watched."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coverage",
        sa.Column("sandbox", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("application", "platform", "device", "cells")
        ),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("met", "well", "looped", "stopped", "gave_up")
        ),
        sa.Column("last", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "sandbox",
            "generation",
            "application",
            "platform",
            "device",
            "cells",
            name=op.f("pk_coverage"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "coverage_watched",
        sa.Column("sandbox", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sandbox", "device", name=op.f("pk_coverage_watched")),
        sqlite_with_rowid=False,
    )
