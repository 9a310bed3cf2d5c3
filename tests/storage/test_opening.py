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


@pytest.mark.parametrize(
    ("statements", "names"),
    [
        (["CREATE TABLE notes (note TEXT)"], "'notes'"),
        # Whatever else uses Alembic has a table of that name, too.
        (
            [
                "CREATE TABLE notes (note TEXT)",
                "CREATE TABLE alembic_version (version_num TEXT)",
                "INSERT INTO alembic_version VALUES ('6f0a3bd2c1')",
            ],
            "'6f0a3bd2c1'",
        ),
        (
            ["CREATE TABLE notes (note TEXT)", "CREATE TABLE alembic_version (version_num TEXT)"],
            "'notes'",
        ),
    ],
)
async def test_a_file_of_another_program_is_refused_and_left_alone(
    tmp_path: Path, clock: HandClock, statements: list[str], names: str
) -> None:
    path = tmp_path / "notes.db"
    notes = sqlite3.connect(path)
    for each in statements:
        notes.execute(each)
    notes.commit()
    path.chmod(0o644)
    before = [row[0] for row in notes.execute("SELECT name FROM sqlite_master ORDER BY name")]
    error = await refusal(str(path), clock)
    assert names in error.message
    assert "not one of pass-simulator" in error.message
    assert "--db" in error.hint
    after = [row[0] for row in notes.execute("SELECT name FROM sqlite_master ORDER BY name")]
    assert after == before
    assert path.stat().st_mode & 0o777 == 0o644
    notes.close()


async def test_a_postgresql_database_with_other_tables_can_be_shared(
    postgres: str, clock: HandClock, other: Session
) -> None:
    await other.execute("CREATE TABLE notes (note text)")
    engine = await open_engine(postgres, clock)
    assert await engine.query(sandboxes.count) == 0
    await engine.close()


async def test_a_file_that_is_damaged_behind_its_beginning_is_told(
    tmp_path: Path, clock: HandClock
) -> None:
    path = tmp_path / "test.db"
    engine = await open_engine(str(path), clock)
    await engine.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))
    error = await refusal(str(path), clock)
    assert f"{path} cannot be read: " in error.message
    assert "malformed" in error.message
    assert ".recover" in error.hint
    assert "--db" in error.hint


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


async def test_libpqs_names_in_a_url_are_heeded(
    postgres: str, clock: HandClock, other: Session
) -> None:
    query = "sslmode=disable&application_name=a+lab&connect_timeout=3&options=-c+work_mem%3D8MB"
    engine = await open_engine(f"{postgres}?{query}", clock)
    names = "SELECT application_name FROM pg_stat_activity WHERE datname = current_database()"
    assert "a lab" in await other.column(names)
    ask = "SHOW work_mem"
    assert await engine.query(lambda to: to.exec_driver_sql(ask).scalar_one()) == "8MB"
    await engine.close()


@pytest.mark.parametrize(
    ("query", "names"),
    [("sslmode=sometimes", "sslmode"), ("sslmode=verify-full&sslrootcert=/no.pem", "no.pem")],
)
async def test_a_value_of_libpqs_that_cannot_be_is_named(
    postgres: str, clock: HandClock, query: str, names: str
) -> None:
    error = await refusal(f"{postgres}?{query}", clock)
    assert names in str(error)
    assert "\n" not in str(error)


async def test_a_postgresql_database_of_somebody_else_is_refused_and_let_go(
    postgres: str, clock: HandClock, other: Session
) -> None:
    await other.execute("CREATE TABLE client (name text)")
    error = await refusal(postgres, clock)
    assert "'client'" in error.message
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    assert await other.column(tables) == ["client"]
    await other.until_alone()
