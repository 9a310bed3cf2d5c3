"""A reader who does what a page says, from top to bottom, in a folder of their own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tests.support import forking

from .pages import ROOT, Block, blocks, examples, shows

# The ports that the pages name; each stands for a free one.
PORTS: Final = ("8642", "8643", "8644")
START: Final = re.compile(r"(?:\w+=\S+ )*(?:make run|pass-simulator serve)\b[^|&>]*")
"""A command that starts a server, which goes on."""

_PATIENCE: Final = 60
_PYTEST: Final = "pytest "
_PLUGINS: Final = (
    "pass_simulator.pytest_plugin",
    "xdist.plugin",
    "pytest_asyncio.plugin",
    "pytest_aiohttp.plugin",
)

OFFLINE: Final = frozenset({"node"} if shutil.which("node") else ())
"""What pages may need beyond Python and a shell, is there, and fetches nothing."""


class Reader:
    """Runs the blocks of one page.

    A command that starts a server stays up until the page is read, or another takes its place at
    the same port. A page that starts none finds one running, as a reader of it would. Each
    `pass-simulator` is forked from a process that has imported it, unless it runs `from_the_start`.
    What needs a command that is not in `has` is passed over.
    """

    def __init__(
        self,
        folder: Path,
        *,
        from_the_start: bool = False,
        has: Collection[str] = OFFLINE,
        patience: float = _PATIENCE,
    ) -> None:
        self._folder = folder
        self._from_the_start = from_the_start
        self._has = has
        self._patience = patience
        self._ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self._servers: dict[str, ExitStack] = {}
        self.ran = 0

    def read(self, text: str) -> None:
        """Do what the page says; AssertionError where something else comes of it."""
        everything = [each for each in blocks(text) if self._can_do(each)]
        commands = [
            each for block in everything if block.language == "console" for each in examples(block)
        ]
        starts = any(START.fullmatch(command) for command, _ in commands)
        if not starts and any(each.language in {"console", "python"} for each in everything):
            self._serve("pass-simulator serve")
        for block in everything:
            self._do(block)

    def close(self) -> None:
        """Stop what is still running."""
        for each in self._servers.values():
            each.close()

    def _can_do(self, block: Block) -> bool:
        needed = block.needs
        return block.not_run is None and (needed is None or needed in self._has)

    def _do(self, block: Block) -> None:
        if block.file is not None:
            place = self._folder / block.file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(self._here(block.text), encoding="utf-8")
            return
        if block.language == "python":
            self._run([sys.executable, "-c", self._here(block.text)])
        if block.language == "console":
            for command, shown in examples(block):
                for each in self._ways(command):
                    if START.fullmatch(each):
                        line = self._serve(each)
                    else:
                        line = self._run(["bash", "-c", self._here(each)])
                    assert shows(self._here(shown), line), (
                        f"{each}\n\nshown:\n{shown}\n\nis:\n{line}"
                    )

    def _ways(self, command: str) -> Iterator[str]:
        """The command; tests run once more on a simulator that is there already, with the same outcome."""
        yield command
        if command.startswith(_PYTEST):
            if PORTS[0] not in self._servers:
                self._serve("pass-simulator serve")
            url = f"http://127.0.0.1:{PORTS[0]}"
            yield command.replace(_PYTEST, f"{_PYTEST}--pass-simulator-url {url} ", 1)

    def _here(self, text: str) -> str:
        """`text` with the ports that are used here."""
        return re.sub(r"\b864\d\b", lambda found: self._ports.get(found[0], found[0]), text)

    def _run(self, arguments: list[str]) -> str:
        ran = subprocess.run(
            arguments,
            cwd=self._folder,
            # Tests start a simulator of their own where nobody names one.
            env=self._environment(tests=arguments[-1].startswith((_PYTEST, "npx "))),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=self._patience,
            check=False,
        )
        assert ran.returncode == 0, f"{arguments[-1]}\n{ran.stdout}\n{ran.stderr}"
        self.ran += 1
        return ran.stdout

    def _environment(self, *, tests: bool = False) -> Mapping[str, str]:
        # A make or a pytest that runs these tests would have those started here know of it.
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MAKE", "MFLAGS", "PYTEST", "PASS_SIMULATOR_"))
        }
        folders = [Path(sys.executable).parent, inherited["PATH"]]
        if not self._from_the_start:
            folders.insert(0, forking.commands())
        path = os.pathsep.join(str(each) for each in folders)
        own = {"PATH": path, "PASS_SIMULATOR_PORT": self._ports[PORTS[0]]}
        if tests:
            # Others that there are in this environment take seconds to load.
            own["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
            own["PYTEST_PLUGINS"] = ",".join(_PLUGINS)
        else:
            own["PASS_SIMULATOR_URL"] = f"http://127.0.0.1:{self._ports[PORTS[0]]}"
        return {**inherited, **own}

    def _serve(self, command: str) -> str:
        """Start a server; the first line that it prints."""
        named = re.search(r"--port[ =](\d+)", command)
        port = named[1] if named else PORTS[0]
        if port in self._servers:
            self._servers.pop(port).close()
        stack = self._servers[port] = ExitStack()
        self.ran += 1
        return stack.enter_context(self._started(self._here(command)))

    @contextmanager
    def _started(self, command: str) -> Iterator[str]:
        from_checkout = command.startswith("make")
        database = {"PASS_SIMULATOR_DB": str(self._folder / "made.db")} if from_checkout else {}
        with (
            (self._folder / "server.log").open("a") as log,
            subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=ROOT if from_checkout else self._folder,
                env={**self._environment(), **database},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            ) as process,
        ):
            assert process.stdout is not None
            try:
                yield process.stdout.readline()
            finally:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(timeout=_PATIENCE)


def free_ports(count: int) -> list[str]:
    """Ports that nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    for each in probes:
        each.bind(("127.0.0.1", 0))
    ports = [str(each.getsockname()[1]) for each in probes]
    for each in probes:
        each.close()
    return ports
