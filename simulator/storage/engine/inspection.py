"""Looking at a database without changing it."""

import sqlite3
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import StaticPool

from simulator.storage.errors import StorageError

from . import schema
from .locations import PostgresLocation, SqliteLocation

_PATIENCE = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """What is there: nothing yet (`version` None), or a schema that is `current`, or older."""

    description: str
    version: str | None

    @property
    def current(self) -> bool:
        """Whether the schema is that of this version of the simulator."""
        return self.version == schema.HEAD


async def look_at(location: SqliteLocation | PostgresLocation) -> Inspected:
    """What there is at `location`. Raises `StorageError` for what could not be used there."""
    if isinstance(location, PostgresLocation):
        return await _postgres(location)
    if location.path is None:
        return Inspected(description="a database in memory", version=None)
    return _sqlite(location)


def _sqlite(location: SqliteLocation) -> Inspected:
    path, description = location.path, f"The database {location.path}"
    if path is None or not path.exists():
        return Inspected(description=description, version=None)
    address = f"{path.absolute().as_uri()}?mode=ro"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(address, uri=True, timeout=_PATIENCE),
        poolclass=StaticPool,
    )
    try:
        with engine.connect() as connection:
            return _version(connection, description)
    except DBAPIError as error:
        message = f"{description} cannot be read: {error.orig}."
        hint = "Give another path with --db, or remove the file."
        raise StorageError(message, hint) from error
    finally:
        engine.dispose()


async def _postgres(location: PostgresLocation) -> Inspected:
    description = f"The database {location.url.render_as_string(hide_password=True)}"
    try:
        engine = create_async_engine(location.url, connect_args={"timeout": _PATIENCE})
    except ModuleNotFoundError as error:
        message = "PostgreSQL needs the package asyncpg."
        raise StorageError(message, "pip install 'pass-simulator[postgres]'") from error
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(lambda sync: _version(sync, description))
    except (OSError, DBAPIError, TypeError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        message = f"{description} cannot be used: {cause}."
        raise StorageError(message, "Check that the server runs and the URL is right.") from error
    finally:
        await engine.dispose()


def _version(connection: Connection, description: str) -> Inspected:
    version = schema.version(connection, description)
    schema.refuse_newer(description, version)
    return Inspected(description=description, version=version)
