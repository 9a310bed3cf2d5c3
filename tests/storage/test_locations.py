"""What the value of `--db` stands for."""

from pathlib import Path
from urllib.parse import urlencode

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


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("sslmode=disable", {"dsn": "postgresql://?sslmode=disable"}),
        ("ssl=disable", {"dsn": "postgresql://?sslmode=disable"}),
        (
            "sslmode=require&sslnegotiation=direct",
            {"dsn": "postgresql://?sslmode=require&sslnegotiation=direct"},
        ),
        ("application_name=a+lab", {"dsn": "postgresql://?application_name=a+lab"}),
        (
            "options=-c%20search_path%3Dlab",
            {"dsn": "postgresql://?options=-c+search_path%3Dlab"},
        ),
        ("connect_timeout=3", {"timeout": 3.0}),
        ("timeout=2.5", {"timeout": 2.5}),
        ("statement_cache_size=0", {"statement_cache_size": 0}),
        # As libpq has it, the last one counts.
        ("sslmode=require&sslmode=disable", {"dsn": "postgresql://?sslmode=disable"}),
        ("", {}),
    ],
)
def test_what_the_query_says_is_said_to_asyncpg(query: str, options: dict[str, object]) -> None:
    found = locate(f"postgresql://erika@db.lab/simulator?{query}")
    assert isinstance(found, PostgresLocation)
    assert found.options == options
    assert not found.url.query


def test_a_password_in_the_query_does_not_show_either() -> None:
    found = locate("postgresql://db.lab/simulator?user=erika&password=s3cr3t")
    assert "s3cr3t" not in found.description
    assert isinstance(found, PostgresLocation)
    assert found.options == {"dsn": "postgresql://?user=erika&password=s3cr3t"}


def test_what_is_not_known_in_a_query_is_named_all_at_once() -> None:
    with pytest.raises(StorageError) as caught:
        locate("postgresql://db.lab/simulator?gssencmode=disable&sslmode=disable&colour=red")
    assert "'gssencmode', 'colour'" in caught.value.message
    assert "sslmode" in caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["connect_timeout", "command_timeout", "statement_cache_size"])
def test_a_number_in_a_query_that_is_none_is_named(name: str) -> None:
    with pytest.raises(StorageError) as caught:
        locate(f"postgresql://db.lab/simulator?{name}=soon")
    assert f"{name}=soon" in caught.value.message


@pytest.mark.parametrize("name", ["sslrootcert", "sslcert", "sslkey", "sslcrl"])
def test_a_file_that_a_query_names_has_to_be_there(tmp_path: Path, name: str) -> None:
    url, path = "postgresql://db.lab/simulator", tmp_path / "a.pem"
    with pytest.raises(StorageError) as caught:
        locate(f"{url}?{name}={path}")
    assert f"{name}={path}" in caught.value.message
    path.touch()
    found = locate(f"{url}?{name}={path}")
    assert isinstance(found, PostgresLocation)
    assert found.options == {"dsn": f"postgresql://?{urlencode({name: str(path)})}"}
