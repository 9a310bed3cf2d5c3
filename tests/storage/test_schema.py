"""The schema of the database: the same by models and by migrations, and brought up to date."""

import re
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, column, inspect, select, table, text

from simulator.domain.configuration import Mvpd
from simulator.storage import tables
from simulator.storage.engine import schema
from simulator.storage.engine.base import Engine
from simulator.storage.engine.opening import open_engine
from simulator.storage.errors import StorageError
from simulator.storage.worlds.entity_mapping import MVPDS, PROFILES
from tests.storage.conftest import DURABLE
from tests.storage.entities import names, profile
from tests.storage.worlds import HandClock, Sandbox, new_sandbox

# Of a statement: what stands between line breaks, and commas that are in no brackets.
PARTS = re.compile(r"\n|,(?![^(]*\))")
VERSION = table("alembic_version", column("version_num"))


def age(connection: Connection) -> None:
    """Make the database as old as can be: Alembic knows it, and no migration has run."""
    tables.metadata.drop_all(connection)
    connection.execute(VERSION.delete())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_directory()))
    return config


def described(connection: Connection) -> dict[str, Any]:
    """What the database itself says of every table but Alembic's."""
    inspector = inspect(connection)
    return {
        name: {
            "columns": [
                {**each, "type": repr(each["type"])} for each in inspector.get_columns(name)
            ],
            "primary key": inspector.get_pk_constraint(name),
            "foreign keys": _sorted(inspector.get_foreign_keys(name)),
            "indexes": _sorted(inspector.get_indexes(name)),
            "unique": _sorted(inspector.get_unique_constraints(name)),
        }
        for name in inspector.get_table_names()
        if name != VERSION.name
    }


def _sorted(members: list[Any]) -> list[Any]:
    return sorted(members, key=lambda each: str(each["name"]))


def version_of(connection: Connection) -> list[str]:
    return list(connection.execute(select(VERSION.c.version_num)).scalars())


async def migrated(engine: Engine) -> None:
    """Make the tables anew, this time by running every migration."""

    def work(connection: Connection) -> None:
        age(connection)
        schema.prepare(connection, "The database")

    await engine.transact(work)


def test_the_newest_migration_is_the_version_of_the_models() -> None:
    assert ScriptDirectory.from_config(_config()).get_heads() == [schema.HEAD]


async def test_models_and_migrations_give_the_same_schema(engine: Engine) -> None:
    created = await engine.query(described)
    assert set(created) == set(tables.metadata.tables)
    await migrated(engine)
    assert await engine.query(described) == created
    assert await engine.query(version_of) == [schema.HEAD]


async def test_alembic_finds_no_difference_between_models_and_migrations(engine: Engine) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), tables.metadata))

    assert await engine.query(differences) == []
    await migrated(engine)
    assert await engine.query(differences) == []


async def test_sqlite_holds_the_same_statements_either_way(clock: HandClock) -> None:
    """Reflection does not tell of AUTOINCREMENT and WITHOUT ROWID."""

    def statements(connection: Connection) -> dict[str, list[str]]:
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql > ''"))
        # The order of the constraints means nothing, nor do the quotes of a table that was renamed, nor
        # that a column which was added stands on the line of another.
        return {
            row.name: sorted(
                each.replace('"', "").strip() for each in PARTS.split(row.sql) if each.strip()
            )
            for row in found
            if row.name in tables.metadata.tables or row.name.startswith("ix_")
        }

    engine = await open_engine(":memory:", clock)
    try:
        created = await engine.query(statements)
        assert "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT" in created["layer"]
        assert "WITHOUT ROWID" in created["profile"]
        await migrated(engine)
        assert await engine.query(statements) == created
    finally:
        await engine.close()


@pytest.mark.usefixtures("unlocked")
async def test_a_new_database_is_of_the_newest_version(
    engine: Engine, db: str, clock: HandClock
) -> None:
    assert await engine.query(version_of) == [schema.HEAD]
    if db != ":memory:":
        again = await open_engine(db, clock)
        await again.close()


@DURABLE
@pytest.mark.usefixtures("unlocked")
async def test_an_old_database_is_upgraded_when_it_is_opened(
    engine: Engine, db: str, clock: HandClock
) -> None:
    await engine.transact(age)
    again = await open_engine(db, clock)
    try:
        assert await again.query(version_of) == [schema.HEAD]
        sandbox = await new_sandbox(again, clock, "default")
        await sandbox.put(PROFILES, profile("p"))
        assert names(await sandbox.all(PROFILES)) == ["p"]
    finally:
        await again.close()


@DURABLE
@pytest.mark.usefixtures("unlocked")
async def test_rows_from_before_a_migration_are_read_with_its_columns_empty(
    sandbox: Sandbox, engine: Engine, db: str, clock: HandClock
) -> None:
    """As the first release wrote them: its schema is made, and filled by its own columns."""
    layer = sandbox.ref.layer
    old = {
        "layer": layer,
        "id": "Dish",
        "deleted": False,
        "display_name": "Dish",
        "kind": "regular",
        "logout_endpoint": True,
        "authorization_endpoint": True,
        "preauthorization_endpoint": True,
        "platform_mappings": {"apple": "dish"},
        "login": "redirect",
    }

    def go_back(connection: Connection) -> None:
        kept: dict[str, list[Any]] = {
            each.name: [*connection.execute(select(each)).mappings()]
            for each in (tables.layer, tables.sandbox)
        }
        age(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for name, rows in {**kept, "mvpd": [old]}.items():
            there = Table(name, MetaData(), autoload_with=connection)
            values = [{each: row[each] for each in row if each in there.c} for row in rows]
            connection.execute(there.insert(), values)

    await engine.transact(go_back)
    again = await open_engine(db, clock)
    try:
        assert await again.query(version_of) == [schema.HEAD]
        mvpd = await Sandbox(again, clock, sandbox.ref).get(MVPDS, "Dish")
        assert mvpd == Mvpd(id="Dish", display_name="Dish", platform_mappings={"apple": "dish"})
    finally:
        await again.close()


LATER = f"""
import os

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = {schema.HEAD!r}


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Text(), primary_key=True))
    with op.batch_alter_table("profile") as batch:
        batch.add_column(sa.Column("later", sa.Text()))
    if "FAIL" in os.environ:
        raise LookupError(os.environ["FAIL"])
"""


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations as a later version of the simulator has them, with one more."""
    directory = tmp_path / "migrations"
    copytree(schema.migrations_directory(), directory)
    monkeypatch.setattr(schema, "migrations_directory", lambda: directory)
    monkeypatch.setattr(schema, "HEAD", "9999")
    added = directory / "versions" / "9999_later.py"
    added.write_text(LATER)
    return added


@DURABLE
@pytest.mark.usefixtures("unlocked")
async def test_a_later_version_upgrades_and_keeps_what_there_is(
    sandbox: Sandbox, db: str, clock: HandClock, later: Path
) -> None:
    await sandbox.put(PROFILES, profile("p"))
    again = await open_engine(db, clock)
    try:
        assert await again.query(version_of) == ["9999"]
        assert "later" in await again.query(described)
        assert names(await Sandbox(again, clock, sandbox.ref).all(PROFILES)) == ["p"]
    finally:
        await again.close()


@DURABLE
@pytest.mark.usefixtures("unlocked")
async def test_a_migration_that_fails_leaves_the_database_as_it_was(
    sandbox: Sandbox,
    engine: Engine,
    db: str,
    clock: HandClock,
    later: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, version = await engine.query(described), await engine.query(version_of)
    await sandbox.put(PROFILES, profile("p"))
    monkeypatch.setenv("FAIL", "half way")
    with pytest.raises(LookupError, match="half way"):
        await open_engine(db, clock)
    assert await engine.query(described) == before
    assert await engine.query(version_of) == version
    assert names(await sandbox.all(PROFILES)) == ["p"]


@DURABLE
@pytest.mark.usefixtures("unlocked")
async def test_a_database_of_a_newer_version_is_refused_with_both_versions(
    sandbox: Sandbox, engine: Engine, db: str, clock: HandClock
) -> None:
    newer = VERSION.update().values(version_num="7777")
    await engine.transact(lambda connection: connection.execute(newer))
    with pytest.raises(StorageError) as caught:
        await open_engine(db, clock)
    assert "version 7777" in caught.value.message
    assert f"up to {schema.HEAD}" in caught.value.message
    assert "--db" in caught.value.hint
    assert await engine.query(version_of) == ["7777"]
