"""The schema of the database: made whole when new, migrated when old, refused when newer."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, inspect, select

from simulator.storage import tables
from simulator.storage.errors import StorageError

if TYPE_CHECKING:
    from alembic.config import Config


def migrations_directory() -> Path:
    """The migrations: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


HEAD: Final = max(each.name[:4] for each in migrations_directory().glob("versions/*.py"))
"""The revision that `tables` describes: that of the newest migration."""

# Ours count up.
_REVISION: Final = re.compile("[0-9]{4}")
_version: Final = Table(
    "alembic_version", MetaData(), Column("version_num", Text, primary_key=True)
)


def prepare(connection: Connection, description: str) -> None:
    """Bring the database behind `connection` to `HEAD`.

    `description` names the database in messages. Raises `StorageError` for one that is not ours or
    that a newer version wrote. Must run in a transaction.
    """
    found = version(connection, description)
    if found is None:
        _create(connection)
    elif found != HEAD:
        upgrade(connection, description, found or None)


def version(connection: Connection, description: str) -> str | None:
    """The revision that the database has, "" before the first, None where there is nothing at all.

    Raises `StorageError` for a database that is not ours: a file that has any other table, or a database
    of a server, which may be shared, that has a table of the same name.
    """
    present = set(inspect(connection).get_table_names())
    ours = set(tables.metadata.tables)
    found: str | None = None
    if _version.name in present:
        found = connection.execute(select(_version.c.version_num)).scalar() or ""
        if _REVISION.fullmatch(found) or (not found and present & ours):
            return found
    in_the_way = present if connection.dialect.name == "sqlite" else present & ours
    in_the_way -= {_version.name}
    if not in_the_way and not found:
        return found
    has = f"the table '{min(in_the_way, default=_version.name)}'"
    what = f"the schema version '{found}'" if found else "no schema version"
    message = f"{description} has {has} and {what}: it is not one of pass-simulator."
    raise StorageError(message, "It belongs to something else; give another one with --db.")


def _create(connection: Connection) -> None:
    # The models and the migrations give the same schema (a test compares them), so a new database
    # need not pay for running the migrations, nor for importing Alembic.
    tables.metadata.create_all(connection, checkfirst=False)
    _version.create(connection)
    connection.execute(insert(_version), {"version_num": HEAD})


def upgrade(connection: Connection, description: str, found: str | None = None) -> None:
    """Run the migrations that are missing, from the revision `found` on."""
    from alembic import command

    refuse_newer(description, found)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def refuse_newer(description: str, found: str | None) -> None:
    """Raises `StorageError` when there is no migration to the revision `found`."""
    if not found or found == HEAD:
        return
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found not in known:
        message = (
            f"{description} has schema version {found}; this version of pass-simulator knows "
            f"versions up to {HEAD}."
        )
        hint = "Run the pass-simulator that wrote it, or give another database with --db."
        raise StorageError(message, hint)


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_directory()))
    return config
