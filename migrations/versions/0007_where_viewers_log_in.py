"""Outside identity providers of MVPDs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # As in revision 6: SQLite would write the column behind the constraints.
    sqlite = op.get_bind().dialect.name == "sqlite"
    options: dict[str, Any] = {
        "recreate": "always" if sqlite else "never",
        "table_kwargs": {"sqlite_with_rowid": False},
    }
    with op.batch_alter_table("mvpd", schema=None, **options) as batch_op:
        batch_op.add_column(
            sa.Column("identity_provider", sa.JSON(none_as_null=True), nullable=True)
        )
