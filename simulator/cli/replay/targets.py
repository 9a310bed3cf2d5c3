"""Where a bundle is replayed: a sandbox of its own in a running simulator, or a simulator of its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

from multidict import CIMultiDict

from pass_simulator.errors import NoResponse, SimulatorError
from pass_simulator.server_process import running_server
from pass_simulator.transport.calls import Sync, exchange
from pass_simulator.transport.connection import Connection, path_segment
from pass_simulator.transport.messages import Request, Response
from pass_simulator.transport.sync_transport import SyncTransport
from simulator.cli.exits import NO, CliExit
from simulator.cli.options import Elsewhere, Place
from simulator.cli.remote import connected, ended, run

# Where a request hangs, a replay does not.
_PATIENCE: Final = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A sandbox to replay in."""

    connection: Connection[Sync]

    @property
    def origin(self) -> str:
        """Scheme, host and port of its simulator."""
        return self.connection.instance

    @property
    def prefix(self) -> str:
        """The prefix of paths that leads to the sandbox."""
        return f"/s/{path_segment(self.connection.sandbox or '')}"

    def admin(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """The answer of the admin API. Raises `CliExit` with what a refusal says."""
        return self.begin_admin(method, path, body)()

    def begin_admin(self, method: str, path: str, body: object = None) -> Callable[[], Any]:
        """Send what `admin` would; what is returned waits for the answer."""
        waiting = self._transport.start(self.connection.admin(method, path.removeprefix("/"), body))

        def end() -> Any:  # noqa: ANN401 - JSON
            try:
                return waiting()
            except SimulatorError as error:
                raise ended(self.origin, error) from error

        return end

    def ask(
        self, method: str, path: str, headers: CIMultiDict[str], body: bytes | None
    ) -> Response | None:
        """The answer to a request of a device, None for none; `path` goes out exactly as it is."""
        return self.begin(method, path, headers, body)()

    def begin(
        self, method: str, path: str, headers: CIMultiDict[str], body: bytes | None
    ) -> Callable[[], Response | None]:
        """Send what `ask` would; what is returned waits for the answer."""
        request = Request(
            method=method,
            url=f"{self.origin}{path}",
            headers=CIMultiDict(headers, **{"X-Sim-Sandbox": self.connection.sandbox or ""}),
            body=body,
            timeout=_PATIENCE,
        )
        waiting: Callable[[], Response] = self._transport.start(exchange(request))

        def end() -> Response | None:
            try:
                return waiting()
            except NoResponse:
                return None

        return end

    @property
    def _transport(self) -> SyncTransport:
        # There is no other for calls that return their results.
        return cast("SyncTransport", self.connection.transport)


@contextmanager
def target(elsewhere: Elsewhere, arguments: Sequence[str] = ()) -> Iterator[Target]:
    """A fresh sandbox, or, where no simulator is named, the only one of one in memory. Raises `CliExit`.

    `arguments` are flags of the one in memory.
    """
    if elsewhere.place is None:
        with (
            _in_memory(arguments) as url,
            connected(Place(url=url, sandbox="default")) as connection,
        ):
            yield Target(connection=connection)
        return
    with connected(elsewhere.place) as connection:
        made = run(connection, connection.admin("POST", "sandboxes", {}))
        yield Target(connection=connection.to(made["id"]))


@contextmanager
def _in_memory(arguments: Sequence[str]) -> Iterator[str]:
    with TemporaryDirectory() as folder:
        try:
            with running_server(arguments, log=Path(folder) / "log") as url:
                yield url
        except SimulatorError as error:
            raise CliExit(str(error), status=NO) from error
