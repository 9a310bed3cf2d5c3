"""Every command of the README is run, in order, and prints what the README shows."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PORT = "8642"
_ANYTHING = "…"


def examples() -> list[tuple[str, str]]:
    """Each command of the README's console blocks with the output shown for it."""
    found = []
    for block in _BLOCK.findall(README):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *output = _parts(example)
            found.append((command, "\n".join(output)))
    return found


def _parts(example: str) -> list[str]:
    """The command, which may go over several lines, and the lines of its output."""
    lines = example.rstrip("\n").split("\n")
    end = 1
    while lines[end - 1].endswith("\\") or "\n".join(lines[:end]).count("'") % 2:
        end += 1
    return ["\n".join(lines[:end]), *lines[end:]]


def shows(shown: str, printed: str) -> bool:
    """Whether `printed` is what `shown` says, where … stands for anything."""
    pattern = ".*".join(re.escape(part) for part in shown.split(_ANYTHING))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(port: int, tmp_path: Path) -> Iterator[str]:
    """What the README's first command prints as its first line, while it runs."""
    command, _ = examples()[0]
    # A make that runs these tests would have the one started here announce directories.
    inherited = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    environment = {
        **inherited,
        "PASS_SIMULATOR_PORT": str(port),
        "PASS_SIMULATOR_DB": str(tmp_path / "readme.db"),
    }
    with subprocess.Popen(
        command.split(),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().rstrip("\n")
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def test_every_command_of_the_readme_prints_what_the_readme_shows(server: str, port: int) -> None:
    first, *others = examples()
    assert server == first[1].replace(_PORT, str(port))
    assert len(others) > 5
    for command, shown in others:
        ran = subprocess.run(
            ["bash", "-c", command.replace(_PORT, str(port))],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        assert shows(shown.replace(_PORT, str(port)), ran.stdout), (command, ran.stdout)


def test_the_readme_names_every_setting() -> None:
    from simulator.settings import Settings

    for name in Settings.model_fields:
        assert f"`--{name.replace('_', '-')}`" in README
        assert f"`PASS_SIMULATOR_{name.upper()}`" in README
