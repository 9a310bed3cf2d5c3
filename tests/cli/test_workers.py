"""`serve --workers`: several processes behind one port, which start and stop as one."""

import os
import secrets
import signal
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.storage.conftest import GIVEN, POSTGRES
from tests.storage.postgres import Session
from tests.support.server import Server, finished, serving

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
async def database() -> AsyncIterator[str]:
    """A new PostgreSQL database, dropped in the end."""
    if not GIVEN:
        pytest.skip(f"{POSTGRES} is not set: an SQLAlchemy URL whose user may create databases")
    name = f"pass_simulator_{secrets.token_hex(6)}"
    async with Session.open(GIVEN) as session:
        await session.execute(f"CREATE DATABASE {name}")
    yield f"{GIVEN.rpartition('/')[0]}/{name}"
    async with Session.open(GIVEN) as session:
        await session.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _workers(server: Server) -> list[int]:
    process = server.process.pid
    children = Path(f"/proc/{process}/task/{process}/children")
    return [int(each) for each in children.read_text().split()]


def _until_gone(processes: list[int]) -> None:
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{each}").exists() for each in processes):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def _serving(directory: Path, database: str) -> Iterator[Server]:
    with serving("--port", "0", "--db", database, "--workers", "2", directory=directory) as server:
        yield server


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_workers_share_port_and_state_and_stop_together(
    tmp_path: Path, database: str, with_signal: signal.Signals
) -> None:
    with _serving(tmp_path, database) as server:
        workers = _workers(server)
        assert len(workers) == 2
        server.call("POST", "/admin/v1/sandboxes", {"id": "ci-1"})
        # Each call has a connection of its own, so they reach both.
        with ThreadPoolExecutor(8) as pool:
            asked = ["/admin/v1/sandboxes/ci-1"] * 40
            found = [*pool.map(lambda path: server.call("GET", path), asked)]
        assert {each["id"] for each in found} == {"ci-1"}
        assert server.stop(with_signal) == 0
        assert server.process.stdout
        assert not server.process.stdout.read(), "the ready line comes once, and nothing else"
        _until_gone(workers)


def test_all_stop_when_one_of_them_dies(tmp_path: Path, database: str) -> None:
    with _serving(tmp_path, database) as server:
        workers = _workers(server)
        os.kill(workers[0], signal.SIGKILL)
        assert server.process.wait(60) == 2
        _until_gone(workers)


def test_workers_do_not_outlive_the_process_that_leads_them(tmp_path: Path, database: str) -> None:
    with _serving(tmp_path, database) as server:
        workers = _workers(server)
        server.kill()
        _until_gone(workers)


def test_a_problem_of_a_worker_is_told_once(tmp_path: Path, unused_tcp_port: int) -> None:
    nobody = f"postgresql+asyncpg://somebody@127.0.0.1:{unused_tcp_port}/test"
    arguments = ("serve", "--port", "0", "--workers", "2", "--db", nobody)
    ended = finished(*arguments, directory=tmp_path)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.count("cannot be used") == 1


def test_sqlite_has_one_worker(tmp_path: Path) -> None:
    ended = finished("serve", "--port", "0", "--workers", "2", directory=tmp_path)
    assert (ended.status, ended.out) == (2, "")
    assert "need PostgreSQL" in ended.err
    assert not [*tmp_path.iterdir()]
