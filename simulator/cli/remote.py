"""Asking a running simulator with the Python client, and how a verb ends when that fails."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from .exits import NO, UNUSABLE, CliExit
from .options import Address, Place

if TYPE_CHECKING:
    from ssl import SSLContext

    from pass_simulator.errors import AdminError
    from pass_simulator.transport.calls import Flow, Sync
    from pass_simulator.transport.connection import Connection

ADMIN: Final = "/admin/v1"
YAML: Final = "application/yaml"
JSON: Final = "application/json"

Query = Mapping[str, str] | Sequence[tuple[str, str]]
Content = tuple[str, bytes]
"""A body, after its type."""

# Refusals of whoever asks, not of what was asked for: there is no answer to that.
_UNUSABLE: Final = frozenset({"unauthorized", "route_not_found", "method_not_allowed"})
_NOT_RUNNING: Final = "Is it running? Start it with `pass-simulator serve`, or give --url."
_NOT_TRUSTED: Final = (
    "Give the authority's certificate with --ca; the simulator has it at /certs/ca.pem, and "
    "`pass-simulator certs ca` prints it."
)


def call(
    place: Place,
    method: str,
    path: str,
    body: object = None,
    query: Query | None = None,
) -> Any:  # noqa: ANN401 - JSON of any shape
    """The answer of `/admin/v1/{path}`, empty where it has no body. Raises `CliExit`."""
    with connected(place) as connection:
        return run(connection, connection.admin(method, path, body, query=query))


def whole(place: Place, path: str, query: Query | None = None) -> bytes:
    """The answer of `GET /admin/v1/{path}` in one piece, however long. Raises `CliExit`."""
    with connected(place) as connection:
        found: bytes = run(connection, connection.download(path, query))
        return found


def lines(
    place: Place, method: str, path: str, content: Content, on_line: Callable[[Any], None]
) -> None:
    """Call `on_line` with each line of the answer as it comes. Raises `CliExit`."""
    with connected(place) as connection:
        run(connection, connection.admin_lines(method, path, content, on_line))


def fetch(place: Place, path: str) -> Any:  # noqa: ANN401 - JSON of any shape
    """The JSON at any `path` of the simulator. Raises `CliExit`."""
    from pass_simulator.errors import AdminError

    with connected(place) as connection:
        response = run(connection, connection.get(path, accept=JSON))
        found = response.json()
        if isinstance(found, dict) and isinstance(found.get("error"), dict):
            raise AdminError(response.status, found["error"])
        return found


def download(place: Place, path: str) -> bytes:
    """What there is at any `path` of the simulator. Raises `CliExit`."""
    with connected(place) as connection:
        response = run(connection, connection.get(path))
        if not response.ok:
            raise CliExit(response.text.strip(), status=NO)
        found: bytes = response.body
        return found


@contextmanager
def connected(place: Place | Address, timeout: float | None = None) -> "Iterator[Connection[Sync]]":
    """The way to a simulator; what the client raises on it becomes `CliExit`.

    An answer may take `timeout` seconds, or as long as it takes: a large world does.
    """
    from pass_simulator.errors import AdminError, NoResponse, UnexpectedResponse
    from pass_simulator.transport.connection import Connection
    from pass_simulator.transport.sync_transport import SyncTransport

    transport = SyncTransport(tls=trust(place))
    try:
        yield Connection(
            transport=transport,
            instance=place.url.rstrip("/"),
            admin_token=place.admin_token if isinstance(place, Place) else None,
            sandbox=place.sandbox if isinstance(place, Place) else None,
            binding="header",
            timeout=timeout,
            follow_redirects=True,
        )
    except AdminError as error:
        raise refusal(error) from error
    except UnexpectedResponse as error:
        raise CliExit(
            f"The answer is not the admin API's (HTTP {error.status}).", "Check --url."
        ) from error
    except NoResponse as error:
        if _is_distrust(error):
            raise CliExit(f"{place.url} cannot be trusted: {error.reason}", _NOT_TRUSTED) from error
        raise CliExit(f"{place.url} cannot be reached: {why(error)}", _NOT_RUNNING) from error
    finally:
        transport.close()


def run(connection: "Connection[Sync]", flow: "Flow[Any]") -> Any:  # noqa: ANN401 - the flow's result
    """What a call of the client comes to. Raises what the client raises."""
    return connection.transport.run(flow)


def why(error: Exception) -> str:
    """Why a simulator cannot be reached, in as few words as the system has for it."""
    cause = error.__cause__ or error
    number = getattr(cause, "errno", None)
    if isinstance(number, int) and number > 0 and not _is_distrust(error):
        return os.strerror(number)
    reason: str = getattr(error, "reason", "") or str(error)
    return reason or "it does not answer"


def _is_distrust(error: Exception) -> bool:
    """Whether the certificate, or what was spoken instead of TLS, is why."""
    from ssl import SSLError

    return isinstance(error.__cause__ or error, SSLError)


def trust(place: Place | Address) -> "SSLContext | None":
    """Which certificates are trusted: those of the authority that was named, None for the system's."""
    if place.ca is None:
        return None
    import ssl

    try:
        return ssl.create_default_context(cafile=place.ca)
    except (OSError, ssl.SSLError) as error:
        raise CliExit(
            f"The authority {place.ca} cannot be read: {error}",
            "Give a PEM file, such as the one at /certs/ca.pem.",
        ) from error


def refusal(error: "AdminError") -> CliExit:
    """How a verb ends that the admin API refused."""
    problems = [f"  {path}: {problem}" for path, problem in error.fields]
    hint = error.hint
    if error.code == "unauthorized":
        hint = "Give the token with --admin-token or PASS_SIMULATOR_ADMIN_TOKEN."
    return CliExit(
        "\n".join([error.message, *problems]),
        hint,
        status=UNUSABLE if error.code in _UNUSABLE else NO,
    )
