"""`serve --reuse-port`: processes that share a port and a PostgreSQL."""

from pathlib import Path

import pytest

from tests.storage.conftest import postgres, postgres_of_worker
from tests.support.server import serving

__all__ = ["postgres", "postgres_of_worker"]

pytestmark = pytest.mark.timeout(120)


def test_two_processes_answer_at_one_port(
    tmp_path: Path,
    postgres: str,
    unused_tcp_port: int,
) -> None:
    arguments = ("--reuse-port", "--port", str(unused_tcp_port), "--db", postgres)
    with serving(*arguments, directory=tmp_path) as one:
        one.call("POST", "/admin/v1/sandboxes", {"id": "ci-1"})
        with serving(*arguments, directory=tmp_path) as other:
            assert other.origin == one.origin
            # Each call has a connection of its own, which the system gives to either.
            for _ in range(20):
                assert one.call("GET", "/admin/v1/sandboxes/ci-1")["id"] == "ci-1"
            assert one.stop() == 0
            assert other.call("GET", "/admin/v1/sandboxes/ci-1")["id"] == "ci-1"
