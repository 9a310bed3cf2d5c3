"""Asking a running simulator through its admin API."""

import json
import os
import ssl
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from aiohttp.client_exceptions import ClientConnectorCertificateError, ClientSSLError

from simulator.cli.server.loops import run

from .exits import NO, UNUSABLE, CliExit
from .options import Address, Place

if TYPE_CHECKING:
    from ssl import SSLContext

ADMIN: Final = "/admin/v1"
LINES: Final = "application/x-ndjson"
YAML: Final = "application/yaml"
JSON: Final = "application/json"

Query = Mapping[str, str] | Sequence[tuple[str, str]]

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
    """The answer of `/admin/v1/{path}`; None where it has no body. Raises `CliExit`."""
    data = None if body is None else json.dumps(body).encode()
    return ask(_last(lines(place, method, path, data, JSON, query=query)))


def whole(place: Place, path: str, query: Query | None = None) -> bytes:
    """The answer of `GET /admin/v1/{path}` in one piece, however long. Raises `CliExit`."""

    async def read() -> bytes:
        async with answer(place, "GET", f"{ADMIN}/{path}", query=query) as response:
            body = await response.read()
            if not response.ok:
                _read(body, response.status)
            return body

    found: bytes = ask(read())
    return found


def fetch(place: Place, path: str) -> Any:  # noqa: ANN401 - JSON of any shape
    """The JSON at any `path` of the simulator. Raises `CliExit`."""

    async def fetched() -> Any:  # noqa: ANN401 - JSON of any shape
        async with answer(place, "GET", path, headers={"Accept": JSON}) as response:
            return _read(await response.read(), response.status)

    return ask(fetched())


def download(place: Place, path: str) -> bytes:
    """What there is at any `path` of the simulator. Raises `CliExit`."""

    async def fetched() -> bytes:
        async with answer(place, "GET", path) as response:
            body = await response.read()
            if not response.ok:
                raise CliExit(body.decode(errors="replace").strip(), status=NO)
            return body

    found: bytes = ask(fetched())
    return found


def ask(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever it gives
    """Run `work`, which asks the simulator, to its end. Raises `CliExit`."""
    return run(work)


async def _last(found: AsyncIterator[Any]) -> Any:  # noqa: ANN401 - JSON of any shape
    lines = [each async for each in found]
    return lines[-1] if lines else None


async def lines(
    place: Place,
    method: str,
    path: str,
    body: bytes | None = None,
    content_type: str = JSON,
    *,
    progress: bool = False,
    query: Query | None = None,
) -> AsyncIterator[Any]:
    """The lines of an answer as they come; an answer in one piece is one. Raises `CliExit`."""
    headers = {"Content-Type": content_type} if body is not None else {}
    headers |= {"Accept": LINES} if progress else {}
    async with answer(place, method, f"{ADMIN}/{path}", body, headers, query) as response:
        async for line in response.content:
            yield _read(line, response.status)


@asynccontextmanager
async def answer(
    place: Place,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    query: Query | None = None,
) -> AsyncIterator[ClientResponse]:
    """The answer at `path`, whatever it says. Raises `CliExit` where there is none."""
    sent = {**(headers or {})}
    sent |= {"X-Sim-Sandbox": place.sandbox} if place.sandbox else {}
    sent |= {"Authorization": f"Bearer {place.admin_token}"} if place.admin_token else {}
    url = f"{place.url.rstrip('/')}{path}"
    try:
        async with (
            # A large world takes its time; what is waited for is shown.
            ClientSession(timeout=ClientTimeout(total=None, sock_connect=10)) as session,
            session.request(
                method, url, data=body, headers=sent, params=query, ssl=trust(place)
            ) as response,
        ):
            yield response
    except (ClientConnectorCertificateError, ClientSSLError) as error:
        raise CliExit(f"{place.url} cannot be trusted: {error}", _NOT_TRUSTED) from error
    except (ClientError, TimeoutError, ValueError) as error:
        raise CliExit(f"{place.url} cannot be reached: {why(error)}", _NOT_RUNNING) from error


def why(error: Exception) -> str:
    """Why a simulator cannot be reached, in as few words as the system has for it."""
    number = getattr(error, "errno", None)
    if isinstance(number, int) and number > 0:
        return os.strerror(number)
    return str(error) or "it does not answer"


def trust(place: Place | Address) -> "SSLContext | bool":
    """Which certificates are trusted: the system's, and those of the authority that was named."""
    if place.ca is None:
        return True
    try:
        return ssl.create_default_context(cafile=place.ca)
    except (OSError, ssl.SSLError) as error:
        raise CliExit(
            f"The authority {place.ca} cannot be read: {error}",
            "Give a PEM file, such as the one at /certs/ca.pem.",
        ) from error


def checked(found: Any, status: int) -> Any:  # noqa: ANN401 - JSON of any shape
    """`found` when it is no refusal. Raises `CliExit` with what the refusal says."""
    if not isinstance(found, dict) or not isinstance(found.get("error"), dict):
        return found
    told = found["error"]
    problems = [f"  {each['path']}: {each['problem']}" for each in told.get("fields", ())]
    hint = told.get("hint", "")
    if told.get("code") == "unauthorized":
        hint = "Give the token with --admin-token or PASS_SIMULATOR_ADMIN_TOKEN."
    raise CliExit(
        "\n".join([told.get("message", f"HTTP {status}"), *problems]),
        hint,
        status=UNUSABLE if told.get("code") in _UNUSABLE else NO,
    )


def _read(line: bytes, status: int) -> Any:  # noqa: ANN401 - JSON of any shape
    try:
        found = json.loads(line)
    except ValueError as error:
        raise CliExit(
            f"The answer is not the admin API's (HTTP {status}).", "Check --url."
        ) from error
    return checked(found, status)
