"""Degradation rules about some resources, and devices that the SSO service let go."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite would write the columns behind the constraints; made anew, the tables are those of the models.
    sqlite = op.get_bind().dialect.name == "sqlite"
    options: dict[str, Any] = {
        "recreate": "always" if sqlite else "never",
        "table_kwargs": {"sqlite_with_rowid": False},
    }
    with op.batch_alter_table("degradation", schema=None, **options) as batch_op:
        batch_op.add_column(sa.Column("resources", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("sso_device", schema=None, **options) as batch_op:
        batch_op.add_column(sa.Column("unlinked_at", sa.BigInteger(), nullable=True))
