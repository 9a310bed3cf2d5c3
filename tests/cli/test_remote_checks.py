"""Checks of a running simulator."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from simulator.cli.doctor import remote_checks
from simulator.cli.doctor.findings import Status
from simulator.cli.doctor.remote_checks import Running
from simulator.cli.options import Place
from tests.cli.checking import LAN, doctor, examined, one
from tests.pass_simulator.servers import answering
from tests.support.replies import Json
from tests.support.server import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("lab")
    with serving(
        "--port", "0", "--db", "lab.db", "--tls", "auto", "--tls-port", "0", directory=directory
    ) as running:
        yield running


def test_a_running_simulator_is_looked_at(server: Server, here: Path) -> None:
    done = doctor("--url", server.origin)
    assert done.exit_code == 0, done.output
    told = examined("--url", server.origin)
    assert {each["check"] for each in told["checks"]} == {
        "simulator",
        "addresses",
        "clock",
        "certificates",
    }
    said = " ".join(each["said"] for each in told["checks"])
    assert f"answers at {server.origin} and is ready" in said
    assert "agree" in said
    assert "can be trusted" in said
    assert list(here.iterdir()) == []


def test_the_one_that_runs_with_these_settings_is_found(server: Server, here: Path) -> None:
    port = server.origin.rpartition(":")[2]
    told = examined("--port", port, "--db", "lab.db")
    checks = {each["check"]: each for each in told["checks"]}
    assert f"answers at {server.origin}" in checks["simulator"]["said"]
    # The port is not free, and should not be.
    assert "port" not in checks
    assert {"database", "disk"} <= checks.keys()


def test_a_sandbox_with_a_time_of_its_own_is_told(server: Server) -> None:
    server.call("PUT", "/admin/v1/clock", {"mode": "frozen", "now": "2031-01-01T00:00:00Z"})
    said = " ".join(each["said"] for each in examined("--url", server.origin)["checks"])
    server.call("POST", "/admin/v1/clock/reset", {})
    assert "stands still at 2031-01-01" in said


def test_a_simulator_that_does_not_let_us_in_is_told(tmp_path: Path) -> None:
    arguments = ("--port", "0", "--db", ":memory:", "--admin-token", "a long secret")
    with serving(*arguments, directory=tmp_path) as locked:
        told = examined("--url", locked.origin)["checks"]
        assert "--admin-token" in " ".join(each["hint"] for each in told)
        told = examined("--url", locked.origin, "--admin-token", "a long secret")["checks"]
        assert "--admin-token'" not in " ".join(each["said"] for each in told)
        assert any("pass-simulator 0" in each["said"] for each in told)


def test_where_nobody_is_there_is_no_answer() -> None:
    done = doctor("--url", "http://127.0.0.1:9")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Connection refused" in done.stderr
    for url in ("lab", "http://"):
        assert doctor("--url", url).exit_code == 2


def test_something_else_is_no_simulator() -> None:
    with answering(body=b"<h1>A printer</h1>") as (address, _):
        found = remote_checks.meet(Place(url=f"http://{address}"))
    assert found == "what answers there is no pass-simulator"


def _running(**known: Json) -> Running:
    return Running(
        **{"place": Place(url="http://127.0.0.1:1"), "version": "1", "ready": True, **known}
    )


@pytest.mark.parametrize(
    ("seconds", "status", "said"),
    [
        (1, Status.OK, "agree"),
        (30, Status.WARNING, "30 seconds ahead"),
        (-30, Status.WARNING, "30 seconds behind"),
        (3600, Status.FAILED, "3600 seconds ahead"),
    ],
)
def test_a_clock_that_is_off_is_told(seconds: int, status: Status, said: str) -> None:
    found = one(remote_checks.clock(_running(skew=timedelta(seconds=seconds))))
    assert found.status is status
    assert said in found.said


def test_a_simulator_that_is_not_ready_fails() -> None:
    found = one(remote_checks.simulator(_running(ready=False)))
    assert found.status is Status.FAILED
    assert "pass-simulator wait" in found.hint


def test_a_certificate_that_clients_refuse_fails(server: Server, lan: None) -> None:
    facts = server.call("GET", "/certs", headers={"Accept": "application/json"})
    found = next(remote_checks.certificates(_running(certs=facts, authority="")))
    assert found.status is Status.FAILED
    assert "local issuer" in found.said
    closed = next(remote_checks.certificates(_running(certs={"https_port": 9})))
    assert (closed.status, "firewall" in closed.hint) == (Status.FAILED, True)


def test_base_urls_are_for_devices_and_not_for_this_machine(lan: None) -> None:
    certs = {"https_port": 3, "certificate": {"names": ["localhost", LAN]}}
    assert remote_checks.base_urls(_running(certs=certs)) == (f"http://{LAN}:1", f"https://{LAN}:3")
    far = _running(place=Place(url="http://sim.lab:1"), certs={})
    assert remote_checks.base_urls(far) == ("http://sim.lab:1", "")
    assert one(remote_checks.addresses(far)).status is Status.OK
