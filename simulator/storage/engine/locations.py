"""Where the database is: the value of `--db`, read and checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from simulator.storage.errors import StorageError

_SQLITE: Final = frozenset({"sqlite", "sqlite+aiosqlite"})
_POSTGRES: Final = frozenset({"postgresql", "postgresql+asyncpg", "postgres"})
_FORMS: Final = (
    "Give a path, ':memory:', 'sqlite:///path' or 'postgresql+asyncpg://user@host/database'."
)

# What libpq reads in the query of a URL, and asyncpg as well where it is given the URL itself.
_LIBPQ: Final = frozenset(
    (
        *("application_name", "dbname", "gsslib", "krbsrvname", "options", "passfile", "password"),
        *("service", "sslmode", "sslnegotiation", "sslpassword", "target_session_attrs", "user"),
        *("ssl_max_protocol_version", "ssl_min_protocol_version"),
        *(_FILES := ("sslcert", "sslcrl", "sslkey", "sslrootcert")),
    )
)
# What SQLAlchemy reads there.
_HOSTS: Final = ("host", "port")
# asyncpg's own names, with what makes its values of texts.
_ASYNCPG: Final[Mapping[str, Callable[[str], int | float]]] = {
    "command_timeout": float,
    "max_cacheable_statement_size": int,
    "max_cached_statement_lifetime": int,
    "statement_cache_size": int,
    "timeout": float,
}
# The same by another name.
_ALIASES: Final = {"connect_timeout": "timeout", "ssl": "sslmode"}
_KNOWN: Final = sorted({*_LIBPQ, *_HOSTS, *_ASYNCPG, *_ALIASES})


@dataclass(frozen=True, kw_only=True, slots=True)
class SqliteLocation:
    """A SQLite file, or memory when `path` is None."""

    path: Path | None

    @property
    def description(self) -> str:
        """How messages call it."""
        return f"The database {self.path}" if self.path else "The database in memory"


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresLocation:
    """A PostgreSQL database that several processes may share.

    `options` are what asyncpg connects with beside what the `url` says.
    """

    url: URL
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def description(self) -> str:
        """How messages call it; without its password."""
        return f"The database {self.url.render_as_string(hide_password=True)}"


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
        options = _options({name: _last(value) for name, value in url.query.items()})
        kept = {name: url.query[name] for name in _HOSTS if name in url.query}
        return PostgresLocation(
            url=url.set(drivername="postgresql+asyncpg", query=kept), options=options
        )
    message = f"The database URL begins with '{url.drivername}', which is not supported."
    raise StorageError(message, _FORMS)


def _last(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else value[-1]


def _options(query: Mapping[str, str]) -> dict[str, Any]:
    """What asyncpg takes for the query of a URL, in libpq's names or its own. Raises `StorageError`."""
    given = {_ALIASES.get(name, name): (name, value) for name, value in query.items()}
    if unknown := [name for name, _ in given.values() if name not in _KNOWN]:
        names = ", ".join(f"'{each}'" for each in unknown)
        raise StorageError(
            f"The database URL has parameters that are not known here: {names}.",
            f"Leave them out; there are {', '.join(_KNOWN)}.",
        )
    options: dict[str, Any] = {}
    for name, convert in _ASYNCPG.items():
        if name in given:
            called, value = given[name]
            try:
                options[name] = convert(value)
            except ValueError as error:
                message = f"The database URL has {called}={value}, which is no number."
                raise StorageError(message, f"Give a number, or leave {called} out.") from error
    for name in _FILES:
        if name in given and not Path(given[name][1]).is_file():
            message = f"The database URL has {name}={given[name][1]}, and there is no such file."
            raise StorageError(message, f"Give the path of a PEM file, or leave {name} out.")
    # asyncpg reads libpq's names in a URL, and in no other way.
    if libpq := {name: value for name, (_, value) in given.items() if name in _LIBPQ}:
        options["dsn"] = f"postgresql://?{urlencode(libpq)}"
    return options
