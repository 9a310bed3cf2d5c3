"""What an error of a driver means: away, full, damaged, in the way, or a mistake of ours."""

import sqlite3
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from simulator.storage.engine.base import database_error
from simulator.storage.errors import (
    ConflictError,
    DatabaseDamagedError,
    DatabaseError,
    DatabaseFullError,
    DatabaseUnavailableError,
)


class Told(Exception):  # noqa: N818 - as a driver tells it
    """An error of asyncpg's, as SQLAlchemy shows it."""

    def __init__(self, state: str) -> None:
        self.sqlstate = state
        super().__init__(f"state {state}")


def _postgres(state: str) -> DBAPIError:
    return DBAPIError("SELECT 1", (), Told(state))


def _sqlite(code: int, kind: type[sqlite3.Error] = sqlite3.OperationalError) -> sqlite3.Error:
    error = kind(f"code {code}")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_postgres("53100"), DatabaseFullError),
        (_postgres("53300"), DatabaseUnavailableError),
        (_postgres("57P01"), DatabaseUnavailableError),
        (_postgres("57P03"), DatabaseUnavailableError),
        (_postgres("08006"), DatabaseUnavailableError),
        (_postgres("40P01"), DatabaseUnavailableError),
        (_postgres("42P01"), DatabaseError),
        (_postgres("22003"), DatabaseError),
        (IntegrityError("INSERT", (), Told("23505")), ConflictError),
        (ConnectionRefusedError("refused"), DatabaseUnavailableError),
        (TimeoutError(), DatabaseUnavailableError),
        (NoConnectionError("none is free"), DatabaseUnavailableError),
        (_sqlite(sqlite3.SQLITE_FULL), DatabaseFullError),
        (_sqlite(sqlite3.SQLITE_BUSY), DatabaseUnavailableError),
        (_sqlite(sqlite3.SQLITE_IOERR | (12 << 8)), DatabaseUnavailableError),
        (_sqlite(sqlite3.SQLITE_CORRUPT, sqlite3.DatabaseError), DatabaseDamagedError),
        (_sqlite(sqlite3.SQLITE_NOTADB, sqlite3.DatabaseError), DatabaseDamagedError),
        (_sqlite(sqlite3.SQLITE_CONSTRAINT, sqlite3.IntegrityError), ConflictError),
        (_sqlite(sqlite3.SQLITE_MISUSE, sqlite3.ProgrammingError), DatabaseError),
    ],
)
def test_an_error_is_of_its_kind_and_says_something(
    error: Exception, kind: type[DatabaseError]
) -> None:
    found = database_error(error)
    assert type(found) is kind
    assert str(found)


def test_the_cause_is_found_behind_what_failed_after_it() -> None:
    def fail() -> Any:  # noqa: ANN401 - it never returns
        try:
            raise _sqlite(sqlite3.SQLITE_FULL)
        finally:
            raise _sqlite(sqlite3.SQLITE_ERROR)

    with pytest.raises(sqlite3.OperationalError) as caught:
        fail()
    found = database_error(caught.value)
    assert type(found) is DatabaseFullError
    assert str(found) == f"code {sqlite3.SQLITE_FULL}"
