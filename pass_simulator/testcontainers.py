"""A simulator in a container, for suites that start what they need with Testcontainers.

`pip install pass-simulator[testcontainers]` brings what this takes, besides an engine and the image.
"""

import secrets
from pathlib import Path
from typing import Any, Final, Self

from testcontainers.core.container import DockerContainer

from .client.simulator import Simulator
from .errors import SimulatorError

IMAGE: Final = "pass-simulator"
"""The image as `docker build -t pass-simulator .` calls it."""

PORT: Final = 8642
"""Where the simulator listens within the container."""

_LOG_TAIL: Final = 2_000


class PassSimulatorContainer(DockerContainer):
    """A simulator in a container; entering it starts it and waits until `/readyz` says yes.

    `with PassSimulatorContainer() as container: sandbox = container.simulator.create_sandbox()`
    """

    def __init__(
        self,
        image: str = IMAGE,
        *,
        scenario: str | None = None,
        scenarios: str | Path | None = None,
        admin_token: str | None = None,
        timeout: float = 60.0,
        **options: Any,  # noqa: ANN401 - DockerContainer's
    ) -> None:
        """A container of `image`, whose state is in its memory.

        `scenario` is the world of the sandbox `default`, `scenarios` a folder of this machine with files of
        your own. `admin_token` is made up where none is given. It has `timeout` seconds to start; the other
        options are those of `DockerContainer`.
        """
        super().__init__(image, **options)
        self.admin_token = admin_token or secrets.token_hex(16)
        self._timeout = timeout
        self._simulator: Simulator | None = None
        self.with_exposed_ports(PORT)
        self.with_env("PASS_SIMULATOR_ADMIN_TOKEN", self.admin_token)
        self.with_env("PASS_SIMULATOR_DB", ":memory:")
        if scenario is not None:
            self.with_env("PASS_SIMULATOR_SCENARIO", scenario)
        if scenarios is not None:
            self.with_volume_mapping(str(Path(scenarios).absolute()), "/scenarios")

    @property
    def url(self) -> str:
        """What an app under test takes for Adobe's host, once the container runs."""
        host = self.get_container_host_ip()
        return f"http://{f'[{host}]' if ':' in host else host}:{self.get_exposed_port(PORT)}"

    @property
    def simulator(self) -> Simulator:
        """The client of what runs in it."""
        if self._simulator is None:
            self._simulator = Simulator(self.url, admin_token=self.admin_token)
        return self._simulator

    def start(self) -> Self:
        """Start it. Raises `SimulatorError` with the end of its log where it is not ready in time."""
        super().start()
        try:
            self.simulator.wait_until_ready(self._timeout)
        except SimulatorError as error:
            log = b"".join(self.get_logs()).decode(errors="replace")[-_LOG_TAIL:].strip()
            self.stop()
            message = f"{error}; the container's log ends with:\n{log}"
            raise SimulatorError(message) from error
        return self

    def stop(self, force: bool = True, delete_volume: bool = True) -> None:  # noqa: FBT001, FBT002 - as it is there
        """Remove it, and close the connections of `simulator`."""
        if self._simulator is not None:
            self._simulator.close()
            self._simulator = None
        super().stop(force=force, delete_volume=delete_volume)
