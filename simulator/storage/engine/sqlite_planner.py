"""What SQLite's planner is told about the world tables, so that no look-up reads a whole layer.

Left alone, the planner takes every table for a small one and walks along the primary key through all
rows of a layer, rather than going to the few that an index names. It is told once what matters: that
layers are large, and that an index leads to few rows.
"""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Table, column, delete, insert, select
from sqlalchemy import table as lightweight

from simulator.storage.worlds.entity_mapping import KINDS

_ROWS: Final = 1_000_000
_OF_LAYER: Final = 100_000
_OF_INDEX: Final = 4

# The table of SQLite's ANALYZE: how many rows there are, and how many have the same first column of
# the index, the same first two, and so on.
_statistics: Final = lightweight("sqlite_stat1", column("tbl"), column("idx"), column("stat"))
_schema: Final = lightweight("sqlite_master", column("name"))


def set_statistics(connection: Connection) -> None:
    """Let the planner of this SQLite database know, unless it does; must run in a transaction.

    This connection heeds it at once, and so does every one that is opened afterwards.
    """
    wanted = [entry for kind in KINDS for entry in _entries(kind.table)]
    if _known(connection) == {tuple(entry.values()) for entry in wanted}:
        return
    # Makes the table; what little it finds out itself is of no use.
    connection.exec_driver_sql("ANALYZE")
    connection.execute(delete(_statistics))
    connection.execute(insert(_statistics), wanted)
    connection.exec_driver_sql("ANALYZE sqlite_master")


def _known(connection: Connection) -> set[tuple[str, ...]]:
    there = select(_schema).where(_schema.c.name == _statistics.name)
    if connection.execute(there).first() is None:
        return set()
    return {tuple(row) for row in connection.execute(select(_statistics))}


def _entries(table: Table[Any]) -> Iterator[dict[str, str]]:
    # A table without row ids is stored in the order of its primary key, which bears its name.
    yield _entry(table, table.name, _ROWS, _OF_LAYER, 1)
    for index in table.indexes:
        rows = [max(1, _OF_INDEX >> depth) for depth in range(len(index.columns) - 1)]
        yield _entry(table, str(index.name), _ROWS, _OF_LAYER, *rows)


def _entry(table: Table[Any], name: str, *rows: int) -> dict[str, str]:
    return {"tbl": table.name, "idx": name, "stat": " ".join(str(each) for each in rows)}
