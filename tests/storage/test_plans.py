"""No look-up of an app's call reads a whole layer: SQLite goes by an index to the few rows it wants."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine

from simulator.storage.engine.locations import SqliteLocation
from simulator.storage.engine.sqlite import SqliteEngine
from simulator.storage.worlds import due
from simulator.storage.worlds.entity_mapping import (
    DECISIONS,
    KINDS,
    PROFILES,
    SESSIONS,
    SSO_LINKS,
    TEMP_PASSES,
    EntityMapping,
)
from simulator.storage.worlds.layers import change_counts
from simulator.storage.worlds.repository import layer_names, visible
from tests.support.clock import ManualClock


def _plan(
    connection: Connection, kind: EntityMapping[Any], columns: tuple[str, ...], depth: int
) -> str:
    asked = tuple((name, False) for name in columns)
    text = str(visible(kind, asked, depth).compile(connection))
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("",) * text.count("?"))
    return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize("depth", [1, 2, 5])
@pytest.mark.parametrize("opened", [1, 2])
async def test_rows_are_found_by_their_index(tmp_path: Path, opened: int, depth: int) -> None:
    path = tmp_path / "state.db"
    for _ in range(opened):
        engine = await SqliteEngine.open(SqliteLocation(path=path), ManualClock())
        await engine.close()
    indexed: list[tuple[EntityMapping[Any], tuple[str, ...]]] = [
        (PROFILES, ("device", "mvpd")),
        (PROFILES, ("device",)),
        (SSO_LINKS, ("key",)),
        (SSO_LINKS, ("profile",)),
        (DECISIONS, ("profile",)),
        (SESSIONS, ("device",)),
    ]
    with create_engine(f"sqlite:///{path}").connect() as connection:
        for kind, columns in indexed:
            wanted = " AND ".join(f"{name}=?" for name in ("layer", *columns))
            assert f"({wanted})" in _plan(connection, kind, columns, depth)
        for kind in KINDS:
            assert "(layer=? AND id=?)" in _plan(connection, kind, ("id",), depth)


@pytest.mark.parametrize("depth", [1, 2, 5])
async def test_what_expires_while_a_clock_is_moved_on_is_found_by_its_index(
    tmp_path: Path, depth: int
) -> None:
    path = tmp_path / "state.db"
    engine = await SqliteEngine.open(SqliteLocation(path=path), ManualClock())
    await engine.close()
    with create_engine(f"sqlite:///{path}").connect() as connection:
        for kind in (PROFILES, SESSIONS):
            text = str(due.falling(kind, "not_after", depth).statement.compile(connection))
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (1,) * text.count("?"))
            wanted = "(layer=? AND not_after>? AND not_after<?)"
            assert wanted in "\n".join(row[3] for row in rows)


@pytest.mark.parametrize("depth", [1, 3])
async def test_several_devices_are_found_by_the_index_too(tmp_path: Path, depth: int) -> None:
    path = tmp_path / "state.db"
    engine = await SqliteEngine.open(SqliteLocation(path=path), ManualClock())
    await engine.close()
    with create_engine(f"sqlite:///{path}").connect() as connection:
        for kind in (PROFILES, SESSIONS, TEMP_PASSES):
            one_of = kind.table.c.device.in_(["one", "two"])
            statement = visible(kind, (), depth).where(one_of)
            statement = statement.params(dict.fromkeys(layer_names(depth), 1))
            options = {"render_postcompile": True}
            text = str(statement.compile(connection, compile_kwargs=options))
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("",) * text.count("?"))
            assert "(layer=? AND device=?)" in "\n".join(row[3] for row in rows)


@pytest.mark.parametrize("above", [1, 3, 40])
async def test_what_changed_is_counted_without_going_through_other_layers(
    tmp_path: Path, above: int
) -> None:
    path = tmp_path / "state.db"
    engine = await SqliteEngine.open(SqliteLocation(path=path), ManualClock())
    await engine.close()
    with create_engine(f"sqlite:///{path}").connect() as connection:
        text = str(change_counts(above).statement.compile(connection))
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (1,) * text.count("?"))
        plan = [row[3] for row in rows]
    for kind in KINDS:
        (way,) = [each for each in plan if kind.table.name in each.split()]
        assert way.startswith("SEARCH")
        assert way.endswith("(layer=?)")
