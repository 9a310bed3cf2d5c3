"""What the value of `--db` stands for."""

from pathlib import Path

import pytest

from simulator.storage.engine.locations import PostgresLocation, SqliteLocation, locate
from simulator.storage.errors import StorageError


@pytest.mark.parametrize(
    ("db", "path"),
    [
        (":memory:", None),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("sqlite+aiosqlite://", None),
        ("sqlite+aiosqlite:///:memory:", None),
        ("pass-simulator.db", "pass-simulator.db"),
        ("./state/lab.db", "state/lab.db"),
        ("/var/lib/lab.db", "/var/lib/lab.db"),
        ("a file with spaces.db", "a file with spaces.db"),
        ("name:with:colons.db", "name:with:colons.db"),
        ("sqlite:///lab.db", "lab.db"),
        ("sqlite:////var/lib/lab.db", "/var/lib/lab.db"),
        ("sqlite+aiosqlite:///lab.db", "lab.db"),
    ],
)
def test_sqlite_is_named_by_a_path_or_a_url(db: str, path: str | None) -> None:
    expected = SqliteLocation(path=None if path is None else Path(path))
    assert locate(db) == expected


@pytest.mark.parametrize("name", ["postgresql", "postgresql+asyncpg", "postgres"])
@pytest.mark.parametrize(
    "rest",
    [
        "erika:s3cr3t@db.lab:5433/simulator",
        "erika@db.lab/simulator",
        "db.lab/simulator",
        "/simulator",
        "erika@/simulator?host=%2Frun%2Fpostgresql",
        "[::1]:5432/simulator",
        "erika:p%40ss@db.lab/simulator",
    ],
)
def test_postgresql_is_named_by_a_url_and_reached_through_asyncpg(name: str, rest: str) -> None:
    found = locate(f"{name}://{rest}")
    assert isinstance(found, PostgresLocation)
    assert found.url.drivername == "postgresql+asyncpg"
    assert found.url.render_as_string(hide_password=False) == f"postgresql+asyncpg://{rest}"


@pytest.mark.parametrize(
    ("db", "says"),
    [
        ("", "empty"),
        (" \t", "empty"),
        ("mysql://localhost/test", "'mysql'"),
        ("postgresql+psycopg://localhost/test", "'postgresql+psycopg'"),
        ("http://localhost:8642", "'http'"),
        ("postgresql://localhost:port/test", "cannot be read"),
        ("://", "cannot be read"),
        ("sqlite://lab.db", "three slashes"),
        ("sqlite://erika@/lab.db", "three slashes"),
        ("sqlite:///lab.db?mode=ro", "nothing else"),
    ],
)
def test_anything_else_is_refused_with_the_forms_that_there_are(db: str, says: str) -> None:
    with pytest.raises(StorageError) as caught:
        locate(db)
    assert says in caught.value.message
    for form in ("a path", "':memory:'", "sqlite:///", "postgresql+asyncpg://"):
        assert form in caught.value.hint


def test_a_password_does_not_show_in_a_refusal() -> None:
    with pytest.raises(StorageError) as caught:
        locate("mysql://erika:s3cr3t@localhost/test")
    assert "s3cr3t" not in str(caught.value)
    with pytest.raises(StorageError) as caught:
        locate("postgresql://erika:s3cr3t@localhost:port/test")
    assert "s3cr3t" not in str(caught.value)
