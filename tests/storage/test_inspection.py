"""Looking at a database without changing it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from simulator.clock import SystemClock
from simulator.storage.engine import schema
from simulator.storage.engine.inspection import look_at
from simulator.storage.engine.locations import SqliteLocation, locate
from simulator.storage.engine.opening import open_engine
from simulator.storage.errors import StorageError


def _make(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for each in statements:
            connection.execute(each)
        connection.commit()


async def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    found = await look_at(SqliteLocation(path=tmp_path / "lab.db"))
    assert (found.version, found.current) == (None, False)
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - pathlib blocks, says ruff
    assert (await look_at(SqliteLocation(path=None))).version is None


@pytest.mark.parametrize("running", [True, False])
async def test_a_database_is_looked_at_while_it_is_used_and_afterwards(
    tmp_path: Path, running: bool
) -> None:
    path = tmp_path / "lab.db"
    engine = await open_engine(str(path), SystemClock())
    if not running:
        await engine.close()
    found = await look_at(SqliteLocation(path=path))
    assert (found.version, found.current) == (schema.HEAD, True)
    if running:
        await engine.close()


async def test_an_older_schema_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "lab.db"
    _make(
        path,
        "create table alembic_version (version_num text)",
        "insert into alembic_version values ('0001')",
    )
    before = path.read_bytes()
    found = await look_at(SqliteLocation(path=path))
    assert (found.version, found.current) == ("0001", False)
    assert path.read_bytes() == before


async def test_an_empty_file_is_an_empty_database(tmp_path: Path) -> None:
    (tmp_path / "lab.db").touch()
    assert (await look_at(SqliteLocation(path=tmp_path / "lab.db"))).version is None


@pytest.mark.parametrize(
    ("statements", "names"),
    [
        (
            (
                "create table alembic_version (version_num text)",
                "insert into alembic_version values ('9999')",
            ),
            "9999",
        ),
        (("create table profile (a)",), "'profile'"),
    ],
)
async def test_what_could_not_be_used_is_told(
    tmp_path: Path, statements: tuple[str, ...], names: str
) -> None:
    _make(tmp_path / "other.db", *statements)
    with pytest.raises(StorageError) as caught:
        await look_at(SqliteLocation(path=tmp_path / "other.db"))
    assert names in caught.value.message
    assert caught.value.hint


async def test_a_file_of_something_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("notes" * 1000)
    with pytest.raises(StorageError) as caught:
        await look_at(SqliteLocation(path=tmp_path / "notes.db"))
    assert "cannot be read" in caught.value.message


async def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(StorageError) as caught:
        await look_at(locate("postgresql+asyncpg://nobody@127.0.0.1:9/lab"))
    assert "cannot be used" in caught.value.message
    assert "URL" in caught.value.hint
