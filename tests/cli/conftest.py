"""What tests of the command line start from."""

import ipaddress
from pathlib import Path

import pytest
from typer import rich_utils

from simulator.certificates.host_names import Names
from simulator.cli.doctor import local_checks, remote_checks
from simulator.cli.server import listening
from tests.cli.checking import LAN


@pytest.fixture(autouse=True)
def _no_colours_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typer would go by what the environment said when it was first needed, whoever asked then."""
    for name in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(rich_utils, "FORCE_TERMINAL", None)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lan(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with one address for others."""
    for module in (local_checks, remote_checks):
        monkeypatch.setattr(module, "lan_addresses", lambda: [ipaddress.ip_address(LAN)])
    names = Names.of(["localhost", LAN])
    monkeypatch.setattr(listening, "certificate_names", lambda _: names)
    monkeypatch.setattr(local_checks, "certificate_names", lambda _: names)
