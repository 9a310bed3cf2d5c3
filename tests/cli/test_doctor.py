"""`doctor` as a whole: what is wrong here, and what to enter on each device."""

from collections.abc import Callable
from pathlib import Path

from simulator.domain.access.platforms import PLATFORMS
from tests.cli.checking import LAN, doctor, examined


def test_a_healthy_machine_is_told_so(here: Path, lan: None) -> None:
    done = doctor("--host", "0.0.0.0", "--port", "0", "--db", "lab.db")  # noqa: S104 - nobody listens
    assert done.exit_code == 0, done.output
    assert "failed" not in done.stdout
    assert "warning" not in done.stdout
    for each in PLATFORMS:
        assert each.name in done.stdout
    # Looking leaves nothing behind.
    assert list(here.iterdir()) == []


def test_every_platform_is_told_what_to_enter_and_what_to_trust(
    here: Path, lan: None, unused_tcp_port_factory: Callable[[], int]
) -> None:
    # Not the usual ports: whoever listens there would be asked what it serves.
    port, secure = unused_tcp_port_factory(), unused_tcp_port_factory()
    ports = ("--port", str(port), "--tls-port", str(secure), "--db", ":memory:")
    told = {each["id"]: each for each in examined("--tls", "auto", *ports)["platforms"]}
    assert told["roku"]["base_url"] == f"http://{LAN}:{port}"
    assert told["tvos"]["base_url"] == f"https://{LAN}:{secure}"
    assert f"http://{LAN}:{port}/certs/ca.pem" in " ".join(told["roku"]["over_https"])
    assert "SetCertificatesFile" in " ".join(told["roku"]["over_https"])
    without = {each["id"]: each for each in examined(*ports)["platforms"]}
    assert without["tvos"]["base_url"] == f"http://{LAN}:{port}"
    assert without["tvos"]["https"] is None


def test_one_platform_can_be_asked_for(here: Path, lan: None) -> None:
    told = examined("--platform", "roku", "--platform", "xbox", "--port", "0")["platforms"]
    assert [each["id"] for each in told] == ["roku", "xbox"]
    done = doctor("--platform", "toaster")
    assert done.exit_code == 2
    assert "roku" in done.stderr


def test_a_failed_check_ends_with_status_1_and_the_next_thing_to_try(here: Path, lan: None) -> None:
    done = doctor("--db", "missing/lab.db", "--port", "0")
    assert done.exit_code == 1
    assert "1 check has failed." in done.stderr
    assert "--db" in done.stdout
    assert examined("--db", "missing/lab.db", "--port", "0")["healthy"] is False


def test_settings_come_from_everywhere(here: Path, lan: None) -> None:
    (here / "lab.toml").write_text('public_url = "https://sim.lab.example"\nport = 0\n')
    told = examined("--config", "lab.toml", "--platform", "roku")["platforms"][0]
    assert (told["http"], told["https"]) == ("https://sim.lab.example",) * 2
    done = doctor("--port", "x")
    assert done.exit_code == 2
    assert "--port" in done.stderr
