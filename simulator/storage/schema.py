"""The schema of the database: made whole when new, migrated when old, refused when newer."""

from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, inspect, select

from . import tables
from .errors import StorageError

HEAD: Final = "0002"
"""The revision that `tables` describes; a test holds it against the migrations."""

_version: Final = Table(
    "alembic_version", MetaData(), Column("version_num", Text, primary_key=True)
)


def prepare(connection: Connection, description: str) -> bool:
    """Bring the database behind `connection` to `HEAD` and say whether it was new.

    `description` names the database in messages. Raises `StorageError` for one that is not ours or
    that a newer version wrote. Must run in a transaction.
    """
    present = set(inspect(connection).get_table_names())
    if _version.name not in present:
        return _create(connection, description, present)
    found = connection.execute(select(_version.c.version_num)).scalar()
    if found != HEAD:
        upgrade(connection, description, found)
    return False


def _create(connection: Connection, description: str, present: set[str]) -> bool:
    ours = present & set(tables.metadata.tables)
    if ours:
        message = f"{description} has the table '{min(ours)}' but no schema version."
        raise StorageError(message, "It belongs to something else; give another one with --db.")
    # The models and the migrations give the same schema (a test compares them), so a new database
    # need not pay for running the migrations, nor for importing Alembic.
    tables.metadata.create_all(connection, checkfirst=False)
    _version.create(connection)
    connection.execute(insert(_version), {"version_num": HEAD})
    return True


def upgrade(connection: Connection, description: str, found: str | None = None) -> None:
    """Run the migrations that are missing, from the revision `found` on."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrations_directory()))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        message = (
            f"{description} has schema version {found}; this version of pass-simulator knows "
            f"versions up to {HEAD}."
        )
        hint = "Run the pass-simulator that wrote it, or give another database with --db."
        raise StorageError(message, hint)
    command.upgrade(config, "head")


def migrations_directory() -> Path:
    """The migrations: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"
