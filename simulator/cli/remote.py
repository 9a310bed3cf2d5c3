"""Asking a running simulator with the Python client, and how a verb ends when that fails."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from pass_simulator import errors
from simulator.http.hints import in_verbs

from .exits import NO, UNUSABLE, CliExit
from .options import Address, Place

if TYPE_CHECKING:
    from pass_simulator.transport.calls import Flow, Sync
    from pass_simulator.transport.connection import Connection

YAML: Final = "application/yaml"
JSON: Final = "application/json"

Query = Mapping[str, str] | Sequence[tuple[str, str]]
Content = tuple[str, bytes]
"""A body, after its type."""

# Refusals of whoever asks, not of what was asked for: there is no answer to that.
_UNUSABLE: Final = frozenset({"unauthorized", "route_not_found", "method_not_allowed"})
# What was asked for makes no sense, as far as a command line said it.
_MISUSED: Final = frozenset({400, 422})


def call(
    place: Place,
    method: str,
    path: str,
    body: object = None,
    query: Query | None = None,
) -> Any:  # noqa: ANN401 - JSON of any shape
    """The answer of `/admin/v1/{path}`, or of a path from the root; empty without a body.

    Raises `CliExit`.
    """
    with connected(place) as connection:
        return run(connection, connection.admin(method, path, body, query=query))


def items(place: Place, path: str, query: Query | None = None) -> list[Any]:
    """All that the list `/admin/v1/{path}` has, page after page. Raises `CliExit`."""
    with connected(place) as connection:
        found: list[Any] = run(connection, connection.pages(path, dict(query or {})))
        return found


def follow(place: Place, query: Query, on_event: Callable[[Any], None]) -> None:
    """Call `on_event` with each event of `/admin/v1/events`, until the simulator stops. Raises `CliExit`."""
    with connected(place) as connection:
        run(connection, connection.events(query, on_event))


def whole(place: Place, path: str, query: Query | None = None) -> bytes:
    """The answer of `GET /admin/v1/{path}` in one piece, however long. Raises `CliExit`."""
    with connected(place) as connection:
        found: bytes = run(connection, connection.download(path, query))
        return found


def lines(
    place: Place, method: str, path: str, content: Content, on_line: Callable[[Any], None]
) -> None:
    """Call `on_line` with each line of the answer to a document as it comes. Raises `CliExit`."""
    with connected(place, document=True) as connection:
        run(connection, connection.admin_lines(method, path, content, on_line))


def page(place: Place, path: str) -> bytes:
    """What there is at a path from the root; what a refusal says in text ends the verb."""
    with connected(place) as connection:
        response = run(connection, connection.get(path))
        if not response.ok:
            raise CliExit(response.text.strip(), status=NO)
        found: bytes = response.body
        return found


@contextmanager
def connected(
    place: Place | Address, timeout: float | None = None, *, document: bool = False
) -> "Iterator[Connection[Sync]]":
    """The way to a simulator; what the client raises on it becomes `CliExit`.

    An answer may take `timeout` seconds, or as long as it takes: a large world does. What is wrong with
    a `document` is an answer; what is wrong with the command line is none.
    """
    from pass_simulator.transport.connection import Connection
    from pass_simulator.transport.sync_transport import SyncTransport

    transport = SyncTransport(str(place.ca) if place.ca else None)
    try:
        yield Connection(
            transport=transport,
            instance=place.url,
            admin_token=place.admin_token if isinstance(place, Place) else None,
            sandbox=place.sandbox if isinstance(place, Place) else None,
            binding="header",
            timeout=timeout,
            follow_redirects=True,
        )
    except errors.SimulatorError as error:
        raise ended(place.url, error, document=document) from error
    finally:
        transport.close()


def run(connection: "Connection[Sync]", flow: "Flow[Any]") -> Any:  # noqa: ANN401 - the flow's result
    """What a call of the client comes to. Raises what the client raises."""
    return connection.transport.run(flow)


def ended(url: str, error: errors.SimulatorError, *, document: bool = False) -> CliExit:
    """How a verb ends that the simulator at `url` did not answer, or refused."""
    match error:
        case errors.AdminError():
            return _refused(error, document=document)
        case errors.UnreadableAuthority():
            message, hint = str(error), "Give a PEM file, such as the one at /certs/ca.pem."
            message = message[0].upper() + message[1:]
        case errors.InvalidAddress():
            message = f"{url} is no URL: {error.reason}."
            hint = "Give one such as http://127.0.0.1:8642 with --url or PASS_SIMULATOR_URL."
        case errors.Untrusted():
            message = f"{url} cannot be trusted: {error.reason}"
            hint = (
                "Give the authority's certificate with --ca; the simulator has it at /certs/ca.pem, "
                "and `pass-simulator certs ca` prints it."
            )
        case errors.NotTls():
            message = f"{url} is not HTTPS: what answers there speaks no TLS."
            hint = f"Give {url.replace('https:', 'http:', 1)}, or the port of its HTTPS."
        case errors.NoResponse():
            message = f"{url} cannot be reached: {error.reason}"
            hint = "Is it running? Start it with `pass-simulator serve`, or give --url."
            if isinstance(error.__cause__, ConnectionResetError) and url.startswith("http:"):
                # What waits for TLS hangs up without a word.
                hint = f"If that is a port of HTTPS, give {url.replace('http:', 'https:', 1)}."
        case errors.UnexpectedResponse():
            message = f"The answer is not the admin API's (HTTP {error.status})."
            hint = "Check --url."
        case _:
            message, hint = str(error), ""
    return CliExit(message, hint)


def _refused(error: errors.AdminError, *, document: bool) -> CliExit:
    problems = [f"  {path}: {problem}" for path, problem in error.fields]
    message, hint = error.message, error.hint
    misused = error.status in _MISUSED and not document
    if error.code == "unauthorized":
        hint = "Give the token with --admin-token or PASS_SIMULATOR_ADMIN_TOKEN."
    elif misused and error.code == "invalid_document":
        # There is no document that the user could know of.
        message, hint = "That makes no sense:", "See --help."
    return CliExit(
        in_verbs("\n".join([message, *problems])),
        in_verbs(hint),
        status=UNUSABLE if misused or error.code in _UNUSABLE else NO,
    )
