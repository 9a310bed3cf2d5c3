"""Opening a database, whichever it is."""

from simulator.clock import SystemClock
from simulator.storage.errors import DatabaseError, StorageError

from .base import Engine, unusable
from .locations import SqliteLocation, locate


async def open_engine(db: str, clock: SystemClock) -> Engine:
    """Open the database `db` (a path or an SQLAlchemy URL) at the current schema.

    Raises `StorageError` when it cannot be used.
    """
    location = locate(db)
    if isinstance(location, SqliteLocation):
        from .sqlite import SqliteEngine

        return await SqliteEngine.open(location, clock)
    from .postgresql import PostgresEngine

    return await PostgresEngine.open(location, clock)


def explained(db: str, error: DatabaseError) -> StorageError:
    """What to say of the database `db`, which was opened and cannot be used because of `error`."""
    location = locate(db)
    if isinstance(location, SqliteLocation):
        return unusable(location.description, error)
    from . import postgresql

    return postgresql.unusable(location, error)
