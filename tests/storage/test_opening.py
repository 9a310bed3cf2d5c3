"""Databases that cannot be used: what is wrong is named, and what to try next."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from simulator.storage.engine.opening import open_engine
from simulator.storage.errors import StorageError
from simulator.storage.worlds import sandboxes
from tests.storage.postgres import Session
from tests.storage.worlds import HandClock, files_in


async def refusal(db: str, clock: HandClock) -> StorageError:
    """The error with which `db` is refused."""
    with pytest.raises(StorageError) as caught:
        await open_engine(db, clock)
    error = caught.value
    assert error.message
    assert error.hint
    assert str(error) == f"{error.message} {error.hint}"
    return error


async def test_an_empty_file_is_a_new_database(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "test.db"
    path.touch()
    engine = await open_engine(str(path), clock)
    assert await engine.query(sandboxes.count) == 0
    await engine.close()


async def test_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, clock: HandClock
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("remember the milk\n" * 100)
    error = await refusal(str(path), clock)
    assert str(path) in error.message
    assert "not a database" in error.message
    assert "--db" in error.hint
    assert path.read_text() == "remember the milk\n" * 100
    assert files_in(tmp_path) == ["notes.txt"]


async def test_a_directory_that_is_missing_is_named(tmp_path: Path, clock: HandClock) -> None:
    missing = tmp_path / "no" / "such"
    error = await refusal(str(missing / "test.db"), clock)
    assert f"{missing}" in error.message
    assert "does not exist" in error.message
    assert "--db" in error.hint
    assert not missing.exists()


async def test_a_path_that_is_a_directory_cannot_be_opened(
    tmp_path: Path, clock: HandClock
) -> None:
    error = await refusal(str(tmp_path), clock)
    assert f"{tmp_path} cannot be opened" in error.message
    assert "--db" in error.hint


async def test_a_database_that_may_not_be_written_to_is_refused(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "test.db"
    engine = await open_engine(str(path), clock)
    await engine.close()
    connect = sqlite3.connect

    def read_only(given: str, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 - passed on
        # Permissions do not stop root, who runs the tests in some places.
        uri = f"{Path(given).as_uri()}?mode=ro"
        opened: sqlite3.Connection = connect(uri, uri=True, **options)
        return opened

    monkeypatch.setattr(sqlite3, "connect", read_only)
    error = await refusal(str(path), clock)
    assert "readonly" in error.message
    assert "may be written to" in error.hint


async def test_a_database_of_somebody_else_is_refused_and_left_alone(
    tmp_path: Path, clock: HandClock
) -> None:
    path = tmp_path / "shop.db"
    shop = sqlite3.connect(path)
    shop.execute("CREATE TABLE client (name TEXT)")
    shop.execute("INSERT INTO client VALUES ('Erika')")
    shop.commit()
    error = await refusal(str(path), clock)
    assert "'client'" in error.message
    assert "no schema version" in error.message
    assert "--db" in error.hint
    assert [row[0] for row in shop.execute("SELECT name FROM sqlite_master")] == ["client"]
    assert shop.execute("SELECT name FROM client").fetchall() == [("Erika",)]
    shop.close()


async def test_a_database_with_other_tables_can_be_shared(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "shared.db"
    shared = sqlite3.connect(path)
    shared.execute("CREATE TABLE notes (note TEXT)")
    shared.close()
    engine = await open_engine(str(path), clock)
    assert await engine.query(sandboxes.count) == 0
    await engine.close()


async def test_a_database_that_somebody_else_holds_is_refused_with_the_cause(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulator.storage.engine import sqlite_connection

    path = tmp_path / "test.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    pragmas = sqlite_connection._pragmas
    impatient = ["busy_timeout=0"]
    monkeypatch.setattr(
        sqlite_connection, "_pragmas", lambda *, writes: [*impatient, *pragmas(writes=writes)[1:]]
    )
    error = await refusal(str(path), clock)
    assert "locked" in error.message
    holder.close()


async def test_a_url_that_means_nothing_is_refused(clock: HandClock) -> None:
    error = await refusal("mysql://localhost/test", clock)
    assert "'mysql'" in error.message
    assert "postgresql+asyncpg://" in error.hint


async def test_a_postgresql_that_does_not_answer_is_named_without_its_password(
    clock: HandClock, unused_tcp_port: int
) -> None:
    url = f"postgresql://erika:s3cr3t@127.0.0.1:{unused_tcp_port}/test"
    error = await refusal(url, clock)
    assert f"127.0.0.1:{unused_tcp_port}/test" in error.message
    assert "s3cr3t" not in str(error)
    assert "server runs" in error.hint


async def test_a_postgresql_database_that_is_missing_is_named(
    postgres: str, clock: HandClock
) -> None:
    missing = make_url(postgres).set(database="no_such_database")
    error = await refusal(missing.render_as_string(hide_password=False), clock)
    assert '"no_such_database" does not exist' in error.message
    assert "\n" not in str(error)


async def test_a_parameter_that_asyncpg_does_not_know_is_named(
    postgres: str, clock: HandClock
) -> None:
    error = await refusal(f"{postgres}?sslmode=disable", clock)
    assert "'sslmode'" in error.message


async def test_a_postgresql_database_of_somebody_else_is_refused_and_let_go(
    postgres: str, clock: HandClock, other: Session
) -> None:
    await other.execute("CREATE TABLE client (name text)")
    error = await refusal(postgres, clock)
    assert "'client'" in error.message
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    assert await other.column(tables) == ["client"]
    await other.until_alone()
