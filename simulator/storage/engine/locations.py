"""Where the database is: the value of `--db`, read and checked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from simulator.storage.errors import StorageError

_SQLITE: Final = frozenset({"sqlite", "sqlite+aiosqlite"})
_POSTGRES: Final = frozenset({"postgresql", "postgresql+asyncpg", "postgres"})
_FORMS: Final = (
    "Give a path, ':memory:', 'sqlite:///path' or 'postgresql+asyncpg://user@host/database'."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SqliteLocation:
    """A SQLite file, or memory when `path` is None."""

    path: Path | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresLocation:
    """A PostgreSQL database that several processes may share."""

    url: URL


def locate(db: str) -> SqliteLocation | PostgresLocation:
    """What `db`, a path or an SQLAlchemy URL, stands for. Raises `StorageError`."""
    if not db.strip():
        message = "The database is an empty text."
        raise StorageError(message, _FORMS)
    if "://" not in db:
        return SqliteLocation(path=None if db == ":memory:" else Path(db))
    try:
        url = make_url(db)
    except (ArgumentError, ValueError) as error:
        message = f"The database URL cannot be read ({error})."
        raise StorageError(message, _FORMS) from error
    if url.drivername in _SQLITE:
        path = url.database
        if url != URL.create(url.drivername, database=path):
            message = "A SQLite URL takes three slashes and a path, and nothing else."
            raise StorageError(message, _FORMS)
        return SqliteLocation(path=None if path in {None, "", ":memory:"} else Path(str(path)))
    if url.drivername in _POSTGRES:
        return PostgresLocation(url=url.set(drivername="postgresql+asyncpg"))
    message = f"The database URL begins with '{url.drivername}', which is not supported."
    raise StorageError(message, _FORMS)
