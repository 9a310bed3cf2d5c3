"""A running instance: its sandboxes, its scenarios, and what it simulates."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Literal, Self

from pass_simulator.times import Length, duration
from pass_simulator.transport.calls import Async, Client, Flow, M, Sync, Transport, call
from pass_simulator.transport.connection import Binding, Connection, drop_none, path_segment
from pass_simulator.transport.sync_transport import SyncTransport
from pass_simulator.values import Json

from .results import Check, Operation, SandboxState, Scenario
from .sandbox import Keep, Sandbox

LOCAL: Final = "http://127.0.0.1:8642"


class Instance(Client[M]):
    """What `Simulator` and `AsyncSimulator` have in common, which is everything but the way to wait."""

    def __init__(self, transport: Transport[M], url: str, **options: Any) -> None:  # noqa: ANN401 - Connection's
        super().__init__(transport)
        self._connection = Connection(transport=transport, instance=url, **options)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    @property
    def url(self) -> str:
        """Where it is; what an app under test takes for Adobe's host to work in the sandbox `default`."""
        return self._connection.instance

    # Sandboxes

    @property
    def default(self) -> Sandbox[M]:
        """The sandbox that always exists."""
        return self.sandbox("default")

    def sandbox(self, name: str, *, binding: Binding = "path") -> Sandbox[M]:
        """A sandbox that exists; `binding` is how requests say that they mean it."""
        return Sandbox(self._connection.to(name, binding), name)

    @call
    def create_sandbox(
        self,
        name: str | None = None,
        *,
        scenario: str | None = None,
        from_snapshot: str | None = None,
        from_sandbox: str | None = None,
        keep: Keep | None = None,
        lease: tuple[str, Length] | None = None,
        on_return: Literal["reset", "delete"] = "delete",
    ) -> Flow[Sandbox[M]]:
        """Make a sandbox, from the default scenario if nothing is said.

        `from_snapshot` is "SANDBOX/SNAPSHOT"; `keep` says what its resets keep, which is nothing
        without it. `lease` is its owner and for how long: when the time
        is over the sandbox goes by itself, or is reset.
        """
        borrowed = lease and {
            "owner": lease[0],
            "for": duration(lease[1]),
            "on_return": on_return,
        }
        body = drop_none(
            id=name,
            scenario=scenario,
            from_snapshot=from_snapshot,
            from_sandbox=from_sandbox,
            keep=None if keep is None else [*keep],
            lease=borrowed,
        )
        made = yield from self._connection.admin("POST", "sandboxes", body)
        return self.sandbox(made["id"])

    @call
    def sandboxes(self) -> Flow[list[SandboxState]]:
        """All sandboxes, and how they stand."""
        return [SandboxState.of(each) for each in (yield from self._connection.pages("sandboxes"))]

    @call
    def delete_sandbox(self, name: str) -> Flow[None]:
        """Delete a sandbox with all that is in it."""
        yield from self._connection.admin("DELETE", f"sandboxes/{path_segment(name)}")

    # Scenarios

    @call
    def scenarios(self) -> Flow[list[Scenario]]:
        """The scenarios at hand."""
        return [
            Scenario.of(each)
            for each in (yield from self._connection.admin("GET", "scenarios"))["items"]
        ]

    @call
    def scenario(self, name: str) -> Flow[Json]:
        """A scenario as its file has it."""
        return (yield from self._connection.admin("GET", f"scenarios/{path_segment(name)}"))

    @call
    def validate(self, document: Mapping[str, Any]) -> Flow[Check]:
        """Every problem of a scenario document; nothing is changed."""
        return Check.of((yield from self._connection.admin("POST", "scenarios/validate", document)))

    # The service

    @call
    def version(self) -> Flow[str]:
        """The version of the simulator."""
        return str((yield from self._connection.admin("GET", "version"))["version"])

    @call
    def operations(self) -> Flow[list[Operation]]:
        """Each operation of the backend, and how far it is simulated."""
        found = yield from self._connection.admin("GET", "operations")
        return [Operation.of(each) for each in found["items"]]

    @call
    def keys(self) -> Flow[Json]:
        """The public keys: a JWK Set for tokens, and the certificate of media tokens."""
        return (yield from self._connection.admin("GET", "keys"))

    @call
    def wait_until_ready(self, timeout: float = 30.0) -> Flow[None]:
        """Wait until it has started. Raises `SimulatorError` when that takes longer than `timeout`."""
        yield from self._connection.wait_until_ready(timeout)


class Simulator(Instance[Sync]):
    """A running simulator for tests that call.

    `with Simulator("http://127.0.0.1:8642") as simulator: simulator.default.seed("demo")`
    """

    def __init__(
        self,
        url: str = LOCAL,
        *,
        admin_token: str | None = None,
        timeout: float | None = 30.0,
        cafile: str | None = None,
    ) -> None:
        """The simulator at `url`; `admin_token` is needed where its admin API asks for one.

        `timeout` is how many seconds an answer may take, None for as long as it
        takes; `cafile` is the authority of its certificate.
        """
        self._sync_transport = SyncTransport(cafile)
        super().__init__(self._sync_transport, url, admin_token=admin_token, timeout=timeout)

    @property
    def asynchronous(self) -> "AsyncSimulator":
        """The same simulator for tests that await."""
        connection = self._connection
        return AsyncSimulator(
            connection.instance,
            admin_token=connection.admin_token,
            timeout=connection.timeout,
            cafile=self._sync_transport.cafile,
        )

    def close(self) -> None:
        """Close the connections that are kept."""
        self._sync_transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncSimulator(Instance[Async]):
    """A running simulator for tests that await; it needs no closing.

    `await AsyncSimulator("http://127.0.0.1:8642").default.seed("demo")`
    """

    def __init__(
        self,
        url: str = LOCAL,
        *,
        admin_token: str | None = None,
        timeout: float | None = 30.0,
        cafile: str | None = None,
    ) -> None:
        """See `Simulator`."""
        from pass_simulator.transport.async_transport import AsyncTransport

        super().__init__(AsyncTransport(cafile), url, admin_token=admin_token, timeout=timeout)
