"""Names, logos and user metadata of integrations, and the address that a session came from."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # As in revision 3: SQLite would write the columns behind the constraints.
    sqlite = op.get_bind().dialect.name == "sqlite"
    options: dict[str, Any] = {
        "recreate": "always" if sqlite else "never",
        "table_kwargs": {"sqlite_with_rowid": False},
    }
    with op.batch_alter_table("integration", schema=None, **options) as batch_op:
        batch_op.add_column(sa.Column("display_name", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("logo_url", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("user_metadata", sa.JSON(), nullable=True))
    with op.batch_alter_table("session", schema=None, **options) as batch_op:
        batch_op.add_column(sa.Column("ip_address", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("port", sa.BigInteger(), nullable=True))
