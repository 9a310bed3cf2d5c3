"""A start that cannot succeed ends with status 2 and names the thing to mend."""

import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from simulator.storage.engine.schema import HEAD
from tests.support.server import finished, finished_from_the_start


@dataclass(frozen=True, kw_only=True)
class BadStart:
    """What is given, and what the message must name; `{here}` is the working directory."""

    options: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    before: Callable[[Path], None] = lambda _: None
    names: tuple[str, ...]


def _text(name: str, text: str) -> Callable[[Path], None]:
    def write(here: Path) -> None:
        (here / name).write_text(text)

    return write


def _bytes(name: str, content: bytes) -> Callable[[Path], None]:
    def write(here: Path) -> None:
        (here / name).write_bytes(content)

    return write


def _database(*statements: str) -> Callable[[Path], None]:
    def make(here: Path) -> None:
        with closing(sqlite3.connect(here / "other.db")) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return make


def _damaged(here: Path) -> None:
    """One of ours whose world cannot be read, though its schema can."""
    assert finished("migrate", "--db", "other.db", directory=here).status == 0
    with closing(sqlite3.connect(here / "other.db")) as connection:
        find = "select rootpage from sqlite_master where name in ('sandbox', 'signing_key')"
        pages = [page for (page,) in connection.execute(find)]
        (size,) = connection.execute("pragma page_size").fetchone()
    with (here / "other.db").open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xa5" * size)


def _folder(name: str) -> Callable[[Path], None]:
    def make(here: Path) -> None:
        (here / name).mkdir()

    return make


def _db(value: str, *names: str, before: Callable[[Path], None] = lambda _: None) -> BadStart:
    return BadStart(options=("--db", value), before=before, names=names)


BAD: Final = {
    # The database
    "unknown scheme": _db("mysql://lab/x", "'mysql'", "postgresql+asyncpg://"),
    "unreadable URL": _db("://", "URL", "postgresql+asyncpg://"),
    "empty": _db("", "--db", "PASS_SIMULATOR_DB"),
    "missing directory": _db("{here}/missing/x.db", "{here}/missing", "does not exist", "--db"),
    "unwritable place": _db("/proc/x.db", "/proc/x.db", "written to", "--db"),
    "a folder": _db("{here}/folder", "{here}/folder", "--db", before=_folder("folder")),
    "no database": _db(
        "notes.txt", "notes.txt", "not a database", before=_text("notes.txt", "notes" * 1000)
    ),
    "newer schema": _db(
        "other.db",
        "other.db",
        "9999",
        HEAD,
        before=_database(
            "create table alembic_version (version_num text)",
            "insert into alembic_version values ('9999')",
        ),
    ),
    "somebody else's": _db(
        "other.db", "other.db", "'profile'", "--db", before=_database("create table profile (a)")
    ),
    "another program's": _db(
        "other.db", "other.db", "'notes'", "--db", before=_database("create table notes (a)")
    ),
    "another program's with migrations": _db(
        "other.db",
        "other.db",
        "'6f0a3bd2c1'",
        before=_database(
            "create table alembic_version (version_num text)",
            "insert into alembic_version values ('6f0a3bd2c1')",
        ),
    ),
    "damaged": _db("other.db", "other.db", "cannot be read", ".recover", before=_damaged),
    "an unknown parameter": _db(
        "postgresql://lab/lab?colour=red", "'colour'", "application_name", "sslmode"
    ),
    "a shared port on SQLite": BadStart(
        options=("--reuse-port",), names=("--reuse-port", "PostgreSQL", "one process at a time")
    ),
    "a shared port in memory": BadStart(
        options=("--reuse-port", "--db", ":memory:"), names=("--reuse-port", "PostgreSQL")
    ),
    "a shared port and tokens of their own": BadStart(
        options=("--reuse-port", "--host", "192.0.2.1", "--db", "postgresql+asyncpg://lab@lab/lab"),
        names=("--admin-token", "PASS_SIMULATOR_ADMIN_TOKEN"),
    ),
    # Numbers and texts
    "port that is no number": BadStart(
        variables=(("PASS_SIMULATOR_PORT", "banana"),),
        names=("PASS_SIMULATOR_PORT", "--port", "'banana'"),
    ),
    "port beyond all ports": BadStart(
        options=("--port", "65536"), names=("--port", "65536", "65535")
    ),
    "negative port": BadStart(
        variables=(("PASS_SIMULATOR_PORT", "-1"),), names=("PASS_SIMULATOR_PORT", "'-1'")
    ),
    "short admin token": BadStart(
        options=("--admin-token", "short"), names=("--admin-token", "PASS_SIMULATOR_ADMIN_TOKEN")
    ),
    "relative public URL": BadStart(
        options=("--public-url", "lab.example"), names=("--public-url", "lab.example")
    ),
    # Every problem at once
    "two problems": BadStart(
        options=("--public-url", "lab.example"),
        variables=(("PASS_SIMULATOR_PORT", "banana"),),
        names=("--public-url", "PASS_SIMULATOR_PORT"),
    ),
    # Scenarios
    "unknown scenario": BadStart(
        options=("--scenario", "nope"), names=("'nope'", "demo", "logout-samples", "--scenario")
    ),
    "missing folder of scenarios": BadStart(
        options=("--scenarios", "nowhere"), names=("--scenarios", "nowhere")
    ),
    "broken scenario": BadStart(
        options=("--scenarios", ".", "--scenario", "broken"),
        before=_text("broken.yaml", "name: broken\nmvpds:\n  - {id: 7}\n  - {ID: x}\n"),
        names=("broken.yaml:3", "mvpds[0].id", "broken.yaml:4", "mvpds[1]"),
    ),
    # The configuration file
    "missing configuration": BadStart(options=("--config", "no.toml"), names=("no.toml",)),
    "unreadable configuration": BadStart(
        options=("--config", "bad.toml"), before=_text("bad.toml", "port ="), names=("bad.toml",)
    ),
    "configuration in another encoding": BadStart(
        options=("--config", "bad.toml"),
        before=_bytes("bad.toml", b"scenario = '\xff'"),
        names=("bad.toml", "utf-8"),
    ),
    "a line end within a value": BadStart(
        options=("--db", "x\ry.db"), names=("--db", "control character")
    ),
    "unknown setting": BadStart(
        options=("--config", "lab.toml"), before=_text("lab.toml", "prot = 1"), names=("prot",)
    ),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_start_ends_with_a_message(tmp_path: Path, bad: BadStart) -> None:
    bad.before(tmp_path)
    options = [each.format(here=tmp_path) for each in bad.options]
    variables = {"PASS_SIMULATOR_PORT": "0", **dict(bad.variables)}
    done = finished("serve", *options, directory=tmp_path, variables=variables)
    assert done.status == 2, done.err
    assert done.out == ""
    for name in bad.names:
        assert name.format(here=tmp_path) in done.err
    assert "Traceback" not in done.err


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = finished("serve", "--port", port, "--db", ":memory:", directory=tmp_path)
    assert done.status == 2
    assert f"127.0.0.1:{port}" in done.err
    assert "--port" in done.err
    assert "Traceback" not in done.err


def test_an_address_that_is_not_ours_is_named(tmp_path: Path) -> None:
    # From the block that is reserved for documentation.
    options = ("--host", "192.0.2.1", "--db", ":memory:")
    done = finished_from_the_start("serve", *options, directory=tmp_path)
    assert done.status == 2
    assert "192.0.2.1" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("bad", ["unknown scheme", "missing directory", "no database"])
def test_migrate_says_the_same(tmp_path: Path, bad: str) -> None:
    start = BAD[bad]
    start.before(tmp_path)
    options = [each.format(here=tmp_path) for each in start.options]
    done = finished("migrate", *options, directory=tmp_path)
    assert done.status == 2
    for name in start.names:
        assert name.format(here=tmp_path) in done.err
    assert "Traceback" not in done.err
