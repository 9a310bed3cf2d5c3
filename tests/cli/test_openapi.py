"""`openapi`: the documents of this version, and of a running simulator."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulator import __version__
from simulator.cli.commands import app
from tests.support.server import serving


@pytest.mark.parametrize(
    ("which", "path"),
    [("device", "/api/v2/{service_provider}/profiles"), ("admin", "/admin/v1/seed")],
)
def test_a_document_is_printed_without_a_simulator(which: str, path: str) -> None:
    done = CliRunner().invoke(app, ["openapi", which])
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["info"]["version"] == __version__
    assert path in document["paths"]
    compact = CliRunner().invoke(app, ["openapi", which, "--json"])
    assert json.loads(compact.stdout) == document
    assert compact.stdout.count("\n") == 1


def test_a_document_is_written_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "admin.json"
    done = CliRunner().invoke(app, ["openapi", "admin", "--output", str(file), "--json"])
    assert json.loads(done.stdout) == {"file": str(file), "bytes": file.stat().st_size}
    assert json.loads(file.read_text())["openapi"] == "3.1.0"
    done = CliRunner().invoke(app, ["openapi", "admin", "-o", str(tmp_path / "no" / "x.json")])
    assert done.exit_code == 2
    assert "--output" in done.stderr


def test_a_running_simulator_prints_its_own(tmp_path: Path) -> None:
    with serving("--port", "0", "--db", ":memory:", directory=tmp_path) as server:
        for which in ("device", "admin"):
            done = CliRunner().invoke(app, ["openapi", which, "--url", server.origin])
            assert json.loads(done.stdout)["servers"][0]["url"].startswith(server.origin)


def test_there_are_two_documents() -> None:
    done = CliRunner().invoke(app, ["openapi", "both"])
    assert done.exit_code == 2
    assert "admin" in done.output
