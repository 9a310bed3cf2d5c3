"""Variables that Kubernetes sets for a service of our name are no settings."""

import json
from pathlib import Path

from tests.support.server import finished, serving


def test_what_kubernetes_sets_keeps_nobody_from_starting(tmp_path: Path) -> None:
    variables = {
        "PASS_SIMULATOR_PORT": "tcp://10.0.0.1:8642",
        "PASS_SIMULATOR_TLS_PORT": "tcp://10.0.0.2:8643",
        "PASS_SIMULATOR_SERVICE_HOST": "10.0.0.1",
        "PASS_SIMULATOR_SERVICE_PORT": "8642",
        "PASS_SIMULATOR_PORT_8642_TCP": "tcp://10.0.0.1:8642",
    }
    (tmp_path / "lab.toml").write_text("port = 0\n")
    log = tmp_path / "log"
    arguments = ("--config", "lab.toml", "--db", "lab.db")
    with serving(*arguments, directory=tmp_path, log=log, variables=variables) as server:
        assert server.call("GET", "/readyz") == {"status": "ready"}
    said = [json.loads(each)["event"] for each in log.read_text().splitlines()]
    ignored = [each for each in said if "is ignored" in each]
    assert [each.partition("=")[0] for each in ignored] == [
        "PASS_SIMULATOR_PORT",
        "PASS_SIMULATOR_TLS_PORT",
    ]
    migrated = finished("migrate", "--db", "lab.db", directory=tmp_path, variables=variables)
    assert migrated.status == 0, migrated.err
    assert "PASS_SIMULATOR_PORT=tcp://10.0.0.1:8642 is ignored" in migrated.err
    # Who says it on the command line means it.
    refused = finished(
        "serve", "--port", "tcp://10.0.0.3:1", directory=tmp_path, variables=variables
    )
    assert (refused.status, "--port" in refused.err) == (2, True)
