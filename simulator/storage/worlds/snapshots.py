"""Snapshots: a frozen layer of a sandbox with a name, and how old the world was then."""

from typing import Final

from sqlalchemy import Connection, RowMapping, delete, func, insert, select

from simulator.storage import tables

from . import layers
from .sandboxes import Baseline, clock_in, freeze_top

snapshot: Final = tables.snapshot


def take(connection: Connection, row: RowMapping, name: str, now: int) -> None:
    """Freeze the state of the locked sandbox under `name`, which must be free in it."""
    frozen = freeze_top(connection, row, now)
    connection.execute(
        insert(snapshot),
        {
            "sandbox": row["id"],
            "name": name,
            "layer": frozen,
            "age": clock_in(row).now(now) - row["epoch"],
            "clock_offset": row["clock_offset"],
            "clock_frozen": row["clock_frozen"],
            "created": now,
        },
    )


def find(connection: Connection, sandbox_id: int, name: str) -> RowMapping | None:
    """The snapshot `name` of a sandbox, or None."""
    statement = select(snapshot).where(snapshot.c.sandbox == sandbox_id, snapshot.c.name == name)
    return connection.execute(statement).mappings().first()


def find_all(connection: Connection, sandbox_id: int) -> list[RowMapping]:
    """The snapshots of a sandbox, oldest first."""
    statement = select(snapshot).where(snapshot.c.sandbox == sandbox_id).order_by(snapshot.c.id)
    return list(connection.execute(statement).mappings())


def count(connection: Connection, sandbox_id: int) -> int:
    """How many snapshots a sandbox has."""
    statement = select(func.count()).where(snapshot.c.sandbox == sandbox_id)
    return connection.execute(statement).scalar_one()


def as_baseline(row: RowMapping, about: dict[str, str]) -> Baseline:
    """The state that a snapshot holds."""
    return Baseline(layer=row["layer"], name=row["name"], about=about, age=row["age"])


def discard(connection: Connection, row: RowMapping, now: int) -> None:
    """Forget a snapshot; its layer is left to the sweeper."""
    connection.execute(delete(snapshot).where(snapshot.c.id == row["id"]))
    layers.abandon(connection, row["layer"], now)
