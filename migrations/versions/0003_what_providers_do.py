"""How long providers take, and two more flags of integrations."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite would write the columns behind the constraints; made anew, the tables are those of the models.
    sqlite = op.get_bind().dialect.name == "sqlite"
    options: dict[str, Any] = {
        "recreate": "always" if sqlite else "never",
        "table_kwargs": {"sqlite_with_rowid": False},
    }
    with op.batch_alter_table("mvpd", schema=None, **options) as batch_op:
        batch_op.add_column(sa.Column("latency", sa.JSON(), nullable=True))
    with op.batch_alter_table("integration", schema=None, **options) as batch_op:
        batch_op.add_column(sa.Column("auth_per_browser_session", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("passive_authentication", sa.Boolean(), nullable=True))
