"""Looking at a database without changing it."""

import sqlite3
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from . import postgresql, schema
from .base import database_error, unusable
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
        return Inspected(description=location.description, version=None)
    return _sqlite(location)


def _sqlite(location: SqliteLocation) -> Inspected:
    path, description = location.path, location.description
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
        raise unusable(description, error) from error
    finally:
        engine.dispose()


async def _postgres(location: PostgresLocation) -> Inspected:
    engine = postgresql.make_engine(location)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(lambda sync: _version(sync, location.description))
    except (OSError, DBAPIError) as error:
        raise postgresql.unusable(location, database_error(error)) from error
    finally:
        await engine.dispose()


def _version(connection: Connection, description: str) -> Inspected:
    version = schema.version(connection, description)
    schema.refuse_newer(description, version)
    return Inspected(description=description, version=version)
